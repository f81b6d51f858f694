"""Names and lines are found below a folder: by ripgrep in the session's box where it is, else by our own search."""

import base64
import os

import pytest


@pytest.fixture
def tree(workspace):
    (workspace / "src").mkdir()
    (workspace / "src" / "main.py").write_text("import os\n\ndef größe(): return Needle(1)\nneedle = 2\n")
    (workspace / "src" / "notes.txt").write_text("a Needle here\n")
    (workspace / ".secret").write_text("needle\n")
    return workspace


@pytest.fixture
def search(mine, own):
    """`search(query, …)` in the session's workspace."""
    return lambda query, **fields: mine.post("/api/files/search", own(query=query, **fields), format="json")


@pytest.fixture
def without_ripgrep(monkeypatch):
    from files import searching

    monkeypatch.setattr(searching, "_command", lambda _wanted: ["no-such-program-as-this"])


def lines(shown, workspace):
    return sorted((each["path"].removeprefix(f"{workspace}/"), each["line"]) for each in shown["matches"])


def test_names_are_found(search, mine, own, tree, said):
    shown = said(search("MAIN"))
    assert [(each["path"], each["type"]) for each in shown["matches"]] == [(f"{tree}/src/main.py", "file")]
    assert said(search("MAIN", caseSensitive=True))["matches"] == []
    asked = said(mine.get("/api/files/search", own(query="secret", hidden="true", path="")))
    assert [each["path"] for each in asked["matches"]] == [f"{tree}/.secret"]


def test_lines_are_found_by_our_own_search_where_there_is_no_ripgrep(search, tree, without_ripgrep, said, refused):
    shown = said(search("needle", kind="content"))
    assert shown["engine"] == "builtin"
    (found,) = [each for each in shown["matches"] if each["line"] == 4]
    assert (found["column"], found["text"], found["ranges"]) == (1, "needle = 2", [[0, 6]])
    assert lines(shown, tree) == [("src/main.py", 3), ("src/main.py", 4), ("src/notes.txt", 1)]
    assert lines(said(search("needle", kind="content", glob="*.txt")), tree) == [("src/notes.txt", 1)]
    assert lines(said(search("^needle", kind="content", regex=True, path="src")), tree) == [("src/main.py", 4)]
    assert refused(search("(", kind="content", regex=True)) == (400, "INVALID_REQUEST")


def test_lines_are_found_by_ripgrep(search, mine, session, tree, said, refused):
    shown = said(search("needle", kind="content"))
    assert shown["engine"] == "ripgrep"
    assert lines(shown, tree) == [("src/main.py", 3), ("src/main.py", 4), ("src/notes.txt", 1)]
    (match,) = said(search("needle(", kind="content"))["matches"]
    assert (match["line"], match["column"], match["ranges"]) == (3, 21, [[20, 27]])
    assert match["text"] == "def größe(): return Needle(1)"
    assert lines(said(search("needle", kind="content", hidden=True, caseSensitive=True)), tree) == [
        (".secret", 1), ("src/main.py", 4),
    ]  # fmt: skip
    assert said(mine.post(f"/api/sessions/{session['id']}/stop"))["session"]["status"] == "exited"
    assert said(search("nowhere", kind="content")) == {
        "path": str(tree), "sessionId": session["id"], "matches": [], "truncated": False, "engine": "ripgrep",
    }  # fmt: skip
    assert refused(search("(", kind="content", regex=True)) == (400, "INVALID_REQUEST")
    assert refused(search("x", kind="content", path="no")) == (404, "NOT_FOUND")
    assert refused(search("x", kind="content", path="/etc")) == (403, "PATH_OUTSIDE_WORKSPACE")


def test_a_long_line_is_shown_around_what_was_found():
    from types import SimpleNamespace

    from files import searching

    line = "ä" * 5000 + "needle" + "z" * 5000
    start = len(("ä" * 5000).encode())
    said = {
        "path": {"text": "./f"}, "lines": {"text": line + "\n"}, "line_number": 1,
        "submatches": [{"start": start, "end": start + 6}],
    }  # fmt: skip
    match = searching._match(SimpleNamespace(shown="/w"), said)
    (a, b) = match["ranges"][0]
    assert (match["path"], match["column"], match["text"][a:b], len(match["text"])) == ("/w/f", 5001, "needle", 500)


def test_only_so_many_are_told(search, tree, without_ripgrep, said):
    shown = said(search("needle", kind="content", limit=1))
    assert (len(shown["matches"]), shown["truncated"]) == (1, True)


def test_lines_behind_a_link_that_leads_out_are_not_found(search, workspace, refused, said):
    """Though the session itself could read them."""
    (workspace / "out").symlink_to("/usr/share")
    (workspace / "real").mkdir()
    (workspace / "real" / "f").write_text("needle\n")
    (workspace / "in").symlink_to("real")
    assert refused(search("a", kind="content", path="out")) == (403, "PATH_OUTSIDE_WORKSPACE")
    assert lines(said(search("needle", kind="content", path="in")), workspace) == [("in/f", 1)]


def test_a_query_that_ripgrep_can_not_take_is_refused(search, tree, refused):
    for wrong in ({"query": "a", "glob": "["}, {"query": "a\nb"}, {"query": "((x{1000}){1000}){1000}", "regex": True}):
        assert refused(search(kind="content", **wrong)) == (400, "INVALID_REQUEST"), wrong


def test_lines_are_found_below_a_name_that_is_no_text(search, workspace, said):
    folder = os.fsencode(workspace) + b"/\xff"
    os.mkdir(folder)
    with open(folder + b"/f", "w") as file:
        file.write("needle")
    (match,) = said(search("needle", kind="content", rawPath=base64.b64encode(b"\xff").decode()))["matches"]
    assert base64.b64decode(match["rawPath"]) == folder + b"/f"


def test_what_a_program_makes_up_in_place_of_ripgrep_is_skipped():
    from types import SimpleNamespace

    from files import searching

    made_up = b'[]\n1\n{"type":"match"}\n{"type":"match","data":{"lines":{"bytes":"!"}}}\nnull\n"x"\n'
    assert list(searching._matches(SimpleNamespace(shown="/w"), made_up)) == []
