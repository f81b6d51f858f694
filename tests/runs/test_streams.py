"""A run heard as it happens: server-sent events, from the start or from where one broke off, and its end by cancel."""

import json
from pathlib import Path

import pytest
from support.scripts import END, TRAIL, body, says
from support.sockets import wait_until

from agterm_agent import events
from runs.models import LIVE, Run
from sessions.models import Session

WAITS = events.awaiting_input("t-1", "May it?", ["once", "always", "no"])
CALL = events.tool_call("t-1", "write_file", {"path": "a.txt"}, safety="mutating")
ASKS = says(CALL, WAITS) + "; read answer; printf '%s' \"$answer\" > said.txt"


def read(answer, heard=len):
    """`[(number, event)]` of a stream that has ended, and what it said of the run first."""
    fields = fields_of(body(answer, heard))
    about = json.loads(fields[0]["data"])
    return about, [(int(one["id"]), json.loads(one["data"])) for one in fields[1:] if "id" in one]


def fields_of(said):
    blocks = said.decode().strip().split("\n\n")
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


@pytest.fixture
def begun(run):
    """`begun(script)`: the id of a run that was started and not waited for."""
    return lambda script, **fields: run(script, **fields, **{"async": True})["runId"]


def test_the_events_come_as_a_stream_with_every_piece(ask, runner):
    def heard(said):
        if b"It says alpha." in said and said.endswith(b"\n\n"):
            session = json.loads(fields_of(said)[0]["data"])["sessionId"]
            (Path(runner.call("get", id=session)["workspace"]) / "heard").touch()

    goes_on = (
        "\nuntil [ -e heard ]; do sleep 0.1; done\n"  # pieces are told while a run is under way, and kept no longer
    )
    answer = ask(says(*TRAIL) + goes_on + says(END), headers={"Accept": "text/event-stream"})
    assert answer["Content-Type"] == "text/event-stream"
    about, said = read(answer, heard)
    assert answer["Location"] == f"/api/runs/{about['runId']}"
    assert events.check(event for _, event in said) == []
    text = "".join(event["text"] for _, event in said if event["kind"] == "assistant_delta")
    assert text == "I look."
    assert said[-1][1]["session_id"] == about["sessionId"]
    assert [number for number, _ in said] == sorted({number for number, _ in said})


def test_a_stream_goes_on_behind_the_last_event_that_was_read(mine, run):
    data = run(says(*TRAIL, END))
    _, whole = read(mine.get(f"/api/runs/{data['runId']}/events"))
    assert [event for _, event in whole] == data["events"]
    number = whole[2][0]
    _, rest = read(mine.get(f"/api/runs/{data['runId']}/events", headers={"Last-Event-ID": str(number)}))
    assert rest == whole[3:]
    assert mine.get(f"/api/runs/{data['runId']}/events?after=x").status_code == 400


def test_a_run_is_seen_while_it_works(mine, begun):
    run_id = begun(says(*TRAIL) + "; sleep 600")
    shown = wait_until("its result", lambda: [
        event for event in mine.get(f"/api/runs/{run_id}").json()["data"]["run"]["events"]
        if event["kind"] == "tool_result"
    ])  # fmt: skip
    assert shown[0]["result"] == "alpha"
    (listed,) = mine.get("/api/runs", {"status": "running"}).json()["data"]["runs"]
    assert (listed["id"], listed["endedAt"]) == (run_id, None)
    session = Session.objects.get(pk=listed["sessionId"])
    assert (session.kind, session.status) == ("run", "running")


