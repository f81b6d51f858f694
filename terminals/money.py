"""The money of sessions, as one web process hears and tells of it: read for many at once, twice a second at most."""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from core.errors import AgtermError
from costs import budgets
from sessions import figures, serializers, services
from sessions.figures import Figures
from sessions.models import Session, Status
from terminals import events
from terminals.events import Happening

log = logging.getLogger("agterm.events")

INTERVAL_S = 0.5
RECHECK_S = 20.0  # a day's budget is free again at midnight, without anybody's doing


class MoneyWatch:
    """Follows what the feed says of money, and knows which sessions a budget holds: their state is `over_budget`."""

    def __init__(self, tell: Callable[[str, list[Happening]], Awaitable[None]]) -> None:
        self._tell = tell
        self._held: set[str] = set()
        self._due: set[str] = set()
        self._arrived = asyncio.Event()
        self._task = asyncio.create_task(self._run(), context=contextvars.Context())  # outlives the first request

    def close(self) -> None:
        self._task.cancel()

    async def look_anew(self, watched: Iterable[str]) -> None:
        """The feed begins, or has missed something; `watched`: of these it is told in any case."""
        self._held = await _in_thread(_held_now)
        self._look(watched)

    def holds(self, event: dict[str, Any]) -> bool:
        """Whether the event says a state that the budget's stands above."""
        return event["event"] == "state" and event["id"] in self._held and event["state"] != Status.EXITED

    async def follow(self, event: dict[str, Any]) -> None:
        """What an event means to the money, once all else was made of it."""
        kind, session_id = event["event"], event["id"]
        if kind in ("exited", "removed"):
            self._held.discard(session_id)
        elif kind in ("cost", "replaced"):
            self._look([session_id])
        elif kind in events.OF_BUDGETS:
            await self._tell(session_id, await _in_thread(events.of_budget, event))

    def _look(self, session_ids: Iterable[str]) -> None:
        self._due.update(session_ids)
        if self._due:
            self._arrived.set()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(RECHECK_S):
                    await self._arrived.wait()
            except TimeoutError:
                pass
            self._arrived.clear()
            due, self._due = self._due, set()
            try:
                await self._say(due)
            except Exception:
                log.exception("costs could not be told; they will be with the next ones")
                self._due |= due
            await asyncio.sleep(INTERVAL_S)

    async def _say(self, due: set[str]) -> None:
        """The costs of those, and of every session that it is held or let go."""
        wanted = due or self._held
        if not wanted:
            return
        found: dict[str, tuple[Figures, bool]] = await _in_thread(_figures_of, wanted)
        for session_id, (money, is_held) in found.items():
            said = [events.of_cost(session_id, money)] if session_id in due else []
            if is_held != (session_id in self._held):
                (self._held.add if is_held else self._held.discard)(session_id)
                said += await _in_thread(_state_now, session_id)
            await self._tell(session_id, said)


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await database_sync_to_async(function, thread_sensitive=False)(*arguments)


def _held_now() -> set[str]:
    running = Session.objects.filter(status=Status.RUNNING).values_list("pk", flat=True)
    return {str(key) for key in budgets.blocked(list(running))}


def _figures_of(session_ids: Iterable[str]) -> dict[str, tuple[Figures, bool]]:
    """The figures of those that there still are, and whether a budget holds what runs there."""
    rows: dict[UUID, Session] = Session.objects.in_bulk([UUID(key) for key in session_ids])
    found = figures.of(rows)
    return {str(key): (money, money.refused is not None and _runs(rows[key])) for key, money in found.items()}


def _runs(row: Session) -> bool:
    if row.status != Status.RUNNING:  # as it was last looked at
        with suppress(AgtermError):
            services.refreshed(row)
    return bool(row.status == Status.RUNNING)


def _state_now(session_id: str) -> list[Happening]:
    row = Session.objects.filter(pk=session_id).first()
    if row is None:
        return []
    with suppress(AgtermError):
        services.refreshed(row)
    return events.of_state(serializers.session(row))
