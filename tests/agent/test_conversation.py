"""Turns of a conversation over real HTTP and the real SDKs: what is told, what is sent, what is saved."""

import asyncio
import json
import subprocess
import sys

import pytest
from fakes.moods import Mood
from fakes.scripted import Step

from agterm_agent.engine import turn
from agterm_agent.engine.conversation import Conversation
from agterm_agent.engine.store import Store, StoreError
from agterm_agent.policy import Modes, Safety
from agterm_agent.tools.declaration import Decision, Tool, ToolOutput

LOOK = ("read_file", {"path": "greeting.txt"})
WRITE = ("write_file", {"path": "greeting.txt", "content": "hello\n"})


def patient(started=None):
    """A tool that never ends by itself."""

    async def run(arguments, context):
        context.emit("waiting\n")
        await asyncio.Event().wait()
        return ToolOutput("never")

    return Tool("wait", "Waits.", {"type": "object", "properties": {}}, run, Safety.READ_ONLY)


def stop_at(talker, kind):
    def on(event):
        if event["kind"] == kind:
            talker.conversation.interrupt()

    return on


async def test_a_turn_reads_writes_and_answers(talk, play, dialect, workspace):
    (workspace / "greeting.txt").write_text("helo\n")
    provider = play([Step("I look.", calls=[LOOK]), Step(calls=[WRITE]), Step("Mended.")])
    talker = await talk(provider, dialect)
    trail = await talker.hear("Mend the greeting.")
    assert trail.kinds() == [
        "user_prompt", "session_state",
        "assistant_delta", "assistant_message", "usage", "tool_call", "tool_result",
        "usage", "tool_call", "tool_result",
        "assistant_delta", "assistant_message", "usage", "done",
    ]  # fmt: skip
    assert trail.done["status"] == "done"
    assert trail.done["result"] == "Mended."
    assert trail.done["changed_files"] == ["greeting.txt"]
    assert trail.done["conversation_id"] == talker.conversation.id == trail[1]["conversation_id"]
    assert [call["safety"] for call in trail.all("tool_call")] == ["read_only", "mutating"]
    assert "+hello" in trail.all("tool_result")[1]["diff"]
    assert (workspace / "greeting.txt").read_text() == "hello\n"


async def test_the_model_hears_the_results_and_what_was_said_before(talk, play, dialect, workspace):
    (workspace / "greeting.txt").write_text("a word that only the file has: xylophone\n")
    provider = play([Step(calls=[LOOK]), Step("First answer."), Step("Second answer.")])
    talker = await talk(provider, dialect)
    await talker.hear("First question")
    await talker.hear("Second question")
    assert "xylophone" not in json.dumps(provider.bodies[0])
    assert "xylophone" in json.dumps(provider.bodies[1])
    for said in ("First question", "xylophone", "First answer.", "Second question"):
        assert said in json.dumps(provider.bodies[2])


async def test_several_calls_of_one_answer_run_in_their_order(talk, play, dialect, workspace):
    calls = [("write_file", {"path": name, "content": name}) for name in ("a", "b")]
    provider = play([Step(calls=[*calls, ("read_file", {"path": "a"})]), Step("Done.")])
    trail = await (await talk(provider, dialect)).hear()
    ids = [event["id"] for event in trail if event["kind"] in ("tool_call", "tool_result")]
    assert ids[0::2] == ids[1::2]
    assert len(set(ids)) == 3
    assert trail.done["changed_files"] == ["a", "b"]


async def test_bad_calls_are_told_to_the_model_and_nobody_else_is_hurt(talk, play, dialect):
    provider = play([Step(calls=[("no_such_tool", {}), ("read_file", {"wrong": 1})]), Step("I see.")])
    trail = await (await talk(provider, dialect)).hear()
    assert [result["status"] for result in trail.all("tool_result")] == ["error", "error"]
    assert [call["safety"] for call in trail.all("tool_call")] == [None, "read_only"]
    assert "no_such_tool" in json.dumps(provider.bodies[1])
    assert trail.done["status"] == "done"


@pytest.mark.parametrize("dialect", ["openai-chat", "openai-responses"])
async def test_arguments_that_are_cut_off_are_asked_for_again(talk, play, dialect, workspace):
    provider = play([Step(calls=[("write_file", '{"path": "greeting.txt", "cont')]), Step("I see.")])
    trail = await (await talk(provider, dialect)).hear()
    assert "no whole JSON object" in trail.all("tool_result")[0]["result"]
    assert trail.done["status"] == "done"
    assert list(workspace.iterdir()) == []


