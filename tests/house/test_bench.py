"""The measuring tools measure: the soak's check sees every wrong byte and screen, and each benchmark starts."""

import asyncio
import json

import pytest

from bench import __main__ as bench
from bench import door_client, door_provider, garbage
from bench.results import Verdict
from bench.soak_census import COMPLAINT, grew
from bench.soak_stream import Check, Text, Wrong
from runner.screens.ghostty import GhosttyEmulator

PROLOGUE = 137  # bytes that a session printed before the text
PIECE = 5000


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return Text(tmp_path_factory.mktemp("soak"), 4)


@pytest.fixture
def check(text):
    made = Check(text, steady=True)
    made.output(PROLOGUE, text.at(0, PIECE))
    return made


def repainted(data):
    emulator = GhosttyEmulator(100, 30, 200)
    emulator.feed(data)
    painted = emulator.repaint(100)
    emulator.close()
    return painted


def test_a_stream_is_known_by_its_offsets_from_any_place_on_and_for_ever(check, text):
    for position in (0, 17, PIECE, text.size - 100, 3 * text.size - 1):
        check.output(PROLOGUE + position, text.at(position, 300))
    assert check.bytes == PIECE + 5 * 300


@pytest.mark.parametrize("at", [0, 1, 150, 299])
def test_one_wrong_byte_is_seen(check, text, at):
    data = bytearray(text.at(PIECE, 300))
    data[at] ^= 1
    with pytest.raises(Wrong, match=f"at {PROLOGUE + PIECE + at} came"):
        check.output(PROLOGUE + PIECE, bytes(data))


def test_a_byte_that_is_missing_or_comes_twice_is_seen(check, text):
    for shift in (-1, 1):
        with pytest.raises(Wrong):
            check.output(PROLOGUE + PIECE, text.at(PIECE + shift, 300))


@pytest.mark.parametrize("end", range(3000, 3090, 7))
def test_a_repaint_is_the_lines_before_its_offset_wherever_it_was_cut(check, text, end):
    check.screen(PROLOGUE + end, 100, 30, repainted(text.at(0, end)))
    assert check.screens == 1


@pytest.mark.parametrize("wrong", [-90, 90])
def test_a_repaint_of_another_offset_is_seen(check, text, wrong):
    with pytest.raises(Wrong, match="shows"):
        check.screen(PROLOGUE + 3000 + wrong, 100, 30, repainted(text.at(0, 3000)))


def test_a_repaint_with_another_letter_is_seen(check, text):
    with pytest.raises(Wrong, match="shows"):
        check.screen(PROLOGUE + 3000, 100, 30, repainted(text.at(0, 3000).replace(b"alpha", b"alphx")))


def test_garbage_comes_again_from_its_seed_and_is_another_from_another():
    for kind in garbage.KINDS:
        assert garbage.take(kind, 1, 50_000) == garbage.take(kind, 1, 50_000) != garbage.take(kind, 2, 50_000)


def test_a_process_that_grows_is_told_from_one_that_only_breathes():
    figures = ((50, 60), (50, 70), (1000, 1090), (1000, 1110))
    assert [grew("runner", *each) for each in figures] == [False, True, False, True]


def test_errors_and_tracebacks_in_a_log_are_found():
    traceback = "Traceback (most recent call last):\n  File …\nValueError: why\n"
    log = f"x INFO a: fine\nx ERROR a: bad\n{traceback}x INFO b: fine\n"
    assert [found[0].splitlines()[-1] for found in COMPLAINT.finditer(log)] == ["ERROR a: bad", "ValueError: why"]


@pytest.fixture
async def provider():
    """The door's, in this process; and the plan of a client that asks it."""
    account = door_provider.Account()
    listening = await asyncio.get_running_loop().create_server(
        lambda: door_provider.Connection(account), "127.0.0.1", 0
    )

    def plan(prompt, **amount):
        head = "POST /v1/messages HTTP/1.1\r\nhost: provider\r\n"
        address = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        said = {"address": address, "head": head, "body": json.dumps({"prompt": prompt}), "end": '"message_stop"}'}
        return {"clients": 1, "calls": 1, **said, **amount}

    yield account, plan
    listening.close()


async def test_the_doors_client_and_provider_agree_on_what_was_asked(provider):
    account, plan = provider
    done = await door_client.follow(plan("bench usual", clients=3, calls=5))
    assert done["calls"] == account.billed["anthropic"]["calls"] == len(done["first_ms"]) == 15
    assert all(0 < first <= total for first, total in zip(done["first_ms"], done["total_ms"], strict=True))
    assert account.billed["anthropic"]["input"] == sum(100 + number for number in range(1, 16))


async def test_the_doors_client_finds_every_moment_in_a_paced_stream_and_every_byte_of_a_flood(provider):
    _account, plan = provider
    paced = await door_client.follow(plan("bench paced 40 300 4000"))
    assert len(paced["delays_ms"]) == 40
    assert all(delay >= 0 for delay in paced["delays_ms"])
    assert (await door_client.follow(plan("bench flood 5000 200")))["bytes"] > 5000 * 200


async def test_the_doors_client_takes_no_half_answer_and_no_refusal(provider):
    _account, plan = provider
    with pytest.raises(door_client.WrongAnswer, match="404"):
        await door_client.follow(plan("what is this?"))

    async def half(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        writer.close()

    async with await asyncio.start_server(half, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(door_client.WrongAnswer, match="cut off"):
            await door_client.follow(plan("bench usual", address=address))


def test_a_target_is_met_or_missed_from_its_own_side():
    assert Verdict("x", 1.0, 2.0).met
    assert not Verdict("x", 1.0, 2.0, at_most=False).met


@pytest.mark.parametrize("name", bench.BENCHMARKS)
def test_every_benchmark_has_a_name_and_usual_amounts(name):
    assert bench.parser().parse_args([name]).name == name
