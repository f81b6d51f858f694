"""What a filter of the repository makes up in git's place: it is refused, or read, within bounds."""

import pytest

from core.errors import Conflict
from repositories import diffs, git, history, overlaps, refusals, status

CODE = 0


def answer(output):
    return git.Answer(CODE, output, "", False)


@pytest.mark.parametrize(
    "said",
    [b"# branch.ab +x -1\0", b"# branch\0", b"1 M\0", b"2 R.\0", b"u UU\0"],
    ids=["count", "header", "changed", "renamed", "unmerged"],
)
def test_a_status_that_git_does_not_print_is_refused(said):
    with pytest.raises(Conflict):
        status.parse(answer(said))


def test_a_status_without_end_is_cut(monkeypatch):
    monkeypatch.setattr(status, "MAX_FILES", 10)
    found = status.parse(answer(b"# branch.head " + b"b" * 100_000 + b"\0" + b"? a\0" * 1000))
    assert (len(found.files), found.is_cut, len(found.branch)) == (10, True, status.MAX_NAME_CHARACTERS)
    assert status.parse(answer(b"# branch.oid \xff\0")).head == "\ufffd"


def test_a_difference_that_git_does_not_print_is_refused_or_empty():
    huge = b"9" * 5000
    with pytest.raises(Conflict):
        diffs.parse(b":100644 100644 " + b"0" * 40 + b" " + b"0" * 40 + b" M\0a\0" + huge + b"\t1\ta\0\0")
    assert diffs.parse(b"\0\n@@ -1 +1 @@\n").files == []


def test_lines_without_end_are_not_kept():
    lines, commits = history._blamed(b"\t\n" * 100_000)
    assert (len(lines), commits) == (history.MAX_BLAMED_LINES + 1, {})


def test_one_session_that_makes_things_up_is_unknown_to_the_others():
    from sessions.errands import Outcome

    class Row:
        repo, runner, workspace = {}, "", ""

    assert isinstance(overlaps._looked(Row, Outcome(0, b"nothing", "", True)), Conflict)


class Side:
    def __init__(self, name):
        self.pk = self.name = name


def refused(said):
    return refusals.conflict(Side("Left"), Side("Right"), "b" * 40, said)


def test_a_conflict_that_git_does_not_print_is_refused_and_one_without_end_is_cut(monkeypatch):
    with pytest.raises(Conflict, match="can't be read"):
        raise refused(b"a\0tree\0no stage, no path\0")
    monkeypatch.setattr(refusals, "MAX_FILES", 10)
    many = b"".join(b"100644 %040d %d\tname \xff %d\0" % (0, stage, at) for at in range(30_000) for stage in (2, 3))
    details = refused((b"a\0tree\0" + many)[: refusals.MAX_BYTES]).details
    assert (len(details["files"]), details["truncated"]) == (10, True)
    assert details["files"][9] == {"path": "name \ufffd 9", "kind": "both added"}


def test_a_merge_that_fails_for_another_reason_is_told_in_the_words_of_git():
    said = git.Answer(15, b"file\0\0file\0", "fatal: Unable to create 'index.lock'", False)
    assert refusals.in_the_way(Side("Left"), Side("Right"), said).message == "Unable to create 'index.lock'"
