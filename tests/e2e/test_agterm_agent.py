"""Our own agent at work in real sessions, before a scripted model in every dialect: files, events, ledger are exact."""

import json
import socket

import pytest
from fakes.dialects import Used
from fakes.moods import Mood
from fakes.scripted import Step
from support.books import Books
from support.own_agent import (
    ANSWER,
    MENDING,
    PROVIDERS,
    RIGHT,
    ROOTS,
    RUN_TESTS,
    TASK,
    WRONG,
    Model,
    Project,
    Run,
    kinds,
    results,
)
from support.seats import Seat
from support.server import AgtermServer
from support.sockets import wait_until

from agterm_agent import events

FIRST = ["user_prompt", "session_state"]
SAID = ["assistant_message", "usage"]
CALLED = ["tool_call", "tool_result"]
SMALL = "claude-haiku-4-5"
WINDOW = 10_000


@pytest.fixture(scope="module")
def model():
    with Model() as running:
        yield running


@pytest.fixture(scope="module")
def server(model, tmp_path_factory):
    prices = tmp_path_factory.mktemp("prices") / "prices.json"
    prices.write_text(json.dumps({"anthropic": {SMALL: {"context_window": WINDOW}}}))
    with AgtermServer({**model.environment, **model.compatible, **ROOTS, "AGTERM_PRICES_FILE": str(prices)}) as running:
        yield running


@pytest.fixture
def books(server, model):
    return Books(model, server)


@pytest.fixture
def project():
    made = Project()
    yield made
    made.remove()


@pytest.fixture
def seat(server, project):
    made = Seat(server, "agterm", provider="anthropic", model="claude-sonnet-4-5", cwd=str(project.path))
    yield made.ready()
    made.close()


@pytest.mark.parametrize("dialect", PROVIDERS)
def test_it_finds_the_failing_test_mends_it_and_proves_it(server, model, books, project, dialect):
    model.play(*MENDING)
    with Run(server, project, dialect, TASK) as run:
        code, trail = run.ended()
    assert (code, events.check(trail)) == (0, [])
    assert kinds(trail) == [
        *FIRST, *SAID, *CALLED, *CALLED, *SAID, *CALLED, "usage", *CALLED, *SAID, *CALLED, *SAID, "done",
    ]  # fmt: skip
    assert (trail[0]["text"], trail[-1]["status"], trail[-1]["result"]) == (TASK, "done", ANSWER)
    assert model.was_told("FAILED (failures=1)", request=2)
    assert model.was_told("\nOK", request=4)
    assert project.changed == {"basket.py": RIGHT}
    assert "\n-    return sum(prices) - 1\n+    return sum(prices)\n" in results(trail)["edit_file"]["diff"]
    assert trail[-1]["changed_files"] == ["basket.py"]
    lines = books.agree(calls=5)
    assert len(lines) == 5
    assert _tokens(trail[-1]["usage"]) == [sum(line[place] for line in lines) for place in (4, 5, 6, 8)]


def _tokens(usage):
    return [usage[f"{name}_tokens"] for name in ("input", "cache_read", "cache_write", "output")]


