"""GET …/git/diff, /show, /log, /blame, /branches, /patch: what changed, when and by whom, checked against GitPython."""

import git
import pytest

from repositories import diffs


@pytest.fixture
def worked(repo):
    """`repo` after some work that is not committed: one of each kind."""
    repo.commit("more", keep="\n".join(map(str, range(50))) + "\n", bin=b"\0\1\2", gone="bye\n")
    repo.repo.git.mv("keep", "moved")
    repo.write(a__txt="one\nTWO\r\nthree", bin=b"\0\3", moved="\n".join(map(str, range(51))) + "\n")
    repo.put({'we"ird\n': "unknown to git\n"})
    (repo.folder / "gone").unlink()
    return repo


def lines(file):
    return [
        (line["type"], line["oldLine"], line["newLine"], line["text"]) for h in file["hunks"] for line in h["lines"]
    ]


def test_what_is_not_committed_comes_as_hunks_of_lines(worked):
    said = worked.said("/diff")
    files = {file["path"]: file for file in said["files"]}
    assert set(files) == {"a.txt", "bin", "gone", "moved"}
    assert lines(files["a.txt"]) == [
        ("context", 1, 1, "one"), ("delete", 2, None, "two"), ("delete", 3, None, "three"),
        ("add", None, 2, "TWO\r"), ("add", None, 3, "three"),
    ]  # fmt: skip
    assert files["a.txt"]["hunks"][0]["lines"][-1]["noNewline"] is True
    assert (files["bin"]["binary"], files["bin"]["additions"], files["bin"]["hunks"]) == (True, None, [])
    assert (files["moved"]["status"], files["moved"]["oldPath"], files["moved"]["additions"]) == ("renamed", "keep", 1)
    assert (files["gone"]["status"], files["gone"]["deletions"]) == ("deleted", 1)
    assert (said["stat"], said["truncated"]) == ({"files": 4, "additions": 3, "deletions": 3}, False)


def test_the_index_the_rest_one_file_and_unknown_files_are_asked_for_apart(worked):
    def paths(**query):
        return {file["path"] for file in worked.said("/diff", **query)["files"]}

    assert paths(staged="true") == {"moved"}
    assert paths(staged="false") == {"a.txt", "bin", "gone", "moved"}
    assert paths(path="a.txt") == {"a.txt"}
    before = worked.repo.git.execute(["git", "ls-files", "--stage"])
    (new,) = [f for f in worked.said("/diff", untracked="true")["files"] if f["path"] == 'we"ird\n']
    assert (new["status"], lines(new)) == ("added", [("add", None, 1, "unknown to git")])
    assert worked.repo.git.execute(["git", "ls-files", "--stage"]) == before
    two = worked.said("/diff", **{"from": "HEAD~1", "to": "HEAD"})
    assert {file["path"] for file in two["files"]} == {"keep", "bin", "gone"}
    assert worked.get("/diff", **{"from": "nowhere"}).status_code == 404


def test_a_huge_difference_is_cut_file_by_file_and_names_all_files(repo):
    repo.put({f"big{n}": "".join(f"{n} {line}\n" for line in range(8000)) for n in range(5)})
    repo.write(long="z" * 10_000 + "\n")
    repo.repo.git.add("--all")
    said = repo.said("/diff")
    files = {file["path"]: file for file in said["files"]}
    assert said["truncated"] is True
    assert [files[f"big{n}"]["additions"] for n in range(5)] == [8000] * 5
    assert sum(len(lines(file)) for file in said["files"]) <= diffs.MAX_LINES
    assert len(lines(files["big0"])) == diffs.MAX_LINES_OF_FILE
    assert files["big0"]["truncated"] is True


def test_what_git_was_let_say_only_in_part_still_names_its_files():
    output = (
        b":100644 100644 1 2 M\0a\0:100644 100644 1 2 M\0b\0" b"1\t0\ta\0" b"2\t0\tb\0" b"\0"
        b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,0 +2 @@\n+x\ndiff --git a/b b/b\n@@ -1,0 +2,2 @@\n+y\n+z"
    )  # fmt: skip
    for length in range(len(output)):
        found = diffs.parse(output[:length], is_cut=True)
        assert found.is_cut
        assert [file.path for file in found.files] == ["a", "b"][: len(found.files)]
    whole = diffs.parse(output + b"\n")
    assert [(file.path, file.is_cut, len(file.hunks[0]["lines"])) for file in whole.files] == [
        ("a", False, 1),
        ("b", False, 2),
    ]


