"""Small real servers and callers on loopback, for tests of what lies between them."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from runner.addresses import short_name

TIMEOUT_S = 60.0


class SmallServer:
    """Runs `handler(connection)` in a thread for each connection; `heads` are the request heads that came."""

    def __init__(self, handler: Callable[["SmallServer", socket.socket], None], path: Path | None = None) -> None:
        self._handler = handler
        self.heads: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0)) if path is None else _at(path)
        self.port: int = self._listener.getsockname()[1] if path is None else 0
        self.address = f"127.0.0.1:{self.port}" if path is None else f"unix:{path}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(TIMEOUT_S)
        with connection, contextlib.suppress(OSError):
            self._handler(self, connection)

    def read_head(self, connection: socket.socket) -> bytes:
        """The head of one request; what comes after it stays unread."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                break
            head += byte
        self.heads.append(head)
        return head

    def close(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _at(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with short_name(path) as name:
        listener.bind(name)
    listener.listen()
    return listener


def echo(_server: SmallServer, connection: socket.socket) -> None:
    """Everything back, then the end."""
    while data := connection.recv(65536):
        connection.sendall(data)


def says_ok(server: SmallServer, connection: socket.socket) -> None:
    """One short HTTP answer, as one connection's last."""
    server.read_head(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def redirects_to(url: str) -> Callable[[SmallServer, socket.socket], None]:
    def handler(server: SmallServer, connection: socket.socket) -> None:
        server.read_head(connection)
        head = f"HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())

    return handler


def call(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)


def read_all(connection: socket.socket) -> bytes:
    """Until the other side has said its last, or broke off."""
    data = bytearray()
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65536):
            data += part
    return bytes(data)


def ask(port: int, request: bytes) -> bytes:
    """Send all of it on a connection of its own; the whole answer."""
    with call(port) as connection:
        connection.sendall(request)
        return read_all(connection)


def tunnel(port: int, authority: str) -> socket.socket:
    """A connection on which CONNECT was answered with 200."""
    connection = call(port)
    connection.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = connection.recv(1)
        assert part, head
        head += part
    assert head.startswith(b"HTTP/1.1 200 "), head
    return connection


def open_descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
