"""A recording is sent in every form that callers may ask for, with nothing that looks like a key where they say so."""

import json
import random
import tracemalloc

import pytest

from runner.recorder import export
from runner.recorder.text import Plain
from runner.redaction import REDACTED

KEY = "sk-ant-api03-" + "aB3_" * 12
HEADER = {"version": 2, "width": 80, "height": 24, "timestamp": 1, "title": "a title", "env": {"TERM": "xterm"}}
FACTS = {
    "id": "r", "session": "s", "status": "stopped", "started_at": 0.0, "ended_at": 2.5, "duration_ms": 2500,
    "truncated": None, "size_bytes": 9,
}  # fmt: skip


@pytest.fixture
def cast(tmp_path):
    def write(*events, torn="", title="a title"):
        path = tmp_path / "a.cast"
        lines = [json.dumps({**HEADER, "title": title}), *(json.dumps(list(event)) for event in events)]
        path.write_text("\n".join(lines) + "\n" + torn)
        return path

    return write


def read(path, form, *, redact=False, facts=None):
    return b"".join(export.pieces(path, form, facts, redact=redact)).decode()


def events_of(text):
    return [json.loads(line) for line in text.splitlines()[1:]]


def test_a_cast_is_sent_as_it_is_but_for_a_line_that_is_not_whole(cast):
    path = cast((0.5, "o", 'a "quoted" \x1b[31m é'), (1, "r", "100x30"), torn='[2.0, "o", "half')
    assert events_of(read(path, "cast")) == [[0.5, "o", 'a "quoted" \x1b[31m é'], [1, "r", "100x30"]]


def test_version_3_has_intervals_that_add_up_to_the_same_times(cast):
    times = [round(number * 0.333333, 6) for number in range(500)]
    path = cast(*((time, "o", "x") for time in times))
    text = read(path, "cast3")
    header = json.loads(text.splitlines()[0])
    assert header["version"] == 3
    assert header["term"] == {"cols": 80, "rows": 24, "type": "xterm"}
    assert sum(event[0] for event in events_of(text)) == pytest.approx(times[-1], abs=1e-9)


def test_json_names_the_kinds_of_events(cast):
    path = cast((0.5, "o", "out"), (0.6, "i", "in"), (1.25, "r", "100x30"), (2, "m", "exit: 0"))
    said = json.loads(read(path, "json", facts=FACTS))
    assert said["events"] == [
        {"event_type": "output", "data": "out", "timestamp": 500},
        {"event_type": "input", "data": "in", "timestamp": 600},
        {"event_type": "resize", "data": "100x30", "timestamp": 1250},
        {"event_type": "marker", "data": "exit: 0", "timestamp": 2000},
    ]
    assert (said["id"], said["sessionId"], said["start_time"]) == ("r", "s", "1970-01-01T00:00:00.000+00:00")
    assert said["metadata"] == {"title": "a title", "initial_size": {"cols": 80, "rows": 24}}


def test_text_is_what_a_person_would_read(cast):
    path = cast(
        (0, "o", "\x1bc\r\n\r\n\r\n\x1b[1;32mgre"), (1, "o", "en\x1b[0m te"), (2, "o", "xt\r\n 10%\r"),
        (3, "o", " 50%\r100% done\r\nshort\rlong\r\nerased\r\x1b[Kkept\r\ntypo\b\b\x1b[Kpe\r\n"), (3.5, "i", "typed"),
        (4, "o", "\x1b]0;title\x07a\x1b[3Cb\x1b[5;1Hbelow\r\n\x1b[2J\x1b[?1049hend"),
    )  # fmt: skip
    assert read(path, "text").strip("\n") == ("green text\n100% done\nlongt\nkept\ntype\na   b\nbelow\nend")


def test_text_does_not_depend_on_where_events_end():
    stream = "one\r\n\x1b[31mtwo\x1b[0m\r\nthree\rTH\r\n\r\n\r\nfour\x1b[K\b\bxx\r\n" * 3
    whole = Plain()
    expected = whole.feed(stream) + whole.rest()
    single = Plain()
    assert "".join(single.feed(character) for character in stream) + single.rest() == expected


@pytest.mark.parametrize("form", ["cast", "cast3", "json", "text"])
def test_a_key_is_left_out_wherever_events_cut_it(cast, form):
    for at in (1, 3, 20, len(KEY) - 1):
        path = cast((0, "o", "before " + KEY[:at]), (1, "m", "a mark"), (2, "o", KEY[at:] + " after"), title=KEY)
        said = read(path, form, redact=True)
        assert KEY[8:] not in said.replace("\n", "")
        assert KEY[:at] not in said or at < 8
        assert said.count(REDACTED) == (1 if form == "text" else 2)
        assert "before" in said
        assert "after" in said


def test_a_key_that_was_typed_letter_by_letter_is_left_out(cast):
    path = cast(*((number, code, letter) for number, letter in enumerate(KEY + " ") for code in "io"))
    events = events_of(read(path, "cast", redact=True))
    for code in "io":
        assert "".join(event[2] for event in events if event[1] == code) == REDACTED + " "


def test_redaction_leaves_everything_else_as_it_is_and_in_order(cast):
    chance = random.Random(3)
    events = []
    for number in range(3000):
        code = chance.choice("oooooirm")
        text = "".join(chance.choices("aé\x1b[ \n€-", k=chance.randint(1, 200)))
        events.append((number / 10, code, "80x24" if code == "r" else text))
    again = events_of(read(cast(*events), "cast", redact=True))
    assert [event[0] for event in again] == sorted(event[0] for event in again)
    assert [e for e in again if e[1] in "rm"] == [list(e) for e in events if e[1] in "rm"]
    for code in "io":
        assert "".join(e[2] for e in again if e[1] == code) == "".join(e[2] for e in events if e[1] == code)


def test_many_keys_in_a_long_recording_are_all_left_out(cast):
    chance = random.Random(5)
    stream = "".join(KEY + "é" * chance.randint(1, 3000) + "\n" for _ in range(200))
    cuts = sorted(chance.sample(range(1, len(stream)), 2000))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    again = events_of(read(cast(*((n, "o", piece) for n, piece in enumerate(pieces))), "cast", redact=True))
    assert "".join(event[2] for event in again) == stream.replace(KEY, REDACTED)


@pytest.mark.parametrize("form", ["cast", "json", "text"])
def test_a_long_recording_takes_little_memory(tmp_path, form):
    path = tmp_path / "long.cast"
    line = json.dumps([1.0, "o", "\x1b[32msome output of a program\x1b[0m\r\n" * 300]) + "\n"
    path.write_text(json.dumps(HEADER) + "\n" + line * (20_000_000 // len(line)))
    tracemalloc.start()
    try:
        size = sum(map(len, export.pieces(path, form, None, redact=True)))
        assert size > 5_000_000
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
