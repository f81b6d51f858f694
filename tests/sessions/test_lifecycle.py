"""POST /api/sessions/:id/signal and /stop; how many sessions a user may have."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from support.sockets import processes_with

from sessions.models import Session


@pytest.fixture
def post(mine):
    return lambda session, call, **body: mine.post(f"/api/sessions/{session['id']}/{call}", body, format="json")


@pytest.fixture
def ended(start, runner):
    """A session whose program has exited with 3."""
    session = start(args=["-c", "exit 3"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    return session


# --- signal ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SIGINT", "INT", "sigint", 2])
def test_an_interrupt_does_what_ctrl_c_does(start, post, runner, name):
    session = start()
    with runner.watch(session["id"]) as reader:
        reader.type(b"bash -c 'echo he\\re; exec sleep 1000'\n")
        reader.see(b"here")
        assert post(session, "signal", signal=name).json()["data"] == {"signal": "SIGINT"}
        reader.type(b"echo code $?\n")
        reader.see(b"code 130")


@pytest.mark.parametrize(
    "value", ["", "SIG", "NOPE", "15", "SIG_IGN", 0, -1, 65, 10**30, True, None, 1.5, ["INT"], "İNT"]
)
def test_nonsense_is_no_signal(start, post, row, value):
    session = start()
    answer = post(session, "signal", signal=value)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert answer.json()["error"]["details"]["fields"][0]["field"].startswith("signal")
    assert row(session).status == "running"


def test_a_program_that_has_exited_gets_no_signal(ended, post):
    answer = post(ended, "signal", signal="INT")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert "exited" in answer.json()["error"]["message"]


# --- stop ------------------------------------------------------------------------------------------------------------


def test_stop_ends_every_process_and_keeps_session_history_and_workspace(start, post, runner, row, mine):
    session = start(
        args=["-c", "echo kept > file; (setsid sleep 1030 &); echo remember; exec -a mark-of-stopping sleep 1031"]
    )
    with runner.watch(session["id"]) as reader:
        reader.see(b"remember")
        shown = post(session, "stop").json()["data"]["session"]
        assert reader.event("exited")["ended_by"] == "stop"
    assert (shown["status"], shown["endedBy"], shown["pid"]) == ("exited", "stop", None)
    assert processes_with("mark-of-stopping") == []
    assert (runner.home / "workspaces" / session["id"] / "file").exists()
    assert "remember" in runner.call("text", id=session["id"])
    assert (row(session).status, row(session).ended_by) == ("exited", "stop")
    assert mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]["endedBy"] == "stop"


def test_stopping_twice_is_fine(start, post):
    session = start()
    first, second = (post(session, "stop") for _ in range(2))
    assert first.json()["data"]["session"] | {"stateSince": ""} == second.json()["data"]["session"] | {"stateSince": ""}


def test_one_that_exited_by_itself_was_ended_by_nobody_also_when_it_is_stopped_then(ended, post):
    shown = post(ended, "stop").json()["data"]["session"]
    assert (shown["status"], shown["exitCode"], shown["endedBy"]) == ("exited", 3, None)


@pytest.mark.parametrize(("call", "body"), [("stop", {}), ("signal", {"signal": "INT"})])
def test_a_lost_session_can_be_neither_stopped_nor_signalled(start, post, runner, row, call, body):
    session = start()
    runner.call("remove", id=session["id"])
    answer = post(session, call, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert "restart" in answer.json()["error"]["message"]
    assert row(session).status == "lost"


# --- how many --------------------------------------------------------------------------------------------------------


def test_one_session_more_than_allowed_is_refused_and_says_what_to_do(start, mine, configure, runner):
    configure(max_sessions_per_user=2)
    start()
    start()
    answer = mine.post("/api/sessions", {"agent": "shell"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    for word in ("2 sessions", "AGTERM_MAX_SESSIONS_PER_USER", "stop"):
        assert word in answer.json()["error"]["message"]
    assert Session.objects.count() == len(runner.call("list")) == 2


def test_sessions_that_have_ended_take_no_place_also_when_nobody_has_looked_since(start, configure, runner, post):
    configure(max_sessions_per_user=1)
    first = start(args=["-c", "read line"])
    with runner.watch(first["id"]) as reader:
        reader.type(b"\n")
        reader.event("exited")
    second = start()
    post(second, "stop")
    start()


def test_bringing_back_one_that_ended_needs_a_place_too(start, configure, post, row):
    configure(max_sessions_per_user=1)
    first = start()
    post(first, "stop")
    start()
    answer = post(first, "restart")
    assert (answer.status_code, row(first).status, row(first).ended_by) == (409, "exited", "stop")


def test_others_have_places_of_their_own_and_staff_are_counted_like_all(start, configure, client, staff):
    configure(max_sessions_per_user=1)
    start()
    theirs = [client(staff).post("/api/sessions", {"agent": "shell"}, format="json").status_code for _ in range(2)]
    assert theirs == [201, 409]


def test_no_limit_is_no_limit(start, configure):
    configure(max_sessions_per_user=0)
    for _ in range(3):
        start()


@pytest.mark.django_db(transaction=True)
def test_of_many_that_come_at_once_no_more_get_in_than_there_is_room_for(configure, client, owner, runner):
    configure(max_sessions_per_user=3)
    callers = [client(owner) for _ in range(8)]

    def ask(caller):
        try:
            return caller.post("/api/sessions", {"agent": "shell"}, format="json").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(ask, callers))
    assert codes == [201] * 3 + [409] * 5
    assert len(runner.call("list")) == Session.objects.count() == 3


# --- in the admin site -----------------------------------------------------------------------------------------------


def test_the_operator_stops_sessions_in_the_admin_site_and_is_told_what_failed(start, runner, row, admin_client):
    first, lost = start(), start()
    runner.call("remove", id=lost["id"])
    chosen = {"action": "stop", "_selected_action": [first["id"], lost["id"]]}
    answer = admin_client.post("/admin/agterm_sessions/session/", chosen, follow=True)
    assert answer.status_code == 200
    assert "was lost with its runner" in answer.content.decode()
    assert (row(first).status, row(first).ended_by) == ("exited", "stop")