def test_a_conversation_that_fills_the_window_is_compacted_and_goes_on(server, model, books, project):
    look, run_them, mend, again, say = MENDING
    project.write("notes.txt", "Much that is of no use later. " * 1000)
    look = Step(look.text, calls=[*look.calls, *[("read_file", {"path": "notes.txt"})] * 2])
    full = Step(run_them.text, calls=run_them.calls, use=Used(input=WINDOW * 9 // 10, output=20))
    summary = Step("## Goals\nMend the failing test.\n## Open work\nbasket.py takes one away.")
    model.play(look, full, summary, mend, again, say)
    with Run(server, project, "anthropic", TASK, model=SMALL) as run:
        code, trail = run.ended()
    assert (code, events.check(trail), trail[-1]["result"]) == (0, [], ANSWER)
    (notice,) = [event for event in trail if event["kind"] == "context_notice"]
    assert notice["before_tokens"] > 0.8 * WINDOW > notice["after_tokens"]
    assert model.was_told("basket.py takes one away", request=3)
    assert model.was_told(TASK, request=3), "what the person wants stays"
    assert not model.was_told("I look what there is.", request=3), "the older part is gone"
    assert model.was_told("FAILED (failures=1)", request=3), "the newest part stays"
    assert project.changed["basket.py"] == RIGHT
    assert len(books.agree(calls=6)) == 6


def test_a_provider_that_fails_is_asked_again_and_then_it_is_as_if_nothing_had_been(server, model, books, project):
    first, *others = MENDING
    model.play(Step(mood=Mood(refusal="limit", is_once=True)), first, Step("cut off", mood=Mood(dies=True)), *others)
    with Run(server, project, "anthropic", TASK) as run:
        code, trail = run.ended()
    assert (code, events.check(trail), trail[-1]["result"]) == (0, [], ANSWER)
    assert kinds(trail)[:3] == [*FIRST, "context_notice"]
    assert [event.get("attempt") for event in trail if event["kind"] == "context_notice"] == [1, 1]
    assert project.changed == {"basket.py": RIGHT}
    assert [line.status for line in sorted(books.agree(429, "died", calls=7), key=lambda line: line.status)] == [
        *[200] * 5, 429,
    ]  # fmt: skip


def test_a_refusal_that_is_final_is_told_in_its_own_words(server, model, books, project):
    model.play(Step(mood=Mood(refusal="bill", is_final=True)))
    with Run(server, project, "openai-chat", TASK) as run:
        code, trail = run.ended()
    assert (code, events.check(trail), trail[-1]["status"]) == (3, [], "limit")
    assert "The budget of this session is used up." in trail[-1]["reason"]
    books.agree(402)


def test_an_interrupt_ends_what_runs_and_leaves_a_trail_that_is_whole(server, model, books, project):
    model.play(Step("I wait.", calls=[("run_command", {"command": "echo begun; sleep 300; touch late"})]), Step("no"))
    with Run(server, project, "anthropic", "Wait") as run:
        run.see("tool_output")
        run.signal("INT")
        code, trail = run.ended()
        assert _commands(server, run.id) == []
    assert (code, events.check(trail), trail[-1]["status"]) == (130, [], "cancelled")
    assert results(trail)["run_command"]["status"] == "error"
    assert len(books.agree(calls=1)) == 1
    assert project.changed == {}


def _commands(server, session_id):
    answer = server.api.get(f"/api/sessions/{session_id}/processes")
    return [] if answer.status_code == 409 else [p for p in answer.json()["data"]["processes"] if p["name"] == "sleep"]


def test_at_the_screen_a_change_waits_for_a_yes_and_escape_ends_a_turn(seat, model, books, project):
    model.play(*MENDING)
    seat.say(TASK)
    seat.see_state("needs_input")
    seat.see(RUN_TESTS)
    assert project.changed == {}
    seat.type("a")  # always: this command, and so the second time as well
    seat.see("Allow edit_file")
    seat.see("+     return sum(prices)")
    assert project.changed == {}
    seat.type("y")
    seat.see_state("idle")
    assert project.changed == {"basket.py": RIGHT}
    books.agree(calls=5)

    model.play(Step("I go on and on. " * 50, mood=Mood(pause_s=0.05)), Step("Here again."))
    seat.say("Say much")
    seat.see("I go on and on")
    seat.type("\x1b")
    seat.see("Interrupted")
    seat.see_state("idle")
    seat.say("Say little")
    seat.see("Here again.")
    assert model.was_told("Say much"), "the history is whole"
    books.agree(calls=7)
    seat.see_state("idle")
    seat.say("/undo")
    seat.until("the file as it was", lambda: project.text("basket.py") == WRONG)


def test_what_would_leave_the_box_fails_and_the_agent_says_so(server, model, books, project):
    secret = server.home / "secret.key"
    with socket.create_server(("127.0.0.1", 0)) as host:
        port = host.getsockname()[1]
        attempts = [
            ("read_file", {"path": str(secret)}),
            ("write_file", {"path": "../escaped.txt", "content": "out"}),
            ("fetch_url", {"url": f"http://127.0.0.1:{port}/"}),
            ("fetch_url", {"url": "http://169.254.169.254/latest/meta-data/"}),
            ("fetch_url", {"url": "http://10.0.0.1/"}),
            ("run_command", {"command": f"cat {secret} ~root/.profile || exit 7"}),
            ("run_command", {"command": f"exec 3<>/dev/tcp/127.0.0.1/{port}", "timeout_s": 20}),
            ("run_command", {"command": "exec 3<>/dev/tcp/169.254.169.254/80", "timeout_s": 20}),
        ]
        model.play(Step("I try.", calls=attempts), Step("None of this can be reached from here."))
        with Run(server, project, "anthropic", "Get out") as run:
            code, trail = run.ended()
        host.setblocking(False)
        with pytest.raises(BlockingIOError):
            host.accept()
    assert (code, events.check(trail)) == (0, [])
    told = [event for event in trail if event["kind"] == "tool_result"]
    assert [event["status"] for event in told] == ["error"] * len(attempts), [event["result"] for event in told]
    assert "outside the workspace" in told[0]["result"]
    assert secret.read_text().strip() not in json.dumps(trail)
    assert not (project.path.parent / "escaped.txt").exists()
    assert trail[-1]["result"] == "None of this can be reached from here."
    books.agree(calls=2)
    wait_until("nothing was changed", lambda: project.changed == {})