def test_cancelling_ends_it_for_certain(mine, begun, runner):
    run_id = begun(says(*TRAIL[:5]) + "; trap '' HUP TERM; sleep 600")
    wait_until("the call", lambda: Run.objects.get(pk=run_id).events.filter(kind="tool_call").exists())
    answer = mine.post(f"/api/runs/{run_id}/cancel")
    shown = answer.json()["data"]["run"]
    assert (shown["status"], shown["reason"]) == ("cancelled", "Cancelled")
    (info,) = runner.call("list")
    assert (info["status"], info["isolation"]["end"]) == ("exited", "certain")
    trail = mine.get(f"/api/runs/{run_id}").json()["data"]["run"]["events"]
    assert events.check(trail) == []
    assert mine.post(f"/api/runs/{run_id}/cancel").json()["data"]["run"]["status"] == "cancelled"


def test_a_stopped_and_a_deleted_session_end_their_run(mine, begun, ended):
    stopped, deleted = Run.objects.get(pk=begun("sleep 600")), Run.objects.get(pk=begun("sleep 600"))
    assert mine.post(f"/api/sessions/{stopped.session_id}/stop").status_code == 200
    assert mine.delete(f"/api/sessions/{deleted.session_id}").status_code == 200
    assert (ended(stopped.pk).status, ended(stopped.pk).reason) == ("cancelled", "Its session was stopped")
    assert (ended(deleted.pk).status, ended(deleted.pk).reason) == ("failed", "Its session was deleted")


def test_a_question_is_asked_and_answered(mine, begun, ended, run):
    run_id = begun(f"{ASKS}; {says(events.tool_result('t-1', 'done', ok=True, duration_ms=1), END)}", confirm=True)
    wait_until("the question", lambda: Run.objects.get(pk=run_id).awaiting)
    assert mine.get(f"/api/runs/{run_id}").json()["data"]["run"]["awaiting"] == WAITS
    path = f"/api/runs/{run_id}/answer"
    assert mine.post(path, {"id": "t-9", "decision": "once"}, format="json").status_code == 409
    assert mine.post(path, {"id": "t-1", "decision": "perhaps"}, format="json").status_code == 400
    assert mine.post(path, {"id": "t-1", "decision": "once"}, format="json").status_code == 200
    done = ended(run_id)
    assert (done.status, done.awaiting) == ("done", None)
    print_it = """printf '{"kind":"assistant_message","text":"%s"}\\n' "$(tr -d '{}"' < said.txt)\""""
    said = run(f"{print_it}; {says(END)}", sessionId=str(done.session_id))
    assert events.assistant_message("id: t-1, decision: once") in said["events"]
    assert mine.post(path, {"id": "t-1", "decision": "once"}, format="json").status_code == 409


def test_history_tells_calls_with_their_results_the_newest_first(mine, run, client, staff):
    data = run(says(*TRAIL, events.tool_call("t-2", "grep", {}), END))
    (newest, older) = mine.get("/api/history").json()["data"]["history"]
    assert (newest["tool"], newest["status"]) == ("grep", "error")
    wanted = {"tool": "read_file", "arguments": {"path": "a.txt"}, "result": "alpha", "status": "ok", "durationMs": 7,
              "runId": data["runId"], "sessionId": data["sessionId"], "agent": "script"}  # fmt: skip
    assert older | wanted == older
    page = mine.get("/api/history?limit=1").json()["data"]
    assert page["history"] == [newest]
    assert mine.get(f"/api/history?limit=1&cursor={page['nextCursor']}").json()["data"]["history"] == [older]
    assert len(client(staff).get("/api/history").json()["data"]["history"]) == 2
    assert mine.get("/api/history?limit=0").status_code == 400


def test_runs_come_in_pages_and_by_session(mine, run):
    first, second = run(), run()
    page = mine.get("/api/runs?limit=1").json()["data"]
    assert [one["id"] for one in page["runs"]] == [second["runId"]]
    rest = mine.get("/api/runs", {"cursor": page["nextCursor"]}).json()["data"]
    assert [one["id"] for one in rest["runs"]] == [first["runId"]]
    assert rest["nextCursor"] is None
    (only,) = mine.get("/api/runs", {"sessionId": first["sessionId"]}).json()["data"]["runs"]
    assert only["id"] == first["runId"]
    assert not Run.objects.filter(status__in=LIVE).exists()
