"""Hands a session's listening sockets to the egress process, and again after that one was started anew.

Needs the standard library only: supervisors, of which there is one a session, import it.
"""

import json
import os
import socket
from collections.abc import Mapping

DOOR_PORT, PROXY_PORT = 8787, 8788  # on 127.0.0.1 of a session that has a network of its own
MAX_LISTENERS = 2


class Delivery:
    """Holds a session's listeners and sees to it that the egress process has them.

    The sockets stay open here, so whoever connects while there is no egress process waits in their queues. The
    connection is never written to by the other end: that it becomes readable means that it has ended.
    """

    def __init__(self, address: str, token: str, listeners: Mapping[str, socket.socket]) -> None:
        """`address` and `token` as in a `Doorway`; `listeners`: by what they lead to, door or proxy.

        The folder is held from now on: a supervisor may lose it from sight. Raises `OSError` when it is not there.
        """
        folder, self._name = os.path.split(address)
        self._folder = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._token = token
        self._listeners = dict(listeners)
        self._socket: socket.socket | None = None

    def hold(self, listeners: Mapping[str, socket.socket]) -> None:
        """The listeners to deliver, once they are made."""
        self._listeners = dict(listeners)

    def connect(self) -> bool:
        """Deliver, if that has not been done; False when the egress process is not there. Never waits."""
        if self._socket is not None:
            return True
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        message = json.dumps({"token": self._token, "listeners": list(self._listeners)}).encode() + b"\n"
        try:
            connection.connect(f"/proc/self/fd/{self._folder}/{self._name}")
            socket.send_fds(connection, [message], [each.fileno() for each in self._listeners.values()])
        except OSError:
            connection.close()
            return False
        self._socket = connection
        return True

    def fileno(self) -> int:
        """The connection's descriptor, to be polled for its end; -1 when there is none."""
        return -1 if self._socket is None else self._socket.fileno()

    def lost(self) -> None:
        """The connection has ended; a later `connect` makes another. One that is refused ends at once: pause first."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def close(self) -> None:
        """Give everything up: the egress process closes the session's connections."""
        self.lost()
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
