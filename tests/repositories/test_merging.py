"""Two sessions on one source: what each has changed, what both have, and how the work comes together."""

import subprocess
import uuid

import pytest
from support.sockets import wait_until

NO_PERSON = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, env=NO_PERSON, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def _named_roots(configure):
    configure(allowed_roots=("/",))


@pytest.fixture
def repository(runner):
    folder = runner.roots / f"source-{uuid.uuid4()}"
    folder.mkdir()
    git(folder, "init", "--quiet", "-b", "main")
    (folder / "file").write_text("one\ntwo\nthree\n")
    (folder / "gone").write_text("one\ntwo\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    for found in (folder, *folder.rglob("*")):
        found.chmod(0o755 if found.is_dir() else 0o644)
    return folder


@pytest.fixture
def worker(repository, start, runner):
    """`worker(name, command)`: the id of a session on a branch of its own that has done `command`."""

    def make(name, command):
        repo = {"path": str(repository), "worktree": True}
        session = start(name=name, repo=repo, initialCommand=f"{command}; echo fini''shed")
        with runner.watch(session["id"]) as reader:
            reader.see(b"finished\r\n")
        return session["id"]

    return make


@pytest.fixture
def asked(mine):
    """`asked(session, what, body)`: status and body of a request of its repository."""

    def ask(session_id, what, body=None):
        url = f"/api/sessions/{session_id}/git/{what}"
        answer = mine.get(url) if body is None else mine.post(url, body, format="json")
        said = answer.json()
        return answer.status_code, said["data"] if answer.status_code < 300 else said["error"]

    return ask


COMMIT = "git add . && git commit -qm done"


def test_a_comparison_shows_what_each_and_what_both_have_changed_committed_or_not(worker, asked):
    left = worker("Left", f"sed -i s/one/ONE/ file; {COMMIT}; echo l > left")
    right = worker("Right", "sed -i s/three/THREE/ file; echo r > 'right one'")
    status, said = asked(left, f"compare?with={right}")
    assert status == 200
    assert (said["mine"], said["theirs"], said["both"]) == (["file", "left"], ["file", "right one"], ["file"])
    assert {file["path"] for file in said["diff"]["files"]} == {"file", "left", "right one"}
    for session_id in (left, right):  # neither has become another one by that
        status, said = asked(session_id, "files")
        assert {file["path"] for file in said["files"]} & {"left", "right one"}


def test_a_merge_brings_the_others_work_committed_or_not_into_the_branch(worker, asked, mine, runner):
    left = worker("Left", f"sed -i s/one/ONE/ file; {COMMIT}")
    right = worker("Right", f"sed -i s/three/THREE/ file; {COMMIT}; echo r > right")
    status, said = asked(left, "merge", {"from": right, "message": "Both"})
    assert (status, said["merged"], said["commit"]["subject"]) == (200, True, "Both")
    assert said["commit"]["author"]["name"] == "owner"
    with runner.watch(left) as reader:
        reader.type(b"cat file right; git status --short; echo al''l\n")
        reader.see(b"ONE\r\ntwo\r\nTHREE\r\nr\r\nall")
    status, said = asked(left, "merge", {"from": right})
    assert (status, said["merged"]) == (200, False)


def test_a_conflict_names_the_files_and_what_became_of_each_and_changes_nothing(worker, asked):
    odd = "odd\n'name <b>"
    new = "tee new \"$(printf 'odd\\n\\047name <b>')\""
    left = worker("Left", f"sed -i s/one/left/ file; echo l >> gone; echo l | {new}; echo l > thing; {COMMIT}")
    right = worker("Right", f"sed -i s/one/right/ file; rm gone; echo r | {new}; mkdir thing; echo r > thing/x")
    before = asked(left, "log")
    status, error = asked(left, "merge", {"from": right})
    assert (status, error["code"]) == (409, "CONFLICT")
    assert error["message"] == "Left and Right are in conflict over 5 files; nothing was merged"
    details = error["details"]
    assert {each["path"]: each["kind"] for each in details["files"]} == {
        "file": "both modified", "gone": "deleted by them", "new": "both added", odd: "both added",
        "thing": "added by us",
    }  # fmt: skip
    assert (details["into"], details["from"]) == ({"id": left, "name": "Left"}, {"id": right, "name": "Right"})
    assert details["truncated"] is False
    assert asked(left, "log") == before
    assert asked(left, "files")[1]["files"] == []


def test_uncommitted_work_that_a_merge_would_overwrite_stays_and_is_named(worker, asked):
    left = worker("Left", "echo mine | tee file gift own")
    right = worker("Right", f"sed -i s/one/right/ file; echo r | tee gift theirs; {COMMIT}")
    before = asked(left, "log")
    status, error = asked(left, "merge", {"from": right})
    assert (status, error["code"]) == (409, "CONFLICT")
    assert "would be overwritten, in 2 files" in error["message"]
    kind = "not committed"
    assert error["details"]["files"] == [{"path": "file", "kind": kind}, {"path": "gift", "kind": kind}]
    assert asked(left, "log") == before
    assert [file["path"] for file in asked(left, "files")[1]["files"]] == ["file", "gift", "own"]


def test_work_is_delivered_to_the_session_in_the_folder_it_came_from(worker, asked, start, repository, runner):
    worked = worker("Worker", f"echo new > new; {COMMIT}")
    status, error = asked(worked, "deliver", {})
    assert (status, error["code"]) == (409, "CONFLICT")
    assert "No live session of yours works in" in error["message"]
    if repository.stat().st_uid == 0:  # the session's own user is to write there
        subprocess.run(["chmod", "-R", "a+rwX", repository], check=True)
    home = start(cwd=str(repository), name="Home")
    wait_until("the shell is there", lambda: runner.call("get", id=home["id"])["state"] == "idle")
    status, said = asked(worked, "deliver", {"message": "Delivered"})
    assert (status, said["merged"], said["session"]["name"]) == (200, True, "Home")
    assert (repository / "new").read_text() == "new\n"


def test_a_bundle_is_fetched_into_the_source(worker, mine, repository, tmp_path):
    worked = worker("Worker", f"echo new > new; {COMMIT}")
    answer = mine.get(f"/api/sessions/{worked}/git/bundle")
    assert answer["Content-Type"] == "application/x-git-bundle"
    (tmp_path / "work.bundle").write_bytes(answer.content)
    git(repository, "fetch", str(tmp_path / "work.bundle"), f"agterm/worker-{worked[:8]}:work")
    assert git(repository, "show", "work:new") == "new"


def test_what_can_not_be_compared_is_refused(worker, asked, start, nobodys, client, stranger):
    left = worker("Left", "true")
    plain = start()["id"]
    assert asked(left, f"compare?with={left}")[0] == 400
    assert asked(left, "compare")[0] == 400
    assert asked(left, f"compare?with={nobodys}")[0] == 404
    assert asked(left, f"compare?with={plain}")[0] == 409
    assert asked(left, "merge", {})[0] == 400
    for answer in (
        client(stranger).get(f"/api/sessions/{left}/git/compare?with={left}"),
        client(stranger).post(f"/api/sessions/{left}/git/merge", {"from": left}, format="json"),
    ):
        assert answer.status_code == 404
    assert client().get(f"/api/sessions/{left}/git/bundle").status_code == 401
