"""POST …/git/…: staging, committing, throwing away, branching; what became of it is asked of GitPython."""

import pytest

from repositories.changing import NOTHING_TO_COMMIT
from repositories.hunks import CHANGED


def names(repo):
    return {path.name for path in repo.folder.iterdir() if path.name != ".git"}


def test_files_are_staged_and_unstaged(repo):
    repo.commit("second", gone="x\n")
    repo.put({"a.txt": "1\n", '*"\nx': "new\n", "other": "new\n"})
    (repo.folder / "gone").unlink()
    assert repo.did("/stage", paths=["a.txt", '*"\nx', "gone"])["formatted"] == "main +3 ?1"
    assert set(repo.repo.git.diff("--cached", "--name-only", "-z").split("\0")) == {"a.txt", '*"\nx', "gone", ""}
    assert repo.did("/unstage", paths=["gone"])["formatted"] == "main +2 ~1 ?1"
    assert repo.did("/unstage", all=True)["status"]["staged"] == 0
    assert repo.did("/stage", all=True)["formatted"] == "main +4"
    error = repo.post("/stage", paths=["nowhere"]).json()["error"]
    assert (error["code"], "nowhere" in error["message"]) == ("NOT_FOUND", True)
    for body in ({}, {"paths": ["a.txt"], "all": True}, {"paths": ["../x"]}, {"paths": [":(top)\0"]}):
        assert repo.post("/stage", **body).status_code == 400, body


def hunks_of(repo, path, *, staged):
    return repo.said("/diff", path=path, staged=str(staged).lower())["files"][0]["hunks"]


@pytest.mark.parametrize("name", ["a.txt", '*"\n\t\\x é', "-- b/ c"], ids=["plain", "quoted", "spaced"])
def test_single_hunks_are_staged_and_unstaged_whatever_the_repository_sets(repo, name):
    lines = [f"line {number}" for number in range(40)]
    repo.put({name: "\n".join(lines)})
    repo.commit("long")
    with repo.repo.config_writer() as writer:
        for section, key, value in (
            ("apply", "whitespace", "fix"), ("apply", "ignoreWhitespace", "change"), ("diff", "noprefix", "true"),
            ("diff", "external", "false"), ("diff", "suppressBlankEmpty", "true"), ("diff", "context", "0"),
        ):  # fmt: skip
            writer.set_value(section, key, value)
    begun = list(lines)
    lines[2], lines[20], lines[39] = "two \t ", "", "last\r"
    repo.put({name: "\n".join(lines)})
    (repo.folder / name).chmod(0o755)
    first, middle, last = hunks_of(repo, name, staged=False)
    assert repo.did("/stage", paths=[name], hunks=[middle["id"], last["id"]])["formatted"] == "main +1 ~1"

    def index():
        (entry,) = [entry for entry in repo.repo.index.entries.values() if entry.path == name]
        return entry.mode, repo.repo.odb.stream(entry.binsha).read().decode().split("\n")

    assert index() == (0o100644, [*begun[:20], "", *begun[21:39], "last\r"])
    assert hunks_of(repo, name, staged=False)[0]["id"] == first["id"]
    taken = hunks_of(repo, name, staged=True)
    repo.did("/unstage", paths=[name], hunks=[taken[0]["id"]])
    assert index() == (0o100644, [*begun[:39], "last\r"])

    lines[2] = "two again"
    repo.put({name: "\n".join(lines)})
    error = repo.post("/stage", paths=[name], hunks=[first["id"]]).json()["error"]
    assert (error["code"], error["message"]) == ("CONFLICT", CHANGED)
    assert index() == (0o100644, [*begun[:39], "last\r"])
    for body in ({"all": True}, {"paths": [name, "b"]}, {"paths": ["."], "hunks": ["x"]}):
        assert repo.post("/stage", **{"hunks": [first["id"]], **body}).status_code == 400, body


