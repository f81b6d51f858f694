"""Files of workspaces and allowed roots: what a caller can do there, and what he is told when he can't."""

import os

import pytest

CALLS = [
    ("get", "/api/files/list", {"path": "x"}),
    ("get", "/api/files/stat", {"path": "x"}),
    ("get", "/api/files/read", {"path": "x"}),
    ("post", "/api/files/write", {"path": "x", "content": ""}),
    ("post", "/api/files/mkdir", {"path": "x"}),
    ("delete", "/api/files/delete", {"path": "x"}),
    ("post", "/api/files/rename", {"oldPath": "x", "newPath": "y"}),
    ("post", "/api/files/search", {"query": "x"}),
    ("put", "/api/files/upload", {"path": "x"}),
    ("get", "/api/files/download", {"path": "x"}),
    ("get", "/api/files/archive", {"path": "x"}),
    ("post", "/api/upload", {}),
]


def called(client, method, path, fields):
    if method in ("get", "delete"):
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        return getattr(client, method)(f"{path}?{query}")
    if path in ("/api/files/upload", "/api/upload"):
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        return getattr(client, method)(f"{path}?{query}", b"\x89PNG\r\n\x1a\n", content_type="image/png")
    return getattr(client, method)(path, fields, format="json")


@pytest.mark.django_db(transaction=True)
def test_a_strangers_session_is_404_and_without_a_token_all_is_401(client, stranger, session, nobodys, refused):
    theirs, nobody = client(stranger), client()
    for method, path, fields in CALLS:
        for session_id in (session["id"], nobodys, "x"):
            answer = called(theirs, method, path, fields | {"sessionId": session_id})
            assert refused(answer) == (404, "SESSION_NOT_FOUND"), path
        assert refused(called(nobody, method, path, fields))[0] == 401, path
    assert refused(nobody.get("/api/dirs?q=/")) == refused(nobody.get("/uploads/x")) == (401, "UNAUTHORIZED")
    assert theirs.get(f"/api/dirs?q={session['workspaceDir']}/").json()["data"]["dirs"] == []


@pytest.mark.django_db(transaction=True)
def test_elsewhere_is_403_whether_it_is_there_or_not(client, stranger, mine, session, workspace, refused):
    (workspace / "mine.txt").write_text("x")
    outside = ["/etc/passwd", "/etc/nothing", "/", str(workspace.parent), f"{workspace}/../x", f"{workspace}x"]
    for method, path, fields in CALLS[:-1]:
        for client_, places in ((mine, outside), (client(stranger), [str(workspace), f"{workspace}/mine.txt"])):
            for place in places:
                named = {name: place if "ath" in name else value for name, value in ({"path": ""} | fields).items()}
                if "oldPath" in named:
                    del named["path"]
                assert refused(called(client_, method, path, named)) == (403, "PATH_OUTSIDE_WORKSPACE"), (path, place)
    assert refused(mine.get("/api/files/list", {"sessionId": session["id"], "path": "/etc"}))[0] == 403
    assert [path.name for path in workspace.iterdir()] == ["mine.txt"]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_asked_for_properly_is_400(mine, own, refused):
    for method, path, fields in CALLS[1:-3]:
        empty = {name: value for name, value in fields.items() if "ath" not in name and name != "query"}
        assert refused(called(mine, method, path, empty)) == (400, "INVALID_REQUEST"), path
        assert refused(called(mine, method, path, fields)) == (400, "INVALID_REQUEST"), path  # relative to nothing
        assert refused(called(mine, method, path, own(**fields, misspelt="1"))) == (400, "INVALID_REQUEST"), path
    for fields in (
        {"path": "a", "content": "#", "encoding": "base64"}, {"path": "a", "content": "", "encoding": "latin-1"},
        {"path": "a", "content": "", "ifNoneMatch": '"x"'}, {"path": "a", "content": "", "ifMatch": "*"},
        {"path": "a"}, {"path": "a", "content": 1}, {"path": "n" * 300, "content": ""}, {"path": "", "content": ""},
    ):  # fmt: skip
        assert refused(mine.post("/api/files/write", own(**fields), format="json")) == (400, "INVALID_REQUEST"), fields
    assert refused(mine.get("/api/files/list", own(path="p" * 5000))) == (400, "INVALID_REQUEST")
    assert refused(mine.get("/api/files/list", own(limit=0))) == (400, "INVALID_REQUEST")