async def test_half_a_character_in_a_prompt_does_no_harm(talk, play, dialect):
    talker = await talk(play([Step("Done.")]), dialect)
    assert (await talker.hear("Mend \udc80 it")).done["status"] == "done"


async def test_what_a_tool_prints_is_told_while_it_runs(talk, play):
    provider = play([Step(calls=[("run_command", {"command": "echo first; echo second"})]), Step("Done.")])
    trail = await (await talk(provider)).hear()
    call = trail.all("tool_call")[0]
    assert "".join(event["text"] for event in trail.all("tool_output")).split() == ["first", "second"]
    assert {event["id"] for event in trail.all("tool_output")} == {call["id"]}


async def test_an_empty_answer_is_asked_for_once_more(talk, play):
    talker = await talk(play([Step(""), Step("Here.")]))
    trail = await talker.hear()
    assert (trail.done["status"], trail.done["result"]) == ("done", "Here.")
    trail = await (await talk(play([Step("")]))).hear()
    assert (trail.done["status"], trail.done["reason"]) == ("failed", "the model has answered nothing")


# --- interrupts ---


async def test_an_interrupt_while_the_model_speaks(talk, play, dialect):
    provider = play([Step("word " * 400, mood=Mood(pause_s=0.02)), Step("On we go.")])
    talker = await talk(provider, dialect)
    trail = await talker.hear("Speak.", on=stop_at(talker, "assistant_delta"))
    assert (trail.done["status"], trail.done["reason"]) == ("cancelled", "interrupted")
    trail = await talker.hear("Go on.")
    assert trail.done["result"] == "On we go."
    assert "interrupted by the person" in json.dumps(provider.bodies[1])
    assert "word " in json.dumps(provider.bodies[1])


async def test_an_interrupt_while_a_tool_runs_leaves_a_history_that_can_go_on(talk, play, dialect):
    provider = play([Step("I wait.", calls=[("wait", {}), ("list_files", {})]), Step("On we go.")])
    talker = await talk(provider, dialect, tools=[patient()])
    trail = await talker.hear("Wait.", on=stop_at(talker, "tool_output"))
    assert trail.done["status"] == "cancelled"
    assert [event["name"] for event in trail.all("tool_call")] == ["wait"]
    assert trail.all("tool_result")[0]["status"] == "error"
    trail = await talker.hear("Go on.")
    assert (trail.done["status"], trail.done["result"]) == ("done", "On we go.")
    assert len(_results_in(provider.bodies[1])) == 2


def _results_in(body):
    """The tools' results that a request brings, in whichever dialect."""
    text = json.dumps(body)
    marks = ('"type": "tool_result"', '"function_call_output"', '"role": "tool"', '"functionResponse"')
    return [mark for mark in marks for _ in range(text.count(mark))]


async def test_an_interrupt_before_another_try(talk, play):
    talker = await talk(play([Step(mood=Mood(refusal="overload"))]))
    trail = await talker.hear(on=stop_at(talker, "context_notice"))
    assert trail.done["status"] == "cancelled"


async def test_who_stops_listening_ends_the_turn(talk, play, workspace):
    provider = play([Step(calls=[("wait", {})]), Step("Never said."), Step("Later.")])
    talker = await talk(provider, tools=[patient()])
    heard = talker.conversation.ask("Wait.")
    async for event in heard:
        if event["kind"] == "tool_output":
            break
    await heard.aclose()
    trail = await talker.hear("And now?")
    assert trail.done["status"] == "done"
    assert len(provider.bodies) == 2


async def test_who_hears_the_end_need_not_listen_further(talk, play):
    talker = await talk(play([Step("Done.")]))
    async for event in talker.conversation.ask("Do it."):
        if event["kind"] == "done":
            break
    assert (await talker.hear()).done["status"] == "done"


async def test_an_interrupt_before_the_model_is_asked(talk, play):
    provider = play([Step("Done.")])
    talker = await talk(provider)
    trail = await talker.hear(on=stop_at(talker, "session_state"))
    assert trail.done["status"] == "cancelled"
    assert provider.bodies == []
    assert (await talker.hear("Go on.")).done["status"] == "done"
    assert provider.bodies[0]["messages"][0]["role"] == "user"


