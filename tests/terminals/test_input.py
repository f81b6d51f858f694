"""POST /api/sessions/:id/input and /resize"""

import json

import pytest


@pytest.fixture
def post(mine):
    return lambda session, path, body: mine.post(f"/api/sessions/{session['id']}/{path}", body, format="json")


def test_input_reaches_the_program_as_typed(start, post, runner):
    session = start(args=["-c", "read line; echo heard [$line]"])
    answer = post(session, "input", {"data": "grüße 🎉\n"})
    assert answer.json() == {"success": True, "data": {}}
    with runner.watch(session["id"]) as reader:
        reader.see("heard [grüße 🎉]".encode())


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": 5}, {"data": ["x"]}, {"data": "x" * (1 << 20) + "y"}, []]
)
def test_input_that_is_none_is_refused(start, post, body):
    answer = post(start(), "input", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_half_a_surrogate_pair_is_refused(start, mine):
    session = start()
    answer = mine.post(
        f"/api/sessions/{session['id']}/input", json.dumps({"data": "\ud800"}), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_input_to_a_deaf_program_is_too_large_at_last(start, post, runner):
    session = start(args=["-c", "stty raw -echo; echo deaf; sleep 1000"])
    with runner.watch(session["id"]) as reader:
        reader.see(b"deaf")
    codes = [post(session, "input", {"data": "x" * 400_000}).status_code for _ in range(4)]
    assert codes == [200, 200, 413, 413]


def test_input_to_a_program_that_has_exited_is_a_conflict(start, post, runner):
    session = start(args=["-c", "exit"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    answer = post(session, "input", {"data": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


def test_a_new_size_reaches_the_program_and_the_row(start, post, runner, row):
    session = start(args=["-c", "trap 'stty size' WINCH; echo up; while :; do sleep 0.05; done"])
    with runner.watch(session["id"]) as reader:
        reader.see(b"up")
        shown = post(session, "resize", {"cols": 99, "rows": 33}).json()["data"]["session"]
        reader.see(b"33 99")
    assert (shown["cols"], shown["rows"]) == (99, 33)
    assert (row(session).cols, row(session).rows) == (99, 33)


@pytest.mark.parametrize("body", [{}, {"cols": 80}, {"rows": 24}, {"cols": 1, "rows": 24}, {"cols": 80, "rows": 1001},
                                  {"cols": "80", "rows": 24}, {"cols": True, "rows": 24}])  # fmt: skip
def test_a_size_that_cannot_be_is_refused_and_changes_nothing(start, post, row, body):
    session = start()
    answer = post(session, "resize", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert (row(session).cols, row(session).rows) == (80, 24)