def test_a_commit_carries_its_users_name_and_only_what_was_asked_for(repo, owner):
    owner.first_name, owner.last_name, owner.email = "Ada", "<Lovelace>", ""
    owner.save()
    repo.write(a__txt="staged\n", b__txt="new\n", c__txt="new\n")
    said = repo.did("/commit", message="Only b\n\n# not a comment", paths=["b.txt"])
    head = repo.repo.head.commit
    assert (said["commit"]["sha"], said["formatted"]) == (head.hexsha, "main ~1 ?1")
    assert (head.message, set(head.stats.files)) == ("Only b\n\n# not a comment\n", {"b.txt"})
    assert (head.author.name, head.author.email) == ("Ada Lovelace", "owner@agterm.invalid")
    assert head.committer == head.author
    repo.did("/stage", paths=["a.txt"])
    repo.did("/commit", message="What is staged", author={"name": "Bob", "email": "bob@example.org"})
    assert (repo.repo.head.commit.author.name, set(repo.repo.head.commit.stats.files)) == ("Bob", {"a.txt"})
    assert repo.did("/commit", message="The rest", all=True)["formatted"] == "main"
    for body in ({}, {"all": True}, {"paths": ["a.txt"]}):
        error = repo.post("/commit", message="Nothing", **body).json()["error"]
        assert (error["code"], error["message"]) == ("CONFLICT", NOTHING_TO_COMMIT), body
    assert repo.post("/commit", message=" ").status_code == 400


def test_hooks_run_only_when_they_are_asked_for(repo):
    hook = repo.folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'the hook says no' >&2\nexit 1\n")
    hook.chmod(0o755)
    repo.write(a__txt="1\n")
    error = repo.post("/commit", message="With hooks", all=True, hooks=True).json()["error"]
    assert (error["code"], error["message"]) == ("CONFLICT", "the hook says no")
    assert repo.did("/commit", message="Without", all=True)["commit"]["subject"] == "Without"


def test_what_is_thrown_away_was_named(repo):
    repo.commit("second", gone="x\n", keep="k\n" * 30, __gitignore="ignored\n")
    repo.repo.git.mv("keep", "moved")
    repo.put({"a.txt": "1\n", "added": "new\n", "new/file": "new\n", "ignored": "i\n"})
    repo.put({"\udcff": "staged, and not UTF-8"})
    repo.repo.git.add("added", "\udcff")
    (repo.folder / "gone").unlink()
    assert repo.post("/discard").status_code == 400
    assert repo.post("/discard", paths=["new/file"]).json()["error"]["code"] == "CONFLICT"
    assert repo.post("/discard", paths=["nowhere"]).status_code == 404
    said = repo.did("/discard", paths=["a.txt", "new/file"])
    assert (said["restored"], said["removed"]) == (["a.txt"], [])
    assert (repo.folder / "a.txt").read_text() == "one\ntwo\nthree\n"
    repo.write(a__txt="1\n")
    said = repo.did("/discard", all=True, untracked=True)
    assert said["formatted"] == "main"
    assert (said["removed"], set(said["restored"])) == (
        ["new/file"], {"a.txt", "added", "gone", "keep", "moved", "\ufffd"},
    )  # fmt: skip
    assert names(repo) == {"a.txt", "gone", "keep", ".gitignore", "ignored"}


def test_a_repository_without_a_commit_can_be_staged_unstaged_discarded_and_committed(workspace):
    empty = workspace().init().write(a="1", b="2")
    assert empty.did("/stage", all=True)["formatted"] == "main +2"
    assert empty.did("/unstage", paths=["b"])["formatted"] == "main +1 ?1"
    assert empty.did("/discard", paths=["a"])["restored"] == ["a"]
    assert empty.did("/commit", message="First", all=True)["formatted"] == "main"
    assert names(empty) == {"b"}


def test_branches_are_made_and_switched_to(repo):
    first = repo.repo.head.commit.hexsha
    repo.commit("second", a__txt="2\n")
    made = repo.post("/branches", name="feature/x", **{"from": first})
    assert (made.status_code, repo.repo.heads["feature/x"].commit.hexsha) == (201, first)
    assert repo.did("/branches", name="here", switch=True)["formatted"] == "here"
    assert repo.did("/switch", branch="feature/x")["formatted"] == "feature/x"
    assert (repo.folder / "a.txt").read_text() == "one\ntwo\nthree\n"
    assert repo.did("/switch", ref="main")["status"]["detached"] is True
    assert repo.post("/branches", name="main").json()["error"]["code"] == "CONFLICT"
    for name in ("a..b", "-x", "x.lock", "HEAD^"):
        assert repo.post("/branches", name=name).status_code == 400, name
    assert repo.post("/switch", branch="nowhere").status_code == 404
    repo.did("/switch", branch="main")
    repo.write(a__txt="not committed\n")
    error = repo.post("/switch", branch="feature/x").json()["error"]
    assert (error["code"], "a.txt" in error["message"]) == ("CONFLICT", True)