async def test_a_model_that_cannot_be_had_is_a_failed_turn(talk, play, monkeypatch):
    talker = await talk(play([Step("Done.")]))

    def missing(settings):
        raise ImportError("no SDK of this provider")

    monkeypatch.setattr(Conversation, "warm_up", staticmethod(missing))
    trail = await talker.hear()
    assert (trail.done["status"], trail.done["reason"]) == ("failed", "no SDK of this provider")


async def test_an_interrupt_between_turns_does_nothing(talk, play):
    talker = await talk(play([Step("Done.")]))
    talker.conversation.interrupt()
    assert (await talker.hear()).done["status"] == "done"


# --- approvals ---


async def test_a_person_is_asked_and_says_yes(talk, play, workspace):
    asked = []

    async def approve(approval):
        asked.append(approval)
        return Decision.ONCE

    talker = await talk(play([Step(calls=[WRITE]), Step("Done.")]), modes=Modes(confirm=True))
    talker.conversation.approve = approve
    trail = await talker.hear()
    assert trail.kinds("usage")[2:5] == ["tool_call", "awaiting_input", "tool_result"]
    waiting = trail.all("awaiting_input")[0]
    assert waiting["id"] == trail.all("tool_call")[0]["id"] == asked[0].call_id
    assert waiting["choices"] == ["once", "always", "no"]
    assert "+hello" in asked[0].preview
    assert (workspace / "greeting.txt").exists()


async def test_a_person_says_no_and_the_model_hears_it(talk, play, workspace):
    async def approve(approval):
        return Decision.NO

    provider = play([Step(calls=[WRITE]), Step("As you wish.")])
    talker = await talk(provider, modes=Modes(confirm=True))
    talker.conversation.approve = approve
    trail = await talker.hear()
    assert trail.all("tool_result")[0]["status"] == "error"
    assert trail.done["result"] == "As you wish."
    assert not (workspace / "greeting.txt").exists()


async def test_a_turn_ends_where_a_person_is_needed_who_is_not_there(talk, play, dialect, workspace):
    provider = play([Step("I write.", calls=[WRITE, LOOK]), Step("On we go.")])
    talker = await talk(provider, dialect, modes=Modes(confirm=True))
    trail = await talker.hear()
    assert trail.done["status"] == "needs_input"
    assert "write_file" in trail.done["reason"]
    assert trail.done["result"] == "I write."
    assert not (workspace / "greeting.txt").exists()
    assert (await talker.hear("Go on.")).done["status"] == "done"


async def test_an_interrupt_while_a_person_is_asked(talk, play, workspace):
    async def approve(approval):
        await asyncio.Event().wait()

    talker = await talk(play([Step(calls=[WRITE])]), modes=Modes(confirm=True))
    talker.conversation.approve = approve
    trail = await talker.hear(on=stop_at(talker, "awaiting_input"))
    assert trail.done["status"] == "cancelled"
    assert trail.all("tool_result")[0]["status"] == "error"
    assert not (workspace / "greeting.txt").exists()


async def test_modes_can_be_tightened_between_turns(talk, play, workspace):
    talker = await talk(play([Step(calls=[WRITE]), Step("Could not.")]))
    talker.conversation.modes = Modes(read_only=True)
    trail = await talker.hear()
    assert "read-only" in trail.all("tool_result")[0]["result"]
    assert not (workspace / "greeting.txt").exists()


# --- saved, resumed, cleared ---


async def test_a_saved_conversation_is_resumed_with_all_it_has_used(talk, play, dialect, workspace):
    (workspace / "greeting.txt").write_text("xylophone\n")
    provider = play([Step("I look.", thoughts="Hm.", calls=[LOOK]), Step("First."), Step("Second.")])
    first = await talk(provider, dialect)
    await first.hear("What is in it?")
    await first.conversation.close()
    second = await talk(provider, dialect, resume="latest")
    assert second.conversation.id == first.conversation.id
    assert second.conversation.totals == first.conversation.totals
    trail = await second.hear("Again?")
    assert trail[1] == {
        "kind": "session_state", "conversation_id": first.conversation.id, "messages": 4, "resumed": True,
    }  # fmt: skip
    assert "xylophone" in json.dumps(provider.bodies[2])
    (saved,) = second.conversation.saved()
    assert (saved.title, saved.messages) == ("What is in it?", 6)


