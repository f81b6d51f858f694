"""One web process's ear at the runner: hears every event once and gives each stream what its user may see."""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from uuid import UUID
from weakref import WeakSet

from channels.db import database_sync_to_async

from core.errors import HostUnavailable
from runner import events as feed
from runner.feed import Latest
from sessions.models import Session
from terminals import events
from terminals.events import Happening
from terminals.money import MoneyWatch

log = logging.getLogger("agterm.events")

FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 5.0
MAX_OWNERS = 100_000
CALL_INTERVAL_S = 1.0


class Mailbox:
    """What one stream has yet to send: the newest of each kind, or word to look for itself if there is too much.

    `only`: the session whose money a terminal's socket wants to hear of; it gets all else from the runner itself.
    """

    def __init__(self, user_id: int, sees_all: bool, only: str = "") -> None:
        self.user_id, self.sees_all, self.only = user_id, sees_all, only
        self.shared: Mapping[str, Mapping[str, Any]] = {}  # sessions of others, and what their rows say to this user
        self.own: Mapping[str, Any] = {}  # the same of the user's own
        self.closed = self.stirred = self.has_looked = False
        self._late: Latest[Happening] = Latest(end="deleted")
        self._arrived = asyncio.Event()

    def put(self, happening: Happening) -> None:
        self._late.put(happening.subject, happening.kind, happening)
        self._arrived.set()

    def stir(self) -> None:
        """What its user may see has changed: `take` returns, so that it is looked at again."""
        self.stirred = True
        self._arrived.set()

    def missed(self) -> None:
        """The list is to be fetched anew."""
        self.put(events.of_runner(available=True))

    def close(self) -> None:
        """Nothing more will be taken: the server stops."""
        self.closed = True
        self._arrived.set()

    async def take(self) -> Happening | None:
        """The next one, as soon as there is one; None when closed or stirred."""
        while not self._late and not self.closed and not self.stirred:
            self._arrived.clear()
            await self._arrived.wait()
        if self._late.missed:
            self._late.missed = False
            return events.of_runner(available=True)  # which says: fetch the list anew
        return None if self.closed or self.stirred else self._late.pop()


class Hub:
    """Listens while at least one mailbox is there, and goes on trying while the runner is away."""

    def __init__(self, address: str, on_end: Callable[[], object]) -> None:
        self._address, self._on_end = address, on_end
        self._mailboxes: WeakSet[Mailbox] = WeakSet()
        self._owners: dict[str, int | None] = {}
        self._called_at: dict[str, float] = {}  # session → when it last called for attention
        self._available: bool | None = None
        self._money = MoneyWatch(self._tell_money)
        self._task = asyncio.create_task(self._listen(), context=contextvars.Context())  # outlives the first request

    def join(self, mailbox: Mailbox) -> None:
        self._mailboxes.add(mailbox)
        if self._available is not None:
            mailbox.put(events.of_runner(self._available))

    def leave(self, mailbox: Mailbox) -> None:
        self._mailboxes.discard(mailbox)
        if not self._mailboxes:
            self._task.cancel()
            self._money.close()
            self._on_end()

    async def _listen(self) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                async with aclosing(feed.follow(self._address)) as happening:
                    async for event in happening:
                        wait_s = FIRST_WAIT_S
                        await self._hear(event)
            except HostUnavailable:
                self._say_available(False)
            except Exception:
                log.exception("an event could not be passed on; listening anew")
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _say_available(self, available: bool) -> None:
        if available or self._available is not False:
            self._available = available
            for mailbox in tuple(self._mailboxes):
                mailbox.put(events.of_runner(available))

    async def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "subscribed":
            self._owners = await _in_thread(_all_owners)
        if event["event"] in ("subscribed", "missed"):
            await self._money.look_anew([box.only for box in self._mailboxes if box.only])
            self._say_available(True)
            return
        session_id, owner = event["id"], await self._owner(event["id"])
        if event["event"] == "removed":
            self._owners.pop(session_id, None)
            self._called_at.pop(session_id, None)
        listeners = self._streams_of(owner, session_id)
        if listeners and not self._money.holds(event):
            said = events.translate(event)
            if events.needs_row(event) and not (event["event"] == "state" and self._has_just_called(session_id)):
                said = await _in_thread(events.translate_with_row, event)
            _put(said, listeners)
        await self._money.follow(event)

    def _streams_of(self, owner: int | None, session_id: str) -> list[Mailbox]:
        """Those that may hear of this session, which is this owner's."""
        boxes = [box for box in self._mailboxes if not box.only]
        return [
            box
            for box in boxes
            if box.sees_all or (owner is not None and box.user_id == owner) or session_id in box.shared
        ]

    async def _tell_money(self, session_id: str, said: list[Happening]) -> None:
        """To the streams that may hear of it, and to the sockets at that session."""
        listeners = self._streams_of(await self._owner(session_id), session_id)
        _put(said, [*listeners, *(box for box in self._mailboxes if box.only == session_id)])

    def _has_just_called(self, session_id: str) -> bool:
        """Whether it called for attention a moment ago, as a program that flaps would; else that it does now."""
        now = asyncio.get_running_loop().time()
        if now - self._called_at.get(session_id, 0.0) < CALL_INTERVAL_S:
            return True
        if len(self._called_at) >= MAX_OWNERS:
            self._called_at.clear()
        self._called_at[session_id] = now
        return False

    async def _owner(self, session_id: str) -> int | None:
        """Whose session it is, None when nobody's; asked once."""
        if session_id not in self._owners:
            if len(self._owners) >= MAX_OWNERS:
                self._owners.clear()
            self._owners[session_id] = await _in_thread(_owner_of, session_id)
        return self._owners[session_id]


def _put(said: Iterable[Happening], mailboxes: Iterable[Mailbox]) -> None:
    for happening in said:
        for mailbox in mailboxes:
            mailbox.put(_as_seen_by(mailbox, happening))


def _as_seen_by(mailbox: Mailbox, happening: Happening) -> Happening:
    """A session's row as a whole says what its reader may do there, which is not the same for all."""
    facts = mailbox.shared.get(happening.subject, mailbox.own)
    session = happening.data.get("session")
    if not facts or session is None or "access" not in session:
        return happening
    return replace(happening, data=happening.data | {"session": session | facts})


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await database_sync_to_async(function, thread_sensitive=False)(*arguments)


def _all_owners() -> dict[str, int | None]:
    pairs: list[tuple[UUID, int]] = list(Session.objects.values_list("pk", "owner_id")[:MAX_OWNERS])
    return {str(key): owner for key, owner in pairs}


def _owner_of(session_id: str) -> int | None:
    return Session.objects.filter(pk=session_id).values_list("owner_id", flat=True).first()


_hubs: dict[tuple[asyncio.AbstractEventLoop, str], Hub] = {}


def hub_of(address: str) -> Hub:
    """This process's one hub for a runner; made for the first stream, gone after the last."""
    key = asyncio.get_running_loop(), address
    if key not in _hubs:
        _hubs[key] = Hub(address, lambda: _hubs.pop(key, None))
    return _hubs[key]
