"""GET /api/sessions/:id/processes, /api/processes, /api/system/info and /api/system/metrics"""

import os
import socket

import pytest
from support.sockets import wait_until

SECRET = "--token=of-the-owner"
BY_HAND = "printf '#!/bin/sh\\nread line\\n' > opencode; chmod +x opencode; ./opencode\n"


def data(client_, path):
    answer = client_.get(path)
    assert answer.status_code == 200, answer.json()
    return answer.json()["data"]


@pytest.fixture
def sleeping(start, mine):
    """A session that runs `sleep` below its shell; it runs when this is given out."""
    session = start(name="sleeper", args=["-c", "sleep 1000; true", SECRET])
    names = lambda: [p["name"] for p in data(mine, f"/api/sessions/{session['id']}/processes")["processes"]]  # noqa: E731
    wait_until("sleep", lambda: names()[1:] == ["sleep"])
    return session


def test_the_owner_sees_every_process_of_his_session(sleeping, mine):
    shown = data(mine, f"/api/sessions/{sleeping['id']}/processes")
    assert set(shown) == {
        "pid", "foreground", "agent", "processCount", "cpuPercent", "cpuSeconds", "memoryBytes", "processes",
    }  # fmt: skip
    shell, sleep = shown["processes"]
    assert set(sleep) == {
        "pid", "ppid", "name", "argv", "agent", "state", "cpuPercent", "cpuSeconds", "memoryBytes", "startedAt",
    }  # fmt: skip
    assert (sleep["name"], sleep["argv"], sleep["ppid"]) == ("sleep", ["sleep", "1000"], shell["pid"])
    assert SECRET in shell["argv"]
    assert shell["pid"] == shown["pid"] == sleeping["pid"]
    assert sleep["startedAt"].endswith("Z")
    assert shown["memoryBytes"] == shell["memoryBytes"] + sleep["memoryBytes"] > 0


def test_it_says_who_has_the_terminal_and_which_agent_runs(codex, mine):
    session = mine.post("/api/sessions", {"agent": "codex"}, format="json").json()["data"]["session"]
    codex_runs = lambda: data(mine, f"/api/sessions/{session['id']}/processes")["foreground"]  # noqa: E731
    front = wait_until("cat", lambda: (front := codex_runs()) and front["name"] == "cat" and front)
    assert set(front) == {"pid", "name", "argv", "agent"}
    assert front["argv"] == ["cat"]


def test_an_agent_that_is_started_by_hand_is_recognised(start, mine, runner):
    session = start()
    runner.call("write", id=session["id"], data=BY_HAND)
    path = f"/api/sessions/{session['id']}/processes"
    wait_until("opencode", lambda: data(mine, path)["agent"] == "opencode")
    assert data(mine, path)["foreground"]["agent"] == "opencode"
    (line,) = data(mine, "/api/processes")["sessions"]
    assert (line["agent"], line["foreground"]["agent"]) == ("opencode", "opencode")


def test_a_stranger_is_told_that_there_is_no_such_session(sleeping, client, stranger, nobodys):
    for session_id in (sleeping["id"], nobodys, "nonsense"):
        answer = client(stranger).get(f"/api/sessions/{session_id}/processes")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SESSION_NOT_FOUND")


def test_staff_see_a_sessions_processes(sleeping, client, staff):
    assert data(client(staff), f"/api/sessions/{sleeping['id']}/processes")["processCount"] == 2


