"""Days, weeks and months begin where the people are, also on the nights when clocks are changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.periods import ALWAYS, bounds, day_begins, day_of

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo",
         "America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Asia/Beirut", "America/St_Johns"]  # fmt: skip
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "hours"),
    [(utc(2026, 3, 29, 12), 23), (utc(2026, 10, 25, 12), 25), (utc(2026, 7, 1, 12), 24)],
)
def test_a_day_has_as_many_hours_as_the_clocks_give_it(at, hours):
    found = bounds("day", "Europe/Berlin", at)
    assert found.ends_at - found.begins_at == timedelta(hours=hours)


def test_the_moment_before_midnight_is_today_and_midnight_is_tomorrow():
    midnight = utc(2026, 6, 30, 22)
    before, after = (bounds("day", "Europe/Berlin", at) for at in (midnight - timedelta(microseconds=1), midnight))
    assert before.ends_at == midnight == after.begins_at


@pytest.mark.parametrize("day", range(23, 30))
def test_a_week_begins_on_monday(day):
    found = bounds("week", "UTC", utc(2026, 2, day) if day <= 28 else utc(2026, 3, 1))
    assert (found.begins_at, found.ends_at) == (utc(2026, 2, 23), utc(2026, 3, 2))


@pytest.mark.parametrize(
    ("at", "begins", "ends"),
    [
        (utc(2026, 2, 28, 23, 59), utc(2026, 2, 1), utc(2026, 3, 1)),
        (utc(2028, 2, 29), utc(2028, 2, 1), utc(2028, 3, 1)),
        (utc(2026, 12, 31, 23), utc(2026, 12, 1), utc(2027, 1, 1)),
    ],
)
def test_a_month_ends_when_the_next_begins(at, begins, ends):
    found = bounds("month", "UTC", at)
    assert (found.begins_at, found.ends_at) == (begins, ends)


def test_the_total_never_ends():
    assert bounds("total", "Europe/Berlin", utc(2026, 1, 1)) == ALWAYS


def test_where_midnight_is_skipped_the_day_begins_at_the_moment_skipped_to():
    assert day_begins(date(2018, 11, 4), "America/Sao_Paulo") == utc(2018, 11, 4, 3)  # 00:00 was 01:00


@given(at=MOMENTS, zone=st.sampled_from(ZONES), period=st.sampled_from(["day", "week", "month"]))
def test_every_moment_is_in_exactly_one_period(at, zone, period):
    found = bounds(period, zone, at)
    assert found.begins_at <= at < found.ends_at
    assert bounds(period, zone, found.begins_at) == found
    assert bounds(period, zone, found.ends_at - timedelta(microseconds=1)) == found
    assert bounds(period, zone, found.ends_at).begins_at == found.ends_at


def test_the_ledgers_day_is_the_servers(configure):
    configure(time_zone="America/New_York")
    assert day_of(utc(2026, 1, 1, 4, 59)) == date(2025, 12, 31)
