"""Whatever a program prints, the runner lives, its memory is bounded, neighbours are answered, and deleting ends it."""

import itertools

import pytest
from support.sockets import is_alive, rss_kib

from bench import garbage
from bench.fuzzing import CAPS_BYTES, Victim
from runner import protocol, wire
from runner.protocol import Kind

SEEDS = (1, 20261122)  # `python -m bench fuzz` tries new ones for as long as one likes
GARBAGE_BYTES = 1_500_000
RESIZES = 10_000
SIZES = ((80, 24), (2, 2), (1000, 2), (2, 500), (300, 100))
STRINGS = {
    "OSC": (b"\x1b]0;", 50_000_000), "OSC 8": (b"\x1b]8;;", 8_000_000), "clipboard": (b"\x1b]52;c;", 8_000_000),
    "DCS": (b"\x1bP", 8_000_000), "APC": (b"\x1b_", 8_000_000), "kitty graphics": (b"\x1b_Ga=T,f=24;", 8_000_000),
    "sixel": (b"\x1bPq", 8_000_000), "PM": (b"\x1b^", 8_000_000), "SOS": (b"\x1bX", 8_000_000),
    "CSI": (b"\x1b[", 8_000_000),
}  # fmt: skip


@pytest.fixture
def victim(runner):
    """Raises when the runner or its worker holds too much, or a neighbour is not answered, whenever it is looked at."""
    made = Victim(runner.call, runner.pid)
    yield made
    made.check()
    made.close()
    assert is_alive(runner.pid)


@pytest.fixture
def file(runner):
    """`file(*parts)`: a file that sessions may read."""
    numbers = itertools.count()

    def write(*parts):
        path = runner.roots / f"garbage-{next(numbers)}"
        path.write_bytes(b"".join(parts))
        path.chmod(0o644)
        return path

    yield write
    for path in runner.roots.glob("garbage-*"):
        path.unlink()


def resizer(victim):
    sizes = itertools.cycle(SIZES)

    def resize(session_id):
        cols, rows = next(sizes)
        victim.ask("resize", id=session_id, cols=cols, rows=rows)

    return resize


def resize_order(session_id, number):
    params = {"id": session_id, "cols": 20 + number % 180, "rows": 5 + number % 60}
    return wire.encode(Kind.REQUEST, protocol.dumps({"id": 100_000 + number, "op": "resize", "params": params}))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", garbage.KINDS)
def test_garbage_harms_nobody(victim, file, kind, seed):
    path = file(garbage.take(kind, seed, GARBAGE_BYTES))
    session_id = victim.pour(path, GARBAGE_BYTES, meanwhile=resizer(victim))
    victim.end(session_id)


@pytest.mark.parametrize("name", STRINGS)
def test_a_string_that_never_ends_is_bounded_and_can_be_broken_off(victim, file, name):
    """A CAN ends it, and what follows is on the screen."""
    introducer, size = STRINGS[name]
    after = b"\x18\x1b\\\x1bcstill here"
    path = file(introducer, b"1;" * (size // 2), after)
    session_id = victim.pour(path, path.stat().st_size)
    assert "still here" in victim.ask("text", id=session_id, history=0)
    victim.end(session_id)


def test_a_line_of_a_hundred_megabytes_is_a_line_like_another(victim):
    session_id = victim.pour("head -c 100000000 /dev/zero | tr '\\0' x", 100_000_000)
    assert victim.ask("text", id=session_id, history=0).split("\n")[:3] == ["x" * 80] * 3
    victim.end(session_id)


@pytest.mark.parametrize(("cols", "rows"), SIZES)
def test_wide_characters_at_every_margin_harm_nobody(victim, file, cols, rows):
    path = file(garbage.WIDE * 200, garbage.take("margins", 3, 40_000), garbage.WIDE * 200)
    victim.end(victim.pour(path, path.stat().st_size, cols=cols, rows=rows))


def test_ten_thousand_resizes_as_fast_as_they_come_harm_nobody(victim, runner):
    """The program prints at each one, as most do."""
    session_id = victim.start("trap 'printf \"%0200d\\r\\n\" 7' WINCH; while :; do sleep 0.01; done")
    with runner.watch(session_id) as reader:
        for number in range(0, RESIZES, 50):
            reader.send_raw(b"".join(resize_order(session_id, each) for each in range(number, number + 49)))
            reader.ask("resize", id=session_id, cols=80 + number % 7, rows=24)
        reader.ask("resize", id=session_id, cols=91, rows=33)
        victim.check()
    info = victim.ask("get", id=session_id)
    assert (info["cols"], info["rows"]) == (91, 33)
    assert len(victim.ask("text", id=session_id, history=0).split("\n")) == 33
    victim.end(session_id)


def test_many_floods_at_once_stay_within_the_same_bounds(victim, runner):
    floods = [victim.start("stty raw; yes '\x1b[31m漢字\x1b[0m no end'") for _ in range(8)]
    for _ in range(20):
        victim.check()
    assert all(victim.ask("get", id=each)["offset"] > 100_000 for each in floods)
    for each in floods:
        victim.end(each)
    assert rss_kib(runner.pid) * 1024 < CAPS_BYTES["runner"]
