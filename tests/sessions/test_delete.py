"""DELETE /api/sessions/:id"""

import pytest
from support.sockets import processes_with

from sessions.models import Session


def test_it_ends_every_process_and_removes_what_we_made(start, mine, runner):
    session = start(args=["-c", f"(setsid sleep 1020 {'&'}); exec -a {'mark-of-delete'} sleep 1021"])
    answer = mine.delete(f"/api/sessions/{session['id']}")
    assert answer.json() == {"success": True, "data": {"id": session["id"], "deleted": True}}
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
