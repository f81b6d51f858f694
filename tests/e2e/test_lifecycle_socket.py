"""Stop, restart and handoff, as those see them who are attached."""

import pytest

from sessions.handoff import PATH


@pytest.fixture
def post(server, session):
    def send(call, **body):
        answer = server.api.post(f"/api/sessions/{session}/{call}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    return send


def test_a_stop_says_who_ended_it_also_to_those_who_come_later(attached, post, connect, session):
    post("stop")
    assert attached.message("session:exited")["payload"] == {"code": None, "signal": 1, "endedBy": "stop"}
    late = connect()
    assert late.attach(session, since=0)["session"]["endedBy"] == "stop"
    assert late.message("session:exited")["payload"]["endedBy"] == "stop"


def test_one_that_ends_by_itself_was_ended_by_nobody(attached):
    attached.type("exit 4\n")
    assert attached.message("session:exited")["payload"] == {"code": 4, "signal": None, "endedBy": None}


def test_a_restart_goes_on_in_the_same_attachment(attached, post):
    shown = post("restart")["session"]
    assert attached.message("agent:switched")["payload"]["session"]["pid"] == shown["pid"]
    attached.until("it is ready again", lambda: attached.output.data.count(b"ready") == 2)
    attached.type("echo still $((6 * 7))\n")
    attached.see("still 42")


def test_a_switch_with_a_handoff_leaves_a_word(server, attached, session):
    attached.send("agent:switch", agent="codex", handoff="summary")
    assert attached.message("agent:switched")["payload"]["session"]["agent"] == "codex"
    attached.see("codex here")
    assert "Codex goes on now" in (server.home / "workspaces" / session / PATH).read_text()


def test_a_handoff_that_is_none_is_refused(attached):
    attached.send("agent:switch", agent="codex", handoff="everything")
    assert attached.error()["code"] == "INVALID_REQUEST"


def test_who_only_watches_can_switch_nothing(connect, session, server):
    watcher = connect()
    watcher.attach(session, mode="view")
    watcher.send("agent:switch", agent="codex", handoff="summary")
    assert watcher.error()["code"] == "FORBIDDEN"
    assert not (server.home / "workspaces" / session / ".agterm").exists()
