"""`POST /api/run`: one message in, the result and the trail of events out."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.scripts import END, TRAIL, data, says

from agterm_agent import events
from runs.models import Run
from sessions.models import Session

PIECES = ("assistant_delta", "tool_output")


def test_a_run_answers_with_result_trail_and_cost(run):
    script = says(*TRAIL, END)
    told = run(script)
    assert (told["status"], told["result"], told["reason"]) == ("done", "It says alpha.", None)
    whole = [event for event in TRAIL if event["kind"] not in PIECES]
    assert told["events"][:-1] == [events.user_prompt(script), *whole]
    assert told["events"][-1]["kind"] == "done"
    assert events.check(told["events"]) == []
    assert told["cost"]["costUsd"] == "0.00"
    assert told["usage"] == {"requests": 2}
    assert told["diff"] is None
    assert Session.objects.get(pk=told["sessionId"]).status == "exited"


def test_the_next_run_stands_in_the_same_workspace_and_goes_on_with_the_conversation(run):
    first = run(f"echo alpha > a.txt; {says(*TRAIL, END)}")
    second = run(f'read text < a.txt; printf \'{{"kind":"assistant_message","text":"%s"}}\\n\' "$text"; {says(END)}',
                 sessionId=first["sessionId"])  # fmt: skip
    assert second["sessionId"] == first["sessionId"]
    assert {"kind": "assistant_message", "text": "alpha"} in second["events"]
    assert second["conversation"] == "c-1"
    assert not Session.objects.filter(within=first["sessionId"]).exists()


def test_what_a_run_changed_in_a_repository_is_its_diff(run):
    git = "git -c user.name=A -c user.email=a@b.c -c init.defaultBranch=main"
    first = run(
        f"{git} init -q . && echo one > old.txt && {git} add . && {git} commit -qm begin; echo dirty > before.txt"
    )
    told = run("echo two >> old.txt; echo new > new.txt; echo x > .git/info/x", session_id=first["sessionId"])
    assert "+two" in told["diff"]
    assert "+++ b/new.txt" in told["diff"]
    assert "before.txt" not in told["diff"]
    assert told["diffTruncated"] is False


def test_neither_repository_nor_home_keeps_anything_of_what_was_compared(run):
    git = "git -c user.name=A -c user.email=a@b.c -c init.defaultBranch=main"
    first = run(f"{git} init -q . && echo one > old.txt && {git} add . && {git} commit -qm begin; echo dirty > b.txt")
    count = '"$(find .git/objects -type f | wc -l) $(find ~ -name "*snapshots*")"'
    before = run(f"echo {count} > .git/count", session_id=first["sessionId"])
    after = run(f'[ {count} = "$(cat .git/count)" ] && touch same.txt', session_id=first["sessionId"])
    assert before["diff"] == ""
    assert "same.txt" in after["diff"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_compared_too(run):
    first = run("git init -q .")
    folder = Path(Session.objects.get(pk=first["sessionId"]).workspace)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 12345, 12345)
        path.chmod(0o777)
    assert "+++ b/new.txt" in run("echo new > new.txt", sessionId=first["sessionId"])["diff"]


def test_an_agent_that_says_nothing_has_failed(run):
    told = run("echo what is this >&2; exit 3")
    assert told["status"] == "failed"
    assert told["reason"]
    assert events.check(told["events"]) == []


def test_a_run_that_breaks_off_has_a_result_for_each_call(run):
    told = run(says(*TRAIL[:5]) + "; kill -9 $$")
    assert told["status"] == "failed"
    assert events.check(told["events"]) == []


def test_a_run_may_take_no_longer_than_it_asked_for(run):
    told = run(says(TRAIL[3]) + "; sleep 600", timeoutMs=1000)
    assert (told["status"], told["reason"]) == ("limit", "It took longer than 1 seconds")
    assert told["result"] == "I look."


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"message": ""}, 400, "message: must not be empty"),
        ({"message": " \n"}, 400, "must not be empty"),
        ({"message": "x" * 65_537}, 400, "at most 64 KiB"),
        ({"message": "a\0b"}, 400, "NUL"),
        ({"message": 5}, 400, "message"),
        ({"agent": "nobody"}, 404, "no agent 'nobody'"),
        ({"agent": "shell"}, 400, "Shell does not run headless"),
        ({"sessionId": "not-an-id"}, 404, "Session not found"),
        ({"readonly": True}, 400, "readonly"),
        ({"readOnly": "yes"}, 400, "readOnly"),
        ({"readOnly": True, "read_only": True}, 400, "send only one"),
        ({"budgetUsd": -1}, 400, "more than 0"),
        ({"timeoutMs": 10}, 400, "timeoutMs"),
        ({"agent": "timid", "confirm": True}, 400, "can't keep confirm; it can keep only readOnly"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(ask, mine, fields, status, words):
    answer = mine.post("/api/run", {"message": "true"} | fields, format="json")
    assert answer.status_code == status, answer.content
    assert words in answer.json()["error"]["message"]
    assert not Run.objects.exists()
    assert not Session.objects.exists()


def test_without_a_message_or_a_token_there_is_no_run(mine, client, scripted):
    assert mine.post("/api/run", {}, format="json").json()["error"]["message"] == "message is required"
    assert client().post("/api/run", {"message": "true"}, format="json").status_code == 401
    assert mine.post("/api/run", "[", content_type="application/json").status_code == 400
    assert mine.get("/api/run").status_code == 405


def test_a_strangers_session_and_run_are_not_there(run, client, stranger):
    told = run()
    other = client(stranger)
    asked = {"message": "true", "sessionId": told["sessionId"]}
    assert other.post("/api/run", asked, format="json").json()["error"]["code"] == "SESSION_NOT_FOUND"
    for path in ("", "/events"):
        assert other.get(f"/api/runs/{told['runId']}{path}").status_code == 404
    assert other.post(f"/api/runs/{told['runId']}/cancel").status_code == 404
    assert other.get("/api/runs").json()["data"]["runs"] == []
    assert other.get("/api/history").json()["data"]["history"] == []


def test_the_same_key_is_the_same_run(ask):
    key = {"Idempotency-Key": "k-1"}
    first, again = (data(ask(says(END), headers=key)) for _ in range(2))
    assert first == again
    other = ask(says(*TRAIL), headers=key)
    assert other.status_code == 409
    assert other.json()["error"]["details"] == {"runId": first["runId"]}
    assert ask(headers={"Idempotency-Key": "bad key"}).status_code == 400
    assert Run.objects.count() == 1


def test_the_same_request_sent_at_the_same_moment_is_one_run(client, owner, scripted):
    def post(_number):
        return client(owner).post("/api/run", {"message": says(END)}, format="json", headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(post, range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({data(answer)["runId"] for answer in answers}) == Run.objects.count() == 1


def test_a_run_that_could_not_start_leaves_its_key_free(ask, configure):
    configure(disabled_agents=("script",))
    assert ask(headers={"Idempotency-Key": "k"}).status_code == 403
    configure(disabled_agents=())
    assert ask(headers={"Idempotency-Key": "k"}).status_code == 200


def test_one_run_at_a_time_in_a_session_and_so_many_of_a_user(ask, run, configure):
    configure(runs_per_user=2)
    first = run("sleep 600", **{"async": True})
    busy = ask(sessionId=first["sessionId"])
    assert (busy.status_code, busy.json()["error"]["details"]) == (409, {"runId": first["runId"]})
    run("sleep 600", **{"async": True})
    answer = ask()
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")


def test_a_runs_events_are_bounded(run):
    fill = "head -c 150000 /dev/zero | tr '\\0' y > big"
    told = run(f"""{fill}; printf '{{"kind":"assistant_message","text":"%s"}}\\n' "$(cat big)"; {says(END)}""")
    text = next(event["text"] for event in told["events"] if event["kind"] == "assistant_message")
    assert text.startswith("y" * 120_000)
    assert text.endswith("[… 30000 characters left out by the server]")
