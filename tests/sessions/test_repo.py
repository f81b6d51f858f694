"""POST /api/sessions with `repo`: a workspace that begins as a clone, or as a branch of its own on shared history."""

import subprocess
import uuid

import pytest
from support.sockets import tidy, wait_until

from sessions.models import Session

NO_PERSON = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=NO_PERSON, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(runner):
    """A repository in an allowed root that any user can read, with a branch beside its own."""
    folder = runner.roots / f"source-{uuid.uuid4()}"
    folder.mkdir()
    git(folder, "init", "--quiet", "-b", "main")
    (folder / "file").write_text("one\n")
    git(folder, "add", "file")
    git(folder, "commit", "--quiet", "-m", "first")
    git(folder, "branch", "feature")
    (folder / "notes").write_text("of nobody's business\n")
    for found in (folder, *folder.rglob("*")):
        found.chmod(0o755 if found.is_dir() else 0o644)
    return folder


@pytest.fixture
def said(runner):
    """`said(session, text)`: all that was printed by the time `text` was."""

    def read(session, text):
        with runner.watch(session["id"]) as reader:
            reader.see(text.encode())
            return tidy(reader.output.data.decode())

    return read


def begin(start, repo, command, **fields):
    return start(repo=repo, initialCommand=f"git config color.ui false; {command}; echo fini''shed", **fields)


def test_a_clone_of_a_folder_is_made_on_the_screen_before_the_agent(repository, start, said, row):
    session = begin(start, {"path": str(repository)}, "git log -1 --format=%s; git branch; cat file; ls")
    printed = said(session, "finished")
    assert f"agterm: cloning {repository}" in printed
    assert "first" in printed
    assert "* main" in printed
    assert "one" in printed
    assert "notes" not in printed
    assert session["repo"]["source"] == str(repository)
    assert row(session).repo["kind"] == "path"


def test_a_branch_of_its_own_shares_history_and_leaves_the_source_as_it_is(repository, start, said):
    head = git(repository, "rev-parse", "HEAD")
    repo = {"path": str(repository), "worktree": True}
    command = (
        "git status --short --branch; cat .git/objects/info/alternates; cat .git/agterm-base; date > file;"
        f" git commit -qam more && git log --format=%an:%s; touch {repository}/.git/objects/mine; ls {repository}/.git"
    )
    session = begin(start, repo, command, name="Fix the Door!")
    printed = said(session, "finished")
    branch = f"agterm/fix-the-door-{session['id'][:8]}"
    assert session["repo"]["branch"] == branch
    assert f"## {branch}" in printed
    assert f"{repository}/.git/objects" in printed
    assert head in printed
    assert "owner:more" in printed
    assert "Read-only file system" in printed or "Permission denied" in printed
    assert "config" not in printed.rpartition("touch")[2].splitlines()
    assert git(repository, "rev-parse", "HEAD") == head
    assert git(repository, "branch", "--format=%(refname:short)") == "feature\nmain"


def test_a_branch_that_is_there_is_taken(repository, start, said):
    session = begin(start, {"path": str(repository), "branch": "feature"}, "git status --short --branch")
    assert "## feature...origin/feature" in said(session, "finished")


def test_a_branch_that_is_missing_ends_the_session_with_gits_words(repository, start, runner, mine):
    session = start(repo={"path": str(repository), "branch": "nothing"}, initialCommand="echo agent")
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
        assert b"Remote branch nothing not found" in reader.output.data
    shown = mine.get(f"/api/sessions/{session['id']}").json()["data"]["session"]
    assert shown["status"] == "exited"
    assert shown["exitCode"] not in (0, None)


def test_a_source_that_the_session_can_not_read_is_said_to_be_so(repository, start, runner):
    (repository / ".git" / "objects").chmod(0o700)
    if repository.stat().st_uid != 0:
        (repository / ".git" / "objects").chmod(0)
    session = start(repo={"path": str(repository)})
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
        assert b"can't read the repository there" in reader.output.data
    (repository / ".git" / "objects").chmod(0o755)


