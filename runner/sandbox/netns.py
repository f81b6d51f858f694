"""Makes sockets inside the network namespace of another process, without anything running in there.

A socket belongs to the namespace it was made in, whoever holds it. So a session cannot end what listens on its loopback
device, and cannot take the port: it is taken before the session's program starts. And a socket that was made in there
and is connected out here reaches what listens in there.
"""

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

LOOPBACK = "127.0.0.1"
BACKLOG = 128
MAX_PORTS = 16
DIALERS = {socket.AF_INET: 12, socket.AF_INET6: 4}  # most servers listen at 127.0.0.1
MAX_REPORT_BYTES = 4096
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
NS_GET_USERNS = 0xB701
IP_FREEBIND = 15

_libc = ctypes.CDLL(None, use_errno=True)


def listeners_in(init_pid: int, ports: Sequence[int]) -> list[socket.socket]:
    """Listening sockets on 127.0.0.1 at `ports` (0: whichever is free), in the network namespace of `init_pid`.

    Forks, and entering a user namespace needs a process of one thread: call it from such a one. The caller is root, or
    the user who made the namespaces. Raises `OSError`, also when the process has no network of its own.
    """
    if len(ports) > MAX_PORTS:
        raise OSError(errno.EINVAL, f"{len(ports)} listeners are more than {MAX_PORTS}")
    network = _open_network(init_pid)
    try:
        ours, theirs = socket.socketpair()
        with ours:
            child = os.fork()
            if child == 0:
                _make_and_exit(network, lambda: _listeners(ports), theirs)
            theirs.close()
            try:
                return received(ours)
            finally:
                with contextlib.suppress(ChildProcessError):  # where SIGCHLD is ignored the kernel has reaped it
                    os.waitpid(child, 0)
    finally:
        os.close(network)


def dialers_and_exit(network: int, channel: socket.socket) -> NoReturn:
    """In a process forked for it: TCP sockets of that network, not connected yet, for whoever calls `received`."""
    _make_and_exit(network, _dialers, channel)


def _open_network(pid: int) -> int:
    try:
        network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise OSError(error.errno, f"network namespace of process {pid}: {error.strerror}") from None
    if os.path.samestat(os.fstat(network), os.stat("/proc/self/ns/net")):
        os.close(network)
        raise OSError(errno.EINVAL, f"process {pid} has no network namespace of its own")
    return network


def received(channel: socket.socket) -> list[socket.socket]:
    """The sockets that a helper made at the other end of `channel`. Raises `OSError`: what went wrong there."""
    report, descriptors, _flags, _address = socket.recv_fds(channel, MAX_REPORT_BYTES, MAX_PORTS)
    sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
    if report == b"[]":
        return sockets
    for each in sockets:
        each.close()
    number, text = json.loads(report) if report else (errno.ESRCH, "the helper process died")
    raise OSError(number, f"sockets in the session's network: {text}")


def _make_and_exit(
    network: int, make: Callable[[], Iterator[tuple[str, socket.socket | None]]], channel: socket.socket
) -> NoReturn:
    """In the helper: enter, make them, hand them over. `make` says what comes next, and then has it."""
    step = "user namespace"
    try:
        _enter_owner(network)
        step = "network namespace"
        _setns(network, CLONE_NEWNET)
        made: list[socket.socket] = []
        for step, each in make():  # noqa: B007 - told when the next one fails
            made += [] if each is None else [each]
        socket.send_fds(channel, [b"[]"], [each.fileno() for each in made])
    except BaseException as error:
        number = error.errno if isinstance(error, OSError) and error.errno else errno.EINVAL
        text = os.strerror(number) if isinstance(error, OSError) else str(error)
        with contextlib.suppress(OSError):
            channel.sendall(json.dumps([number, f"{step}: {text}"]).encode())
    finally:
        os._exit(0)


def _listeners(ports: Sequence[int]) -> Iterator[tuple[str, socket.socket | None]]:
    for port in ports:
        yield f"port {port}", None
        yield f"port {port}", _listener(port)


def _dialers() -> Iterator[tuple[str, socket.socket | None]]:
    for family, count in DIALERS.items():
        for _ in range(count):
            with contextlib.suppress(OSError):  # a machine without IPv6
                yield family.name, socket.socket(family, socket.SOCK_STREAM)


def _enter_owner(network: int) -> None:
    """Become mighty in the user namespace that owns the network; root is that already, whatever this one says."""
    try:
        owner = fcntl.ioctl(network, NS_GET_USERNS)
        _setns(owner, CLONE_NEWUSER)
    except OSError:
        if os.geteuid() != 0:
            raise


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)  # the loopback device may not have come up yet
    listener.bind((LOOPBACK, port))
    listener.listen(BACKLOG)
    return listener


def _setns(namespace: int, kind: int) -> None:
    if _libc.setns(namespace, kind) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
