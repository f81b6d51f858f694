"""A repaint gives the page the screen that the whole stream would have given it, at any cut."""

from typing import Any

import pytest
from gaps import AVT_GAPS, GHOSTTY_GAPS, NONE
from reference import NAMES, STATE, Reference, Step, Stream, load

from runner.screens import ghostty_ffi
from runner.screens.avt import AvtEmulator
from runner.screens.ghostty import GhosttyEmulator


def feed(emulator: GhosttyEmulator | AvtEmulator, step: Step) -> None:
    if step[0] == "size":
        emulator.resize(*step[1:])
    else:
        emulator.feed(step[1])


def differences(engine: Any, stream: Stream, xterm: Reference) -> dict[str, list[int]]:
    """Which parts of the state differ, and at which cuts: at the cut itself, or after both went on to the end."""
    cuts = stream.cuts()
    steps = [s for i, step in enumerate(stream.steps, 1) for s in ((step, STATE) if i in cuts else (step,))]
    wanted = xterm.states((stream.cols, stream.rows), steps)
    emulator, found = engine(stream.cols, stream.rows, 1000), {}
    for index, step in enumerate(stream.steps, 1):
        feed(emulator, step)
        if index not in cuts:
            continue
        painted = [("data", emulator.repaint(1000)), STATE, *stream.steps[index:], STATE]
        shown = xterm.states(stream.size_at(index), painted)
        for want, got in ((wanted[cuts.index(index)], shown[0]), (wanted[-1], shown[1])):
            for part in want:
                if want[part] != got[part]:
                    found.setdefault(part, []).append(index)
    emulator.close()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_late_page_sees_what_an_early_one_sees(name: str, xterm: Reference) -> None:
    gaps = GHOSTTY_GAPS.get(name, NONE)[0]
    assert differences(GhosttyEmulator, load(name), xterm).keys() == gaps


@pytest.mark.parametrize("name", NAMES)
def test_the_fallback_loses_only_what_is_known(name: str, xterm: Reference) -> None:
    gaps = AVT_GAPS.get(name, NONE)[0]
    assert differences(AvtEmulator, load(name), xterm).keys() == gaps


@pytest.mark.parametrize("engine", [GhosttyEmulator, AvtEmulator])
def test_a_repaint_over_an_old_page_leaves_nothing_of_it(engine: Any, xterm: Reference) -> None:
    stream = load("vim")
    emulator = engine(stream.cols, stream.rows, 1000)
    for step in stream.steps:
        feed(emulator, step)
    repaint = ("data", emulator.repaint(1000))
    size = (stream.cols, stream.rows)
    dirty = [*load("modes").steps, *load("sgr").steps, repaint, STATE]
    assert xterm.states(size, dirty) == xterm.states(size, [repaint, STATE])


def test_history_is_cut_to_what_was_asked_for(xterm: Reference) -> None:
    emulator = GhosttyEmulator(80, 24, 1000)
    emulator.feed(b"".join(b"line %d\r\n" % i for i in range(500)))
    [state] = xterm.states((80, 24), [("data", emulator.repaint(10)), STATE])
    assert state["scrollback"] == [f"line {i}" for i in range(467, 477)]
    assert state["screen"][0] == "line 477"


def test_a_link_survives_the_repaint() -> None:
    emulator = GhosttyEmulator(40, 5, 10)
    emulator.feed(b"\x1b]8;;https://example.org/x\x1b\\here\x1b]8;;\x1b\\ not")
    assert b"\x1b]8;;https://example.org/x\x1b\\here\x1b]8;;\x1b\\ not" in emulator.repaint(0)


def test_every_cell_has_its_link_after_the_repaint() -> None:
    stream = load("links")
    first, second = (GhosttyEmulator(stream.cols, stream.rows, 100) for _ in range(2))
    for step in stream.steps:
        feed(first, step)
    second.feed(first.repaint(100))
    cells = list(range(stream.cols))
    targets = [[list(ghostty_ffi.links(e._terminal, y, cells)) for y in range(stream.rows)] for e in (first, second)]
    assert targets[0] == targets[1]
    assert len({uri for row in targets[0] for _, uri in row}) == 8


def test_a_chosen_cursor_shape_survives_the_repaint() -> None:
    emulator = GhosttyEmulator(40, 5, 10)
    emulator.feed(b"\x1b[5 q")
    assert emulator.repaint(0).endswith(b"\x1b[5 q")
    emulator.feed(b"\x1b[4 q")
    assert emulator.repaint(0).endswith(b"\x1b[4 q")