def test_a_session_that_has_ended_runs_nothing(start, mine, runner):
    session = start(args=["-c", "exit 0"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    shown = data(mine, f"/api/sessions/{session['id']}/processes")
    assert (shown["foreground"], shown["processes"], shown["processCount"], shown["pid"]) == (None, [], 0, None)


def test_a_lost_session_runs_nothing(sleeping, mine, runner):
    runner.call("remove", id=sleeping["id"])
    assert data(mine, f"/api/sessions/{sleeping['id']}/processes")["processes"] == []


def test_everyone_sees_his_own_sessions_with_their_sums_and_staff_all(sleeping, mine, client, stranger, staff, row):
    shown = data(mine, "/api/processes")
    (line,) = shown["sessions"]
    assert set(line) == {
        "sessionId", "name", "pid", "foreground", "agent", "processCount", "cpuPercent", "cpuSeconds", "memoryBytes",
    }  # fmt: skip
    assert (line["sessionId"], line["name"], line["processCount"]) == (sleeping["id"], "sleeper", 2)
    assert line["foreground"]["pid"] == row(sleeping).pid
    assert (shown["count"], shown["processCount"], shown["memoryBytes"]) == (1, 2, line["memoryBytes"])
    assert data(client(stranger), "/api/processes") == {
        "sessions": [], "count": 0, "processCount": 0, "cpuPercent": None, "memoryBytes": 0,
    }  # fmt: skip
    assert data(client(staff), "/api/processes")["count"] == 1


@pytest.mark.parametrize("path", ["/api/processes", "/api/system/info", "/api/system/metrics"])
def test_what_others_run_is_never_shown(sleeping, client, stranger, path):
    text = client(stranger).get(path).content.decode()
    for trace in (SECRET, "sleep", sleeping["id"], "owner"):
        assert trace not in text


@pytest.mark.alone
def test_cpu_appears_once_there_was_time_to_measure_it(start, mine):
    session = start(args=["-c", "while :; do :; done"])
    busy = lambda: (data(mine, "/api/processes")["cpuPercent"] or 0) > 50  # noqa: E731
    wait_until("a busy loop", busy)
    assert data(mine, f"/api/sessions/{session['id']}/processes")["cpuSeconds"] > 0


def test_anybody_logged_in_may_know_the_machine(runner, client, stranger):
    shown = data(client(stranger), "/api/system/info")
    assert set(shown) == {
        "hostname", "platform", "arch", "os", "kernel", "cpuCount", "memoryBytes", "diskBytes", "uptime", "version",
        "runnerStartedAt",
    }  # fmt: skip
    assert (shown["hostname"], shown["platform"], shown["cpuCount"]) == (socket.gethostname(), "linux", os.cpu_count())
    assert shown["uptime"] > 0


def test_staff_also_learn_where_the_home_and_the_runner_are(runner, client, staff):
    shown = data(client(staff), "/api/system/info")
    assert (shown["home"], shown["runnerPid"]) == (str(runner.home), runner.pid)


def test_the_metrics_are_real(sleeping, client, stranger):
    shown = data(client(stranger), "/api/system/metrics")
    assert set(shown) == {
        "timestamp", "uptime", "loadAverage", "cpuCount", "cpuPercent", "memory", "disk", "runner", "sessions",
    }  # fmt: skip
    assert set(shown["runner"]) == {"memoryBytes", "cpuPercent", "cpuSeconds", "openFiles", "startedAt"}
    assert len(shown["loadAverage"]) == 3
    assert 0 < shown["memory"]["usedBytes"] < shown["memory"]["totalBytes"]
    assert 0 < shown["disk"]["freeBytes"] < shown["disk"]["totalBytes"]
    assert shown["runner"]["memoryBytes"] > 10_000_000
    assert shown["runner"]["openFiles"] > 3
    assert shown["sessions"] == {"total": 1, "running": 1}


ROADS = ["/api/processes", "/api/system/info", "/api/system/metrics"]


@pytest.mark.parametrize("path", ROADS)
def test_a_runner_that_is_down_is_said_to_be(sleeping, mine, no_runner, path):
    no_runner()
    for asked in (path, f"/api/sessions/{sleeping['id']}/processes"):
        answer = mine.get(asked)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "HOST_UNAVAILABLE")


def test_sessions_of_a_runner_that_does_not_answer_are_unknown_beside_those_of_one_that_does(
    sleeping, start, mine, row
):
    other = row(start(name="elsewhere"))
    other.runner = "unix:/nowhere.sock"
    other.save()
    by_name = {line["name"]: line for line in data(mine, "/api/processes")["sessions"]}
    assert by_name["sleeper"]["processCount"] == 2
    assert set(by_name["elsewhere"].values()) == {str(other.pk), "elsewhere", None}


@pytest.mark.parametrize("path", [*ROADS, "/api/sessions/{id}/processes"])
def test_nobody_may_and_other_verbs_are_refused(sleeping, client, mine, path):
    path = path.format(id=sleeping["id"])
    assert client().get(path).status_code == 401
    assert mine.post(path, {}, format="json").status_code == 405
