"""PATCH /api/sessions/:id"""

import pytest

from sessions.models import Session


@pytest.fixture
def patch(mine):
    """`patch(session, **body)`: the answer."""
    return lambda session, by=mine, **body: by.patch(f"/api/sessions/{session['id']}", body, format="json")


def shown(answer):
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]["session"]


def test_it_changes_what_is_sent_and_nothing_else(start, patch, row):
    session = start(name="Before", color="#111111", tags=["a"])
    assert shown(patch(session, name="After"))["name"] == "After"
    assert shown(patch(session, color="#ABCDEF"))["color"] == "#abcdef"
    now = shown(patch(session, tags=["b", "c"]))
    assert (now["name"], now["color"], now["tags"]) == ("After", "#abcdef", ["b", "c"])
    stored = row(session)
    assert (stored.name, stored.color, stored.tags, stored.pid) == ("After", "#abcdef", ["b", "c"], session["pid"])


def test_all_at_once_and_no_tags_clear_them(start, patch):
    now = shown(patch(start(tags=["a"]), name=" New\x07 ", color="#000000", tags=[]))
    assert (now["name"], now["color"], now["tags"]) == ("New", "#000000", [])


def test_the_list_and_the_session_itself_say_it_too(start, patch, mine):
    session = start()
    patch(session, name="Seen", tags=["t"])
    assert mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]["name"] == "Seen"
    assert [s["name"] for s in mine.get("/api/sessions", {"tag": "t"}).json()["data"]["sessions"]] == ["Seen"]


@pytest.mark.parametrize("body", [
    {}, {"name": None}, {"name": ""}, {"name": " "}, {"name": "\x07"}, {"name": 5}, {"name": "x" * 201},
    {"color": None}, {"color": "red"}, {"color": ""}, {"tags": None}, {"tags": ["x" * 51]}, {"tags": "a"},
    {"name": "x", "agent": "shell"}, {"name": "x", "status": "exited"}, {"name": "x", "owner": 1}, {"unknown": 1},
    {"name": "x", "color": "red"}, {"recipe": {}},
])  # fmt: skip
def test_bad_input_is_refused_and_changes_nothing(start, patch, row, body):
    session = start(name="Before", tags=["a"])
    answer = patch(session, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert (row(session).name, row(session).color, row(session).tags) == ("Before", session["color"], ["a"])


def test_an_empty_body_is_told_what_it_may_have(start, patch):
    message = patch(start()).json()["error"]["message"]
    assert message == "The body needs at least one of name, color, tags, budget and searchable"


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(start, mine, body):
    answer = mine.patch(f"/api/sessions/{start()['id']}", body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_sessions_that_have_exited_and_lost_ones_can_be_named(start, patch, runner):
    exited = start(args=["-c", "exit 3"])
    with runner.watch(exited["id"]) as reader:
        reader.event("exited")
    lost = start()
    runner.call("remove", id=lost["id"])
    assert (shown(patch(exited, name="E"))["name"], shown(patch(exited, name="E"))["status"]) == ("E", "exited")
    now = shown(patch(lost, name="L"))
    assert (now["name"], now["status"]) == ("L", "lost")


def test_the_answer_shows_the_session_as_it_is_now(start, patch, runner):
    session = start()
    runner.call("resize", id=session["id"], cols=111, rows=22)
    assert shown(patch(session, name="x"))["cols"] == 111


def test_a_runner_that_is_down_keeps_nobody_from_naming(start, patch, no_runner, row):
    session = start()
    no_runner()
    assert shown(patch(session, name="Still"))["name"] == "Still"
    assert row(session).status == "running"


def test_strangers_find_nothing_nobody_is_told_to_log_in_and_staff_may(start, patch, client, stranger, staff, row):
    session = start(name="Before")
    for caller, status, code in ((client(stranger), 404, "SESSION_NOT_FOUND"), (client(), 401, "UNAUTHORIZED")):
        answer = patch(session, by=caller, name="Taken")
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert row(session).name == "Before"
    assert shown(patch(session, by=client(staff), name="Staff's"))["name"] == "Staff's"


@pytest.mark.parametrize("session_id", ["x", "00000000-0000-4000-8000-000000000000", "%00"])
def test_a_session_that_never_was(mine, db, session_id):
    answer = mine.patch(f"/api/sessions/{session_id}", {"name": "x"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")
    assert not Session.objects.exists()
