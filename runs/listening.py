"""How a door hears of a run: from the database, woken by this process's desk, or by the clock.

The clock serves where another process follows it. A listener holds no thread and no connection while it waits.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from runs.desk import desk
from runs.follow import in_thread
from runs.models import LIVE, Run, RunEvent

POLL_S = 1.0
MAX_AT_ONCE = 200


async def events(run_id: UUID, after: int = 0, *, beat_s: float) -> AsyncIterator[RunEvent | None]:
    """The events behind number `after`, as they come, until `done`; None when nothing has come for `beat_s`."""
    loop = asyncio.get_running_loop()
    with desk.bell(run_id) as bell:
        beat_at = loop.time() + beat_s
        while True:
            found, is_over = await in_thread(_read, run_id, after)
            for event in found:
                yield event
                after, beat_at = event.number, loop.time() + beat_s
            if is_over and len(found) < MAX_AT_ONCE:
                return
            if not found:
                await bell.wait(POLL_S)
            if loop.time() >= beat_at:
                yield None
                beat_at = loop.time() + beat_s


def _read(run_id: UUID, after: int) -> tuple[list[RunEvent], bool]:
    """The next events; whether the run had ended when they were looked for, so that nothing follows them."""
    is_over = not Run.objects.filter(pk=run_id, status__in=LIVE).exists()
    return list(RunEvent.objects.filter(run=run_id, number__gt=after).order_by("number")[:MAX_AT_ONCE]), is_over


async def ended(run_id: UUID, timeout_s: float) -> Run:
    """The run, once it has ended or the time is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout_s
    with desk.bell(run_id) as bell:
        while True:
            run: Run = await in_thread(_get, run_id)
            if run.status not in LIVE or loop.time() >= until:
                return run
            await bell.wait(POLL_S)


def _get(run_id: UUID) -> Run:
    return Run.objects.get(pk=run_id)
