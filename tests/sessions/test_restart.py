"""POST /api/sessions/:id/restart: the same again, running, exited or lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections
from support.sockets import processes_with, programs_with, wait_until

from agents import registry
from agents.declaration import Resume
from sessions.lifecycle import LOSS
from sessions.models import Session

SCRIPT = "echo began here $GREETING in $PWD; ls; echo x >> file; (setsid sleep 1040 &); echo up; exec sleep 1041"


@pytest.fixture
def restart(mine):
    return lambda session, **body: mine.post(f"/api/sessions/{session['id']}/restart", body, format="json")


@pytest.fixture
def lose(runner, row):
    """The session's terminal is gone, as after a reboot; its folders and its row stay."""

    def make(session):
        folder, away = runner.home / "sessions" / session["id"], runner.home / "away"
        folder.rename(away)
        runner.call("remove", id=session["id"], keep_workspace=True)
        away.rename(folder)

    return make


def up(runner, session, times=1):
    with runner.watch(session["id"]) as reader:
        reader.until("it is up", lambda: reader.output.data.count(b"\nup\r") >= times)
        return bytes(reader.output.data)


def test_what_runs_is_ended_and_starts_again_as_it_was_asked_for(start, restart, runner, row):
    session = start(args=["-c", SCRIPT], env={"GREETING": "hello"})
    up(runner, session)
    old = set(processes_with("sleep\x001040")) | {session["pid"]}
    shown = restart(session).json()["data"]["session"]
    said = up(runner, session, times=2)
    assert said.count(b"began here hello in " + shown["workspaceDir"].encode()) == 2
    assert (shown["status"], shown["endedBy"]) == ("running", None)
    assert shown["pid"] != session["pid"]
    assert not old & set(processes_with("sleep\x001040"))
    assert row(session).pid == shown["pid"]
    assert (runner.home / "workspaces" / session["id"] / "file").read_text() == "x\nx\n"


def test_one_that_was_stopped_runs_again_and_nobody_ended_it(start, restart, mine, runner, row):
    session = start(args=["-c", SCRIPT])
    up(runner, session)
    mine.post(f"/api/sessions/{session['id']}/stop")
    shown = restart(session).json()["data"]["session"]
    assert (shown["status"], shown["endedBy"], shown["exitCode"], shown["signal"]) == ("running", None, None, None)
    assert (row(session).status, row(session).ended_by) == ("running", "")
    up(runner, session, times=2)


def test_after_a_switch_it_is_the_new_agent_that_starts_again(start, restart, mine, runner, codex):
    session = start(args=["-c", SCRIPT])
    mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json")
    assert restart(session).json()["data"]["session"]["agent"] == "codex"
    with runner.watch(session["id"]) as reader:
        reader.until("it came twice", lambda: reader.output.data.count(b"codex here") == 2)
    assert b"-c" not in bytes(reader.output.data).partition(b"codex here")[2]


def test_a_lost_session_comes_back_in_its_workspace_and_home(start, restart, lose, runner, row, mine):
    session = start(args=["-c", "touch ~/at-home; " + SCRIPT])
    up(runner, session)
    lose(session)
    assert mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]["status"] == "lost"
    shown = restart(session).json()["data"]["session"]
    assert (shown["status"], shown["state"] in ("working", "idle"), shown["workspaceDir"]) == (
        "running", True, session["workspaceDir"])  # fmt: skip
    assert (runner.home / "sessions" / session["id"] / "home" / "at-home").exists()
    with runner.watch(session["id"], since=None) as reader:
        wait_until("it is up", lambda: "file\nup" in runner.call("text", id=session["id"]))
    assert reader.info["start"] >= LOSS
    assert row(session).offset >= LOSS


def test_a_reader_of_before_the_loss_gets_a_repaint(start, restart, lose, runner):
    session = start(args=["-c", SCRIPT])
    since = len(up(runner, session))
    lose(session)
    restart(session)
    with runner.watch(session["id"], since=since) as reader:
        assert reader.info["replay"] == "screen"


def test_a_lost_session_comes_back_in_the_folder_that_its_user_named(start, restart, lose, runner):
    folder = runner.roots / "named"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    session = start(args=["-c", SCRIPT], cwd=str(folder))
    up(runner, session)
    lose(session)
    assert restart(session).json()["data"]["session"]["workspaceDir"] == str(folder)
    up_again = runner.call("get", id=session["id"])
    assert up_again["workspace"] == str(folder)


