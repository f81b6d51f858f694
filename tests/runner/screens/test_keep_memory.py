"""libghostty draws the same when it may not give memory back: `keep_memory` relies on what it does then."""

import ctypes
import errno
import mmap
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from reference import NAMES, load

from runner.screens import worker
from runner.screens.ghostty import GhosttyEmulator

Drawn = dict[str, list[tuple[str, bytes]]]
LINES = 6000  # with little scrollback, every page is used again several times


def refused() -> bool:
    """Whether this thread is kept from giving memory back."""
    page = mmap.mmap(-1, mmap.PAGESIZE)
    libc = ctypes.CDLL(None, use_errno=True)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    failed = libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), worker.MADV_DONTNEED)
    return bool(failed) and ctypes.get_errno() == errno.EINVAL


def seen(emulator: GhosttyEmulator) -> tuple[str, bytes]:
    return emulator.text(1000), emulator.repaint(1000)


def coloured_lines() -> bytes:
    chance = random.Random(1)
    line = b"\x1b[%d;48;5;%dm%d \xe6\x97\xa5 \x1b]8;;http://x/%d\x07link\x1b]8;;\x07\x1b[m\r\n"
    numbers = range(LINES)
    return b"".join(line % (chance.randrange(30, 38), chance.randrange(256), i, i % 99) for i in numbers)


def draw_everything() -> tuple[bool, Drawn]:
    drawn: Drawn = {}
    for name in NAMES:
        stream = load(name)
        emulator = GhosttyEmulator(stream.cols, stream.rows, 1000)
        states = drawn[name] = []
        # Once as recorded, then over the pages that a long output has filled and dropped.
        for _ in range(2):
            for kind, *rest in stream.steps:
                (emulator.feed if kind == "data" else emulator.resize)(*rest)
            states.append(seen(emulator))
            emulator.feed(b"\x18\x1b[?1049l\x1b[!p" + coloured_lines())
            states.append(seen(emulator))
            emulator.feed(b"\x1b[3J\x1b[2J\x1b[H")
            states.append(seen(emulator))
            emulator.rest()
        emulator.close()
    return refused(), drawn


def draw_without_giving_back() -> tuple[bool, Drawn]:
    ctypes.CDLL(None).prctl(worker.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    worker.keep_memory()
    return draw_everything()


def test_screens_are_the_same_with_and_without_giving_memory_back() -> None:
    """The filter holds for one thread, which ends with the test."""
    with ThreadPoolExecutor(1) as thread:
        kept, drawn = thread.submit(draw_without_giving_back).result()
    if not kept:
        pytest.skip("this kernel has no such filter")
    with ThreadPoolExecutor(1) as thread:
        given_back, wanted = thread.submit(draw_everything).result()
    assert not given_back
    assert drawn.keys() == wanted.keys()
    for name in NAMES:
        assert drawn[name] == wanted[name], name
