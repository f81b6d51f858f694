"""POST /api/sessions/batch/execute and /batch/input"""

import pytest


@pytest.fixture
def batch(mine):
    def post(what, ids, client=mine, **body):
        return client.post(f"/api/sessions/batch/{what}", {"sessionIds": ids} | body, format="json")

    return post


def data(answer):
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]


def test_the_same_command_runs_in_each_session_at_once(start, batch):
    ids = [start(initialCommand=f"N={number}")["id"] for number in range(4)]
    said = data(batch("execute", ids, prompt="sleep 1; echo $N; (exit $N)", waitFor="idle"))
    assert said["summary"] == {"total": 4, "succeeded": 4, "failed": 0}
    assert [result["sessionId"] for result in said["results"]] == ids
    assert [(result["output"], result["exitCode"]) for result in said["results"]] == [(str(n), n) for n in range(4)]
    assert all(result["durationMs"] < 4000 for result in said["results"])


def test_what_fails_in_one_session_fails_in_no_other(start, batch, client, stranger, nobodys, runner, mine):
    ours, gone = start(), start()
    mine.post(f"/api/sessions/{gone['id']}/execute", {"prompt": "exit", "waitFor": "exit"}, format="json")
    theirs = client(stranger).post("/api/sessions", {"agent": "shell"}, format="json").json()["data"]["session"]
    ids = [nobodys, ours["id"], "nonsense", gone["id"], theirs["id"], ours["id"]]
    said = data(batch("execute", ids, prompt="echo hello", waitFor="idle"))
    assert said["summary"] == {"total": 5, "succeeded": 1, "failed": 4}
    outcome = [(result["success"], result.get("error", {}).get("code")) for result in said["results"]]
    missing = (False, "SESSION_NOT_FOUND")
    assert outcome == [missing, (True, None), missing, (False, "CONFLICT"), missing]
    assert said["results"][1]["output"] == "hello"


def test_a_lost_session_in_a_batch_is_a_conflict(start, batch, runner):
    lost, alive = start(), start()
    runner.call("remove", id=lost["id"])
    for what, body in (("execute", {"prompt": "true"}), ("input", {"data": "x"})):
        results = data(batch(what, [lost["id"], alive["id"]], **body))["results"]
        assert [result["success"] for result in results] == [False, True]
        assert results[0]["error"]["code"] == "CONFLICT"


def test_one_session_by_two_spellings_of_its_id_runs_the_command_once(start, batch, runner):
    session = start()
    said = data(batch("execute", [session["id"], session["id"].upper()], prompt="echo once >> log; wc -l < log"
                      , waitFor="idle"))  # fmt: skip
    assert [result["output"] for result in said["results"]] == ["1", "1"]


def test_input_is_typed_into_each_session(start, batch, runner):
    sessions = [start(args=["-c", "read line; echo heard [$line]; sleep 60"]) for _ in range(2)]
    said = data(batch("input", [session["id"] for session in sessions], data="grüße\n"))
    assert said["summary"] == {"total": 2, "succeeded": 2, "failed": 0}
    assert said["results"] == [{"sessionId": session["id"], "success": True} for session in sessions]
    for session in sessions:
        with runner.watch(session["id"]) as reader:
            reader.see("heard [grüße]".encode())


@pytest.mark.parametrize("what", ["execute", "input"])
@pytest.mark.parametrize("ids", [None, [], "all", [1], ["x"] * 101, ["x" * 65], [None]], ids=repr)
def test_ids_that_are_none_are_refused(batch, runner, what, ids):
    answer = batch(what, ids, prompt="x", data="x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(("what", "body"), [
    ("execute", {}), ("execute", {"prompt": ""}), ("execute", {"prompt": "x", "waitFor": "?"}), ("input", {}),
    ("input", {"data": "x" * 65_537}),
])  # fmt: skip
def test_a_bad_body_is_refused_as_a_whole(batch, nobodys, runner, what, body):
    assert batch(what, [nobodys], **body).status_code == 400


@pytest.mark.parametrize("what", ["execute", "input"])
def test_nobody_does_it_without_a_token(batch, client, nobodys, what):
    assert batch(what, [nobodys], client=client(), prompt="x", data="x").status_code == 401


def test_a_runner_that_is_down_is_told_for_each_session(start, batch, no_runner):
    ids = [start()["id"], start()["id"]]
    no_runner()
    said = data(batch("execute", ids, prompt="true", waitFor="idle"))
    assert [result["error"]["code"] for result in said["results"]] == ["HOST_UNAVAILABLE"] * 2