def test_another_agent_takes_over_a_lost_session(start, lose, mine, runner, codex, row):
    session = start(args=["-c", SCRIPT])
    up(runner, session)
    lose(session)
    answer = mine.post(f"/api/sessions/{session['id']}/switch-agent", {"agent": "codex"}, format="json")
    shown = answer.json()["data"]["session"]
    assert (shown["agent"], shown["status"], shown["workspaceDir"]) == ("codex", "running", session["workspaceDir"])
    assert (row(session).agent, row(session).provider) == ("codex", "openai")


def test_a_lost_session_that_cannot_start_stays_lost_and_keeps_its_files(start, lose, restart, runner, row, configure):
    session = start(args=["-c", SCRIPT])
    up(runner, session)
    lose(session)
    configure(disabled_agents=("shell",))
    assert restart(session).status_code == 403
    configure(disabled_agents=())
    Session.objects.filter(pk=session["id"]).update(workspace="/no/such/folder")
    answer = restart(session)
    assert (answer.status_code, row(session).status) == (400, "lost")
    assert (runner.home / "workspaces" / session["id"] / "file").exists()


@pytest.mark.parametrize("body", [{"resume": "yes"}, {"resume": 1}, {"resume": None}])
def test_a_resume_that_is_neither_true_nor_false_is_refused_and_nothing_starts(start, restart, runner, body):
    session = start()
    assert restart(session, **body).status_code == 400
    assert runner.call("get", id=session["id"])["pid"] == session["pid"]


def test_one_that_is_only_just_being_made_is_not_made_twice(owner, restart, runner):
    row = Session.objects.create(owner=owner, name="x", agent="shell", runner=runner.address)
    answer = restart({"id": str(row.pk)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert runner.call("list") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["lost", "exited", "running"])
def test_of_many_that_restart_at_once_one_program_is_left(start, lose, client, owner, runner, row, state):
    session = start(args=["-c", "exec -a restarted-at-once sleep 1042" if state != "exited" else "read line"])
    if state == "exited":
        runner.call("end", id=session["id"])
    if state == "lost":
        lose(session)
    callers = [client(owner) for _ in range(6)]

    def ask(caller):
        try:
            return caller.post(f"/api/sessions/{session['id']}/restart", {}, format="json").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        codes = set(pool.map(ask, callers))
    assert codes <= {200, 409}
    assert 200 in codes
    assert [info["status"] for info in runner.call("list")] == ["running"]
    assert row(session).status == "running"
    if state != "exited":
        assert len(programs_with("restarted-at-once")) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_runs_without_a_row_when_one_is_deleted_while_it_is_brought_back(start, lose, client, owner, runner):
    callers = [client(owner), client(owner)]

    def ask(call):
        try:
            return call().status_code
        finally:
            connections.close_all()

    for _ in range(6):
        session = start()
        lose(session)
        url = f"/api/sessions/{session['id']}"
        calls = [lambda url=url: callers[0].delete(url), lambda url=url: callers[1].post(f"{url}/restart")]
        with ThreadPoolExecutor(2) as pool:
            codes = list(pool.map(ask, calls))
        assert codes[0] == 200
        assert codes[1] in (200, 404, 409)
        assert runner.call("list") == []
        assert not Session.objects.exists()


# --- going on with the conversation ----------------------------------------------------------------------------------


@pytest.fixture
def talkative(codex, monkeypatch):
    """The agent `codex`, whose last conversation is a file of its HOME."""
    talk = Resume(exists="talks/*/*.jsonl", argv=[str(codex), "goes on"])
    agent = replace(registry.get("codex"), resume=lambda _context: talk)
    monkeypatch.setitem(registry._agents(), "codex", agent)


def talk(runner, session, text="words"):
    home = runner.home / "sessions" / session["id"] / "home"
    (home / "talks" / "one").mkdir(parents=True)
    (home / "talks" / "one" / "a.jsonl").write_text(text)


def said(runner, session):
    with runner.watch(session["id"]) as reader:
        reader.until("it came twice", lambda: reader.output.data.count(b"codex here") == 2)
        return bytes(reader.output.data).rpartition(b"codex here")[2]


def test_an_agent_goes_on_with_its_conversation_where_there_is_one(start, restart, runner, talkative):
    session = start(agent="codex")
    talk(runner, session)
    restart(session)
    assert b"goes on" in said(runner, session)


def test_without_one_it_starts_afresh(start, restart, runner, talkative):
    session = start(agent="codex")
    restart(session)
    assert b"goes on" not in said(runner, session)


def test_an_empty_one_is_none(start, restart, runner, talkative):
    session = start(agent="codex")
    talk(runner, session, text="")
    restart(session)
    assert b"goes on" not in said(runner, session)


def test_it_starts_afresh_where_the_caller_says_so(start, restart, runner, talkative):
    session = start(agent="codex")
    talk(runner, session)
    restart(session, resume=False)
    assert b"goes on" not in said(runner, session)
