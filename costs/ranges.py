"""Which days a report is about, and which whole days of the server's own they are made of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from core.errors import InvalidRequest
from costs.payloads import MAX_DAYS, Range
from costs.periods import day_begins, day_of, server_zone

DAYS = 30  # when nothing is said
ONE_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Days:
    """Whole days of a zone, `start` and `end` both counted."""

    start: date
    end: date
    zone: str

    @property
    def count(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def is_of_server(self) -> bool:
        return self.zone == server_zone()

    @cached_property
    def all(self) -> list[date]:
        return [self.start + ONE_DAY * number for number in range(self.count)]

    @cached_property
    def begins_at(self) -> datetime:
        return day_begins(self.start, self.zone)

    @cached_property
    def ends_at(self) -> datetime:
        return day_begins(self.end + ONE_DAY, self.zone)


@dataclass(frozen=True)
class Cover:
    """A range of another zone as days of the server, `first` to before `last`, corrected by spans at both ends."""

    first: date
    last: date
    more: list[Span]
    less: list[Span]


def asked(wanted: Range, now: datetime) -> Days:
    """The days that a caller asks for: the last thirty when nothing is said; raises `InvalidRequest` for too many."""
    zone = wanted.tz or server_zone()
    today = now.astimezone(ZoneInfo(zone)).date()
    if wanted.startDate is None:
        end = wanted.endDate or today
        return Days(end - ONE_DAY * ((wanted.days or DAYS) - 1), end, zone)
    found = Days(wanted.startDate, wanted.endDate or max(today, wanted.startDate), zone)
    if found.count > MAX_DAYS:
        raise InvalidRequest(f"startDate: must be at most {MAX_DAYS} days before endDate, which is today unless given")
    return found


def cover(days: Days) -> Cover:
    """The server's days that are nearest, so that what is left to correct is as little as can be."""
    if days.is_of_server:
        return Cover(days.start, days.end + ONE_DAY, [], [])
    more: list[Span] = []
    less: list[Span] = []
    first, first_at = _nearest(days.begins_at)
    last, last_at = _nearest(days.ends_at)
    _correct(first_at, days.begins_at, less, more)
    _correct(last_at, days.ends_at, more, less)
    return Cover(first, last, more, less)


def _nearest(moment: datetime) -> tuple[date, datetime]:
    """The server's midnight that is nearest, and its day."""
    day = day_of(moment)
    before, after = day_begins(day, server_zone()), day_begins(day + ONE_DAY, server_zone())
    return (day, before) if moment - before <= after - moment else (day + ONE_DAY, after)


def _correct(midnight: datetime, wanted: datetime, if_early: list[Span], if_late: list[Span]) -> None:
    if midnight < wanted:
        if_early.append((midnight, wanted))
    elif wanted < midnight:
        if_late.append((wanted, midnight))


@dataclass(frozen=True)
class Moved:
    """A span of one of the server's days that belongs to another day than the most of it."""

    span: Span
    from_day: date
    to_day: date


def moves(days: Days, found: Cover) -> tuple[dict[date, date], list[Moved]]:
    """For each of the server's days the asked-for day that most of it is in, and what has to be moved from there.

    Days before and after the range take part, since a day of the server may stand with most of it outside.
    """
    names = [days.start + ONE_DAY * number for number in range(-2, days.count + 5)]
    midnights = [day_begins(name, days.zone) for name in names]
    home: dict[date, date] = {}
    moved: list[Moved] = []
    day = found.first
    place = 0
    while day < found.last:
        begins, ends = day_begins(day, server_zone()), day_begins(day + ONE_DAY, server_zone())
        while midnights[place + 1] <= begins:
            place += 1
        spans = []
        for name, (low, high) in zip(names[place : place + 4], pairwise(midnights[place : place + 5]), strict=True):
            if low >= ends:
                break
            if (overlap := (max(low, begins), min(high, ends)))[0] < overlap[1]:
                spans.append((name, overlap))
        main = max(spans, key=lambda item: item[1][1] - item[1][0])[0]
        home[day] = main
        moved += [Moved(span, main, name) for name, span in spans if name != main]
        day += ONE_DAY
    return home, moved
