"""When the days, weeks and months of budgets and of the ledger begin and end, wherever clocks are changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `begins_at` on, before `ends_at` (None: it never ends); both in UTC."""

    begins_at: datetime
    ends_at: datetime | None


ALWAYS = Bounds(EPOCH, None)


def server_zone() -> str:
    """The zone of the server's own days."""
    return str(settings.AGTERM.time_zone)


def day_of(at: datetime) -> date:
    """The day of the ledger that a moment belongs to."""
    return at.astimezone(ZoneInfo(server_zone())).date()


def bounds(period: str, zone: str, at: datetime) -> Bounds:
    """The day, week (from Monday) or month in `zone` that `at` is in; `total` is one period for ever."""
    if period == "total":
        return ALWAYS
    return _bounds(period, zone, at.astimezone(ZoneInfo(zone)).date())


def day_begins(day: date, zone: str) -> datetime:
    """The first moment of a day, in UTC. Where clocks skip midnight it is the moment that they skip to."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=256)
def _bounds(period: str, zone: str, day: date) -> Bounds:
    first, following = _DAYS[period](day)
    return Bounds(day_begins(first, zone), day_begins(following, zone))


def _day(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


_DAYS: dict[str, Callable[[date], tuple[date, date]]] = {"day": _day, "week": _week, "month": _month}
