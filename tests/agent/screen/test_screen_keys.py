"""The input: what its keys do, what it completes, and how it bears small and changing windows."""

import re

from fakes.moods import Mood
from fakes.scripted import Step
from support.sockets import is_alive

from runner.screens.ghostty import GhosttyEmulator

PATIENCE_S = 60


def said(seat):
    """What the model was asked last, without what was said to it besides."""
    return seat.provider.bodies[-1]["messages"][-1]["content"]


def test_what_is_typed_before_the_program_is_there_is_kept_and_sent(sit):
    seat = sit([Step("I hear.")], early="hello there\r")
    seat.see("● I hear.")
    assert said(seat) == "hello there"


def test_several_lines_are_typed_in_four_ways_and_sent_as_one(sit):
    seat = sit([Step("Four lines.")])
    seat.type("one\x1b\rtwo\nthree\\\rfour")
    seat.paste("\nfive\n  six\x1b[31m\ttab")
    seat.see("❯ one", "  two", "  three", "  four", "  five", "    six")
    seat.type("\r")
    seat.see("● Four lines.")
    assert said(seat).startswith("one\ntwo\nthree\nfour\nfive\n  six")
    assert len(seat.provider.bodies) == 1


def test_history_comes_back_in_the_next_program(sit):
    seat = sit([Step("Yes.")])
    seat.say("first words")
    seat.see("● Yes.")
    seat.rest()
    seat.type("\x04")
    assert seat.ended() == 0
    again = sit([Step("Yes.")])
    again.type("\x1b[A")
    again.see("❯ first words")
    again.type("\x1b[B")
    again.see("Ask anything")


def test_ctrl_c_clears_then_warns_then_exits_and_ctrl_d_exits_an_empty_input(sit):
    seat = sit([Step("Yes.")])
    seat.type("some words")
    seat.see("❯ some words")
    seat.type("\x04")
    seat.type("\x03")
    seat.see("❯ Ask anything")
    seat.type("\x03")
    seat.see("Press Ctrl-C again to exit")
    seat.type("\x03")
    assert seat.ended() == 0
    assert seat.data.rstrip().endswith(b"\x1b]7501;id=agterm-agent:state=clear\x1b\\\x1b]2;\x1b\\")


def running_command(sit, workspace):
    """A program in the middle of a command that takes long, and the command's process."""
    script = [Step(calls=[("run_command", {"command": "echo $$ > pid; sleep 1000"})]), Step("Never.")]
    seat = sit(script, "--yes")
    seat.say("run it")
    seat.until("the command", lambda: (workspace / "pid").exists() and (workspace / "pid").read_text().strip())
    return seat, int((workspace / "pid").read_text())


def test_the_end_in_the_middle_of_a_command_ends_the_command_and_tells_how_to_go_on(sit, workspace):
    seat, command = running_command(sit, workspace)
    seat.process.terminate()
    assert seat.ended() == 0
    assert not is_alive(command)
    assert "Interrupted" in seat.history
    assert re.search(r"Go on with: agterm-agent --resume [0-9a-f]{16}", seat.history)


def test_a_terminal_that_goes_away_ends_the_program_and_its_command(sit, workspace):
    seat, command = running_command(sit, workspace)
    seat.hang_up()
    assert seat.process.wait(PATIENCE_S) == 0
    assert not is_alive(command)


def test_commands_and_files_are_completed(sit, workspace):
    (workspace / "lib").mkdir()
    (workspace / "lib" / "engine.py").write_text("x = 1\n")
    (workspace / "my notes.txt").write_text("n\n")
    seat = sit([Step("Read.")])
    seat.type("/co")
    seat.see("/compact", "/cost")
    seat.type("\x1b[B\x1b[B")
    seat.see("❯ /cost")
    seat.type("\x1b\x03")
    seat.see("Ask anything")
    seat.type("@engi")
    seat.see("@lib/engine.py")
    seat.type("\r")
    seat.see("❯ @lib/engine.py")
    seat.type("and @note")
    seat.see("@my notes.txt")
    seat.type("\t")
    seat.see('and @"my notes.txt"')
    seat.type("\r")
    seat.see("└ Read lib/engine.py (1 line)", "└ Read my notes.txt (1 line)", "● Read.")
    assert '<file path="lib/engine.py">\nx = 1\n' in said(seat)
    assert '<file path="my notes.txt">\nn\n' in said(seat)


LONG = (
    "A line that is longer than a phone is wide, with `code` in it.\n\n" + "x" * 200 + "\n\n" + "| a | b |\n|-|-|\n| "
)
LONG += "cell " * 20 + "| 2 |\n\n```\n" + "y" * 100 + "\n```\n"


def test_on_a_phone_no_line_is_wider_than_the_screen(sit, workspace):
    (workspace / "a.py").write_text("1\n" + "z" * 100 + "\n")
    seat = sit([
        Step(LONG, thoughts="I think " * 30, calls=[("read_file", {"path": "a.py"})]),
        Step(calls=[("edit_file", {"path": "a.py", "old_text": "1", "new_text": "2" * 90})]),
        Step(calls=[("run_command", {"command": "echo " + "w" * 100})], mood=Mood(pause_s=0.02)),
        Step(LONG),
    ], cols=40, rows=18)  # fmt: skip
    seat.type("go, and write a lot of words into this small box, please")
    seat.see("small box, please")
    seat.type("\r")
    seat.see("Allow edit_file", "3. No")
    seat.type("1")
    seat.see("Allow run_command", "3. No")
    seat.type("1")
    seat.rest()
    for command in ("/help", "/tools", "/cost", "/memory"):
        seat.say(command)
        seat.see_no_more(f"queued: {command}")
    seat.rest()
    seat.type("/")
    seat.see("/help", "/model")
    wide = GhosttyEmulator(200, 18, 5000)
    wide.feed(seat.data)
    lines = wide.text(5000).split("\n")
    wide.close()
    assert [line for line in lines if len(line) > 40] == []
    assert "●" in "\n".join(lines)


def test_resizing_leaves_no_rests_and_goes_on(sit):
    seat = sit([Step("Words.\n\n" + "More words. " * 30), Step("Still here.")], cols=100, rows=30)
    seat.say("talk")
    seat.see("● Words.")
    seat.rest()
    for cols, rows in ((40, 20), (120, 30), (60, 12), (90, 24)):
        seat.resize(cols, rows)
        seat.until("the rule of the new width", lambda cols=cols: f"\n{'─' * cols}\n❯" in seat.screen)
        assert seat.history.count("Ask anything") == 1, seat.history
        assert seat.history.count("% context") == 1
    seat.say("and now")
    seat.see("● Still here.")
    assert seat.history.count("● Words.") == 1


def test_without_colours_none_are_sent(sit, workspace):
    (workspace / "a.py").write_text("1\n")
    edit = ("edit_file", {"path": "a.py", "old_text": "1", "new_text": "2"})
    seat = sit([Step("# T\n\n`c`\n\n```python\nx = 1\n```", calls=[edit]), Step("Done.")], NO_COLOR="1")
    seat.say("go")
    seat.see("Allow edit_file", "- 1", "+ 2")
    seat.type("1")
    seat.see("● Done.")
    codes = {code for group in re.findall(rb"\x1b\[([\d;]*)m", seat.data) for code in group.split(b";")}
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7"}
