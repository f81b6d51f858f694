"""How long recordings are kept: so many days, so much disk; and rows that say what has become of their file."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from recordings import retention
from recordings.models import Recording


@pytest.fixture
def kept(runner, past, configure):
    """`kept(**settings)`: sweeps by these; the names of what is left, newest first. There are four, of 1 MiB each."""
    for days in (1, 2, 30, 400):
        past(days, session_name=str(days), runner=runner.address, size_bytes=1024 * 1024)

    def sweep(**fields):
        configure(**{"recording_days": 0, "recordings_total_mb": 0} | fields)
        retention.sweep()
        return [row.session_name for row in Recording.objects.all()]

    return sweep


def test_nothing_is_deleted_unless_the_operator_says_so(kept):
    assert kept() == ["1", "2", "30", "400"]


def test_what_is_older_than_so_many_days_is_deleted_and_said(kept, caplog):
    with caplog.at_level(logging.INFO, "agterm.recordings"):
        assert kept(recording_days=30) == ["1", "2"]
    assert caplog.text.count("AGTERM_RECORDING_DAYS") == 2


def test_the_oldest_go_until_the_rest_is_small_enough(kept, caplog):
    with caplog.at_level(logging.INFO, "agterm.recordings"):
        assert kept(recordings_total_mb=2) == ["1", "2"]
    assert caplog.text.count("AGTERM_RECORDINGS_TOTAL_MB") == 2


def test_one_under_way_is_never_deleted_however_large(start, begin, past, runner, configure):
    made = begin(start())
    Recording.objects.filter(pk=made["id"]).update(started_at=datetime.now(UTC) - timedelta(days=500))
    past(1, runner=runner.address, size_bytes=2 * 1024 * 1024)
    configure(recordings_total_mb=1, recording_days=1)
    retention.sweep()
    assert [str(row.pk) for row in Recording.objects.all()] == [made["id"]]


def test_a_runner_that_is_away_keeps_its_recordings(past, configure, caplog):
    past(400)
    configure(recording_days=30)
    retention.sweep()
    assert Recording.objects.count() == 1
    assert "can't be deleted" in caplog.text


def test_one_of_which_its_runner_knows_nothing_has_failed(past, runner):
    lost = past(1, status="recording", ended_at=None, runner=runner.address)
    fresh = past(0, status="recording", ended_at=None, runner=runner.address)  # whose start is on its way
    retention.sweep()
    lost.refresh_from_db()
    fresh.refresh_from_db()
    assert (lost.status, lost.ended_at is None, fresh.status) == ("failed", False, "recording")
    assert lost.error
