"""The slash commands, typed into the real program."""

import re

from fakes.scripted import Step


def test_help_model_tools_and_unknown_commands(sit):
    seat = sit([Step("Yes.")], AGTERM_AGENT_MODELS="gpt-5.5,gpt-6.1-sol", rows=60)
    seat.see("gpt-5.5 · 0% context")
    seat.say("/help")
    seat.see("commands and keys", "begin a new conversation", "interrupt the turn, also a running command")
    seat.type("/model gpt-6")
    seat.see("gpt-6.1-sol")
    seat.type("\t\r")
    seat.see("The model is gpt-6.1-sol from now on.", "gpt-6.1-sol · 0% context")
    seat.say("/tools")
    seat.see("run_command  mutating ·", "read_file    read_only ·", "remember")
    seat.say("/nonsense")
    seat.see("There is no command /nonsense")
    seat.say("/usr/bin/env is a path")
    seat.see("● Yes.")
    assert seat.provider.bodies[-1]["model"] == "gpt-6.1-sol"


def test_memory_is_listed_edited_and_kept_for_the_next_conversation(sit):
    seat = sit([Step("Yes.")])
    seat.say("/memory add The tests run with make.")
    seat.see("Remembered as 1.")
    seat.say("/memory edit 1 They run with just.")
    seat.see("Changed 1.")
    seat.say("/memory add Another note.")
    seat.see("Remembered as 2.")
    seat.say("/memory delete 2")
    seat.see("Forgotten: Another note.")
    seat.say("/memory delete 7")
    seat.see("there is no note 7")
    seat.say("/clear")
    seat.see("Cleared")
    seat.say("/memory")
    seat.see("1  They run with just.")
    seat.say("hello")
    seat.see("● Yes.")
    assert "They run with just." in str(seat.provider.bodies[-1]["messages"][0])


def test_undo_takes_back_what_the_last_turn_wrote(sit, workspace):
    (workspace / "a.py").write_text("1\n")
    write = [
        ("edit_file", {"path": "a.py", "old_text": "1", "new_text": "2"}),
        ("write_file", {"path": "b", "content": ""}),
    ]
    seat = sit([Step(calls=write), Step("Done.")], "--yes")
    seat.say("/undo")
    seat.see("There is nothing to undo")
    seat.say("change it")
    seat.see("● Done.")
    seat.rest()
    assert (workspace / "a.py").read_text() == "2\n"
    seat.say("/undo")
    seat.see("Undone: a.py, b")
    assert (workspace / "a.py").read_text() == "1\n"
    assert not (workspace / "b").exists()


def test_cost_counts_clear_forgets_and_resume_goes_on(sit):
    seat = sit([Step("The **answer** is 42."), Step("New."), Step("As I said: 42.")], rows=60)
    seat.say("what is it?")
    seat.see("● The answer is 42.")
    seat.rest()
    seat.say("/cost")
    seat.see("Requests    1", "Cost")
    seat.say("/resume")
    seat.see("No other conversation is saved")
    seat.say("/clear")
    seat.see("Cleared")
    seat.say("and now?")
    seat.see("● New.")
    seat.rest()
    assert "what is it?" not in str(seat.provider.bodies[-1]["messages"])
    seat.say("/resume")
    seat.see("what is it?", "/resume ID goes on")
    identity = re.search(r"([0-9a-f]{8})  just now · what is it\?", seat.screen)[1]
    seat.say(f"/resume {identity}")
    seat.see(f"Going on with {identity}: 2 messages")
    seat.say("again?")
    seat.see("● As I said: 42.")
    assert "what is it?" in str(seat.provider.bodies[-1]["messages"])
    assert seat.history.count("● The answer is 42.") == 2
    seat.say("/exit")
    assert seat.ended() == 0


def test_a_program_that_goes_on_shows_where_it_was(sit):
    seat = sit([Step("The answer is 42.")])
    seat.say("what is it?")
    seat.see("● The answer is 42.")
    seat.rest()
    seat.type("\x04")
    seat.ended()
    again = sit([Step("Still 42.")], "--continue")
    again.see("Going on with", "❯ what is it?", "● The answer is 42.")
    again.say("sure?")
    again.see("● Still 42.")


def test_compact_tells_both_sizes(sit):
    long = "A long story of many words. " * 400
    seat = sit([Step(long), Step("Two."), Step("Three."), Step("A short summary.")], AGTERM_AGENT_WINDOW="10000")
    for prompt in ("one", "two", "three"):
        seat.say(f"{prompt} please")
        seat.see(f"❯ {prompt} please")
        seat.rest()
    seat.say("/compact")
    seat.until("both sizes", lambda: re.search(r"was compacted.* → .*tokens", seat.screen, re.DOTALL))
    seat.rest()
    assert "Summarise" not in seat.screen