async def test_a_conversation_goes_on_with_a_provider_of_another_dialect(talk, play, workspace):
    provider = play([Step("I look.", thoughts="Hm.", calls=[("list_files", {})]), Step("First."), Step("Next.")])
    first = await talk(provider, "anthropic")
    await first.hear("One")
    await first.conversation.close()
    for number, dialect in enumerate(("google", "openai-responses", "openai-chat", "anthropic")):
        other = await talk(provider, dialect, resume="latest")
        trail = await other.hear(f"Question {number}")
        assert (dialect, trail.done["status"], trail.done["reason"]) == (dialect, "done", None)
        await other.conversation.close()
    assert "Question 2" in json.dumps(provider.bodies[-1])


async def test_what_a_crash_has_cut_short_is_made_whole(talk, play, dialect):
    provider = play([Step(calls=[("list_files", {})]), Step("First."), Step("Second.")])
    first = await talk(provider, dialect)
    await first.hear("One")
    await first.conversation.close()
    path = Store(first.conversation.settings.state_folder).folder / f"{first.conversation.id}.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    after_call = next(at for at, line in enumerate(lines) if "tool-call" in line)
    path.write_text("".join(lines[: after_call + 1]))
    trail = await (await talk(provider, dialect, resume="latest")).hear("Two")
    assert trail.done["status"] == "done"
    assert len(_results_in(provider.bodies[-1])) == 1


async def test_another_model_of_the_provider_can_be_used(talk, play):
    provider = play([Step("Done.")])
    talker = await talk(provider)
    await talker.hear()
    talker.conversation.use_model("claude-haiku-4-5")
    await talker.hear()
    assert [call["model"] for call in provider.calls] == ["claude-sonnet-4-5", "claude-haiku-4-5"]


async def test_clear_begins_anew_and_keeps_the_old_one(talk, play):
    provider = play([Step("Done.")])
    talker = await talk(provider)
    await talker.hear("The first thing")
    old = talker.conversation.id
    talker.conversation.clear()
    assert talker.conversation.totals.requests == 0
    await talker.hear("The second thing")
    assert "The first thing" not in json.dumps(provider.bodies[1])
    assert {saved.id for saved in talker.conversation.saved()} == {old, talker.conversation.id}


async def test_who_is_not_there_cannot_be_resumed(talk, play):
    with pytest.raises(StoreError):
        await talk(play([Step("Done.")]), resume="latest")


async def test_notes_are_kept_for_the_next_conversation(talk, play, dialect):
    provider = play([Step(calls=[("remember", {"note": "The tests are run by tox."})]), Step("Noted.")])
    talker = await talk(provider, dialect)
    await talker.hear()
    talker.conversation.clear()
    await talker.hear()
    assert "The tests are run by tox." not in json.dumps(provider.bodies[0])
    assert "The tests are run by tox." in json.dumps(provider.bodies[-1])


async def test_notes_that_cannot_be_read_are_a_notice_and_stop_nobody(talk, play, tmp_path):
    (tmp_path / "state" / "memory.json").mkdir(parents=True)
    talker = await talk(play([Step(calls=[("remember", {"note": "One."})]), Step("Done.")]))
    assert "nothing is remembered now" in talker.conversation.notices[0]
    trail = await talker.hear()
    assert trail.all("tool_result")[0]["status"] == "error"
    assert trail.done["status"] == "done"


async def test_a_second_turn_at_once_is_refused(talk, play):
    talker = await talk(play([Step(calls=[("wait", {})])]), tools=[patient()])
    first = talker.conversation.ask("Wait.")
    async for event in first:
        if event["kind"] == "tool_output":
            break
    with pytest.raises(RuntimeError):
        await anext(talker.conversation.ask("Me too."))
    await first.aclose()


async def test_a_failure_within_leaves_a_trail_that_is_whole(talk, play, monkeypatch):
    talker = await talk(play([Step(calls=[WRITE]), Step("Done.")]))

    def full(messages):
        raise StoreError("can't save the conversation: No space left on device")

    monkeypatch.setattr(talker.conversation._saved, "append", full)
    trail = await talker.hear()
    assert trail.done["status"] == "failed"
    assert "No space left" in trail.all("error")[0]["message"]


def test_the_engine_is_not_loaded_before_it_is_needed():
    heavy = "pydantic_ai pydantic openai anthropic google.genai genai_prices httpx2 mcp"
    code = f"import sys, agterm_agent.engine.conversation; sys.exit(any(n in sys.modules for n in {heavy.split()}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_retries_are_bounded():
    assert turn.RETRIES * turn.LONGEST_WAIT_S <= 600
