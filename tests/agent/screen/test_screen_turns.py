"""Turns as a person sees them: what is said and done as it happens, what is asked, and what the terminal is told."""

import re

from fakes.moods import Mood
from fakes.scripted import Step

SLOW = Mood(pause_s=0.05)


def edit(new="2"):
    return ("edit_file", {"path": "a.py", "old_text": "1", "new_text": new})


def test_a_whole_task_shows_its_steps_its_diff_and_its_answer_once_each(sit, workspace):
    (workspace / "a.py").write_text("def f():\n    return 1\n")
    seat = sit([
        Step("# Plan\n\nI **look** at it.", calls=[("read_file", {"path": "a.py"})]),
        Step("", calls=[edit()]),
        Step("", calls=[("run_command", {"command": "echo ran $((20 + 3))"})]),
        Step("Now `f` gives 2."),
    ])  # fmt: skip
    seat.see("Ask anything", "gpt-5.5 · 0% context")
    seat.say("please mend it")
    seat.see("Allow edit_file (mutating)?", "❯ 1. Yes, once", "-     return 1", "+     return 2")
    assert (workspace / "a.py").read_text() == "def f():\n    return 1\n"
    seat.type("1")
    seat.see("Allow run_command (mutating)?")
    assert (workspace / "a.py").read_text() == "def f():\n    return 2\n"
    seat.type("y")
    seat.see("Now f gives 2.")
    seat.rest()
    history = seat.history
    for text in ("❯ please mend it", "Plan", "I look at it.", "● read_file(a.py)", "● edit_file(a.py)", "(+1 −1)",
                 "2 +     return 2", "● run_command(echo ran $((20 + 3)))", "ran 23", "● Now f gives 2."):  # fmt: skip
        assert history.count(text) == 1, text
    assert seat.reports == ["idle", "working", "blocked", "working", "blocked", "working", "idle"]
    assert [title[:1] for title in seat.titles] == ["w", "…", "?", "…", "?", "…", "w"]


def test_always_is_asked_once_and_no_leaves_the_file_alone(sit, workspace):
    (workspace / "a.py").write_text("1\n")
    seat = sit([Step(calls=[edit("2")]), Step(calls=[edit("3")]), Step("Pity."),
                Step(calls=[edit("21")]), Step(calls=[edit("31")]), Step("Fine.")])  # fmt: skip
    seat.say("change it")
    seat.see("Allow edit_file")
    seat.type("n")
    seat.see("└ Not allowed", "Allow edit_file")
    seat.type("\x1b")
    seat.see("● Pity.")
    seat.rest()
    assert (workspace / "a.py").read_text() == "1\n"
    seat.say("all the same")
    seat.see("Allow edit_file", "2. Yes, always for edit_file")
    seat.type("\x1b[B\r")
    seat.see("└ Allowed from now on: edit_file", "● Fine.")
    assert (workspace / "a.py").read_text() == "231\n"


def test_what_deletes_is_asked_about_twice_and_a_word_is_to_be_typed(sit, workspace):
    (workspace / "build").mkdir()
    remove = ("run_command", {"command": "rm -rf build"})
    seat = sit([Step(calls=[remove]), Step("It stays."), Step(calls=[remove]), Step("It is gone.")])
    seat.say("clean up")
    screen = seat.see("Allow run_command (destructive)?", "asked twice", "● run_command(rm -rf build)")
    assert "always" not in screen
    seat.type("2")
    seat.type("1")
    seat.see("Type yes or delete and Enter", "cannot be had back")
    seat.type("y\r")
    seat.see("└ Not allowed", "● It stays.")
    seat.rest()
    assert (workspace / "build").exists()
    seat.say("do it now")
    seat.see("Allow run_command (destructive)?")
    seat.type("y")
    seat.see("Type yes or delete and Enter")
    seat.type("delete\r")
    seat.see("● It is gone.")
    assert not (workspace / "build").exists()


