"""What becomes of the sessions of a user who is locked out: counted, and stopped where that is asked."""

import pytest
from django.contrib.auth.models import User
from support.sockets import processes_with

from audit.models import AuditEvent
from core.errors import Forbidden
from sessions import keys
from sessions.models import Session


@pytest.fixture
def as_admin(client, db):
    return client(User.objects.create_superuser("admin"))


@pytest.fixture
def lock_out(as_admin, owner):
    """`lock_out(stopSessions=True)`: what the answer says, once the owner is out."""

    def patch(**fields):
        answer = as_admin.patch(f"/api/users/{owner.pk}", {"isActive": False, **fields}, format="json")
        assert answer.status_code == 200, answer.json()
        assert not User.objects.get(pk=owner.pk).is_active
        return answer.json()["data"]

    return patch


def audited():
    events = AuditEvent.objects.filter(action__startswith="session.stop").order_by("seq")
    return [(each.actor_name, each.action, each.target, each.details) for each in events]


def test_a_lock_out_stops_what_runs_where_that_is_asked_and_letting_in_again_starts_nothing(
    start, lock_out, as_admin, owner, stranger, client, row
):
    mark = "mark-of-one-locked-out"
    first, second = start(args=["-c", f"exec -a {mark} sleep 1000"]), start(name="Second")
    others = client(stranger).post("/api/sessions", {"agent": "shell"}, format="json").json()["data"]["session"]
    assert as_admin.get(f"/api/users/{owner.pk}").json()["data"]["user"]["liveSessions"] == 2
    said = lock_out(stopSessions=True)
    assert sorted(said["sessions"]["stopped"]) == sorted([first["id"], second["id"]])
    assert said["sessions"]["notStopped"] == []
    assert said["user"]["liveSessions"] == 0
    assert processes_with(mark) == []
    assert (row(first).status, row(first).ended_by) == ("exited", "stop")
    assert row(others).status == "running"
    told = [each for each in audited() if each[2] == f"session:{second['id']}"]
    details = {"name": "Second", "lockedOut": f"user:{owner.pk}"}
    assert told == [("admin", "session.stop", f"session:{second['id']}", details)]
    let_in = as_admin.patch(f"/api/users/{owner.pk}", {"isActive": True}, format="json").json()["data"]
    assert (let_in["user"]["isActive"], let_in["user"]["liveSessions"]) == (True, 0)
    assert "sessions" not in let_in
    assert {row(each).status for each in (first, second)} == {"exited"}
    with pytest.raises(Forbidden):
        keys.check(row(first).pk, 1)


def test_a_lock_out_stops_nothing_that_it_was_not_asked_to_and_says_how_much_runs_on(start, lock_out, as_admin, row):
    session = start()
    said = lock_out()
    assert (said["user"]["liveSessions"], "sessions" in said) == (1, False)
    assert row(session).status == "running"
    listed = {each["username"]: each["liveSessions"] for each in as_admin.get("/api/users").json()["data"]["users"]}
    assert listed == {"admin": 0, "owner": 1}
    assert audited() == []
    assert lock_out(stopSessions=True)["sessions"]["stopped"] == [session["id"]]  # later is early enough


def test_a_runner_that_is_away_undoes_no_lock_out_and_the_answer_says_what_runs_on(start, lock_out, no_runner, owner):
    session = start(name="Out of reach")
    no_runner()
    said = lock_out(stopSessions=True)
    (left,) = said["sessions"]["notStopped"]
    assert (left["id"], left["name"], left["code"]) == (session["id"], "Out of reach", "HOST_UNAVAILABLE")
    assert "runner does not answer" in left["message"]
    assert (said["sessions"]["stopped"], said["user"]["liveSessions"]) == ([], 1)
    details = {"name": "Out of reach", "lockedOut": f"user:{owner.pk}", "reason": "HOST_UNAVAILABLE"}
    assert audited() == [("admin", "session.stop.failed", f"session:{session['id']}", details)]


def test_one_that_the_runner_lost_is_no_trouble_and_one_that_is_being_started_is_told(start, lock_out, runner, row):
    lost, starting = start(), start()
    for session in (lost, starting):
        runner.call("remove", id=session["id"])
    Session.objects.filter(pk=starting["id"]).update(status="starting")
    said = lock_out(stopSessions=True)["sessions"]
    assert [each["id"] for each in said["notStopped"]] == [starting["id"]]
    assert (said["stopped"], row(lost).status) == ([], "lost")


def test_deleting_a_user_who_is_kept_for_the_sessions_stops_these_where_that_is_asked(start, as_admin, owner, row):
    session = start()
    answer = as_admin.delete(f"/api/users/{owner.pk}?stopSessions=true").json()["data"]
    assert (answer["deleted"], answer["sessions"]) == (False, {"stopped": [session["id"]], "notStopped": []})
    assert row(session).status == "exited"
    assert "sessions" not in as_admin.delete(f"/api/users/{owner.pk}").json()["data"]


@pytest.mark.parametrize("fields", [{}, {"isActive": True}, {"role": "viewer"}], ids=["alone", "let in", "a role"])
def test_sessions_are_stopped_with_a_lock_out_alone(as_admin, owner, fields):
    answer = as_admin.patch(f"/api/users/{owner.pk}", fields | {"stopSessions": True}, format="json")
    assert answer.status_code == 400
    assert "isActive" in answer.json()["error"]["message"]
    assert User.objects.get(pk=owner.pk).is_active


def test_nobody_but_administrators_stops_anything_by_locking_out(start, mine, owner, row):
    session = start()
    patch = mine.patch(f"/api/users/{owner.pk}", {"isActive": False, "stopSessions": True}, format="json")
    delete = mine.delete(f"/api/users/{owner.pk}?stopSessions=true")
    assert (patch.status_code, delete.status_code, row(session).status) == (403, 403, "running")
