"""What programs print, as the lines that somebody would look for."""

import json
from pathlib import Path

import pytest

from runner.search.text import Text

STREAMS = Path(__file__).parents[2] / "data" / "streams"


def read(data, size=10**6):
    text = Text()
    return "".join(text.feed(data[at : at + size]) for at in range(0, len(data), size)) + text.unfinished()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b[1;31mred\x1b[0m and plain\r\n", "red and plain\n"),
        (b"10%\r55%\r100%\r\ndone\r\n", "100%\ndone\n"),
        (b"$ gti\x08 \x08\x08 \x08it\r\n", "$ git\n"),
        ("caf\u00e9\x08e\r\n".encode(), "cafe\n"),
        (b"\x1b]0;a title\x07shown\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\r\n", "shownlink\n"),
        (b"two\x1b[3Cwords\x1b[5;1Hbelow", "two words\nbelow"),
        (b"\x1bPq#0;2~~\x1b\\after a picture\r\n", "after a picture\n"),
        (b"not \xff text\r\n", "not \ufffd text\n"),
    ],
    ids=["colours", "progress", "backspaces", "letters", "titles", "moves", "pictures", "no UTF-8"],
)
def test_output_is_read_as_lines_wherever_its_pieces_end(data, expected):
    assert read(data) == expected
    assert read(data, 1) == read(data, 3) == expected


def test_what_an_agent_drew_on_its_screen_is_text():
    events = map(json.loads, (STREAMS / "claude.cast").read_text().splitlines()[1:])
    lines = read("".join(text for _, kind, text in events if kind == "o").encode(), 700).splitlines()
    assert "● PONG from claude-opus-5-5" in lines
    assert not any("\x1b" in line for line in lines)


def test_a_picture_without_end_takes_no_memory():
    text = Text()
    assert text.feed(b"\x1b_G") == ""
    for _ in range(100):
        assert text.feed(b"A" * 65_536) == ""
    assert text.feed(b"\x1b\\it ends\r\n") == "it ends\n"


def test_a_line_without_end_comes_in_pieces():
    text = Text()
    lines = "".join(text.feed(b"x" * 3000) for _ in range(10)).splitlines()
    assert sum(map(len, lines)) + len(text.unfinished()) == 30_000
    assert lines
