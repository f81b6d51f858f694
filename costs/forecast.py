"""What will have been spent at the end of a period, and when a limit is reached, if it goes on as of late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TICK = timedelta(microseconds=1)
FURTHEST = timedelta(days=36_500)  # what lasts longer than a century is not told


@dataclass(frozen=True, slots=True)
class Recent:
    """What was spent since a moment: the pace that a forecast goes on with."""

    since: datetime
    picousd: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`picousd_at_end`: None for a period that does not end. `used_up_at`: None when that is not before it ends."""

    spent_picousd: int
    picousd_an_hour: int
    since: datetime
    ends_at: datetime | None
    picousd_at_end: int | None
    used_up_at: datetime | None


def forecast(
    spent_picousd: int, recent: Recent, *, now: datetime, ends_at: datetime | None, limit_picousd: int | None = None
) -> Forecast:
    """What is spent, and the pace since `recent.since` for the time that is left."""
    window = max(now - recent.since, TICK)
    pace = max(0, recent.picousd)
    at_end = None if ends_at is None else spent_picousd + _after(pace, window, max(ends_at - now, timedelta()))
    left = None if limit_picousd is None else limit_picousd - spent_picousd
    return Forecast(
        spent_picousd=spent_picousd,
        picousd_an_hour=_after(pace, window, timedelta(hours=1)),
        since=recent.since,
        ends_at=ends_at,
        picousd_at_end=at_end,
        used_up_at=None if left is None else _used_up(left, pace, window, now, ends_at),
    )


def _after(picousd: int, window: timedelta, time: timedelta) -> int:
    """What is spent in `time` at the pace of `picousd` in `window`; whole numbers, nothing is a float."""
    return picousd * (time // TICK) // (window // TICK)


def _used_up(
    left_picousd: int, pace: int, window: timedelta, now: datetime, ends_at: datetime | None
) -> datetime | None:
    if left_picousd <= 0:
        return now
    if not pace or (ticks := left_picousd * (window // TICK) // pace) > FURTHEST // TICK:
        return None
    moment = now + ticks * TICK
    return moment if ends_at is None or moment < ends_at else None
