"""GET …/git/overlaps: other live sessions that changed the same files of the same repository."""

import git


def cloned(workspace, source):
    made = workspace()
    made.repo = git.Repo.clone_from(str(source.folder), made.folder, no_hardlinks=True)
    made.hand_over()
    return made


def test_live_sessions_that_changed_the_same_file_are_named(repo, workspace, mine):
    one, two = cloned(workspace, repo), cloned(workspace, repo)
    one.write(a__txt="one's\n", own="x")
    two.write(a__txt="two's\n", new="x")
    workspace().write(a__txt="no repository")
    two.repo.git.execute(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--all", "--message", "done"]
    )
    two.hand_over()
    said = one.said("/overlaps")
    named = [{"id": two.id, "name": two.session["name"]}]
    assert said == {"overlaps": [{"path": "a.txt", "sessions": named}], "unknown": [], "truncated": False}
    one.write(new="one's\n")
    assert [found["path"] for found in one.said(overlaps="true")["overlaps"]] == ["a.txt", "new"]
    assert repo.said("/overlaps")["overlaps"] == []
    mine.post(f"/api/sessions/{two.id}/stop")
    assert one.said("/overlaps")["overlaps"] == []