def test_keys_and_pastes_meant_for_the_prompt_answer_no_question(sit, workspace):
    (workspace / "a.py").write_text("1\n")
    seat = sit([Step("Wait.", calls=[edit()], mood=Mood(delay_s=0.5)), Step("Done.")])
    seat.say("change it")
    while "Allow edit_file" not in seat.screen:
        seat.type("y")
        seat.read(0.1)
    seat.type("yy1\r")
    seat.paste("1\r")
    seat.see("Allow edit_file", "You were typing")
    seat.see_no_more("You were typing")
    seat.paste("1\r")
    seat.type("n")
    seat.see("● Done.")
    assert (workspace / "a.py").read_text() == "1\n"
    assert "❯ yyy" in seat.screen  # what was typed for the prompt is kept there


def test_esc_ends_an_answer_and_a_running_command_and_the_next_turn_works(sit, workspace):
    seat = sit([
        Step("Word after word " * 50, mood=SLOW),
        Step(calls=[("run_command", {"command": "echo begun; sleep 1000; echo never"})]),
        Step("All well."),
    ], "--yes")  # fmt: skip
    seat.say("talk")
    seat.see("Word after", "esc to interrupt")
    seat.type("\x1b")
    seat.see("Interrupted")
    seat.rest()
    seat.say("run")
    seat.see("● run_command", "└ begun", "esc to interrupt")
    seat.type("\x1b")
    seat.until("the second end", lambda: seat.history.count("Interrupted") == 2)
    seat.rest()
    seat.say("and now?")
    seat.see("● All well.")
    assert "never\n" not in seat.history


def test_what_is_sent_during_a_turn_waits_and_comes_back_when_that_is_interrupted(sit):
    seat = sit([Step("First " * 40, mood=SLOW), Step("Second.")])
    seat.say("one")
    seat.see("● First")
    seat.say("two")
    seat.see("queued: two")
    seat.rest()
    seat.see("❯ two", "● Second.")
    assert len(seat.provider.bodies) == 2
    seat.provider._script.insert(2, Step("Third " * 100, mood=SLOW))
    seat.say("three")
    seat.see("● Third")
    seat.say("four")
    seat.see("queued: four")
    seat.type("\x1b")
    seat.see("Interrupted")
    seat.rest()
    assert re.search(r"^❯ four$", seat.screen, re.MULTILINE)
    assert "queued" not in seat.screen


def test_a_provider_that_is_asked_too_often_shows_as_such_and_a_refusal_in_its_words(sit):
    seat = sit([Step(mood=Mood(refusal="limit")), Step("Here."), Step(mood=Mood(refusal="bill", is_final=True))])
    seat.say("hello")
    seat.see("Rate limited: 429", "esc to interrupt")
    seat.see("● Here.")
    seat.see_no_more("Rate limited")
    seat.rest()
    seat.say("again")
    seat.see("The budget of this session is used up.")
    seat.rest()
    assert seat.screen.count("The budget of this session is used up.") == 1
    assert re.search(r"^Limit reached: 402: ", seat.screen, re.MULTILINE)


def test_nothing_untrusted_reaches_the_terminal_as_a_command(sit, workspace):
    evil = "\x1b]0;evil\x07\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x9b31m"
    (workspace / "evil.txt").write_text(evil)
    printed = {"command": f"printf '{evil.encode().decode('latin-1').encode('unicode_escape').decode()}'"}
    seat = sit([
        Step(f"Look: {evil}", thoughts=f"I think {evil}", calls=[("read_file", {"path": "evil.txt"})]),
        Step(f"```\n{evil}\n```", calls=[("run_command", printed), ("glob", {"pattern": evil})]),
        Step(calls=[("write_file", {"path": "b.txt", "content": evil})]),
        Step(f"Done {evil}\n\n[x](http://e.org/\x1b]8;;evil\x07)"),
    ])  # fmt: skip
    seat.say("@evil.txt what is it?")
    seat.see("Allow run_command")
    seat.type("1")
    seat.see("Allow write_file")
    seat.type("1")
    seat.see("● Done")
    seat.rest()
    for command in (b"\x1b]0", b"\x1b]52", b"\x1b]8", b"\x1b[2J", b"\xc2\x9b", b"\xc2\x9d", b"\x07"):
        assert command not in seat.data, command
    assert "evil" not in "".join(seat.titles)
