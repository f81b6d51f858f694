"""The synchronous way to the runner: ask, get the reply. Used by services and commands."""

import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import HostUnavailable, by_code
from runner import protocol, wire
from runner.addresses import connect
from runner.protocol import Kind

CONNECT_TIMEOUT_S = 3.0
REPLY_TIMEOUT_S = 40.0  # ending a tree takes its grace time, starting one the disk's


def call(address: str, op: str, *, reply_timeout_s: float = REPLY_TIMEOUT_S, **params: Any) -> Any:
    """Ask the runner at `address` (`unix:/path`) to do `op`; returns its result.

    Raises `HostUnavailable` when it does not answer, else the error it answered with, as one of `core.errors`.
    """
    return result_of(call_many(address, op, [params], reply_timeout_s=reply_timeout_s)[0])


def call_many(
    address: str, op: str, each: Sequence[Mapping[str, Any]], *, reply_timeout_s: float = REPLY_TIMEOUT_S
) -> list[dict[str, Any]]:
    """Ask for `op` once with each of these parameters, all at the same time on one connection.

    Returns the replies in that order, for `result_of`; raises `HostUnavailable` when one of them does not come.
    """
    sent = False
    try:
        with connect(address, CONNECT_TIMEOUT_S) as connection:
            connection.settimeout(reply_timeout_s)
            sent = True
            for number, params in enumerate(each):
                request = {"id": number, "op": op, "params": params}
                connection.sendall(wire.encode(Kind.REQUEST, protocol.dumps(request)))
            return _replies(connection, len(each), time.monotonic() + reply_timeout_s)
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


def _replies(connection: socket.socket, count: int, deadline: float) -> list[dict[str, Any]]:
    decoder, found = wire.Decoder(), dict[int, dict[str, Any]]()
    while len(found) < count:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        for frame in decoder.feed(_receive(connection)):
            if frame.kind == Kind.HELLO:
                protocol.check_version(protocol.loads(frame.body))
            elif frame.kind == Kind.REPLY:
                reply = protocol.loads(frame.body)
                found[reply["id"]] = reply
    return [found[number] for number in range(count)]


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
