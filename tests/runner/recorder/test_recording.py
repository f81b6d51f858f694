"""A recording under way: what is written of what a terminal says, where it ends, and what is left after a crash."""

import errno
import json
import os
import time

import pytest

from runner.recorder import cast, export
from runner.recorder.facts import Folder
from runner.recorder.lines import Lines
from runner.recorder.recording import Recording


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "recordings")
    made.make()
    return made


@pytest.fixture
def record(folder):
    def start(**params):
        began = {
            "number": 1, "recording": "a", "session": "s", "resumed": False, "began": time.monotonic(), "cols": 80,
            "rows": 24, "title": "", "secrets": [], "include_input": True, "max_bytes": 1 << 30, "max_seconds": 1000,
        }  # fmt: skip
        return Recording(folder, began | params)

    return start


def lines(folder, recording="a"):
    return [json.loads(line) for line in folder.cast(recording).read_text().splitlines()]


def texts(folder, code="o"):
    return [event[2] for event in lines(folder)[1:] if event[1] == code]


def test_a_secret_is_not_in_the_file_whatever_pieces_it_came_in(folder, record):
    recording = record(secrets=["the-secret-value"], title="of the-secret-value", began=0.0)
    for number, piece in enumerate([b"a the-sec", b"ret-value b the-", b"re and the-secret-val"]):
        recording.output(number, piece)
    recording.mark(4, "command: echo the-secret-value")
    recording.typed(5, b"the-secret-value")
    recording.end()
    assert "the-secret-value" not in folder.cast("a").read_text()
    assert "".join(texts(folder)) == "a [redacted] b the-re and the-secret-val"
    assert texts(folder, "i") == ["[redacted]"]
    assert texts(folder, "m") == ["command: echo [redacted]"]
    assert lines(folder)[0]["title"] == "of [redacted]"


def test_what_is_held_back_for_a_moment_keeps_its_time(folder, record):
    recording = record(secrets=["the-secret-value"], began=0.0)
    recording.output(1, b"prompt> t")
    recording.output(9, b"yped")
    recording.end()
    assert lines(folder)[1:] == [[1.0, "o", "prompt> "], [1.0, "o", "t"], [9.0, "o", "yped"]]


def test_a_character_that_comes_in_two_pieces_is_one(folder, record):
    recording = record(began=0.0)
    data = "漢字".encode()
    recording.output(1, data[:4])
    recording.output(2, data[4:] + b"\xff")
    recording.end()
    assert texts(folder) == ["漢", "字\ufffd"]


def test_secrets_of_a_later_program_are_secret_from_then_on(folder, record):
    recording = record(secrets=["first-secret"])
    recording.output(time.monotonic(), b"first-sec")
    recording.also_redact(["first-secret", "second-secret"])
    recording.output(time.monotonic(), b" first-secret second-secret")
    recording.end()
    assert "".join(texts(folder)) == "first-sec [redacted] [redacted]"


def test_a_secret_is_not_there_either_when_another_program_comes_in_the_middle_of_it(folder, record):
    recording = record(secrets=["first-secret"])
    recording.output(time.monotonic(), b"a first-sec")
    recording.also_redact(["first-secret", "second-secret"])
    recording.output(time.monotonic(), b"ret b")
    recording.end()
    assert "".join(texts(folder)) == "a [redacted] b"


def test_it_ends_at_its_size_and_says_so(folder, record):
    recording = record(max_bytes=5000)
    for _ in range(100):
        recording.output(time.monotonic(), b"x" * 200)
    assert recording.is_over
    assert (recording.facts["status"], recording.facts["truncated"]) == ("stopped", "size")
    assert 5000 <= recording.facts["size_bytes"] == folder.cast("a").stat().st_size < 6000
    assert folder.of(["a"]) == {"a": recording.facts}


def test_it_ends_in_time_though_nothing_happens(folder, record):
    recording = record(max_seconds=10)
    recording.output(time.monotonic(), b"x")
    recording.look(time.monotonic() + 11)
    assert (recording.facts["status"], recording.facts["truncated"]) == ("stopped", "time")
    assert recording.facts["duration_ms"] <= 10_000