def test_a_submodule_is_shown_as_such(repo):
    inner = git.Repo.init(repo.folder / "inner")
    inner.git.execute(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", "--allow-empty"])
    repo.repo.git.add("inner")
    repo.hand_over()
    (file,) = repo.said("/diff")["files"]
    assert (file["path"], file["submodule"], file["hunks"][0]["lines"][0]["text"][:18]) == (
        "inner",
        True,
        "Subproject commit ",
    )


def test_history_comes_in_pages_that_new_commits_do_not_shift(repo):
    for number in range(4):
        repo.commit(f"commit {number}\n\nbody of {number}\nin two lines", **{f"f{number}": "x"})
    first = repo.said("/log", limit=2)
    repo.commit("one more", g="x")
    second = repo.said("/log", limit=2, cursor=first["nextCursor"])
    third = repo.said("/log", limit=2, cursor=second["nextCursor"])
    commits = [*first["commits"], *second["commits"], *third["commits"]]
    assert [c["subject"] for c in commits] == ["commit 3", "commit 2", "commit 1", "commit 0", "first"]
    assert third["nextCursor"] is None
    theirs = list(repo.repo.iter_commits("HEAD~1"))
    assert [(c["sha"], c["parents"]) for c in commits] == [(t.hexsha, [p.hexsha for p in t.parents]) for t in theirs]
    assert commits[0]["body"] == "body of 3\nin two lines"
    assert commits[0]["author"] | {"at": None} == {"name": "Builder", "email": "builder@example.org", "at": None}
    assert commits[0]["author"]["at"].endswith("Z")
    assert [c["subject"] for c in repo.said("/log", path="f1")["commits"]] == ["commit 1"]
    assert repo.get("/log", ref="nowhere").json()["error"]["code"] == "NOT_FOUND"


def test_one_commit_is_shown_with_what_it_changed_also_the_first(repo):
    made = repo.commit("second", a__txt="one\nzwei\nthree\n")
    said = repo.said("/show", ref=made.hexsha[:10])
    assert (said["commit"]["sha"], said["stat"]) == (made.hexsha, {"files": 1, "additions": 1, "deletions": 1})
    root = repo.said("/show", ref="HEAD~1")
    assert (root["commit"]["parents"], root["files"][0]["status"], root["stat"]["additions"]) == ([], "added", 3)
    assert repo.get("/show", ref="HEAD~7").status_code == 404


def test_blame_says_who_wrote_each_line(repo):
    repo.commit("second", a__txt="one\nzwei\nthree\n")
    repo.write(a__txt="one\nzwei\nthree\nfour\n")
    said = repo.said("/blame", path="a.txt")
    old, new = repo.repo.commit("HEAD~1").hexsha, repo.repo.head.commit.hexsha
    assert [(line["line"], line["commit"]) for line in said["lines"]] == [(1, old), (2, new), (3, old), (4, None)]
    assert said["commits"][new]["subject"] == "second"
    theirs = [(c.hexsha, text) for c, found in repo.repo.blame("HEAD", "a.txt") for text in found]
    ours = repo.said("/blame", path="a.txt", ref="HEAD")["lines"]
    assert [(line["commit"], line["text"]) for line in ours] == theirs
    part = repo.said("/blame", path="a.txt", **{"from": 2, "to": 3})
    assert [line["text"] for line in part["lines"]] == ["zwei", "three"]
    assert repo.get("/blame", path="a.txt", **{"from": 900}).status_code == 400
    assert repo.get("/blame", path="nothing").status_code == 404


def test_branches_come_with_the_one_that_is_checked_out(repo):
    repo.repo.create_head("other")
    said = repo.said("/branches")
    assert (said["current"], {branch["name"] for branch in said["branches"]}) == ("main", {"main", "other"})
    (current,) = [branch for branch in said["branches"] if branch["current"]]
    assert (current["name"], current["sha"], current["subject"]) == ("main", repo.repo.head.commit.hexsha, "first")


def test_the_whole_work_is_a_patch_that_applies_elsewhere(worked, tmp_path):
    base = worked.repo.commit("HEAD~1").hexsha
    elsewhere = git.Repo.clone_from(str(worked.folder), tmp_path / "clone", no_hardlinks=True)
    elsewhere.git.reset("--hard", base)
    answer = worked.get("/patch", **{"from": base})
    assert answer["Content-Disposition"] == f'attachment; filename="{worked.id}.diff"'
    (tmp_path / "patch").write_bytes(answer.content)
    elsewhere.git.apply(str(tmp_path / "patch"))
    files = {p.name: p.read_bytes() for p in worked.folder.iterdir() if p.is_file()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "clone").iterdir() if p.is_file()} == files
    (tmp_path / "mails").write_bytes(worked.get("/patch", **{"from": base, "format": "mbox"}).content)
    elsewhere.git.reset("--hard", base)
    elsewhere.git.clean("-fdq")
    elsewhere.git.execute(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "am", "--quiet", str(tmp_path / "mails")]
    )
    assert elsewhere.head.commit.tree.hexsha == worked.repo.head.commit.tree.hexsha
    assert worked.get("/patch", **{"from": "nowhere"}).status_code == 404


def test_what_is_no_commit_is_not_compared(repo):
    """git itself would take two files of the machine, too."""
    for word in ("/dev/null", "HEAD..HEAD", "HEAD:a.txt", "no-such"):
        assert repo.get("/diff", **{"from": word}).status_code == 404, word
        assert repo.get("/diff", **{"from": "HEAD", "to": word}).status_code == 404, word
    assert repo.get("/diff", **{"from": "^HEAD"}).status_code == 400
    assert repo.said("/diff", **{"from": "HEAD", "to": "main"})["files"] == []
