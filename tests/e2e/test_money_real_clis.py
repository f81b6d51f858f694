"""The real agent CLIs behind the real door: the ledger and the fake provider's own account say the same of every call.

Each CLI sits in one session, which the tests use one after the other; each test compares the calls it caused.
"""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from fakes.provider import DIALECTS, Provider
from support.agents import installed_home
from support.books import Books
from support.seats import READY, Seat
from support.server import AgtermServer

from runner.sandbox import linux

NAMES = list(READY)
ASKS_FIRST = ("claude", "codex", "gemini")  # before it runs a command
LLAMA = "meta-llama/llama-3.3-70b-versatile"
HEADLESS = {
    "claude": {"args": ["-p", "Say ping"]},
    "codex": {"args": ["exec", "--skip-git-repo-check", "Say ping"]},
    "gemini": {"args": ["-p", "Say ping"]},
    "opencode": {"args": ["run", "Say ping"], "provider": "openrouter", "model": LLAMA},
}


def reply(call, model):
    """The last word that was said, backwards: a screen that shows it shows this very answer."""
    said = next(dialect.asked(call) for dialect in DIALECTS.values() if dialect.matches(call.route))
    return f"PONG {said.split()[-1][::-1] if said else ''}"


@pytest.fixture(scope="module")
def provider():
    with Provider(reply=reply) as running:
        yield running


@pytest.fixture(scope="module")
def server(provider):
    made = AgtermServer({**provider.environment, **provider.compatible})
    os.symlink(installed_home(*NAMES) / "agents", made.home / "agents")
    with made:
        yield made


@pytest.fixture(scope="module", params=NAMES)
def seat(server, request):
    seat = Seat(server, request.param)
    yield seat.ready()
    seat.close()


@pytest.fixture
def books(server, provider):
    return Books(provider, server)


def test_a_turn(seat, books):
    seat.say("Say ping")
    seat.see("PONG")
    assert all(line.picousd > 0 and line.output > 0 for line in books.agree())


def test_a_tool_call(seat, books):
    seat.say("please run `echo it ''ran > ran.txt`")
    if seat.agent in ASKS_FIRST:
        seat.agree()
    seat.until("the file that the command writes", lambda: seat.file("ran.txt") == "it ran\n")
    seat.see_state("idle")
    books.agree(calls=2)


def test_an_answer_that_is_broken_off_with_escape_is_metered_to_its_end(seat, books):
    seat.say("please pour 160 pieces of 8 bytes every 50 ms")
    seat.see("........")
    seat.type("\x1b")
    if seat.agent == "opencode":
        seat.see("again")  # to interrupt, press it again
        seat.type("\x1b")
    books.agree()
    assert [call for call in books.calls() if call["hung_up"]] == [], "the door reads on"
    assert [event for event in books.events() if event["outcome"] == "hung_up"]


def test_one_that_asks_too_often_is_told_so_and_asks_again(seat, books):
    seat.say("please limit once, WILLOW")
    if seat.agent == "codex":  # leaves that to the person
        books.settle(429)
        seat.see_state("idle", "rate_limited")
        seat.say("please limit once, WILLOW")
    seat.see("WOLLIW")
    lines = books.agree(429, 200)
    assert all(line.picousd == 0 for line in lines if line.status == 429)


def test_an_overloaded_provider_is_asked_again(seat, books):
    seat.say("please overload once, HARBOR")
    seat.see("ROBRAH")
    lines = books.agree(529 if seat.agent == "claude" or seat.agent == "opencode" else 503, 200)
    assert all(line.picousd == 0 for line in lines if line.status != 200)


def test_an_answer_that_dies_in_the_middle_is_one_line_by_an_estimate(seat, books):
    seat.say("please die once, MEADOW")
    seat.see("WODAEM")
    books.agree("died")
    (died,) = [call for call in books.calls() if call["died"]]
    (line,) = [event for event in books.events() if event["outcome"] == "broken"]
    assert line["isEstimated"]
    assert (line["model"], line["status"]) == (died["model"], 200)
    if told := died["used"]:
        assert (line["inputTokens"], line["cacheReadTokens"]) == (told["input"], told["cache_read"])
        assert line["outputTokens"] >= told["output"]


def test_a_budget_at_its_limit_stops_it_says_why_and_lets_it_go_on_when_raised(seat, books, provider):
    seat.say("Spend SOMETHING")
    seat.see("GNIHTEMOS")
    books.agree()
    spent = seat.row["cost"]["costUsd"]
    seat.change(budget={"limitUsd": spent})
    asked = len(provider.calls)
    seat.say("Are you still there")
    seat.see("budget of this session is used up")
    seat.until("the state", lambda: seat.row["state"] == "over_budget")
    assert provider.calls[asked:] == []
    assert seat.row["cost"]["costUsd"] == spent
    seat.change(budget={"limitUsd": "100"})
    seat.say("And now AGAIN")
    seat.see("NIAGA")
    assert [line for line in books.agree() if not line.picousd] == []
    seat.until("the state", lambda: seat.row["state"] != "over_budget")


def test_no_key_of_the_servers_is_to_be_found(seat, server, provider):
    seat.say("Look for keys")
    seat.until("its transcript", lambda: any(b"Look for keys" in content for _, content in kept(server)))
    programs = [seat.row["pid"], *linux.descendants(seat.row["pid"])]
    environments = [(pid, environment_of(pid)) for pid in programs]
    assert any(b"agt-" in environment for _, environment in environments)
    said = [("output", "".join(server.output).encode()), ("screen", seat.printed.encode())]
    keys = [value.encode() for name, value in provider.environment.items() if name.endswith("KEY")]
    places = [*environments, *said, *kept(server)]
    assert [place for place, content in places if any(key in content for key in keys)] == []


def environment_of(pid):
    """Nothing of a process that is gone by now."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""


def kept(server):
    """Every file below the server's home: its database, its logs, recordings, and the homes of sessions."""
    for path in server.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):
                yield path, path.read_bytes()


def test_without_a_terminal_page_they_are_metered_as_well(server, books):
    seats = [Seat(server, agent, **fields) for agent, fields in HEADLESS.items()]
    try:
        for seat in seats:
            seat.until_ended()
            assert "PONG" in seat.printed, seat.printed[-2000:]
        lines = books.agree()
    finally:
        for seat in seats:
            seat.close()
    assert len(lines) >= len(HEADLESS)
    assert all(line.picousd > 0 for line in lines)
