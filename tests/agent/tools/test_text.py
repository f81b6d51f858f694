"""Text for models and screens: no control character gets through, in bounded size and in bounded time."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agterm_agent.tools.text import flowing, on_one_line, printed, shown, trimmed, visible

DIRECTIONS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_no_control_character_gets_through(text):
    for clean in (visible, printed, flowing, shown, on_one_line):
        made = clean(text)
        made.encode()
        assert not [c for c in made if (unicodedata.category(c) == "Cc" and c not in "\n\t") or c in DIRECTIONS]
    assert not set("\n\t") & set(on_one_line(text))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07text\x1b]8;;http://h\x1b\\link\x1b]8;;\x1b\\", "textlink"),
        ("\x1b(Bx\x1b7y\x1b=z", "xyz"),
        ("10%\r50%\r100%\r\nnext\r", "100%\nnext"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("naïve 👩\u200d💻 日本\tx", "naïve 👩\u200d💻 日本\tx"),
        ("a\x08b\x7f", "a\\x08b\\x7f"),
    ],
)
def test_what_a_program_prints_is_told_as_a_terminal_would_leave_it(text, plain):
    assert printed(text) == plain


def test_a_cut_text_keeps_its_beginning_and_its_end():
    text = trimmed("a" * 500 + "b" * 500, 90)
    assert text == "a" * 60 + "\n[… 910 characters left out here …]\n" + "b" * 30
    assert trimmed("short", 90) == "short"


@pytest.mark.parametrize("piece", ["x", "\x1b", "\x1b[", "\x1b]", "\r", "\x1b]x", "\x1b[0;", "\x1bP\x1b", " ", "\r\n"])
def test_texts_made_to_be_slow_are_done_at_once(piece):
    for clean in (visible, printed, flowing):
        clean(piece * (200_000 // len(piece)))
