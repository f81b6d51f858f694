"""Run as `python -m runner.porter FD`: the porter process, which has nothing of the runner but one socket to it.

It works in folders of sessions, so it has no groups and, as root, no capability but to become their users and to find
their folders. It is no interpreter of what it carries.
"""

import os
import resource
import signal
import sys
import threading

from runner.porter import calls, server
from runner.sandbox import linux

STACK_BYTES = 1024 * 1024


def main(descriptor: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends when the runner does
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.umask(0o022)
    linux.forbid_new_privileges()
    if os.geteuid() == 0:
        os.setgroups([])
        calls.keep_capabilities(calls.CAP_SETUID, calls.CAP_SETGID, calls.CAP_DAC_READ_SEARCH)
    threading.stack_size(STACK_BYTES)
    server.run(descriptor)


if __name__ == "__main__":
    main(int(sys.argv[1]))
