"""The client of `bench.door`: asks along one way as a plan says, and prints what it took as JSON.

A program of its own, of the standard library alone, so that the same one can run inside a session, where there is
nothing of ours: `python3 door_client.py PLAN.json`.
"""

import asyncio
import hmac
import json
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

STAMPS = re.compile(rb"@(\d{20})@")
STAMP_BYTES = 22
LENGTH = re.compile(rb"\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\nconnection: *close", re.IGNORECASE)
END = b"\r\n0\r\n\r\n"
MS = 1000.0
PATIENCE_S = 120.0


class WrongAnswer(Exception):
    """Something came that is not the whole answer."""


@dataclass
class Taken:
    """What one call took: milliseconds until the first byte of the answer's body and until its end; its size."""

    first_ms: float
    total_ms: float
    size: int
    delays_ms: list[float] = field(default_factory=list)  # of events that say when they were written


class Connection(asyncio.Protocol):
    """One answer after the other; `ended` is done when one is there to its end."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.Transport
        self._reset()

    def _reset(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.first_at = 0.0
        self.size = 0
        self.status = 0
        self.delays_ms: list[float] = []
        self.tail = b""
        self._head = b""
        self._length: int | None = None
        self._closes = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if not self.ended.done():
            self.ended.set_exception(WrongAnswer(f"cut off after {self.size} bytes: {self.tail!r}"))

    def ask(self, request: bytes) -> None:
        self._reset()
        self._transport.write(request)

    def close(self) -> None:
        self.is_open = False
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        if not self.status:
            self._head += data
            head, there_is, data = self._head.partition(b"\r\n\r\n")
            if not there_is:
                return
            self.status = int(head.split(b" ", 2)[1])
            self._closes = CLOSES.search(head) is not None
            length = LENGTH.search(head)
            self._length = int(length[1]) if length else None
        if not data:
            return
        if not self.size:
            self.first_at = time.perf_counter()
        self.size += len(data)
        seen = self.tail[-STAMP_BYTES + 1 :] + data
        if b"@" in seen:
            now = time.monotonic_ns()
            self.delays_ms += [(now - int(stamp)) / 1e6 for stamp in STAMPS.findall(seen)]
        self.tail = (self.tail + data)[-200:]
        if self.size == self._length or (self._length is None and self.tail.endswith(END)):
            if self._closes:
                self.close()
            self.ended.set_result(None)


class Caller:
    """Asks one call after the other, on one connection for as long as the other end keeps it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._address: str = plan["address"]
        self._request = (plan["head"].encode(), plan["body"].encode())
        self._end: bytes = plan["end"].encode()
        self._relay: tuple[str, str] | None = plan.get("relay")
        self._connection: Connection | None = None

    async def call(self) -> Taken:
        began = time.perf_counter()
        if self._connection is None or not self._connection.is_open:
            self._connection = await self._connected()
        connection = self._connection
        connection.ask(self._bytes())
        async with asyncio.timeout(PATIENCE_S):
            await connection.ended
        total_ms = (time.perf_counter() - began) * MS
        if connection.status != 200 or self._end not in connection.tail:
            raise WrongAnswer(f"status {connection.status}, {connection.size} bytes, the last {connection.tail!r}")
        return Taken((connection.first_at - began) * MS, total_ms, connection.size, connection.delays_ms)

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        if self._address.startswith("unix:"):
            return (await loop.create_unix_connection(Connection, self._address.removeprefix("unix:")))[1]
        host, _, port = self._address.rpartition(":")
        return (await loop.create_connection(Connection, host, int(port)))[1]

    def _bytes(self) -> bytes:
        head, body = self._request
        marks = b"content-length: %d\r\n" % len(body)
        if self._relay is not None:
            marks += _proof(*self._relay)
        return head + marks + b"\r\n" + body

    def close(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._connection.close()


def _proof(session_id: str, key: str) -> bytes:
    """What the relay adds to a session's request: whose it is, and that it may say so."""
    at = int(time.time())
    proof = hmac.new(bytes.fromhex(key), f"{session_id}.{at}".encode(), "sha256").hexdigest()
    return f"x-agterm-session: {session_id}\r\nx-agterm-relay: {at}.{proof}\r\n".encode()


async def follow(plan: dict[str, Any]) -> dict[str, Any]:
    """`calls` by each of `clients`, or as many as they can make in `seconds`; every call's figures."""
    callers = [Caller(plan) for _ in range(plan["clients"])]
    began = time.perf_counter()
    until = began + plan["seconds"] if "seconds" in plan else None

    async def work(caller: Caller) -> list[Taken]:
        taken = []
        while (len(taken) < plan["calls"]) if until is None else (time.perf_counter() < until):
            taken.append(await caller.call())
        return taken

    found = [taken for each in await asyncio.gather(*map(work, callers)) for taken in each]
    seconds = time.perf_counter() - began
    for caller in callers:
        caller.close()
    return {
        "seconds": seconds,
        "calls": len(found),
        "bytes": sum(taken.size for taken in found),
        "first_ms": _rounded(taken.first_ms for taken in found),
        "total_ms": _rounded(taken.total_ms for taken in found),
        "delays_ms": _rounded(delay for taken in found for delay in taken.delays_ms),
    }


def _rounded(figures: Iterable[float]) -> list[float]:
    return [round(figure, 4) for figure in figures]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(follow(json.loads(Path(sys.argv[1]).read_text())))))
