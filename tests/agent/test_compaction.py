"""Conversations that outgrow the model's window, and how they are made short without losing the thread."""

import asyncio
import json

import pytest
from fakes.dialects import Answer, Used
from fakes.moods import Mood
from fakes.scripted import Step

from agterm_agent.engine import compaction
from agterm_agent.engine.context import tokens_of

LOOK = ("list_files", {})
SMALL, LARGE = Used(input=500, output=10), Used(input=9000, output=10)
NOTES = "## Goals\nMend the greeting."


def is_for_notes(body):
    return "<conversation>" in json.dumps(body)


def person(text):
    return {"kind": "request", "parts": [{"part_kind": "user-prompt", "content": text}]}


def agent(text="", call=None):
    parts = [{"part_kind": "text", "content": text}] if text else []
    if call:
        parts.append({"part_kind": "tool-call", "tool_name": "read_file", "args": {"path": "a"}, "tool_call_id": call})
    return {"kind": "response", "parts": parts, "usage": {"input_tokens": 9000, "output_tokens": 5}}


def result(text, call):
    part = {"part_kind": "tool-return", "tool_name": "read_file", "content": text, "tool_call_id": call}
    return {"kind": "request", "parts": [part]}


def long_work(call, number):
    """A task of five steps, after the third of which the conversation is too long."""
    if is_for_notes(call.body):
        return Step(NOTES, use=SMALL)
    done = number - (number > 3)
    if done < 5:
        return Step(f"Step {done}: {'word ' * 300}", calls=[LOOK], use=LARGE if done == 2 else SMALL)
    return Step("All done.", use=SMALL)


async def test_a_long_turn_is_compacted_in_its_middle_and_comes_to_its_end(talk, play, dialect, workspace):
    (workspace / "a.txt").write_text("a")
    provider = play(long_work)
    talker = await talk(provider, dialect, window=10_000)
    trail = await talker.hear("Mend the greeting, and do not touch b.txt.")
    assert (trail.done["status"], trail.done["result"]) == ("done", "All done.")
    (notice,) = trail.all("context_notice")
    assert notice["before_tokens"] > 8000 > notice["after_tokens"] > 0
    assert [is_for_notes(body) for body in provider.bodies] == [False] * 3 + [True] + [False] * 3
    after = json.dumps(provider.bodies[4])
    assert "Mend the greeting, and do not touch b.txt." in after
    assert "## Goals" in after
    assert "Step 0" not in after
    assert "Step 2" in after
    assert trail.done["usage"]["requests"] == 7


async def test_a_compacted_conversation_is_saved_as_it_goes_on(talk, play, dialect):
    provider = play(long_work)
    first = await talk(provider, dialect, window=10_000)
    await first.hear("Mend the greeting.")
    await first.conversation.close()
    second = await talk(provider, dialect, window=10_000, resume="latest")
    await second.hear("And now?")
    sent = json.dumps(provider.bodies[-1])
    assert "## Goals" in sent
    assert "And now?" in sent
    assert "Step 0" not in sent


async def test_it_is_compacted_when_a_person_wants_it(talk, play, dialect):
    words = "word " * 400
    provider = play(
        lambda call, number: Step(NOTES if is_for_notes(call.body) else f"Answer {number}. {words}", use=SMALL)
    )
    talker = await talk(provider, dialect, window=4000)
    for number in range(3):
        await talker.hear(f"Question {number}")
    notice = await talker.conversation.compact()
    assert notice["kind"] == "context_notice"
    assert notice["before_tokens"] > 0
    assert notice["after_tokens"] == talker.conversation.context_use()[0]
    await talker.hear("Question 3")
    sent = json.dumps(provider.bodies[-1])
    assert "## Goals" in sent
    assert "Question 0" not in sent
    assert "Answer 2." in sent


async def test_there_is_nothing_to_compact_at_first(talk, play):
    provider = play([Step("Hello.", use=SMALL)])
    talker = await talk(provider)
    assert "nothing to compact" in (await talker.conversation.compact())["message"]
    await talker.hear("Hello")
    assert "nothing to compact" in (await talker.conversation.compact())["message"]
    assert len(provider.bodies) == 1


