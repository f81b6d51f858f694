"""Output as plain text."""

import pytest

from runner.plain import new_lines, newest, plain, stripped


@pytest.mark.parametrize(("data", "text"), [
    (b"a\r\nb\r\n", "a\nb"),
    (b"tab\tstays\r\n\r\n", "tab\tstays"),
    (b"\x1b[1;31mred\x1b[0m\x1b[K \x1b]8;;http://x\x1b\\link\x1b]8;;\a\x1b[?2004l\r\n", "red link"),
    ("häuser 漢字".encode(), "häuser 漢字"),
    (b"half a character \xe6\xbc", "half a character \ufffd"),
    (b"", ""),
    (b"  indented\r\n", "  indented"),
    (b"over\rwritten\r\n", None),
    (b"up\x1b[Adown", None),
    (b"back\bspace", None),
    (b"\x1b[?1049hfull screen\x1b[?1049l", None),
])  # fmt: skip
def test_what_needs_no_screen_is_told_at_once(data, text):
    assert plain(data) == text


def test_stripped_output_has_no_control_sequence_left_and_each_rewritten_line():
    assert stripped(b"\x1b[2J10%\r20%\r\n\x1b]0;title\a\x1b(Bdone\x1b[3;4H!\x07") == "10%\n20%\ndone!"
    assert "\x1b" not in stripped(b"\x1b" * 1000 + b"\x1b]" * 1000 + b"\x1b[" * 1000)


def test_new_lines_are_those_that_were_not_there():
    before = "title\n\n> ask\nok\nfooter"
    after = "title\n\n> ask\nok\nanswer\n\n  more\nok\n\nfooter\n\n"
    assert new_lines(before, after) == "answer\n\n  more\nok"
    assert new_lines(before, before) == ""
    assert new_lines("", "a\nb") == "a\nb"


def test_the_newest_lines_are_whole():
    assert newest("one\ntwo\nthree", characters=9, lines=10) == ("three", True)
    assert newest("one\ntwo\nthree", characters=99, lines=2) == ("two\nthree", True)
    assert newest("one\ntwo", characters=99, lines=2) == ("one\ntwo", False)
    assert newest("x" * 50, characters=9, lines=2) == ("x" * 9, True)