def test_a_restart_keeps_what_was_changed(repository, start, said, mine, runner):
    session = begin(start, {"path": str(repository), "worktree": True}, "echo two > file; rm -f .git/agterm-base")
    said(session, "finished")
    restarted = mine.post(f"/api/sessions/{session['id']}/restart", {}, format="json")
    assert restarted.status_code == 200
    with runner.watch(session["id"]) as reader:
        wait_until("the shell is back", lambda: runner.call("get", id=session["id"])["state"] == "idle")
        reader.type(b"cat file; git status --short; echo al''so\n")
        reader.see(b"also\r\n")
        printed = tidy(reader.output.data.decode())
    assert printed.count("agterm: cloning") == 1
    assert " M file" in printed


def test_words_of_the_caller_are_no_commands(repository, start, said, owner):
    owner.first_name = "$(touch /tmp/owned)@AGTERM_HOME@"
    owner.save()
    session = begin(start, {"path": str(repository), "worktree": True}, "git config user.name", name="'; exit #")
    assert "$(touch /tmp/owned)@AGTERM_HOME@" in said(session, "finished")


REFUSED = {
    "both": ({"url": "https://example.com/a.git", "path": "/a"}, "either url or path"),
    "neither": ({"branch": "main"}, "either url or path"),
    "ssh": ({"url": "ssh://git@example.com/a.git"}, "ssh is not possible"),
    "scp": ({"url": "git@example.com:a.git"}, "ssh is not possible"),
    "git": ({"url": "git://example.com/a.git"}, "must begin with https://"),
    "helper": ({"url": "ext::sh -c id"}, "spaces"),
    "file": ({"url": "file:///etc"}, "must begin with https://"),
    "password": ({"url": "https://me:secret@example.com/a.git"}, "must not hold a user or a password"),
    "option": ({"url": "--upload-pack=id"}, "must begin with https://"),
    "branch": ({"path": "/a", "branch": "--orphan"}, "no name of a branch"),
    "depth": ({"path": "/a", "depth": 1}, "depth is for a url"),
    "unreachable": ({"url": "https://example.com/a.git"}, "does not reach it"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_what_is_no_repository_to_begin_with_is_refused(which, mine, runner):
    repo, why = REFUSED[which]
    body = {"agent": "shell", "repo": repo, "network": "gateway"}
    answer = mine.post("/api/sessions", body, format="json")
    assert answer.status_code == 400
    assert why in answer.json()["error"]["message"]
    assert not Session.objects.exists()


def test_a_repository_and_a_folder_at_once_are_refused(repository, mine):
    body = {"agent": "shell", "repo": {"path": str(repository)}, "cwd": str(repository)}
    assert "leave cwd out" in mine.post("/api/sessions", body, format="json").json()["error"]["message"]


def test_a_folder_outside_of_the_roots_and_one_without_a_repository_are_refused(mine, runner):
    for path, why in (("/etc", "outside the allowed roots"), (str(runner.roots), "no repository")):
        answer = mine.post("/api/sessions", {"agent": "shell", "repo": {"path": path}}, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
        assert why in answer.json()["error"]["message"]
    assert not Session.objects.exists()


def test_where_the_operator_names_no_folders_only_administrators_name_one(repository, mine, configure):
    configure(allowed_roots=())
    answer = mine.post("/api/sessions", {"agent": "shell", "repo": {"path": str(repository)}}, format="json")
    assert "is for administrators here" in answer.json()["error"]["message"]


def test_the_folder_of_a_profile_counts_for_nothing_beside_a_repository(repository, mine, said):
    profile = {"name": "Here", "agent": "shell", "cwd": str(repository)}
    made = mine.post("/api/profiles", profile, format="json").json()["data"]["profile"]
    body = {"profile": made["id"], "repo": {"path": str(repository)}, "initialCommand": "ls; echo fini''shed"}
    session = mine.post("/api/sessions", body, format="json").json()["data"]["session"]
    assert session["workspaceDir"] != str(repository)
    assert "notes" not in said(session, "finished")
