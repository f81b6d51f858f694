"""`GET /api/events` on both servers: what a page hears of sessions, and who hears nothing."""

import time

import httpx
import pytest
from support.sockets import wait_until
from support.streams import EventReader


@pytest.fixture
def listen(server):
    """`listen()` opens a stream as the admin; `listen(client)` as somebody else."""
    opened = []

    def make(client=None, **options):
        opened.append(EventReader(client or server.api, **options))
        return opened[-1]

    yield make
    for reader in opened:
        reader.close()


@pytest.fixture
def heard(listen):
    """A stream that has begun."""
    reader = listen()
    reader.see("runner", available=True)
    return reader


def type_into(server, session_id, text):
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": text})


def test_the_stream_begins_at_once_and_proxies_may_not_hold_it_back(heard):
    assert heard.status == 200
    assert heard.headers["Content-Type"] == "text/event-stream"
    assert "no-store" in heard.headers["Cache-Control"]
    assert heard.headers["X-Accel-Buffering"] == "no"
    assert heard.lines[0].startswith("retry: ")


def test_a_sessions_whole_life_is_told(server, heard):
    session_id = server.start_session("shell", name="lives")
    created = heard.see(type="created", sessionId=session_id)["session"]
    assert (created["name"], created["status"]) == ("lives", "running")
    server.api.post(f"/api/sessions/{session_id}/resize", json={"cols": 101, "rows": 31})
    assert heard.see(type="resized", sessionId=session_id)["session"] == {"cols": 101, "rows": 31}
    type_into(server, session_id, r"printf '\e]2;a tit''le\a'" + "\n")
    wait_until("the title", lambda: any(d.get("title") == "a title" for _, d in heard.said))
    server.api.post(f"/api/sessions/{session_id}/switch-agent", json={"agent": "codex"})
    assert heard.see(type="switched", sessionId=session_id)["session"]["agent"] == "codex"
    server.api.delete(f"/api/sessions/{session_id}")
    heard.see(type="deleted", sessionId=session_id)
    assert heard.heard_of(session_id)[-1] == "deleted"
    assert not [data for name, data in heard.said if name == "attention" and data["sessionId"] == session_id]


def test_an_event_says_the_state_as_the_session_does(server, heard):
    session_id = server.start_session("shell")
    told = heard.see(type="state", sessionId=session_id)["session"]
    assert set(told) == {"state", "stateSince"}
    assert told["stateSince"].endswith("Z")
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_question_calls_for_attention(server, heard):
    session_id = server.start_session("shell")
    type_into(server, session_id, "read -p 'Do you want to continue? [Y/n] ' answer\n")
    called = heard.see("attention", sessionId=session_id)
    assert (called["reason"], called["session"]["id"]) == ("needs_input", session_id)
    server.api.delete(f"/api/sessions/{session_id}")


@pytest.mark.parametrize(("command", "calls"), [("exit 3", True), ("exit 0", False)])
def test_an_exit_is_told_with_its_code_and_calls_only_when_it_failed(server, heard, command, calls):
    session_id = server.start_session("shell")
    type_into(server, session_id, f"{command}\n")
    over = heard.see(type="exited", sessionId=session_id)["session"]
    assert (over["status"], over["exitCode"]) == ("exited", int(command[-1]))
    row = server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]
    assert row["exitCode"] == over["exitCode"]
    if calls:
        assert heard.see("attention", sessionId=session_id)["reason"] == "failed"
    else:
        time.sleep(0.3)
        assert not [name for name, data in heard.said if name == "attention" and data["sessionId"] == session_id]
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_stop_is_told_and_calls_nobody(server, heard, session):
    assert server.api.post(f"/api/sessions/{session}/stop").status_code == 200
    assert heard.see(type="exited", sessionId=session)["session"]["endedBy"] == "stop"
    server.api.post(f"/api/sessions/{session}/restart")
    assert heard.see(type="switched", sessionId=session)["session"]["status"] == "running"
    assert not [name for name, data in heard.said if name == "attention" and data["sessionId"] == session]


def test_who_watches_is_told(server, heard, connect, session):
    with connect() as socket:
        socket.attach(session)
        wait_until("one viewer", lambda: viewers(heard, session) == 1)
    wait_until("none", lambda: viewers(heard, session) == 0)


def viewers(heard, session_id):
    told = [data for _, data in heard.said if data.get("type") == "viewers" and data["sessionId"] == session_id]
    return len(told[-1]["session"]["viewers"]) if told else None


def test_a_changed_row_is_told(server, heard, session):
    answer = server.api.patch(f"/api/sessions/{session}", json={"name": "renamed", "tags": ["a"]})
    assert answer.status_code == 200, answer.text
    told = heard.see(type="changed", sessionId=session)["session"]
    assert (told["name"], told["tags"]) == ("renamed", ["a"])


def test_a_stranger_hears_nothing_of_it_and_staff_hear_of_his(server, heard, listen):
    strangers = listen(server.stranger)
    strangers.see("runner", available=True)
    mine = server.start_session("shell")
    his = server.stranger.post("/api/sessions", json={"agent": "shell"}).json()["data"]["session"]["id"]
    strangers.see(type="state", sessionId=his)
    heard.see(type="created", sessionId=his)
    server.api.delete(f"/api/sessions/{mine}")
    server.stranger.delete(f"/api/sessions/{his}")
    strangers.see(type="deleted", sessionId=his)
    assert strangers.heard_of(mine) == []


def test_a_socket_token_in_the_address_lets_in(server, listen):
    token = server.api.post("/api/auth/socket-token").json()["data"]["token"]
    with httpx.Client(base_url=server.url) as nobody:
        assert listen(nobody, params={"token": token}).see("runner")["available"] is True


@pytest.mark.parametrize("query", ["", "?token=nonsense", "?token="])
def test_without_a_token_the_answer_is_401(server, query):
    refused = httpx.get(f"{server.url}/api/events{query}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_other_verbs_are_refused(server):
    refused = server.api.post("/api/events")
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_twenty_streams_a_user_and_no_more_until_one_is_closed(server, listen):
    crowd = server.make_user(f"crowd-{server.kind}")
    crowd.timeout = 10
    readers = [listen(crowd) for _ in range(20)]
    refused = crowd.get("/api/events")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RATE_LIMITED")
    readers[0].close()
    wait_until("a free place", lambda: listen(crowd).status == 200)
    for reader in readers:
        reader.close()  # before their client, under whom they would never wake
    crowd.close()


def test_a_runner_that_goes_and_comes_back_is_told(frail):
    with EventReader(frail.api) as reader:
        reader.see("runner", available=True)
        frail.kill_runner()
        reader.see("runner", available=False)
        before = len(reader.said)
        frail.start_runner()
        reader.see("runner", after=before, available=True)
        session_id = frail.start_session("shell")
        reader.see(type="created", sessionId=session_id)
        frail.api.delete(f"/api/sessions/{session_id}")


def test_a_server_that_is_stopped_ends_its_streams_and_says_nothing_of_it(frail):
    with EventReader(frail.api) as reader:
        reader.see("runner", available=True)
        before = len(frail.output)
        frail.stop_web()
        wait_until("the end of the stream", lambda: reader.ended)
    said = "".join(frail.output[before:])
    frail.start_web()
    assert "Traceback" not in said
    assert "ERROR" not in said
