"""DELETE /api/sessions/:id"""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connections
from support.sockets import processes_with

from core.errors import SessionNotFound
from sessions import isolation, lifecycle, programs, services
from sessions.models import Session


def test_it_ends_every_process_and_removes_what_we_made(start, mine, runner):
    session = start(args=["-c", f"(setsid sleep 1020 {'&'}); exec -a {'mark-of-delete'} sleep 1021"])
    answer = mine.delete(f"/api/sessions/{session['id']}")
    assert answer.json() == {"success": True, "data": {"id": session["id"], "deleted": True, "end": "certain"}}
    assert not Session.objects.exists()
    assert runner.call("list") == []
    assert processes_with("mark-of-delete") == []
    assert not list(runner.home.glob(f"*/{session['id']}"))
    assert mine.get(f"/api/sessions/{session['id']}").status_code == 404


def test_keep_leaves_the_workspace(start, mine, runner):
    session = start()
    assert mine.delete(f"/api/sessions/{session['id']}?keep=true").status_code == 200
    assert (runner.home / "workspaces" / session["id"]).is_dir()
    assert not (runner.home / "sessions" / session["id"]).exists()


def test_a_folder_the_user_named_is_never_removed(start, mine, runner):
    folder = runner.roots / "mine"
    folder.mkdir(exist_ok=True)
    (folder / "file").touch()
    session = start(cwd=str(folder))
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    assert (folder / "file").exists()


@pytest.mark.parametrize("keep", ["perhaps", "1", ""])
def test_a_keep_that_is_neither_true_nor_false_is_refused_and_deletes_nothing(start, mine, runner, keep):
    session = start()
    answer = mine.delete(f"/api/sessions/{session['id']}?keep={keep}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert runner.call("get", id=session["id"])["status"] == "running"


def test_a_lost_session_can_be_deleted_and_its_folder_goes_too(start, mine, runner):
    session = start()
    runner.call("remove", id=session["id"], keep_workspace=True)
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    assert not (runner.home / "workspaces" / session["id"]).exists()


def test_twice_is_not_found(start, mine):
    session = start()
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keep", [False, True])
def test_restarts_that_come_at_the_same_time_revive_nothing_and_leave_what_was_asked_for(start, mine, runner, keep):
    def send(call, session, query=""):
        try:
            return getattr(mine, call)(f"/api/sessions/{session['id']}{query}").status_code
        finally:
            connections.close_all()

    for _ in range(6):
        session = start()
        with ThreadPoolExecutor(6) as pool:
            restarts = [pool.submit(send, "post", session, "/restart") for _ in range(3)]
            deleted = pool.submit(send, "delete", session, f"?keep={str(keep).lower()}")
            restarts += [pool.submit(send, "post", session, "/restart") for _ in range(2)]
            assert deleted.result() == 200
            assert {answer.result() for answer in restarts} <= {200, 404, 409}
        assert not Session.objects.exists()
        assert runner.call("list") == []
        assert (runner.home / "workspaces" / session["id"]).exists() is keep
        assert not (runner.home / "sessions" / session["id"]).exists()


def test_a_start_that_was_on_its_way_finds_no_session_and_leaves_no_workspace(start, mine, runner, row):
    session = start()
    mine.post(f"/api/sessions/{session['id']}/stop")
    stored = row(session)
    launch = programs.program("shell", services.prepared(stored), box=isolation.asked(stored, "shell"))
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    with pytest.raises(SessionNotFound):
        lifecycle._create(stored, launch)
    assert not list(runner.home.glob(f"*/{session['id']}"))


@pytest.mark.parametrize("act", [
    lifecycle.stop,
    lambda row: lifecycle.send_signal(row, 2),
    lambda row: lifecycle.restart(row, SimpleNamespace(resume=True)),
])  # fmt: skip
def test_what_is_done_to_one_that_was_just_deleted_finds_none(start, mine, row, act):
    session = start()
    stored = row(session)
    assert mine.delete(f"/api/sessions/{session['id']}").status_code == 200
    with pytest.raises(SessionNotFound):
        act(stored)
