"""/api/recordings as it is documented: start, stop, status, list, get, delete, for whom, and in TermFlow's words."""

import json

import pytest
from support.sockets import wait_until

from recordings.models import Recording
from sessions.models import Session

SHAPE = {
    "id", "sessionId", "agent", "startedAt", "endedAt", "durationMs", "status", "format", "cols", "rows", "eventCount",
    "sizeBytes", "markers", "truncated",
}  # fmt: skip


def test_a_session_is_recorded_from_start_to_stop(start, mine, begin, execute, export):
    session = start(cols=100, rows=30)
    state = f"/api/recordings/status/{session['id']}"
    assert mine.get(state).json()["data"]["status"] == "not_recording"
    made = begin(session, title="A demonstration")
    assert set(made) >= SHAPE
    assert (made["status"], made["sessionId"], made["agent"]) == ("recording", session["id"], "shell")
    assert (made["cols"], made["rows"], made["format"], made["endedAt"]) == (100, 30, "asciicast-v2", None)
    said = mine.get(state).json()["data"]
    assert (said["sessionId"], said["isRecording"], said["status"]) == (session["id"], True, "recording")
    assert said["recordingId"] == made["id"]
    again = mine.post(f"/api/recordings/start/{session['id']}")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")

    execute(session, "echo of-the-demon''stration")
    ended = mine.post(f"/api/recordings/stop/{session['id']}").json()["data"]["recording"]
    assert (ended["id"], ended["status"], ended["truncated"]) == (made["id"], "stopped", None)
    assert ended["endedAt"] >= made["startedAt"]
    assert min(ended["durationMs"], ended["eventCount"], ended["sizeBytes"]) > 0
    assert any(one["kind"] == "command" and "echo" in one["label"] for one in ended["markers"])
    assert mine.get(state).json()["data"]["isRecording"] is False
    assert mine.post(f"/api/recordings/stop/{session['id']}").status_code == 409
    assert mine.get(f"/api/recordings/{made['id']}").json()["data"]["recording"] == ended
    (listed,) = mine.get("/api/recordings").json()["data"]["recordings"]
    assert listed == ended

    header, *events = map(json.loads, export(made, "asciinema").splitlines())
    assert (header["version"], header["width"], header["height"]) == (2, 100, 30)
    assert header["title"] == "A demonstration"
    assert "of-the-demonstration" in "".join(data for _, code, data in events if code == "o")
    assert len(events) == ended["eventCount"]


def test_a_deleted_recording_is_gone_with_its_file(start, mine, begin, runner):
    session = start()
    made = begin(session)
    file = runner.home / "recordings" / f"{made['id']}.cast"
    assert file.exists()
    answer = mine.delete(f"/api/recordings/{made['id']}")
    assert answer.json()["data"] == {"id": made["id"], "deleted": True}
    assert not list(file.parent.glob(f"{made['id']}*"))
    assert not Recording.objects.exists()
    assert mine.get(f"/api/recordings/{made['id']}").status_code == 404
    assert mine.get(f"/api/recordings/status/{session['id']}").json()["data"]["isRecording"] is False
    assert mine.delete(f"/api/recordings/{made['id']}").status_code == 404


def test_a_client_of_termflow_is_understood(start, mine):
    session = start()
    asked = {"terminal_id": session["id"], "options": {"include_input": True, "compression": "none"}}
    answer = mine.post("/api/recordings/start", asked, format="json")
    said = answer.json()["data"]
    assert (answer.status_code, said["terminalId"], said["status"]) == (201, session["id"], "recording")
    assert said["recording"]["includeInput"] is True
    active = mine.get("/api/recordings/active").json()["data"]
    assert (active["count"], [one["id"] for one in active["activeRecordings"]]) == (1, [said["recordingId"]])
    mine.post(f"/api/sessions/{session['id']}/input", {"data": "true\r"}, format="json")
    stopped = mine.post(f"/api/recordings/stop/{said['recordingId']}").json()["data"]
    assert (stopped["recordingId"], stopped["status"]) == (said["recordingId"], "stopped")
    assert min(stopped["size"], stopped["eventCount"]) > 0
    info = mine.get(f"/api/recordings/{said['recordingId']}/info").json()["data"]["recording"]
    assert info == stopped["recording"]
    assert mine.get("/api/recordings/active").json()["data"] == {"activeRecordings": [], "count": 0}
    assert mine.post(f"/api/recordings/stop/{said['recordingId']}").status_code == 409