def test_paths_may_be_relative_to_a_session_or_absolute_in_it(mine, own, workspace, said):
    (workspace / "a").mkdir()
    (workspace / "a" / "b.txt").write_text("hello")
    for path in ("a/b.txt", "./a//b.txt", f"{workspace}/a/b.txt"):
        shown = said(mine.get("/api/files/read", own(path=path)))
        assert (shown["content"], shown["path"]) == ("hello", f"{workspace}/a/b.txt")


def test_an_entry_says_what_it_is(mine, own, workspace, said):
    target = workspace / "run.sh"
    target.write_text("echo")
    target.chmod(0o755)
    os.utime(target, (1e9, 1e9))
    (workspace / "link").symlink_to("run.sh")
    entry = said(mine.get("/api/files/stat", own(path="run.sh")))["entry"]
    etag = entry.pop("etag")
    assert entry == {
        "name": "run.sh", "path": str(target), "type": "file", "size": 4, "modifiedAt": "2001-09-09T01:46:40.000Z",
        "mode": "0755", "hidden": False,
    }  # fmt: skip
    assert said(mine.get("/api/files/read", own(path="run.sh")))["etag"] == etag
    link = said(mine.get("/api/files/stat", own(path="link")))["entry"]
    assert (link["type"], link["target"]) == ("symlink", "run.sh")
    top = said(mine.get("/api/files/stat", own()))["entry"]
    assert (top["name"], top["path"], top["type"]) == (workspace.name, str(workspace), "directory")


def test_a_long_folder_comes_in_pages(mine, own, workspace, said):
    for number in range(25):
        (workspace / f"{number:02}").touch()
    seen, cursor = [], {}
    while cursor is not None:
        shown = said(mine.get("/api/files/list", own(limit=10, **cursor)))
        seen.append([entry["name"] for entry in shown["entries"]])
        cursor = {"cursor": shown["nextCursor"]} if shown["truncated"] else None
    assert [len(page) for page in seen] == [10, 10, 5]
    assert [name for page in seen for name in page] == [f"{number:02}" for number in range(25)]


def test_a_write_can_insist_on_the_version_it_knows(mine, own, workspace, said, refused):
    def write(headers=None, **fields):
        return mine.post("/api/files/write", own(path="f", **fields), format="json", headers=headers or {})

    first = said(write(content="1", ifNoneMatch="*"))
    assert first["created"]
    again = write(content="2", ifNoneMatch="*")
    assert refused(again) == (409, "CONFLICT")
    assert again.json()["error"]["details"]["etag"] == first["etag"]
    second = said(write(content="2", ifMatch=first["etag"]))
    assert (second["created"], second["size"]) == (False, 1)
    late = write(content="3", headers={"If-Match": f'"{first["etag"]}"'})
    assert (refused(late), late.json()["error"]["details"]["etag"]) == ((409, "CONFLICT"), second["etag"])
    assert (workspace / "f").read_text() == "2"


def test_what_a_folder_needs_is_said(mine, own, workspace, said, refused):
    def post(call, **fields):
        return mine.post(f"/api/files/{call}", own(**fields), format="json")

    assert refused(post("write", path="a/b/c", content="")) == (404, "NOT_FOUND")
    said(post("write", path="a/b/c", content="", createParents=True))
    assert refused(post("write", path="a/b", content="")) == (409, "CONFLICT")
    assert refused(mine.get("/api/files/read", own(path="a"))) == (400, "INVALID_REQUEST")
    assert refused(mine.get("/api/files/list", own(path="a/b/c"))) == (400, "INVALID_REQUEST")
    assert refused(mine.get("/api/files/list", own(path="no"))) == (404, "NOT_FOUND")
    assert refused(mine.delete(f"/api/files/delete?path={workspace}/a")) == (409, "CONFLICT")
    assert (workspace / "a/b/c").exists()
    said(post("mkdir", path="x/y/z"), 201)
    assert not said(post("mkdir", path="x/y/z"))["created"]
    assert refused(post("mkdir", path="x/y/z", parents=False)) == (409, "CONFLICT")
    said(mine.delete(f"/api/files/delete?path={workspace}/a&recursive=true"))
    assert not (workspace / "a").exists()
    for method in (mine.get, mine.put):
        assert refused(method("/api/files/mkdir")) == (405, "METHOD_NOT_ALLOWED")


