"""The asynchronous way to the runner's feed: every event of every terminal, read no faster than it is taken."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from core.errors import HostUnavailable
from runner import protocol, wire
from runner.addresses import connect
from runner.client import CONNECT_TIMEOUT_S, result_of
from runner.protocol import Kind

READ_BYTES = 64 * 1024


async def follow(address: str) -> AsyncGenerator[dict[str, Any], None]:
    """First `{"event": "subscribed"}`, then what happens: `{"event", "id", …}` each (`runner.feed`).

    `{"event": "missed"}` says that events were dropped because we were slow. Raises `HostUnavailable` when the runner
    at `address` does not answer or goes away.
    """
    reader, writer = await _connect(address)
    try:
        writer.write(wire.encode(Kind.REQUEST, protocol.dumps({"id": 1, "op": "subscribe"})))
        decoder = wire.Decoder()
        while data := await reader.read(READ_BYTES):
            for frame in decoder.feed(data):
                if (event := _read(frame)) is not None:
                    yield event
        raise HostUnavailable("The connection to the runner was lost")
    except OSError as error:
        raise HostUnavailable(details={"runner": address, "reason": str(error)}) from None
    finally:
        writer.close()


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        connection = connect(address, CONNECT_TIMEOUT_S)
        connection.setblocking(False)
        return await asyncio.open_unix_connection(sock=connection)
    except OSError as error:
        raise HostUnavailable(details={"runner": address, "reason": str(error)}) from None


def _read(frame: wire.Frame) -> dict[str, Any] | None:
    if frame.kind == Kind.HELLO:
        protocol.check_version(protocol.loads(frame.body))
        return None
    if frame.kind == Kind.REPLY:
        result_of(protocol.loads(frame.body))
        return {"event": "subscribed"}
    event: dict[str, Any] = protocol.loads(frame.body)
    return event