def test_what_is_no_request_is_refused(start, mine, nobodys, past):
    session, ended = start(), past()
    refused = [
        mine.post("/api/recordings/start", {}, format="json"),
        mine.post(f"/api/recordings/start/{session['id']}", {"includeInput": "yes"}, format="json"),
        mine.post(f"/api/recordings/start/{session['id']}", {"title": "x" * 201}, format="json"),
        mine.get("/api/recordings?status=paused"),
        mine.get("/api/recordings?limit=0"),
        mine.get("/api/recordings?sessionId=1"),
        mine.get("/api/recordings?cursor=x"),
        mine.post(f"/api/recordings/{ended.pk}/export", {}, format="json"),
    ]
    assert [answer.json()["error"]["code"] for answer in refused] == ["INVALID_REQUEST"] * len(refused)
    missing = [mine.post(f"/api/recordings/{verb}/{nobodys}") for verb in ("start", "stop")]
    missing += [mine.get(f"/api/recordings/{name}") for name in (nobodys, "none", f"status/{nobodys}")]
    assert [answer.status_code for answer in missing] == [404] * 5
    assert Recording.objects.count() == 1


def test_recordings_are_their_owners_and_staffs(start, begin, client, stranger, staff, fetch):
    session = start()
    made = begin(session)
    path = f"/api/recordings/{made['id']}"
    calls = [
        ("get", path), ("get", f"{path}/info"), ("get", f"{path}/cast"), ("post", f"{path}/export"), ("delete", path),
        ("post", f"/api/recordings/stop/{made['id']}"), ("post", f"/api/recordings/stop/{session['id']}"),
        ("post", f"/api/recordings/start/{session['id']}"), ("get", f"/api/recordings/status/{session['id']}"),
    ]  # fmt: skip
    for who, code in ((client(stranger), 404), (client(), 401)):
        assert [getattr(who, verb)(url).status_code for verb, url in calls] == [code] * len(calls)
    assert client(stranger).get("/api/recordings").json()["data"]["recordings"] == []
    assert client().get("/api/recordings").status_code == 401
    assert fetch(f"{path}/cast", by=staff)[0].status_code == 200
    assert client(staff).post(f"/api/recordings/stop/{session['id']}").status_code == 200
    (listed,) = client(staff).get("/api/recordings").json()["data"]["recordings"]
    assert (listed["id"], listed["status"]) == (made["id"], "stopped")


def test_the_list_comes_in_pages_and_can_be_narrowed(mine, past):
    rows = [past(days) for days in (1, 2, 3, 4, 5)]
    first = mine.get("/api/recordings?limit=2").json()["data"]
    assert [one["id"] for one in first["recordings"]] == [str(row.pk) for row in rows[:2]]
    rest = mine.get("/api/recordings", {"limit": 3, "cursor": first["nextCursor"]}).json()["data"]
    assert ([one["id"] for one in rest["recordings"]], rest["nextCursor"]) == ([str(row.pk) for row in rows[2:]], None)
    Recording.objects.filter(pk=rows[3].pk).update(status="failed")
    (failed,) = mine.get("/api/recordings?status=failed").json()["data"]["recordings"]
    assert failed["id"] == str(rows[3].pk)
    (of_one,) = mine.get(f"/api/recordings?sessionId={rows[4].session_key}").json()["data"]["recordings"]
    assert of_one["id"] == str(rows[4].pk)


def test_with_its_runner_away_a_recording_is_seen_as_it_was_and_stays(start, mine, begin, no_runner):
    made = begin(start())
    no_runner()
    Recording.objects.update(runner=Session.objects.get().runner)
    assert mine.get(f"/api/recordings/{made['id']}").json()["data"]["recording"]["status"] == "recording"
    answers = [mine.delete(f"/api/recordings/{made['id']}"), mine.post(f"/api/recordings/stop/{made['id']}")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert Recording.objects.count() == 1


def test_a_limit_that_ends_a_recording_is_told(start, mine, begin, configure):
    configure(recording_max_hours=0.0001)  # less than a second: one
    made = begin(start())
    state = f"/api/recordings/{made['id']}"
    ended = wait_until("its end", lambda: (
        one := mine.get(state).json()["data"]["recording"])["status"] != "recording" and one)  # fmt: skip
    assert (ended["status"], ended["truncated"]) == ("stopped", "time")


@pytest.mark.parametrize("call", ["status", "start"])
def test_a_session_that_is_gone_is_not_found(start, mine, call):
    session = start()
    mine.delete(f"/api/sessions/{session['id']}")
    verb = mine.get if call == "status" else mine.post
    answer = verb(f"/api/recordings/{call}/{session['id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")
