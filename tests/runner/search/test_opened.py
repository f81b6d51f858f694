"""What readers keep open from one question to the next serves all, holds up nobody, and is closed after a while."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.sockets import wait_until

from runner.search import finding, opened
from runner.search.finding import Wanted
from runner.search.gathering import Document
from runner.search.opened import Opened
from runner.search.volumes import Library


@pytest.fixture(autouse=True)
def nothing_open(monkeypatch):
    monkeypatch.setattr(finding, "OPENED", Opened())


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "search" / "index.sqlite3", 64 * 1024 * 1024)
    yield made
    made.close()


def tell(library, *texts):
    documents = [Document("7", "one", "claude", "output", text, [(0, 0, at)], at) for at, text in enumerate(texts)]
    library.write(documents, {})


def found(tmp_path, query, **fields):
    reply = finding.query(tmp_path / "search" / "index.sqlite3", Wanted(query, "7", **fields))
    return [hit["snippet"] for hit in reply["hits"]]


def test_a_second_question_opens_no_file(library, tmp_path, monkeypatch):
    tell(library, "an apple", "a pear")
    assert found(tmp_path, "apple") == ["an apple"]
    monkeypatch.setattr(sqlite3, "connect", None)
    assert found(tmp_path, "pear") == ["a pear"]
    assert finding.suggest(tmp_path / "search" / "index.sqlite3", "app", "7", 5) == ["apple"]


def test_what_is_written_between_two_questions_is_found(library, tmp_path):
    tell(library, "an apple")
    assert found(tmp_path, "apple") == ["an apple"]
    tell(library, "another apple")
    assert found(tmp_path, "apple") == ["another apple", "an apple"]


def test_a_file_that_was_brought_back_in_its_place_is_read_anew(library, tmp_path):
    tell(library, "an apple")
    library.close()
    (path,) = tmp_path.glob("search/owner-7/*.sqlite3")
    before = path.read_bytes()
    tell(library, "another apple")
    library.close()
    assert found(tmp_path, "apple") == ["another apple", "an apple"]
    path.write_bytes(before)
    assert found(tmp_path, "apple") == ["an apple"]


def test_a_file_that_was_kept_open_holds_up_no_writer(library, tmp_path):
    tell(library, *(f"apple {number}" for number in range(9)))
    assert len(found(tmp_path, "apple", limit=2)) == 2
    finding.suggest(tmp_path / "search" / "index.sqlite3", "app", "7", 5)
    (path,) = tmp_path.glob("search/owner-7/*.sqlite3")
    writer = sqlite3.connect(path, timeout=0)
    is_held_up, *_ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    writer.close()
    assert not is_held_up


def test_those_who_ask_at_the_same_time_are_all_answered(library, tmp_path):
    tell(library, *(f"apple {number}" for number in range(40)))
    together = threading.Barrier(4)

    def ask(number):
        together.wait()
        return [found(tmp_path, f"apple {each}", limit=1) for each in range(number, 40, 4)]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, range(4)))
    assert answers == [[[f"apple {each}"] for each in range(number, 40, 4)] for number in range(4)]


def test_no_file_stays_open_when_nobody_asks_any_more(library, tmp_path, monkeypatch):
    tell(library, "an apple")
    library.close()
    monkeypatch.setattr(opened, "KEPT_S", 0.02)
    assert found(tmp_path, "apple") == ["an apple"]
    wait_until("the index's files are closed", lambda: not open_below(tmp_path))


def test_of_more_files_than_may_stay_open_the_newest_do(library, tmp_path, monkeypatch):
    monkeypatch.setattr(opened, "MOST", 2)
    library._volume_bytes = 1  # each write fills a volume
    for number in range(5):
        tell(library, f"apple {number}")
    library.close()
    assert len(found(tmp_path, "apple")) == 5
    assert {path.name[:8] for path in open_below(tmp_path)} == {"00000004", "00000005"}
    assert len(found(tmp_path, "apple")) == 5


def open_below(folder):
    paths = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            paths.append(each.readlink())
        except FileNotFoundError:  # the one that lists them
            continue
    return [path for path in paths if path.is_relative_to(folder)]
