"""Both emulators answer, name and show the same things."""

from collections.abc import Iterator

import pytest

from runner.screens.avt import AvtEmulator
from runner.screens.emulator import Emulator
from runner.screens.ghostty import GhosttyEmulator


@pytest.fixture(params=[GhosttyEmulator, AvtEmulator])
def screen(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    emulator = request.param(20, 5, 100)
    yield emulator
    emulator.close()


def test_text_is_one_line_a_row_with_the_history_wanted_above(screen: Emulator) -> None:
    screen.feed(b"".join(b"line %d\r\n" % i for i in range(10)))
    assert screen.text() == "line 6\nline 7\nline 8\nline 9\n"
    assert screen.text(2) == "line 4\nline 5\n" + screen.text()


def test_text_of_an_empty_screen_is_its_empty_rows(screen: Emulator) -> None:
    assert screen.text(50) == "\n\n\n\n"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (b"\x1b[c", b"\x1b[?62;22c"),
        (b"\x1b[>c", b"\x1b[>1;0;0c"),
        (b"\x1b[5n", b"\x1b[0n"),
        (b"ab\r\ncd\x1b[6nef", b"\x1b[2;3R"),
        (b"plain text", b""),
    ],
)
def test_a_query_is_answered(screen: Emulator, query: bytes, answer: bytes) -> None:
    assert screen.feed(query) == answer


def test_a_query_in_two_parts_is_answered_once(screen: Emulator) -> None:
    assert [screen.feed(part) for part in (b"abc\x1b", b"[6", b"n", b"x\x1b[", b"6n")] == [
        b"",
        b"",
        b"\x1b[1;4R",
        b"",
        b"\x1b[1;5R",
    ]


def test_no_program_learns_of_the_kitty_keyboard(screen: Emulator) -> None:
    assert screen.feed(b"\x1b[?u\x1b[>1u\x1b[?u\x1b[c") == b"\x1b[?62;22c"


def test_programs_do_not_take_the_page_for_ghostty() -> None:
    assert GhosttyEmulator(80, 24, 10).feed(b"\x1b[>q") == b"\x1bP>|AGTerm\x1b\\"


def test_the_title_is_the_last_one_set(screen: Emulator) -> None:
    screen.feed(b"\x1b]0;first\x07text\x1b]2;se")
    assert screen.title == "first"
    screen.feed("cond – ü\x1b\\".encode())
    assert screen.title == "second – ü"


def test_bytes_that_are_no_utf8_show_as_replacements(screen: Emulator) -> None:
    screen.feed(b"a\xffb\xc3(")
    assert screen.text().splitlines()[0] == "a\ufffdb\ufffd("


def test_a_repaint_ends_with_the_character_that_is_not_whole(screen: Emulator) -> None:
    screen.feed("x日".encode()[:-1])
    assert screen.repaint(0).endswith("日".encode()[:-1])
    screen.feed("日".encode()[-1:])
    assert screen.text().splitlines()[0] == "x日"


@pytest.mark.parametrize("size", [(1, 1), (0, 0), (1, 50), (50, 1), (100_000, 3)])
def test_sizes_that_crash_libraries_are_never_used(screen: Emulator, size: tuple[int, int]) -> None:
    screen.feed(b"\x1b]8;;http://x/\x1b\\" + b"linked " * 50)
    screen.resize(*size)
    screen.feed(b"more " * 50)
    screen.resize(20, 5)
    assert "more" in screen.text(100)


def test_ten_thousand_lines_are_kept_when_asked_for() -> None:
    screen = GhosttyEmulator(120, 40, 10_000)
    screen.feed(b"".join(b"%d\r\n" % i for i in range(12_000)))
    lines = screen.text(10_000).split("\n")
    assert len(lines) == 10_040
    assert lines[0] == "1961"
    screen.rest()
    assert screen.text(10_000).split("\n") == lines
