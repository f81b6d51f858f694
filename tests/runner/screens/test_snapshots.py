"""Snapshots and lines: what a screen shows and knows, from both emulators and through the pool."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from owner import Terminal, kill_worker
from reference import NAMES, STATE, Reference, load

from core.errors import InternalError, NotFound
from runner.screens import messages
from runner.screens.avt import AvtEmulator
from runner.screens.emulator import Emulator
from runner.screens.ghostty import GhosttyEmulator
from runner.screens.pool import ScreenPool


@pytest.fixture(params=[GhosttyEmulator, AvtEmulator])
def screen(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    emulator = request.param(20, 5, 100)
    yield emulator
    emulator.close()


def modes(screen: Emulator) -> dict[str, Any]:
    told: dict[str, Any] = screen.facts()["modes"]
    return told


def test_a_fresh_terminal_has_everything_off_but_wrapping(screen: Emulator) -> None:
    told = modes(screen)
    assert {name for name, on in told.items() if on is True} == {"autoWrap"}
    assert (told["mouse"], told["mouseEncoding"]) == ("none", "default")


@pytest.mark.parametrize(
    ("name", "on", "off"),
    [
        ("bracketedPaste", b"\x1b[?2004h", b"\x1b[?2004l"),
        ("applicationCursor", b"\x1b[?1h", b"\x1b[?1l"),
        ("applicationKeypad", b"\x1b=", b"\x1b>"),
        ("focusEvents", b"\x1b[?1004h", b"\x1b[?1004l"),
        ("synchronizedOutput", b"\x1b[?2026h", b"\x1b[?2026l"),
        ("alternateScreen", b"\x1b[?1049h", b"\x1b[?1049l"),
        ("origin", b"\x1b[?6h", b"\x1b[?6l"),
        ("insert", b"\x1b[4h", b"\x1b[4l"),
        ("autoWrap", b"\x1b[?7h", b"\x1b[?7l"),
    ],
)
def test_a_mode_is_on_from_when_it_is_set_until_it_is_reset(screen: Emulator, name: str, on: bytes, off: bytes) -> None:
    screen.feed(b"some text" + on)
    assert modes(screen)[name] is True
    screen.feed(off)
    assert modes(screen)[name] is False


@pytest.mark.parametrize(
    ("said", "mouse"),
    [
        (b"\x1b[?9h", ("x10", "default")),
        (b"\x1b[?1000h\x1b[?1006h", ("normal", "sgr")),
        (b"\x1b[?1002;1015h", ("button", "urxvt")),
        (b"\x1b[?1003h\x1b[?1016h", ("any", "sgr-pixels")),
        (b"\x1b[?1003h\x1b[?1000h", ("normal", "default")),
        (b"\x1b[?1002h\x1b[?1000l", ("none", "default")),
    ],
)
def test_the_mouse_is_what_was_asked_for_last(screen: Emulator, said: bytes, mouse: tuple[str, str]) -> None:
    screen.feed(said)
    assert (modes(screen)["mouse"], modes(screen)["mouseEncoding"]) == mouse


def test_only_libghostty_knows_of_the_kitty_keyboard(screen: Emulator) -> None:
    screen.feed(b"\x1b[>5u")
    assert modes(screen)["kittyKeyboard"] == (5 if isinstance(screen, GhosttyEmulator) else None)


def test_cursor_title_and_size_are_told(screen: Emulator) -> None:
    screen.feed(b"\x1b]2;vim\x07\r\nabc\x1b[?25l")
    told = screen.facts()
    assert told["cursor"] == {"x": 3, "y": 1, "visible": False}
    assert (told["cols"], told["rows"], told["title"], told["alternate"]) == (20, 5, "vim", False)
    screen.resize(30, 8)
    assert (screen.facts()["cols"], screen.facts()["rows"]) == (30, 8)


def test_lines_are_counted_from_the_end(screen: Emulator) -> None:
    screen.feed(b"".join(b"line %d\r\n" % i for i in range(30)))
    assert screen.lines(2, 0) == (30, ["line 28", "line 29"])
    assert screen.lines(3, 25) == (30, ["line 2", "line 3", "line 4"])
    assert screen.lines(3, 28) == (30, ["line 0", "line 1"])
    assert screen.lines(3, 99) == (30, [])
    assert screen.lines(99, 0)[1] == [f"line {i}" for i in range(30)]


def test_an_empty_screen_has_no_lines_and_one_cleared_has_its_scrollback(screen: Emulator) -> None:
    assert screen.lines(10, 0) == (0, [])
    screen.feed(b"".join(b"%d\r\n" % i for i in range(6)) + b"\x1b[2J")
    total, lines = screen.lines(10, 0)
    assert lines[:2] == ["0", "1"]
    assert total == len(lines)


async def test_a_snapshot_is_the_screen_without_its_history(pool: ScreenPool, xterm: Reference) -> None:
    for stream in map(load, NAMES):
        Terminal(pool, stream.name, stream.cols, stream.rows).play(stream)
        shown = await pool.snapshot(stream.name)
        size = stream.size_at(len(stream.steps))
        [state] = xterm.states(size, [("data", shown["data"].encode()), STATE])
        assert (shown["cols"], shown["rows"]) == size
        assert state["screen"] == shown["text"].split("\n")
        assert state["cursor"] == [shown["cursor"]["x"] + (state["cursor"][0] == size[0]), shown["cursor"]["y"]]
        assert (state["buffer"] == "alternate") is shown["alternate"]
        assert state["modes"]["bracketedPasteMode"] is shown["modes"]["bracketedPaste"]
        assert state["modes"]["applicationCursorKeysMode"] is shown["modes"]["applicationCursor"]


async def test_half_a_character_is_no_part_of_a_snapshot(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed("日本".encode()[:-1])
    shown = await pool.snapshot("a")
    assert (shown["text"].rstrip(), shown["begun"]) == ("日", 2)
    assert "\ufffd" not in shown["data"]


async def test_the_pool_counts_lines_like_the_emulator(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"".join(b"%d\r\n" % i for i in range(500)))
    assert await pool.lines("a", 2, 10) == (500, ["488", "489"])


async def test_snapshot_and_lines_survive_the_workers_death(pool: ScreenPool) -> None:
    terminal = Terminal(pool, "a")
    terminal.feed(b"here\x1b[?2004h")
    kill_worker(pool)
    asked = asyncio.gather(pool.snapshot("a"), pool.lines("a", 5, 0))
    await asyncio.sleep(0)
    terminal.feed(b" and more")
    shown, lines = await asked
    assert shown["modes"]["bracketedPaste"] is True
    assert (shown["text"].rstrip(), lines) == ("here", (1, ["here"]))


async def test_the_fallback_gives_snapshots_too(poisoned: ScreenPool) -> None:
    victim = Terminal(poisoned, "victim")
    victim.feed(b"\x1b[?1049h\x1b[HPOISON\x1b[?2004h")
    shown = await poisoned.snapshot("victim")
    assert poisoned.engine("victim") == "avt"
    assert (shown["text"].rstrip(), shown["alternate"], shown["modes"]["bracketedPaste"]) == ("POISON", True, True)
    assert shown["modes"]["kittyKeyboard"] is None


async def test_a_screen_that_is_not_open_has_no_snapshot(pool: ScreenPool) -> None:
    with pytest.raises(NotFound):
        await pool.snapshot("a")
    with pytest.raises(NotFound):
        await pool.lines("a", 1, 0)


@pytest.mark.parametrize(
    "said", [b"", b"nonsense", b"[]", b'{"total": 1}', b'{"total": 1, "lines": [], "more": 1}', b"\xff"]
)
def test_what_a_worker_says_is_not_trusted(said: bytes) -> None:
    with pytest.raises(InternalError):
        messages.parse_json_result(said, ("total", "lines"))
