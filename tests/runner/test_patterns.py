"""Callers' regular expressions: found wherever they lie, bounded in what they may cost."""

import asyncio
import random

import pytest

from core.errors import InvalidRequest
from runner import patterns
from runner.patterns import compiled

SLOW = "(?:[a-z]?){640}0"  # RE2 gives up its table and walks the program for every byte


def found(expression, text):
    return asyncio.run(compiled(expression).found(text))


@pytest.mark.parametrize("expression", [
    "|".join(f"[a-{chr(100 + i % 20)}][a-z]{{999}}{i}" for i in range(40)), "[a-z]{1000}[a-z]{1000}", r"(?:\pL{9}){9}",
    r"(?i)" + r"\PL" * 300, "(?i)" + "[^a]" * 200, "(" * 400 + "a{2}" + "){2}" * 100,
], ids=len)  # fmt: skip
def test_an_expression_that_would_be_a_large_program_is_refused(expression):
    with pytest.raises(InvalidRequest, match="pattern"):
        compiled(expression[:1000])


@pytest.mark.parametrize("expression", [
    r"PONG [0-9]+ from", r"\pL+", r"(?i)error|fail(ed|ure)s?", r"^.{0,80}\$ $", r"(?:\d{1,3}\.){3}\d{1,3}",
    r"[^\n]{100}x",
])  # fmt: skip
def test_what_people_write_is_taken(expression):
    compiled(expression)


def test_no_search_is_longer_than_its_share_of_work():
    for expression in (SLOW, "x", r"\pL+"):
        pattern = compiled(expression)
        size = pattern._compiled.programsize
        assert pattern._piece_bytes * size <= patterns.MAX_WORK
        pieces = list(patterns._pieces(b"x" * 300_000, pattern._piece_bytes))
        assert max(map(len, pieces)) <= pattern._piece_bytes


def test_the_loop_goes_on_while_a_slow_expression_is_searched():
    letters = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=100_000))

    async def turns():
        searching, count = asyncio.create_task(compiled(SLOW).found(letters)), 0
        while not searching.done():
            count += 1
            await asyncio.sleep(0)
        return count

    assert asyncio.run(turns()) > 100


@pytest.mark.parametrize("size", [1700, 4096, 65_536])
@pytest.mark.parametrize("line", ["{}\n", "{}漢字🙂é", "{}\t" + "x" * 200 + "\n"])
def test_pieces_overlap_and_cut_neither_characters_nor_short_lines(line, size):
    data = "".join(line.format(number) for number in range(10_000)).encode()
    end = 0
    for piece in patterns._pieces(data, size):
        piece.decode()
        start = data.index(piece)
        assert start < end or start == end == 0
        assert "\n" not in line or start == 0 or data[start - 1 : start] == b"\n"
        end = start + len(piece)
    assert end == len(data)


def test_a_match_is_found_wherever_it_lies_and_line_ends_are_none_of_pieces():
    for place in range(62_000, 68_000, 97):
        assert found("needle-[0-9]{40}", "x" * place + "needle-" + "1" * 40 + "x" * 9000) == "needle-" + "1" * 40
    rows = "".join(f"row {number}\n" for number in range(30_000))
    assert found("^(?:ow|w) ", rows) is None
    assert found("^row 2999[0-9]$", rows) == "row 29990"
