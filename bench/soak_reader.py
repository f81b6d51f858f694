"""The soak's readers: attach, watch, type, resize, fall behind, go away, as people and their networks do."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from picows import WSMsgType

from bench.client import Client
from bench.protocols import COLS, ROWS, Agterm, Message
from bench.soak_stream import Check

TOLERATED = {"FORBIDDEN", "TOO_LARGE"}  # a viewer that types, a program that does not read
MAX_STAY_S = 12.0
GONE = (ConnectionError, OSError, TimeoutError)


@dataclass
class Ledger:
    """What all readers did and found."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)


@dataclass
class Web:
    """Whether the web process is up, and how often it was killed."""

    up: asyncio.Event = field(default_factory=asyncio.Event)
    kills: int = 0


class Checked(Agterm):
    """An attachment of which every byte and every repaint is compared with what the program printed."""

    def __init__(self, session_id: str, check: Check, ledger: Ledger, *, paced: bool, **attach: Any) -> None:
        super().__init__(session_id, skips=True, **attach)
        self.acknowledges = paced
        self.check, self._ledger = check, ledger

    def follow(self, offset: int, data: bytes) -> None:
        super().follow(offset, data)
        self.check.output(offset, data)

    def painted(self, facts: dict[str, Any]) -> None:
        self.check.screen(facts["offset"], facts["cols"], facts["rows"], facts["data"].encode())

    def told(self, kind: str, facts: dict[str, Any]) -> None:
        self._ledger.counts[f"attached, replay {facts['replay']}" if kind == "session:attached" else kind] += 1
        if kind != "error":
            super().told(kind, facts)
        elif facts["code"] not in TOLERATED:
            raise RuntimeError(f"AGTerm says {facts}")


class Reader:
    """One person after another, each for some seconds; remembers how far it has read every session."""

    def __init__(self, url: str, checks: dict[str, Check], ledger: Ledger, source: random.Random) -> None:
        self._url, self._checks, self._ledger, self._random = url, checks, ledger, source
        self._read_to: dict[tuple[str, bool], int] = {}  # (session, whether as bytes)

    async def run(self, stopping: asyncio.Event, web: Web) -> None:
        while not stopping.is_set():
            await web.up.wait()
            kills, session_id = web.kills, self._random.choice(list(self._checks))
            try:
                await self._visit(session_id, lambda k=kills: stopping.is_set() or web.kills > k)
            except GONE as error:
                await asyncio.sleep(0.2)  # whoever killed the web process says so first
                self._lost(error, expected=web.kills > kills)
            except Exception as error:
                self._ledger.failures[f"session {session_id}: {error}"] += 1

    def _lost(self, error: Exception, *, expected: bool) -> None:
        """A web process that was killed takes its sockets along; nothing else may."""
        self._ledger.counts["connections lost with the web process"] += expected
        if not expected:
            self._ledger.failures[f"a connection was lost, and the web process was up: {error!r}"] += 1

    async def _visit(self, session_id: str, over: Callable[[], bool]) -> None:
        protocol = self._protocol(session_id)
        client = await Client.open(self._url, protocol, keep=False)
        try:
            for _ in range(self._random.randrange(1, 8)):
                await asyncio.sleep(self._random.uniform(0, MAX_STAY_S / 6))
                if client.failure is not None:
                    raise client.failure
                if over():
                    break
                self._random.choice(self._deeds())(client, protocol)
            if protocol.offset is not None:
                self._read_to[session_id, protocol.binary] = protocol.offset
            await self._leave(client)
        finally:
            client.cut()

    def _protocol(self, session_id: str) -> Checked:
        chance, attach = self._random.random, dict[str, Any]()
        binary = chance() < 0.6
        if chance() < 0.6 and (session_id, binary) in self._read_to:  # bytes may end inside a character, texts don't
            attach["since"] = self._read_to[session_id, binary]
        if chance() < 0.3:
            attach["history"] = self._random.choice((0, 100, 1000))
        temper = self._random.choice(("as it reads", "never", "late", "does not know of it"))
        self._ledger.counts[f"readers that acknowledge: {temper}"] += 1
        return Checked(
            session_id, self._checks[session_id], self._ledger, paced=temper == "as it reads",
            binary=binary, mode="view" if chance() < 0.3 else "control",
            ack=temper != "does not know of it", **attach,
        )  # fmt: skip

    # --- what one does -------------------------------------------------------------------------------------------

    def _deeds(self) -> list[Callable[[Client, Checked], None]]:
        return [
            self._nothing, self._type, self._resize, self._take, self._acknowledge, self._refresh, self._attach_again,
        ]  # fmt: skip

    def _nothing(self, client: Client, protocol: Checked) -> None: ...

    def _type(self, client: Client, protocol: Checked) -> None:
        client.type("x" * self._random.choice((1, 10, 3000)))

    def _resize(self, client: Client, protocol: Checked) -> None:
        client.send(_message("terminal:resize", **self._size(protocol)))

    def _take(self, client: Client, protocol: Checked) -> None:
        client.send(_message("control:take", **self._size(protocol)))

    def _acknowledge(self, client: Client, protocol: Checked) -> None:
        if protocol.offset is not None:
            client.send(protocol.acknowledgement())

    def _refresh(self, client: Client, protocol: Checked) -> None:
        client.send(_message("terminal:refresh", history=self._random.choice((0, 500))))

    def _attach_again(self, client: Client, protocol: Checked) -> None:
        """On the same socket, from where it is or with a repaint."""
        client.send(protocol.attach_again(since=self._random.choice((None, protocol.offset))))

    def _size(self, protocol: Checked) -> dict[str, int]:
        """Never so narrow that a line would wrap; some sessions keep theirs, or no `since` would ever be served."""
        if protocol.check.steady:
            return {"cols": COLS, "rows": ROWS}
        return {"cols": self._random.randrange(80, 160), "rows": self._random.randrange(20, 50)}

    async def _leave(self, client: Client) -> None:
        how = self._random.choice(("detached", "closed", "cut"))
        self._ledger.counts[f"readers that left: {how}"] += 1
        if how == "detached":
            client.send(_message("session:detach"))
            await asyncio.sleep(0.05)
        if how != "cut":
            client.close()


def _message(kind: str, **payload: Any) -> Message:
    return WSMsgType.TEXT, json.dumps({"type": kind, "payload": payload}).encode()
