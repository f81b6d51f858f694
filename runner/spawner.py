"""A small process that only forks: it turns (terminal, control socket) into a supervisor, session after session.

The runner grows journals of hundreds of megabytes; forking from here costs the same on the first session and on the
five hundredth, and every supervisor shares this process's few pages. Started as `python -m runner.spawner FD`.
"""

import gc
import os
import signal
import socket
import sys

from runner import supervisor


def main(descriptor: int) -> None:
    """Serve until the runner's end of the socket closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps supervisors
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    requests = socket.socket(fileno=descriptor)
    gc.disable()
    gc.freeze()  # collections would touch, and so copy, every shared page in every supervisor
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(requests, 1, 2)
        if not message:
            return
        if len(descriptors) == 2 and os.fork() == 0:
            requests.close()
            os._exit(supervisor.run(*descriptors))
        for received in descriptors:
            os.close(received)


if __name__ == "__main__":
    main(int(sys.argv[1]))
