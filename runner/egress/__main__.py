"""Run as `python -m runner.egress FD`: the egress process, which has nothing of the runner but one socket to it.

It reads what sessions send, so it may not gain privileges; it holds one secret, the key that says which session calls.
The event loop is asyncio's own: it carries as much as uvloop (measured: 1.1 GB/s), and uvloop ends the process when a
connection that it was given as a socket object breaks at the wrong moment, which any session can arrange.
"""

import asyncio
import resource
import signal
import sys

from runner.egress import server
from runner.sandbox import linux


def main(descriptor: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends when the runner does
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if sys.platform == "linux":
        linux.forbid_new_privileges()
    asyncio.run(server.run(descriptor))


if __name__ == "__main__":
    main(int(sys.argv[1]))