def test_a_rename_replaces_nothing_unasked_and_stays_in_its_workspace(mine, own, start, workspace, said, refused):
    (workspace / "a").write_text("a")
    (workspace / "b").write_text("b")
    other = start()["workspaceDir"]

    def rename(old, new, **fields):
        return mine.post("/api/files/rename", {"oldPath": old, "newPath": new} | fields, format="json")

    assert refused(rename("a", "b", **own())) == (409, "CONFLICT")
    assert (workspace / "b").read_text() == "b"
    said(rename("a", "b", overwrite=True, **own()))
    assert (workspace / "b").read_text() == "a"
    assert refused(rename(f"{workspace}/b", f"{other}/b")) == (400, "INVALID_REQUEST")
    assert refused(rename("b", "../b", **own())) == (403, "PATH_OUTSIDE_WORKSPACE")
    assert [path.name for path in workspace.iterdir()] == ["b"]


def test_a_link_that_leads_out_is_not_followed(mine, own, workspace, refused):
    (workspace / "out").symlink_to("/etc")
    (workspace / "passwd").symlink_to("/etc/passwd")
    assert refused(mine.get("/api/files/read", own(path="passwd"))) == (403, "PATH_OUTSIDE_WORKSPACE")
    assert refused(mine.get("/api/files/read", own(path="out/passwd"))) == (403, "PATH_OUTSIDE_WORKSPACE")
    assert refused(mine.get("/api/files/list", own(path="out"))) == (403, "PATH_OUTSIDE_WORKSPACE")
    assert refused(mine.post("/api/files/write", own(path="passwd", content="x"), format="json")) == (409, "CONFLICT")


def test_a_name_that_is_no_text_is_found_by_its_bytes(mine, own, workspace, said):
    raw = os.path.join(os.fsencode(workspace), b"caf\xe9.txt")
    with open(raw, "wb") as made:
        made.write(b"au lait")
    (entry,) = said(mine.get("/api/files/list", own()))["entries"]
    assert (entry["name"], entry["path"]) == ("caf\ufffd.txt", f"{workspace}/caf\ufffd.txt")
    for more in ({}, own()):
        shown = said(mine.get("/api/files/read", {"rawPath": entry["rawPath"]} | more))
        assert (shown["content"], shown["rawPath"]) == ("au lait", entry["rawPath"])
    said(
        mine.post("/api/files/rename", {"rawOldPath": entry["rawPath"], "newPath": f"{workspace}/cafe"}, format="json")
    )
    assert [path.name for path in workspace.iterdir()] == ["cafe"]


def test_without_a_path_it_says_where_one_can_look(mine, client, stranger, session, root, said):
    found = said(mine.get("/api/files/list"))
    assert found["path"] is None
    assert [(entry["path"], entry["sessionId"], entry["sessionName"]) for entry in found["entries"]] == [
        (session["workspaceDir"], session["id"], session["name"]), (str(root.parent), None, None),
    ]  # fmt: skip
    assert [entry["path"] for entry in said(client(stranger).get("/api/files/list"))["entries"]] == [str(root.parent)]


def test_an_allowed_root_is_everybodys(client, stranger, root, said, refused):
    theirs = client(stranger)
    said(theirs.post("/api/files/write", {"path": f"{root}/shared.txt", "content": "hi"}, format="json"))
    shown = said(theirs.get("/api/files/read", {"path": f"{root}/shared.txt"}))
    assert (shown["content"], shown["sessionId"]) == ("hi", None)
    assert refused(theirs.get("/api/files/read", {"path": f"{root}/no"})) == (404, "NOT_FOUND")
    assert refused(theirs.get("/api/files/list", {"path": f"{root}/.."})) == (403, "PATH_OUTSIDE_WORKSPACE")


def test_a_path_in_two_places_is_the_innermost_session(mine, start, root, said):
    (root / "inner").mkdir()
    (root / "inner" / "f").write_text("x")
    root.chmod(0o755)
    outer, inner = start(cwd=str(root)), start(cwd=str(root / "inner"))
    assert said(mine.get("/api/files/read", {"path": f"{root}/inner/f"}))["sessionId"] == inner["id"]
    assert said(mine.get("/api/files/list", {"path": str(root)}))["sessionId"] == outer["id"]


def test_staff_see_all_workspaces_and_no_runner_is_503(client, staff, mine, workspace, no_runner, said, refused):
    (workspace / "f").write_text("x")
    assert said(client(staff).get("/api/files/read", {"path": f"{workspace}/f"}))["content"] == "x"
    no_runner()
    assert refused(mine.get("/api/files/read", {"path": f"{workspace}/f"})) == (503, "HOST_UNAVAILABLE")


def test_a_megabyte_of_any_text_can_be_written_back(mine, own, workspace, said):
    text = "я" * 500_000
    said(mine.post("/api/files/write", own(path="f", content=text), format="json"))  # three times as long as JSON
    assert said(mine.get("/api/files/read", own(path="f")))["content"] == text