async def test_a_compaction_that_fails_or_is_interrupted_changes_nothing(talk, play):
    loop = asyncio.get_running_loop()

    def reply(call, number):
        if is_for_notes(call.body) and number == 3:
            loop.call_soon_threadsafe(talker.conversation.interrupt)
            return Step(NOTES, mood=Mood(delay_s=30))
        if is_for_notes(call.body):
            return Step(mood=Mood(refusal="bill"))
        return Step(f"Answer. {'word ' * 400}", use=SMALL)

    provider = play(reply)
    talker = await talk(provider, window=4000)
    for number in range(3):
        await talker.hear(f"Question {number}")
    messages = list(talker.conversation.messages())
    assert await talker.conversation.compact() == {"kind": "error", "message": "interrupted"}
    assert "402" in (await talker.conversation.compact())["message"]
    assert talker.conversation.messages() == messages
    assert (await talker.hear("Question 3")).done["status"] == "done"


async def test_a_conversation_the_provider_finds_too_long_is_compacted_and_sent_again(talk, play, monkeypatch):
    refused = []

    def reply(call, number):
        if is_for_notes(call.body):
            return Step(NOTES, use=SMALL)
        return Step(f"Answer. {'word ' * 1000}", use=SMALL)

    provider = play(reply)
    talker = await talk(provider, window=6000)
    for number in range(3):
        await talker.hear(f"Question {number}")
    usual = provider.answer

    def too_long(call):
        if not refused and not is_for_notes(call.body):
            refused.append(call)
            words = "prompt is too long: 6100 tokens > 6000 maximum"
            body = {"type": "error", "error": {"type": "invalid_request_error", "message": words}}
            return provider._noted("anthropic", call, Answer("x", body=body, status=400))
        return usual(call)

    monkeypatch.setattr(provider, "answer", too_long)
    trail = await talker.hear("Question 3")
    assert refused
    assert trail.done["status"] == "done"
    assert any("after_tokens" in notice for notice in trail.all("context_notice"))


def test_the_newest_part_begins_where_nothing_is_torn_apart():
    messages = [person("task"), agent("", "1"), result("x" * 8000, "1"), agent("", "2"), result("y" * 100, "2")]
    assert compaction.split(messages, 0, 1000) == 3
    assert compaction.split([person("a"), agent("b")], 0, 1000) == 0


def test_less_is_kept_where_the_provider_counts_more_than_we():
    messages = [person("task"), *(agent("x" * 400) for _ in range(9))]
    assert compaction.split(messages, 0, 4000) == 0
    assert compaction.split(messages, 3600, 4000) == 8


def test_a_single_huge_result_is_kept_with_its_call():
    messages = [person("task"), agent("hm"), person("more"), agent("", "1"), result("x" * 80_000, "1")]
    assert compaction.split(messages, 0, 1000) == 3


def test_what_is_kept_is_word_for_word_and_the_newest_request_is_never_lost():
    messages = [person("the task itself"), agent("", "1"), result("x" * 8000, "1"), agent("", "2"), result("y", "2")]
    made = compaction.compacted(messages, 3, "the notes")
    assert made[1]["parts"] == messages[3]["parts"]
    assert made[2] == messages[4]
    assert "the notes" in made[0]["parts"][0]["content"]
    assert "the task itself" in made[0]["parts"][1]["content"]
    assert not made[1]["usage"]
    twice = compaction.compacted(made, 1, "other notes")
    assert twice[0]["parts"][1]["content"].count("the task itself") == 1
    assert twice[0]["parts"][1]["content"].count(compaction.LAST_REQUEST) == 1


def test_a_new_request_goes_on_in_its_own_message():
    messages = [person("old"), agent("x" * 9000), person("new"), agent("y")]
    made = compaction.compacted(messages, 2, "the notes")
    assert [part["content"] for part in made[0]["parts"]][-1] == "new"
    assert [message["kind"] for message in made] == ["request", "response"]


@pytest.mark.parametrize("size", [10, 100_000])
def test_the_order_for_notes_has_room_itself(size):
    messages = [person("p" * size), agent("a" * size, "1"), result("r" * size, "1")] * 4
    assert tokens_of([person(compaction.order(messages, 8000))]) < 8000 * 0.7
