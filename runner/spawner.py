"""A small process that only forks: it turns (terminal or pipes, control socket) into a supervisor, again and again.

The runner grows journals of hundreds of megabytes; forking from here costs the same on the first session and on the
five hundredth, and every supervisor shares this process's few pages. It forks as well whoever makes sockets in a
session's network. Started as `python -m runner.spawner FD`.
"""

import gc
import os
import signal
import socket
import sys

from runner import supervisor
from runner.sandbox import ending, netns, sharing

MAX_MESSAGE_BYTES = 8192  # a path among it
SUPERVISOR, SOCKETS = b"+", b"sockets"  # what two descriptors are for
MAX_DESCRIPTORS = 4


def main(descriptor: int) -> None:
    """Serve until the runner's end of the socket closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps supervisors
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    requests = socket.socket(fileno=descriptor)
    gc.disable()
    gc.freeze()  # collections would touch, and so copy, every shared page in every supervisor
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(requests, MAX_MESSAGE_BYTES, MAX_DESCRIPTORS)
        if not message:
            return
        if len(descriptors) > 1 and os.fork() == 0:
            requests.close()
            if message == SOCKETS:
                netns.dialers_and_exit(descriptors[0], socket.socket(fileno=descriptors[1]))
            os._exit(supervisor.run(*descriptors))
        if not descriptors:  # user id and lock of a session whose supervisor was killed
            uid, lock = os.fsdecode(message).split(" ", 1)
            with sharing.none_left(lock) as is_alone:  # else it ends with the last of those who are there
                if is_alone:
                    ending.kill_user(int(uid))
        for received in descriptors:
            os.close(received)


if __name__ == "__main__":
    main(int(sys.argv[1]))
