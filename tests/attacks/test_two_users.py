"""Two people on one server: neither gets at the other's session, nor at anything of the server's.

Over HTTP as themselves, and from inside their sessions as whatever they are there.
"""

import os
import shlex
import textwrap
import uuid
from pathlib import Path

import pytest
from support.server import AgtermServer
from support.sockets import WebSocket, wait_until

KEY = "sk-of-the-server-0123456789"
SECRET = "alices-secret-4711"
LEVELS = ["auto", "landlock"]


@pytest.fixture(scope="module", params=LEVELS)
def server(request):
    """With a real provider's key in its environment, and two users beside the admin."""
    with AgtermServer({"AGTERM_ISOLATION": request.param, "ANTHROPIC_API_KEY": KEY}) as started:
        started.alice, started.bob = started.make_user("alice"), started.make_user("bob")
        yield started


def start(server, who, script):
    """A session of `who`'s; what the API says of it."""
    answer = who.post("/api/sessions", json={"agent": "shell", "args": ["-c", script]})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["session"]


@pytest.fixture(scope="module")
def alices(server):
    """Her session: a secret in its workspace, its HOME and its temporary folder, and on its screen."""
    session = start(
        server, server.alice,
        f'umask 077; for d in . ~ "$TMPDIR"; do echo {SECRET} | tee $d/secret; done; : > ready; exec sleep 1000',
    )  # fmt: skip
    wait_until("it is ready", (Path(session["workspaceDir"]) / "ready").exists)
    return session


@pytest.fixture
def from_bobs(server, alices):
    """`from_bobs(script)`: what it says inside a session of Bob's, told where the server and she are."""
    started = []

    def run(script):
        known = {
            "SERVER": str(server.home), "HERS": alices["workspaceDir"], "HER_PID": str(alices["pid"]),
            "WEB": str(server.web_pid), "RUNNER": str(server.runner_pid),
        }  # fmt: skip
        given = "; ".join(f"{name}={shlex.quote(value)}" for name, value in known.items())
        session = start(server, server.bob, f"{given}; {{ {script}\n}} > said 2>&1; : > done; exec sleep 1000")
        started.append(session)
        workspace = Path(session["workspaceDir"])
        wait_until("it is through", (workspace / "done").exists)
        return (workspace / "said").read_text(errors="replace")

    yield run
    for session in started:
        server.bob.delete(f"/api/sessions/{session['id']}")


# --- over HTTP -------------------------------------------------------------------------------------------------------

