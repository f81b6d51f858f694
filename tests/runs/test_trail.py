"""A trail is right whatever an agent says: numbered, bounded, each call with one result, `done` once and last."""

import random

import orjson
import pytest

from agterm_agent import events
from agterm_agent.events import Status
from runs import trail
from runs.trail import Trail, joined


def whole(said, **end):
    made = Trail("hello")
    kept = [made.first, *made.add(said), *made.end(end.get("status"), end.get("reason"))]
    return kept, [one.event for one in kept]


def call(name="t"):
    return events.tool_call(name, "grep", {})


def result(name="t"):
    return events.tool_result(name, "found", ok=True, duration_ms=1)


@pytest.mark.parametrize("seed", range(50))
def test_any_order_of_events_becomes_a_right_trail(seed):
    chance = random.Random(seed)
    some = [
        events.user_prompt("another"), call(), call("u"), result(), result("u"), events.tool_output("t", "x"),
        events.awaiting_input("u", "?", ["no"]), events.assistant_message("a"), events.done(Status.DONE, "a"),
        {}, {"kind": None},
    ]  # fmt: skip
    kept, said = whole(chance.choices(some, k=30))
    assert events.check(said) == []
    numbers = [one.number for one in kept]
    assert numbers == sorted(set(numbers))


def test_reading_once_more_gives_the_same_numbers(monkeypatch):
    monkeypatch.setattr(trail, "MAX_RUN_CHARACTERS", 400)
    said = [events.assistant_delta("x" * 100) for _ in range(10)] + [
        call(),
        result(),
        events.assistant_message("y" * 300),
    ]
    assert whole(said)[0] == whole(said)[0]


def test_what_the_agent_says_last_is_the_result_when_it_says_no_other():
    _, said = whole([events.assistant_message("half")])
    assert (said[-1]["status"], said[-1]["result"]) == ("failed", "half")
    _, said = whole([events.done(Status.DONE, "all")], status=Status.CANCELLED, reason="Cancelled")
    assert (said[-1]["status"], said[-1]["result"], said[-1]["reason"]) == ("cancelled", "all", "Cancelled")


def test_pieces_of_one_text_that_follow_each_other_become_one():
    made = Trail("hello")
    printed = [events.tool_output(name, text) for name, text in (("t", "1"), ("t", "2"), ("u", "3"))]
    said = [*map(events.assistant_delta, "ab"), events.assistant_thought_delta("c"), call(), call("u"), *printed]
    one = joined(made.add(said))
    assert [each.event.get("text") for each in one] == ["ab", "c", None, None, "12", "3"]
    assert one[0].number == 3


def test_texts_are_bounded_and_can_be_written_down_anywhere(monkeypatch):
    monkeypatch.setattr(trail, "MAX_TEXT_CHARACTERS", 10)
    nested = {"a": "x" * 20, "b": ["\ud800\0"], "c": {"d": 1.5, "e": None, "f": object}}
    _, said = whole([events.tool_call("t", "grep", nested), result()])
    assert said[1]["arguments"]["a"] == "x" * 10 + "\n[… 10 characters left out by the server]"
    assert said[1]["arguments"]["b"] == ["?\ufffd"]
    deep = nested
    for _ in range(200):
        deep = {"in": deep}
    whole([events.tool_call("t", "grep", deep)])


def test_what_another_program_writes_on_the_agents_terminal_does_no_harm():
    said = [
        call(), {"kind": "tool_output", "id": "t"}, {"kind": "awaiting_input", "id": "t", "choices": "x"},
        {"kind": "assistant_delta", "text": 5}, {"kind": "assistant_delta"}, {"kind": ["x"]},
        {"kind": "tool_call", "id": 1},
        {"kind": "usage", "requests": 10**400, "share": float("nan")},
    ]  # fmt: skip
    made = Trail("hello")
    kept = joined(made.add(said))
    assert made.awaiting["choices"] == ["once", "always", "no"]
    assert [one.event["text"] for one in kept if one.event["kind"] == "assistant_delta"] == ["5"]
    orjson.dumps([one.event for one in [*kept, *made.end(None, None, usage=made.usage)]])
    assert made.usage["share"] is None


def test_a_flood_keeps_what_is_whole_and_leaves_out_the_pieces(monkeypatch):
    monkeypatch.setattr(trail, "MAX_RUN_CHARACTERS", 1000)
    flood = [events.assistant_delta("x" * 90) for _ in range(100)]
    _, said = whole([*flood, call(), result(), events.assistant_message("z" * 5000)])
    assert len(said) < 30
    assert trail.TOO_MUCH in [event.get("message") for event in said]
    assert said[-2]["text"].startswith("z" * trail.SHORT_CHARACTERS + "\n")
    assert events.check(said) == []


def test_after_very_many_events_only_what_is_open_is_ended(monkeypatch):
    monkeypatch.setattr(trail, "MAX_EVENTS", 20)
    said = [events.assistant_message("a")] * 18 + [call(), call("u"), result("u"), events.error("no"), result()]
    _, kept = whole(said)
    assert [event["kind"] for event in kept][-3:] == ["tool_call", "tool_result", "done"]
    assert events.check(kept) == []
