"""Limits of a turn: what it may use, where it stops, and what it says then."""

import asyncio
import json
from decimal import Decimal

import pytest
from fakes.dialects import Used
from fakes.moods import Mood
from fakes.scripted import Step

from agterm_agent.engine import limits as engine_limits
from agterm_agent.engine import turn
from agterm_agent.engine.limits import Totals
from agterm_agent.policy import Modes, Safety
from agterm_agent.settings import Limits
from agterm_agent.tools.declaration import Tool, ToolOutput

LOOK = ("list_files", {})
USED = Used(input=100, output=50)


def wandering(call, number):
    """A model that never comes to an end, unless it is told that it must."""
    if "This turn ends here" in json.dumps(call.body):
        return Step("Half of it is done.", use=USED)
    return Step(f"Step {number}.", calls=[LOOK], use=USED)


async def test_iterations_end_a_turn_after_the_tool_in_hand(talk, play, dialect):
    provider = play(wandering)
    talker = await talk(provider, dialect, limits=Limits(iterations=3))
    trail = await talker.hear()
    assert (trail.done["status"], trail.done["reason"]) == ("limit", "the limit of 3 model requests is reached")
    assert trail.done["result"] == "Half of it is done."
    assert len(trail.all("tool_result")) == 3
    assert len(provider.bodies) == 4


async def test_the_last_request_may_call_no_tools(talk, play, dialect):
    provider = play([Step(calls=[LOOK]), Step("Stopped.", calls=[LOOK])])
    trail = await (await talk(provider, dialect, limits=Limits(iterations=1))).hear()
    assert trail.done["result"] == "Stopped."
    assert len(trail.all("tool_call")) == 1
    last = provider.bodies[-1]
    assert "none" in json.dumps(last.get("tool_choice") or last.get("toolConfig")).lower()


async def test_a_turn_that_is_over_at_its_last_request_has_reached_no_limit(talk, play):
    talker = await talk(play([Step(calls=[LOOK]), Step("Done.")]), limits=Limits(iterations=2))
    assert (await talker.hear()).done["status"] == "done"


async def test_tokens_end_a_turn_without_using_more(talk, play, dialect):
    provider = play(wandering)
    trail = await (await talk(provider, dialect, limits=Limits(tokens=250))).hear()
    assert (trail.done["status"], trail.done["reason"]) == ("limit", "the limit of 250 tokens is reached")
    assert len(provider.bodies) == 2
    assert "I had to stop" in trail.done["result"]
    assert trail.all("assistant_message")[-1]["text"] == trail.done["result"]


async def test_dollars_end_a_turn_without_spending_more(talk, play):
    provider = play(wandering)
    trail = await (await talk(provider, limits=Limits(cost_usd=Decimal("0.002")))).hear()
    assert (trail.done["status"], trail.done["reason"]) == ("limit", "the limit of $0.002 is reached")
    assert len(provider.bodies) == 2
    assert Decimal(trail.done["cost_usd"]) == Decimal("0.0021")