OPERATIONS = [
    ("GET", "", None), ("PATCH", "", {"name": "bob's"}), ("DELETE", "", None), ("GET", "/output", None),
    ("POST", "/input", {"data": "x"}), ("POST", "/resize", {"cols": 90, "rows": 30}), ("POST", "/stop", None),
    ("POST", "/restart", {}), ("POST", "/switch-agent", {"agent": "shell"}), ("GET", "/snapshot", None),
    ("GET", "/processes", None), ("POST", "/signal", {"signal": "KILL"}), ("POST", "/execute", {"text": "ls"}),
    ("GET", "/network", None), ("POST", "/revoke-key", None), ("GET", "/transcripts", None),
    ("GET", "/shares", None), ("POST", "/shares", {"mode": "view"}),
    ("DELETE", "/shares/6f3f0f2e-0000-4000-8000-000000000000", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=[f"{m} {p or '/'}" for m, p, _ in OPERATIONS])
def test_to_the_other_user_her_session_is_one_that_never_was(server, alices, method, path, body):
    answers = [
        server.bob.request(method, f"/api/sessions/{session_id}{path}", json=body)
        for session_id in (alices["id"], str(uuid.uuid4()))
    ]
    assert answers[0].status_code in {404, 405}
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json()["error"] == answers[1].json()["error"]
    assert server.alice.get(f"/api/sessions/{alices['id']}").json()["data"]["session"]["status"] == "running"


def test_every_operation_on_a_session_is_among_those_that_were_tried():
    from django.urls import get_resolver

    tried = {path.strip("/").partition("/")[0] for _, path, _ in OPERATIONS}
    served = {
        str(pattern.pattern).partition(">/")[2].partition("/")[0]
        for outer in get_resolver().url_patterns if "sessions" in str(outer.pattern)
        for pattern in getattr(outer, "url_patterns", ())
    }  # fmt: skip
    assert served - {""} <= tried, served - tried


def test_she_is_in_no_list_of_his(server, alices):
    for path in ("/api/sessions", "/api/processes"):
        answer = server.bob.get(path)
        assert alices["id"] not in answer.text, path
        assert SECRET not in answer.text


def test_he_can_not_attach_to_her_terminal(server, alices):
    with WebSocket(server.socket_url, server.access_token("bob")) as socket:
        answer = socket.answer("session:attach", sessionId=alices["id"])
    assert answer["payload"]["code"] == "SESSION_NOT_FOUND"


# --- from inside -----------------------------------------------------------------------------------------------------


def test_he_can_neither_read_nor_list_nor_write_her_folders(server, alices, from_bobs):
    private = f"$SERVER/sessions/{alices['id']}"
    said = from_bobs(
        f'cat "$HERS/secret" {private}/home/secret {private}/tmp/secret; ls "$HERS" {private} {private}/home;'
        f' ls "$SERVER/workspaces" "$SERVER/sessions" "$SERVER"; echo planted > "$HERS/planted";'
        f' echo planted > {private}/home/.bashrc; ln "$HERS/secret" mine && cat mine; find / -name secret 2>/dev/null'
    )
    assert SECRET not in said
    assert not (Path(alices["workspaceDir"]) / "planted").exists()
    assert not (server.home / "sessions" / alices["id"] / "home" / ".bashrc").exists()
    listed = [line for line in said.splitlines() if alices["id"] in line and "cannot" not in line.lower()]
    assert [line for line in listed if "No such file" not in line and "denied" not in line] == []


def test_he_can_neither_signal_nor_trace_nor_look_into_her_processes(server, alices, from_bobs):
    said = from_bobs(
        textwrap.dedent("""
            kill -9 $HER_PID; kill -STOP $HER_PID; renice 19 -p $HER_PID
            cat /proc/$HER_PID/environ /proc/$HER_PID/maps /proc/$HER_PID/cwd/secret /proc/$HER_PID/root$HERS/secret
            for p in /proc/[0-9]*; do tr '\\0' '\\n' < $p/environ; done
            echo over
        """)
    )
    assert "over" in said
    assert SECRET not in said
    assert server.alice.get(f"/api/sessions/{alices['id']}").json()["data"]["session"]["status"] == "running"
    if alices["isolation"]["level"] == "namespaces" or os.geteuid() == 0:
        with open(f"/proc/{alices['pid']}/stat") as stream:
            assert stream.read().rpartition(") ")[2].split()[16] == "0", "her priority was changed"


def test_he_can_read_nothing_of_the_servers(server, from_bobs):
    files = ["agterm.sqlite3", "secret.key", "run/relay.key", "run/door", "runner.log", "logs/network.jsonl"]
    paths = " ".join(f'"$SERVER/{name}"' for name in files)
    said = from_bobs(
        f"for f in {paths}; do [ -r $f ] && echo readable $f; head -c 100 $f; done;"
        " cat /proc/$WEB/environ /proc/$RUNNER/environ /proc/*/environ | tr '\\0' '\\n'; ls -l /proc/$WEB/fd; env"
    )
    assert "readable" not in said
    assert KEY not in said
    assert "SQLite" not in said
    assert "AGTERM_HOME" not in said
    for name in ("secret.key", "run/relay.key"):
        assert (server.home / name).read_text().strip() not in said


def test_he_can_not_talk_to_the_servers_sockets(server, from_bobs):
    """Not to the runner's own, which would do anything for him, nor to the web server but by the door."""
    sockets = [str(path) for path in (server.home / "run").iterdir() if path.is_socket()]
    assert sockets
    port = server.url.rpartition(":")[2]
    code = textwrap.dedent(f"""
        import socket
        for kind, where in [(socket.AF_UNIX, s) for s in {sockets!r}] + [(socket.AF_INET, ("127.0.0.1", {port}))]:
            try:
                line = socket.socket(kind); line.settimeout(3); line.connect(where); print("reached", where)
            except OSError as error:
                print("refused", where)
        print("over")
    """)
    said = from_bobs(f"/usr/bin/python3 -c {shlex.quote(code)} || python3 -c {shlex.quote(code)}")
    assert "over" in said
    assert "reached" not in said


def test_what_he_leaves_in_shared_places_is_not_there_for_her(server, from_bobs):
    mark = f"of-bob-{uuid.uuid4()}"
    said = from_bobs(f"for d in /tmp /var/tmp /dev/shm /run /dev/mqueue; do echo x > $d/{mark}; done; echo over")
    assert "over" in said
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run"):
        assert not (Path(folder) / mark).exists()