def test_a_full_disk_ends_it_and_keeps_what_is_there(folder, record, monkeypatch):
    recording = record()
    recording.output(time.monotonic(), b"before")
    recording.look(time.monotonic())
    recording.output(time.monotonic(), b"after")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cast.os, "write", full)
    with pytest.raises(OSError, match="No space"):
        recording.look(time.monotonic())
    facts = recording.end("failed", error="No space left on device")
    assert (facts["status"], facts["error"]) == ("failed", "No space left on device")
    assert folder.of(["a"])["a"]["status"] == "failed"
    assert texts(folder) == ["before"]


def test_a_disk_that_is_full_for_a_moment_leaves_no_half_line(folder, record, monkeypatch):
    recording = record()
    recording.output(time.monotonic(), b"before")
    recording.look(time.monotonic())
    write = os.write

    def half(descriptor, data):
        write(descriptor, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    recording.output(time.monotonic(), b"lost")
    with monkeypatch.context() as patched:
        patched.setattr(cast.os, "write", half)
        with pytest.raises(OSError, match="No space"):
            recording.look(time.monotonic())
    recording.output(time.monotonic(), b"after")
    recording.end("failed", error="No space left on device")
    assert texts(folder) == ["before", "after"]


def test_one_that_nobody_has_ended_yet_is_still_being_recorded(folder, record):
    recording = record()
    assert folder.of(["a", "b"])["a"]["status"] == "recording"
    recording.end()
    assert {key: facts["status"] for key, facts in folder.of(["a", "b"]).items()} == {"a": "stopped"}


def test_one_whose_header_is_lost_is_exported_all_the_same(folder, record):
    facts = record(title="a title").end()
    folder.cast("a").write_bytes(b"")
    for form in ("cast", "cast3", "json"):
        first = b"".join(export.pieces(folder.cast("a"), form, facts, redact=True))
        assert "a title" in json.dumps(json.loads(first))


def test_after_a_crash_the_facts_are_made_again_from_the_file(folder, record):
    recording = record(began=time.monotonic() - 7)
    recording.output(time.monotonic(), b"hello")
    recording.output(time.monotonic(), b"m")
    recording.mark(time.monotonic(), "exit: 0")
    recording.look(time.monotonic())
    os.close(recording._lock)  # as the end of its process does
    with folder.cast("a").open("ab") as stream:
        stream.write(b'[8.0, "o", "half of a li')
    assert folder.opened() == ["a"]
    facts = folder.mend("a")
    assert (facts["status"], facts["event_count"]) == ("failed", 3)
    assert [marker["label"] for marker in facts["markers"]] == ["exit: 0"]
    assert 7000 <= facts["duration_ms"] < 8000
    assert facts["size_bytes"] == folder.cast("a").stat().st_size
    assert len(lines(folder)) == 4
    assert folder.opened() == []
    assert folder.mend("a") is None


def test_another_process_goes_on_with_the_same_file(folder, record):
    began = time.monotonic() - 7
    first = record(began=began)
    first.output(time.monotonic(), b"hello")
    first.look(time.monotonic())
    os.close(first._lock)
    with folder.cast("a").open("ab") as stream:
        stream.write(b'[8.0, "o", "half of a li')
    second = record(began=began, resumed=True, cols=100, rows=30)
    second.output(time.monotonic() + 5, b"again")
    facts = second.end()
    assert [event[1:] for event in lines(folder)[1:]] == [["o", "hello"], ["r", "100x30"], ["o", "again"]]
    assert (facts["status"], facts["event_count"]) == ("stopped", 3)


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        (b"ls -l\r", ["ls -l"]),
        (b"lx\x7fs\x1b[A\x1b[1;5C\x1bOD\r", ["ls"]),
        (b"dropped\x03kept\r\r  \r", ["kept"]),
        (b"two words\x17one\r", ["two one"]),
        ("häß\x7f\r".encode(), ["hä"]),
        (b"\x1b[200~a\rb\x1b[201~\rc\r", ["a\nb", "c"]),
        (b"not sent", []),
    ],
)
def test_a_line_is_told_from_the_keys_that_were_typed(keys, sent):
    whole, single = Lines(), Lines()
    assert whole.feed(keys) == sent
    if b"\x1b" not in keys:
        assert [line for at in range(len(keys)) for line in single.feed(keys[at : at + 1])] == sent


def test_more_than_anybody_types_is_looked_at_in_no_time():
    pasted, lines = b"\x1b[200~" + b"a" + b"\n" * 1_000_000 + b"\x1b[201~\r", Lines()
    assert lines.feed(pasted) == ["a"]
    assert lines.feed(b"a\r" * 500_000) == ["a"] * 4096
