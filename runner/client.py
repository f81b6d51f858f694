"""The synchronous way to the runner: ask, get the reply. Used by services and commands."""

import socket
from typing import Any

from core.errors import HostUnavailable, by_code
from runner import protocol, wire
from runner.addresses import connect
from runner.protocol import Kind

CONNECT_TIMEOUT_S = 3.0
REPLY_TIMEOUT_S = 40.0  # ending a tree takes its grace time, starting one the disk's


def call(address: str, op: str, **params: Any) -> Any:
    """Ask the runner at `address` (`unix:/path`) to do `op`; returns its result.

    Raises `HostUnavailable` when it does not answer, else the error it answered with, as one of `core.errors`.
    """
    sent = False
    try:
        with connect(address, CONNECT_TIMEOUT_S) as connection:
            connection.settimeout(REPLY_TIMEOUT_S)
            request = {"id": 1, "op": op, "params": params}
            sent = True
            connection.sendall(wire.encode(Kind.REQUEST, protocol.dumps(request)))
            return _reply(connection)
    except OSError as error:
        raise HostUnavailable(details={"runner": address, "reason": str(error)}, may_have_happened=sent) from None


def hello(address: str) -> dict[str, Any]:
    """Who runs there: `{protocol, version, pid, started_at}`; raises `HostUnavailable`."""
    try:
        with connect(address, CONNECT_TIMEOUT_S) as connection:
            decoder = wire.Decoder()
            while not (frames := decoder.feed(_receive(connection))):
                pass
            greeting: dict[str, Any] = protocol.loads(frames[0].body)
            return greeting
    except OSError as error:
        raise HostUnavailable(details={"runner": address, "reason": str(error)}) from None


def _reply(connection: socket.socket) -> Any:
    decoder = wire.Decoder()
    while True:
        for frame in decoder.feed(_receive(connection)):
            if frame.kind == Kind.HELLO:
                protocol.check_version(protocol.loads(frame.body))
            elif frame.kind == Kind.REPLY:
                return result_of(protocol.loads(frame.body))


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(262_144)
    if not data:
        raise ConnectionResetError("the runner closed the connection")
    return data


def result_of(reply: dict[str, Any]) -> Any:
    """The result in a REPLY frame, or the error in it, raised."""
    if (error := reply.get("error")) is not None:
        raise by_code(error["code"])(error["message"], details=error.get("details"))
    return reply["result"]
