"""Run as `python -m runner.recorder recordings|index FD`: keeps what terminals say; has one socket to the runner.

It reads what sessions print, so it may not gain privileges.
"""

import os
import resource
import signal
import socket
import sys

from runner.sandbox import linux

NICENESS = 5  # what people look at comes first


def main(role: str, descriptor: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it ends when the runner does
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if sys.platform == "linux":
        linux.forbid_new_privileges()
    connection = socket.socket(fileno=descriptor)
    os.nice(NICENESS)
    if role == "recordings":
        from runner.recorder.recordings import Recordings

        Recordings(connection).run()
    else:
        from runner.recorder.indexing import Indexing  # neither process loads what only the other needs

        Indexing(connection).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