async def test_time_ends_a_turn(talk, play, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(engine_limits, "now", lambda: clock[0])

    async def run(arguments, context):
        clock[0] += 40
        return ToolOutput("It is late.")

    slow = Tool("slow", "Takes long.", {"type": "object", "properties": {}}, run, Safety.READ_ONLY)
    provider = play([Step(calls=[("slow", {})]), Step(calls=[("slow", {})]), Step("Half of it is done.")])
    trail = await (await talk(provider, tools=[slow], limits=Limits(time_s=60))).hear()
    assert (trail.done["status"], trail.done["reason"]) == ("limit", "the limit of 60 seconds is reached")
    assert trail.done["result"] == "Half of it is done."
    assert len(provider.bodies) == 3


async def test_an_answer_that_takes_too_long_is_broken_off_and_kept(talk, play, dialect):
    provider = play([Step("word " * 4000, mood=Mood(pause_s=0.02)), Step("On we go.")])
    talker = await talk(provider, dialect, limits=Limits(time_s=0.6))
    trail = await talker.hear()
    assert (trail.done["status"], trail.done["reason"]) == ("limit", "the limit of 0.6 seconds is reached")
    assert len(provider.bodies) == 1
    streamed = "".join(event["text"] for event in trail.all("assistant_delta")).strip()
    assert trail.done["result"].startswith(streamed)
    assert "I had to stop" in trail.done["result"]
    assert (await talker.hear("Go on.")).done["result"] == "On we go."


async def test_calls_that_no_time_is_left_for_are_not_run(talk, play, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(engine_limits, "now", lambda: clock[0])

    async def run(arguments, context):
        clock[0] += 40
        return ToolOutput("It is late.")

    slow = Tool("slow", "Takes long.", {"type": "object", "properties": {}}, run, Safety.READ_ONLY)
    provider = play([Step(calls=[("slow", {})] * 5), Step("Half of it is done.")])
    trail = await (await talk(provider, tools=[slow], limits=Limits(time_s=60))).hear()
    assert len(trail.all("tool_result")) == 2
    assert trail.done["result"] == "Half of it is done."
    assert json.dumps(provider.bodies[1]).count("Not run: the turn ended") == 3


async def test_an_approval_is_not_waited_for_beyond_the_time(talk, play, workspace):
    async def approve(approval):
        await asyncio.Event().wait()

    step = Step(calls=[("write_file", {"path": "a", "content": "a"})])
    talker = await talk(play([step]), modes=Modes(confirm=True), limits=Limits(time_s=0.6))
    talker.conversation.approve = approve
    trail = await talker.hear()
    assert (trail.done["status"], trail.all("tool_result")[0]["status"]) == ("needs_input", "error")
    assert "did not come in time" in trail.done["reason"]
    assert not (workspace / "a").exists()


async def test_no_wait_goes_beyond_the_time(talk, play):
    talker = await talk(play([Step(mood=Mood(refusal="limit", is_once=True))]), limits=Limits(time_s=0.9))
    trail = await talker.hear()
    assert trail.done["status"] == "failed"
    assert "asked too often" in trail.done["reason"]


async def test_where_it_stands_is_said_even_if_the_model_is_gone(talk, play, monkeypatch):
    monkeypatch.setattr(turn, "FIRST_WAIT_S", 0.0)
    provider = play([Step(calls=[("write_file", {"path": "a", "content": "a"})]), Step(mood=Mood(refusal="overload"))])
    trail = await (await talk(provider, limits=Limits(iterations=1))).hear()
    assert trail.done["status"] == "limit"
    assert "Changed so far: a." in trail.done["result"]


async def test_limits_are_those_of_a_turn_and_begin_anew(talk, play):
    talker = await talk(play(wandering), limits=Limits(tokens=250))
    assert (await talker.hear()).done["status"] == "limit"
    trail = await talker.hear("Go on.")
    assert trail.done["status"] == "limit"
    assert trail.done["usage"]["requests"] == 2
    assert talker.conversation.totals.requests == 4


async def test_dollars_that_nobody_can_count_are_told(talk, play):
    talker = await talk(play([Step("Done.")]), model="nobody-knows", limits=Limits(cost_usd=Decimal(1)))
    trail = await talker.hear()
    assert "can't be held" in trail.all("context_notice")[0]["message"]


def test_totals_are_what_their_figures_say():
    totals = Totals(2, 10, 20, 30, 40, Decimal("0.000012"))
    assert totals.figures()["cost_usd"] == "0.000012"
    assert Totals.of(totals.figures()) == totals
    assert (totals + totals).cost_usd == Decimal("0.000024")
    assert (totals + Totals(cost_usd=None)).cost_usd is None
    assert totals.tokens == 100
    assert Totals.of({"requests": "x", "input_tokens": 3, "cost_usd": "y"}) == Totals(input_tokens=3, cost_usd=None)


@pytest.mark.parametrize(("amount", "text"), [("0", "0"), ("1.50", "1.5"), ("100", "100"), ("1E-7", "0.0000001")])
def test_dollars_are_plain_numbers(amount, text):
    assert engine_limits.dollars(Decimal(amount)) == text
