"""GET /api/sessions/:id"""

import uuid

import pytest

from sessions.models import Session


def test_it_shows_the_session_as_it_is_now(start, mine, runner, row):
    session = start()
    runner.call("resize", id=session["id"], cols=111, rows=22)
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert (shown["cols"], shown["rows"], shown["status"]) == (111, 22, "running")
    assert row(session).cols == 111


@pytest.mark.parametrize(
    ("script", "code", "number"), [("exit 0", 0, None), ("exit 9", 9, None), ("kill -9 $$", None, 9)]
)
def test_a_program_that_has_exited_says_how(start, mine, runner, row, script, code, number):
    session = start(args=["-c", script])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert (shown["status"], shown["exitCode"], shown["signal"], shown["pid"]) == ("exited", code, number, None)
    assert (row(session).status, row(session).exit_code, row(session).exit_signal) == ("exited", code, number)


def test_a_terminal_the_runner_has_forgotten_is_lost(start, mine, runner, row):
    session = start()
    runner.call("remove", id=session["id"])
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert (shown["status"], shown["pid"]) == ("lost", None)
    assert row(session).status == "lost"


def test_one_that_had_exited_stays_exited_when_the_runner_forgets_it(start, mine, runner):
    session = start(args=["-c", "exit 3"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    mine.get(f"/api/sessions/{session['id']}")
    runner.call("remove", id=session["id"])
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert (shown["status"], shown["exitCode"]) == ("exited", 3)


def test_one_that_is_just_being_started_is_not_lost_yet(mine, owner, runner):
    row = Session.objects.create(id=uuid.uuid4(), owner=owner, name="new", agent="shell", runner=runner.address)
    assert mine.get(f"/api/sessions/{row.pk}").json()["data"]["session"]["status"] == "starting"


def test_the_offset_counts_the_output(start, mine, runner):
    session = start(args=["-c", "printf 0123456789"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    assert mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]["offset"] == 10
