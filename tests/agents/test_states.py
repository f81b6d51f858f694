"""Every captured screen of a real CLI is called what its folder says; `tests/data/screens/capture.py` records them."""

import time
from collections import Counter
from pathlib import Path

import pytest

from agents import registry, services
from agents.declaration import Agent
from runner import activity

SCREENS = Path(__file__).resolve().parent.parent / "data" / "screens"
FILES = sorted(SCREENS.glob("*/*/*.txt"))
NAMES = [str(path.relative_to(SCREENS).with_suffix("")) for path in FILES]
AGENTS = ["agterm", "claude", "codex", "gemini", "opencode", "shell"]
WIDEST, HIGHEST = 1000, 1000
SLOWEST_S = 0.02  # one look; the usual one takes some 0.1 ms


def look(agent_id, text, *, title=None, at=0.0):
    """The activity of an agent whose terminal shows `text` (as captured, two lines of facts first), once settled."""
    facts, shown_title, screen = text.split("\n", 2)
    who, mode, busy, name = facts.removeprefix("foreground: ").split(" ", 3)
    made = activity.Activity(activity.compile_patterns(registry.get(agent_id).state_patterns), at)
    made.title(shown_title.removeprefix("title:").strip() if title is None else title, at)
    for now in (at, at + 2 * activity.IDLE_AFTER_S, at + 4 * activity.IDLE_AFTER_S):
        made.foreground(who == "itself", name, now, input_mode=mode, cpu_s=now if busy == "busy" else 0)
        made.screen(screen, now)
    return made


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_captured_screen_is_called_what_a_person_would_call_it(path):
    assert look(path.parts[-3], path.read_text()).state == path.parts[-2]


@pytest.mark.parametrize(
    ("agent_id", "fewest"),
    [
        *((agent_id, {"working": 3, "idle": 3, "needs_input": 2, "rate_limited": 1}) for agent_id in AGENTS[:-1]),
        ("shell", {"working": 2, "idle": 1, "needs_input": 3}),
    ],
)
def test_every_state_of_an_agent_is_captured(agent_id, fewest):
    counted = Counter(path.parts[-2] for path in FILES if path.parts[-3] == agent_id)
    assert {state: min(counted[state], count) for state, count in fewest.items()} == fewest


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_captured_screen_tells_nothing_of_the_machine_it_was_captured_on(path):
    assert "/var/tmp" not in path.read_text()


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[-2] == "needs_input"])
def test_a_dialog_is_known_without_a_title(path):
    assert look(path.parts[-3], path.read_text(), title="").state == "needs_input"


@pytest.mark.parametrize("agent_id", AGENTS[:-1])
def test_a_report_of_the_program_is_believed_before_its_screen(agent_id):
    """Claude Code hides that it works while a person types; what it reports is exact."""
    made = look(agent_id, (SCREENS / agent_id / "idle" / "typed.txt").read_text())
    made.report("state=working:app=some", 10)
    assert made.state == "working"


def test_a_rate_limit_on_the_screen_says_more_than_the_programs_report():
    made = look("claude", (SCREENS / "claude" / "rate_limited" / "retrying.txt").read_text())
    made.report("state=working:app=claude-code", 10)
    assert made.state == "rate_limited"


@pytest.mark.parametrize(
    ("facts", "last", "state"),
    [
        ("itself lines still sh", "$", "idle"),
        ("itself lines still sh", "root@box:/#", "idle"),
        ("itself lines still bash", "compiling", "working"),
        ("itself keys still bash", "me@box$ echo Password:", "idle"),
        ("other keys still vim", "-- INSERT --", "idle"),
        ("other keys busy htop", "F10Quit", "working"),
        ("other lines busy make", "what now?", "working"),
        ("other lines still cc", "In function 'main':", "working"),
        ("other hidden still git", "Password for 'https://me@example.org':", "needs_input"),
        ("other lines still git", "Username for 'https://example.org':", "needs_input"),
        ("other lines still installer", "Press ENTER to continue", "needs_input"),
        ("other keys still npx", "Ok to proceed? (y)", "needs_input"),
        ("other keys still ssh", "Are you sure (yes/no)?", "needs_input"),
    ],
)
def test_a_shell_is_judged_by_who_has_its_terminal(facts, last, state):
    made = look("shell", f"foreground: {facts}\ntitle: box\n$ something\n{last}\n\n")
    assert made.state == state


@pytest.mark.parametrize("agent_id", AGENTS)
@pytest.mark.parametrize(
    "line",
    [
        "", " ", "─", "│", "│ ", "❯ ", "❯ 1. ", "› ", "  ", "■ ", "■ 429 ", "● API Error: ", "429 ",
        "● You've hit your ", "✢ a", "title: ", "foreground: other lines still ", "? ", "Password ",
        "foreground: itself lines still ",
        "press ", "[y/n", "(yes/no", "▀", " > ", "│ ● 1. ", "│ ● 1. a\n", "│ Usage limit\n", "✕ limit\n", "╰─",
        " Allow a?", " Allow a?\n ❯ 1. ", "Failed 402 ", "✷ 429 again in ",
        "┃ △ ", "┃ 429 ▣ ", "  ┃  ", "⬝■", "╹▀", "▣ ", "• (1s ", "esc to interrupt", "Esc to cancel ", "$",
    ],
)  # fmt: skip
def test_no_screen_however_hostile_takes_long_to_look_at(agent_id, line):
    rows = ((line * WIDEST)[:WIDEST] + "\n") * HIGHEST
    text = "\n".join(rows.split("\n")[: HIGHEST - 1]) + "\n!"
    made = activity.Activity(activity.compile_patterns(registry.get(agent_id).state_patterns), 0)
    made.foreground(False, (line * 100)[:200], 0, input_mode="lines")
    best = min(timed(made, text, now) for now in range(3))
    assert best < SLOWEST_S


def timed(made, text, now):
    started = time.thread_time()
    made.screen(text, now)
    return time.thread_time() - started


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ({"asleep": ["z"]}, "no such state: asleep"),
        ({"exited": ["z"]}, "no such state: exited"),
        ({"idle": ["("]}, "missing"),
        ({"idle": ["x" * 401]}, "longer than 400"),
        ({"idle": ["x"] * 65}, "more than 64"),
    ],
)
def test_an_agent_with_a_pattern_that_can_not_work_is_refused(patterns, said):
    with pytest.raises(ValueError, match=said):
        Agent(
            id="odd", name="Odd", icon="odd", color="#000000", welcome="", command="odd", executables=("odd",),
            state_patterns=patterns,
        )  # fmt: skip


def test_a_launch_carries_the_patterns_of_its_agent(config):
    launch = services.prepare_launch("shell", config=config)
    assert launch.state_patterns == {
        state: list(patterns) for state, patterns in registry.get("shell").state_patterns.items()
    }
    activity.compile_patterns(launch.state_patterns)
