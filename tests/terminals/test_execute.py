"""POST /api/sessions/:id/execute"""

import json
import threading
import time

import pytest

from sessions.models import Session
from terminals import execution

FIELDS = {
    "submitted", "waitFor", "reason", "timedOut", "output", "truncated", "exitCode", "offset", "state", "durationMs",
}  # fmt: skip


@pytest.fixture
def execute(mine):
    def post(session, prompt="true", client=mine, **body):
        body = {"prompt": prompt, "waitFor": "idle"} | body
        return client.post(f"/api/sessions/{session['id']}/execute", body, format="json")

    return post


def data(answer):
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]


def test_a_command_gives_its_own_output_and_its_exit_code(start, execute):
    said = data(execute(start(), "echo grüße 🎉\necho two; (exit 3)"))
    assert set(said) == FIELDS
    assert (said["output"], said["exitCode"], said["reason"]) == ("grüße 🎉\ntwo", 3, "idle")
    assert (said["submitted"], said["waitFor"], said["timedOut"], said["state"]) == (True, "idle", False, "idle")
    assert said["durationMs"] >= 0


def test_without_a_wait_only_the_sending_is_reported(start, execute):
    session = start()
    said = data(execute(session, "sleep 0.5; echo later", waitFor=None))
    assert (said["reason"], said["output"], said["exitCode"], said["waitFor"]) == ("submitted", None, None, None)


def test_text_is_waited_for_and_the_match_told(start, execute):
    said = data(execute(start(), "for i in 1 2 3; do echo line $i; done; sleep 60", waitFor="text:line [23]$"))
    assert (said["reason"], said["match"], said["timedOut"]) == ("text", "line 2", False)


def test_the_end_of_the_program_is_waited_for(start, execute, mine):
    session = start()
    said = data(execute(session, "exit 9", waitFor="exit"))
    assert (said["reason"], said["exitCode"], said["state"]) == ("exit", 9, "exited")
    refused = execute(session)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CONFLICT")


def test_a_timeout_is_an_answer_with_what_there_is(start, execute):
    said = data(execute(start(), "echo begun; sleep 60", timeoutMs=800))
    assert (said["reason"], said["timedOut"], said["output"], said["exitCode"]) == ("timeout", True, "begun", None)


def test_unsubmitted_text_stays_at_the_prompt_and_keys_may_be_chosen(start, execute):
    session = start()
    assert data(execute(session, "echo half", submit=False, waitFor=None))["submitted"] is False
    said = data(execute(session, " and half", submit="\r"))
    assert said["output"] == "half and half"


def test_an_agent_in_the_shell_is_asked_as_that_agent_is(start, execute):
    session = start()
    execute(session, "printf '#!/bin/sh\\necho codex here\\nwhile read line; do echo $line; done\\n' > codex")
    execute(session, "chmod +x codex; ./codex", waitFor="text:codex here")
    said = data(execute(session, "hello there", waitFor="text:hello there$"))
    assert said["reason"] == "text"
    row = Session.objects.get(pk=session["id"])
    assert execution._agents_in_shells([row]) == {row.pk: "codex"}


@pytest.mark.parametrize("body", [
    {"prompt": ""}, {"prompt": None}, {"prompt": 5}, {"prompt": "x" * 65_537}, {"submit": 1}, {"submit": ""},
    {"submit": "x" * 65}, {"waitFor": "never"}, {"waitFor": "text:"}, {"waitFor": "text:("}, {"waitFor": 1},
    {"waitFor": "text:" + "x" * 1001}, {"timeoutMs": 0}, {"timeoutMs": 600_001}, {"timeoutMs": "1"}, {"timeoutMs": 1.5},
], ids=repr)  # fmt: skip
def test_what_is_none_is_refused(start, execute, body):
    answer = execute(start(), **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_half_a_surrogate_pair_is_refused(start, mine):
    for body in ({"prompt": "\ud800"}, {"prompt": "x", "submit": "\ud800"}, {"prompt": "x", "waitFor": "text:\ud800"}):
        url = f"/api/sessions/{start()['id']}/execute"
        answer = mine.post(url, json.dumps(body), content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_a_stranger_and_a_session_that_never_was_are_404(start, execute, client, stranger, nobodys):
    for session, caller in ((start(), client(stranger)), ({"id": nobodys}, client(stranger))):
        answer = execute(session, client=caller)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")


def test_nobody_executes_without_a_token(start, execute, client):
    assert execute(start(), client=client()).status_code == 401


def test_a_runner_that_is_down_is_told(start, execute, no_runner):
    session = start()
    no_runner()
    answer = execute(session)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")


def test_too_many_waits_of_one_user_are_refused_and_free_again(start, execute, owner, stranger):
    session = start()
    with execution._waits.one_more(stranger, 1):
        for _ in range(execution.MAX_WAITS):
            execution._waits._add(owner.pk, 1)
        for wish in ("idle", None):
            answer = execute(session, waitFor=wish)
            assert (answer.status_code, answer.json()["error"]["code"]) == (429, "RATE_LIMITED")
            assert "Retry-After" in answer.headers
        for _ in range(execution.MAX_WAITS):
            execution._waits._remove(owner.pk, 1)
    assert execute(session).status_code == 200


def test_how_much_one_user_may_have_waiting_is_bounded(start, execute, owner):
    session = start()
    with execution._waits.one_more(owner, execution.MAX_HELD_BYTES - 10):
        assert execute(session, "x" * 11, waitFor=None).status_code == 429
        assert execute(session, "true").status_code == 200
    assert not execution._waits._bytes


def test_a_lost_session_is_a_conflict_and_a_deleted_one_is_not_found(start, execute, mine, runner, row):
    session = start()
    runner.call("remove", id=session["id"])
    url = f"/api/sessions/{session['id']}"
    answers = [
        execute(session), mine.post(f"{url}/input", {"data": "x"}, format="json"),
        mine.post(f"{url}/resize", {"cols": 90, "rows": 30}, format="json"),
    ]  # fmt: skip
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
        assert "lost with its runner; restart" in answer.json()["error"]["message"]
    row(session).delete()
    assert execute(session).status_code == 404


def test_an_unfinished_command_is_told_and_nothing_is_joined_to_it(start, execute, mine):
    session = start()
    said = data(execute(session, 'echo "abc'))
    assert (said["reason"], said["state"], said["exitCode"], said["output"]) == ("incomplete", "needs_input", None, "")
    refused = execute(session, "echo second")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CONFLICT")
    assert mine.post(f"/api/sessions/{session['id']}/signal", {"signal": "SIGINT"}, format="json").status_code == 200
    time.sleep(0.5)
    assert data(execute(session, "echo third"))["output"] == "third"


def test_what_a_session_begins_with_comes_before_what_it_is_asked(start, execute):
    session = start(initialCommand="MARK=set")
    assert data(execute(session, "echo $MARK"))["output"] == "set"


def test_two_callers_take_turns(start, runner):
    session, outputs = start(), []

    def one(number):
        asked = {"id": session["id"], "text": f"sleep 0.2; echo {number}", "wait": "idle"}
        outputs.append(runner.call("execute", **asked)["output"] == str(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(3)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == [True] * 3
    assert time.monotonic() - began > 0.6
