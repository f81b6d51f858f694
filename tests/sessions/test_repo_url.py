"""A session that begins with a repository on the web: git fetches it in the session's box, by the session's proxy."""

import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.server import RunnerProcess
from support.sockets import tidy, wait_until

HOST = "127.0.0.2"  # programs ask 127.0.0.1 without a proxy
NO_PERSON = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


class Forge(SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/private.git") and "Authorization" not in self.headers:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def forge(tmp_path):
    """`http://…` of a server with `a.git` and, for who shows a password, `private.git`."""
    work = tmp_path / "work"
    for words in (
        ("init", "--quiet", "-b", "main", work),
        ("-C", work, "commit", "--quiet", "--allow-empty", "-m", "from the web"),
        *(("clone", "--quiet", "--bare", work, tmp_path / name) for name in ("a.git", "private.git")),
        *(("-C", tmp_path / name, "update-server-info") for name in ("a.git", "private.git")),
    ):
        subprocess.run(["git", *words], env=NO_PERSON, check=True)
    server = ThreadingHTTPServer((HOST, 0), partial(Forge, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{HOST}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_runner(forge, configure, db):
    """A runner whose proxy reaches the forge."""
    with RunnerProcess({"AGTERM_NETWORK_PRIVATE": forge.removeprefix("http://")}) as started:
        configure(runner=started.address)
        yield started


def test_a_clone_of_an_address_is_made_by_the_sessions_proxy(forge, open_runner, mine):
    body = {"agent": "shell", "initialCommand": "git log --format=%s; git remote -v; echo fini''shed"}
    repo = {"url": f"{forge}/a.git"}
    session = mine.post("/api/sessions", body | {"repo": repo}, format="json").json()["data"]["session"]
    with open_runner.watch(session["id"]) as reader:
        reader.see(b"finished\r\n")
        printed = tidy(reader.output.data.decode())
    assert f"agterm: cloning {forge}/a.git" in printed
    assert "from the web" in printed
    reached = mine.get(f"/api/sessions/{session['id']}/network").json()["data"]["reached"]
    assert any(entry["host"] == HOST for entry in reached)

    repo = {"url": f"{forge}/private.git", "worktree": True, "branch": "mine"}
    session = mine.post("/api/sessions", body | {"repo": repo}, format="json").json()["data"]["session"]
    with open_runner.watch(session["id"]) as reader:
        reader.see(b"Username for")
        state = partial(open_runner.call, "get", id=session["id"])
        wait_until("somebody is asked for", lambda: state()["state"] == "needs_input")
        reader.type(b"me\n")
        reader.see(b"Password for")
        reader.type(b"open sesame\n")
        reader.see(b"finished\r\n")
        assert b"open sesame" not in reader.output.data
    assert "open sesame" not in str(mine.get(f"/api/sessions/{session['id']}").json())


def test_an_address_that_the_proxy_does_not_reach_ends_the_session_with_the_reason(forge, runner, start):
    session = start(repo={"url": f"{forge}/a.git"})
    with runner.watch(session["id"]) as reader:
        assert reader.event("exited")["code"] == 128
        assert b"403" in reader.output.data
