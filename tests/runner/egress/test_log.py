"""The log of where sessions went: short in memory, complete and bounded on disk."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from runner.egress import log
from runner.egress.log import NetworkLog


@pytest.fixture
def clock() -> SimpleNamespace:
    return SimpleNamespace(now=1000.0)


@pytest.fixture
def network(tmp_path: Path, clock: SimpleNamespace) -> NetworkLog:
    return NetworkLog(tmp_path / "logs" / "network.jsonl", lambda: clock.now)


def lines(tmp_path: Path, name: str = "network.jsonl") -> list[dict]:
    return [json.loads(line) for line in (tmp_path / "logs" / name).read_text().splitlines()]


def test_the_same_again_within_a_minute_is_counted(network: NetworkLog, clock: SimpleNamespace) -> None:
    for _ in range(3):
        network.note("a", "x", 443, "refused", "why")
    clock.now += 61
    network.note("a", "x", 443, "refused", "why")
    network.note("b", "x", 443, "refused", "why")
    assert [(each["at"], each["count"]) for each in network.reached("a")] == [(1000.0, 3), (1061.0, 1)]


def test_a_session_keeps_its_newest_entries(network: NetworkLog) -> None:
    for number in range(log.KEPT + 10):
        network.note("a", f"host{number}", 443, "allowed", "")
    reached = network.reached("a")
    assert len(reached) == log.KEPT
    assert reached[-1]["host"] == f"host{log.KEPT + 9}"


def test_the_file_adds_up_whenever_it_is_written(network: NetworkLog, tmp_path: Path) -> None:
    noted = [network.note("a", "x", 443, "allowed", "") for _ in range(3)]
    network.flush()
    for each in noted:
        network.moved(each, 10, 100)
        network.flush()
    assert sum(each["count"] for each in lines(tmp_path)) == 3
    assert sum(each["sent"] for each in lines(tmp_path)) == 30
    assert sum(each["received"] for each in lines(tmp_path)) == 300


def test_the_file_is_turned_over_and_one_older_part_is_kept(
    network: NetworkLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_FILE_BYTES", 1000)
    for number in range(100):
        network.note("a", f"host{number}", 443, "allowed", "")
        network.flush()
    names = sorted(each.name for each in (tmp_path / "logs").iterdir())
    assert set(names) <= {"network.1.jsonl", "network.jsonl"}
    assert all((tmp_path / "logs" / name).stat().st_size < 1400 for name in names)
    assert all((tmp_path / "logs" / name).stat().st_mode & 0o777 == 0o600 for name in names)


def test_another_process_recalls_what_live_sessions_reached(network: NetworkLog, tmp_path: Path) -> None:
    network.moved(network.note("a", "x", 443, "allowed", ""), 1, 2)
    network.flush()
    network.moved(network.note("a", "x", 443, "allowed", ""), 10, 20)
    network.note("b", "y", 80, "refused", "why")
    network.flush()
    with (tmp_path / "logs" / "network.jsonl").open("a") as stream:
        stream.write('{"at": 1, "sess')  # killed while it wrote
    other = NetworkLog(tmp_path / "logs" / "network.jsonl")
    other.recall({"a"})
    assert other.reached("a") == network.reached("a")
    assert other.reached("b") == []


def test_a_log_that_cannot_be_written_stops_nothing(network: NetworkLog, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    network.note("a", "x", 443, "allowed", "")
    network.flush()
    assert len(network.reached("a")) == 1


def test_sessions_that_ended_long_ago_are_forgotten(network: NetworkLog) -> None:
    for number in range(log.ENDED_KEPT + 1):
        network.note(f"s{number}", "x", 443, "allowed", "")
        network.ended(f"s{number}")
    assert network.reached("s0") == []
    assert len(network.reached("s1")) == 1


def test_one_sessions_restarts_are_not_many_sessions(network: NetworkLog) -> None:
    network.note("quiet", "x", 443, "allowed", "")
    network.ended("quiet")
    for _ in range(log.ENDED_KEPT + 1):
        network.began("busy")
        network.note("busy", "x", 443, "allowed", "")
        network.ended("busy")
    assert len(network.reached("quiet")) == 1


def test_what_a_live_session_reached_is_kept_however_many_end(network: NetworkLog) -> None:
    network.note("alive", "x", 443, "allowed", "")
    network.ended("alive")
    network.began("alive")
    for number in range(log.ENDED_KEPT + 1):
        network.ended(f"s{number}")
    assert len(network.reached("alive")) == 1


def test_a_session_that_floods_the_file_gets_its_share_and_the_rest_is_counted(
    network: NetworkLog, tmp_path: Path, clock: SimpleNamespace
) -> None:
    for number in range(3 * log.LINES_A_MINUTE):
        network.moved(network.note("flood", f"host{number}", 443, "allowed", ""), 1, 10)
        if number % 50 == 0:
            network.note("quiet", "x", 443, "allowed", "")
            network.flush()
    network.flush()
    assert sum(each["session"] == "flood" for each in lines(tmp_path)) == log.LINES_A_MINUTE
    assert sum(each["count"] for each in lines(tmp_path) if each["session"] == "quiet") == 6
    clock.now += 61
    network.flush()
    rest = lines(tmp_path)[-1]
    assert (rest["session"], rest["verdict"], rest["host"]) == ("flood", "more", "")
    assert rest["count"] == rest["sent"] == 2 * log.LINES_A_MINUTE
    assert rest["received"] == 20 * log.LINES_A_MINUTE
    network.note("flood", "later", 443, "allowed", "")
    network.flush()
    assert lines(tmp_path)[-1]["host"] == "later"


def test_what_was_too_much_is_told_at_the_end_too_and_is_nothing_to_recall(network: NetworkLog, tmp_path: Path) -> None:
    for number in range(log.LINES_A_MINUTE + 5):
        network.note("flood", f"host{number}", 443, "allowed", "")
    network.flush(last=True)
    assert (lines(tmp_path)[-1]["verdict"], lines(tmp_path)[-1]["count"]) == ("more", 5)
    other = NetworkLog(tmp_path / "logs" / "network.jsonl")
    other.recall({"flood"})
    assert {each["verdict"] for each in other.reached("flood")} == {"allowed"}
