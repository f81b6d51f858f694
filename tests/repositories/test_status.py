"""GET /api/sessions/:id/git and …/git/files: how a workspace stands as a repository."""

NAMES = ('new\nline "quoted".txt', "ümläut", " blank ")


def test_a_status_looks_as_it_is_documented(repo, row):
    upstream = repo.repo.create_head("upstream")
    repo.commit("second", a__txt="one\ntwo\nthree\nfour\n")
    repo.commit("third", b__txt="b\n")
    with repo.repo.config_writer() as writer:
        writer.set_value('branch "main"', "remote", ".")
        writer.set_value('branch "main"', "merge", "refs/heads/upstream")
    repo.write(c__txt="staged\n")
    repo.repo.git.add("c.txt")
    repo.write(a__txt="1\n", b__txt="2\n", d__txt="unknown\n")
    said = repo.said()
    assert said["status"] == {
        "isRepo": True, "branch": "main", "detached": False, "head": repo.repo.head.commit.hexsha,
        "upstream": "upstream", "ahead": 2, "behind": 0, "staged": 1, "unstaged": 2, "untracked": 1, "conflicted": 0,
    }  # fmt: skip
    assert said["formatted"] == "main ↑2 +1 ~2 ?1"
    assert said["workspaceDir"] == str(repo.folder)
    assert upstream.commit.hexsha != said["status"]["head"]
    kept = row(repo.session).git
    assert (kept["branch"], kept["formatted"]) == ("main", said["formatted"])


def test_a_workspace_that_is_no_repository_is_no_error(workspace, row):
    plain = workspace()
    said = plain.said()
    assert (said["status"]["isRepo"], said["status"]["branch"], said["formatted"]) == (False, None, "")
    assert row(plain.session).git is None
    for what in ("/files", "/diff", "/log", "/branches", "/patch", "/overlaps"):
        answer = plain.get(what)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT"), what
        assert "no git repository" in answer.json()["error"]["message"]


def test_a_repository_without_a_commit_and_one_without_a_branch_are_shown(repo, workspace):
    empty = workspace().init().write(a="1")
    assert empty.said()["formatted"] == "main ?1"
    assert empty.said()["status"]["head"] is None
    assert empty.said("/log") == {"commits": [], "nextCursor": None}
    assert empty.said("/branches") == {"current": "main", "branches": [], "truncated": False}
    assert [file["path"] for file in empty.said("/diff", untracked="true")["files"]] == ["a"]
    repo.repo.git.checkout("--quiet", "--detach")
    repo.hand_over()
    assert repo.said()["status"]["detached"] is True
    assert repo.said()["formatted"] == f"detached at {repo.repo.head.commit.hexsha[:7]}"


def test_files_are_listed_by_their_own_names_with_what_became_of_them(repo):
    repo.commit("more", keep="x\n" * 50, gone="g\n", link="to be a link\n")
    repo.repo.git.mv("keep", "moved")
    (repo.folder / "gone").unlink()
    (repo.folder / "link").unlink()
    (repo.folder / "link").symlink_to("a.txt")
    repo.put(dict.fromkeys(NAMES, "new\n"))
    repo.put({b"\xff.bin".decode("utf-8", "surrogateescape"): "not UTF-8"})
    repo.repo.git.add(NAMES[1])
    repo.hand_over()
    found = {file["path"]: file for file in repo.said("/files")["files"]}
    assert set(found) == {"moved", "gone", "link", *NAMES, "\ufffd.bin"}
    assert (found["moved"]["oldPath"], found["moved"]["index"], found["moved"]["staged"]) == ("keep", "renamed", True)
    assert (found["gone"]["worktree"], found["gone"]["unstaged"]) == ("deleted", True)
    assert found["link"]["worktree"] == "type changed"
    assert (found[NAMES[1]]["index"], found[NAMES[0]]["untracked"]) == ("added", True)
    cut = repo.said("/files", limit=2)
    assert (len(cut["files"]), cut["truncated"]) == (2, True)


def test_a_merge_in_conflict_is_told(repo):
    repo.repo.git.checkout("--quiet", "-b", "other")
    repo.commit("theirs", a__txt="theirs\n")
    repo.repo.git.checkout("--quiet", "main")
    repo.commit("ours", a__txt="ours\n")
    repo.repo.git.merge("other", with_exceptions=False)
    repo.hand_over()
    assert repo.said()["formatted"] == "main !1"
    (file,) = repo.said("/files")["files"]
    assert (file["conflicted"], file["staged"], file["unstaged"]) == (True, False, False)
    (changed,) = [file for file in repo.said("/diff")["files"] if file["hunks"]]
    assert any(line["text"].startswith("<<<<<<<") for line in changed["hunks"][0]["lines"])
    assert repo.post("/commit", message="no", paths=["a.txt"]).status_code == 409


def test_a_session_that_has_exited_can_be_asked_and_a_strangers_not(repo, mine, client, stranger, nobodys, no_runner):
    assert mine.post(f"/api/sessions/{repo.id}/stop").status_code == 200
    assert repo.said()["formatted"] == "main"
    assert client(stranger).get(repo.url).json()["error"]["code"] == "SESSION_NOT_FOUND"
    assert mine.get(f"/api/sessions/{nobodys}/git").status_code == 404
    no_runner()
    assert repo.get().json()["error"]["code"] == "HOST_UNAVAILABLE"


def test_what_git_complains_of_is_told_in_its_words(repo):
    (repo.folder / ".git" / "config").write_text("[broken\n")
    error = repo.get().json()["error"]
    assert (error["code"], "bad config line 1" in error["message"]) == ("CONFLICT", True)


REFUSED = (
    ("/log", {"ref": "--all"}), ("/show", {"ref": "-p"}), ("/blame", {"path": "a.txt", "ref": "--output=x"}),
    ("/diff", {"from": "--no-index"}), ("/patch", {"from": "-1"}), ("/log", {"path": "../../etc/passwd"}),
    ("/blame", {"path": "/etc/passwd"}), ("/log", {"cursor": "x"}), ("/log", {"ref": "a b"}),
)  # fmt: skip


def test_nothing_that_could_be_an_option_or_leads_out_is_taken(repo):
    for what, query in REFUSED:
        answer = repo.get(what, **query)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST"), (what, query)
