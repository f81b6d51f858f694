"""What every test of repositories can ask for: sessions whose workspaces are repositories, made by GitPython."""

import os

import git
import pytest
from support.rest import mine, no_runner, nobodys, row, runner, shared_runner, start  # noqa: F401


class Workspace:
    """A session's workspace, its repository as GitPython sees it, and what the API says of it."""

    def __init__(self, session, folder, client):
        self.session, self.folder, self._client = session, folder, client
        self.id, self.url = session["id"], f"/api/sessions/{session['id']}/git"
        self.repo = None

    def init(self):
        self.repo = git.Repo.init(self.folder, initial_branch="main")
        with self.repo.config_writer() as writer:
            writer.set_value("user", "name", "Builder")
            writer.set_value("user", "email", "builder@example.org")
        self.hand_over()
        return self

    def write(self, **files):
        """Files by name, `__` in place of a dot."""
        return self.put({name.replace("__", "."): text for name, text in files.items()})

    def put(self, files):
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.hand_over()
        return self

    def commit(self, message, **files):
        self.write(**files)
        self.repo.git.add("--all")
        self.repo.git.commit("--quiet", "--allow-empty", "--message", message)
        self.hand_over()
        return self.repo.head.commit

    def hand_over(self):
        """All of it belongs to the session's user, as if its agent had made it."""
        owner = self.folder.stat()
        for place, folders, files in os.walk(self.folder):
            for name in (".", *folders, *files):
                os.chown(os.path.join(place, name), owner.st_uid, owner.st_gid, follow_symlinks=False)

    def get(self, what="", **query):
        return self._client.get(self.url + what, query)

    def post(self, what, **body):
        return self._client.post(self.url + what, body, format="json")

    def said(self, what="", **query):
        return data(self.get(what, **query))

    def did(self, what, **body):
        return data(self.post(what, **body))


def data(answer):
    assert answer.status_code < 300, answer.json()
    return answer.json()["data"]


@pytest.fixture
def workspace(start, runner, mine, monkeypatch, tmp_path):  # noqa: F811
    """`workspace()`: of a new session."""
    (tmp_path / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))

    def make(**fields):
        session = start(**fields)
        return Workspace(session, runner.home / "workspaces" / session["id"], mine)

    return make


@pytest.fixture
def repo(workspace):
    """A workspace with one commit of `a.txt` on `main`."""
    made = workspace().init()
    made.commit("first", a__txt="one\ntwo\nthree\n")
    return made
