"""The documented requests, sent as documented and answered as documented."""

import base64

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24


def test_a_folder_is_listed(mine, workspace, said):
    (workspace / "src").mkdir()
    (workspace / "b.txt").write_text("bb")
    (workspace / ".env").write_text("x")
    shown = said(mine.get(f"/api/files/list?path={workspace}"))
    assert [(each["name"], each["type"]) for each in shown["entries"]] == [("src", "directory"), ("b.txt", "file")]
    assert shown["entries"][1]["path"] == f"{workspace}/b.txt"
    shown = said(mine.get(f"/api/files/list?path={workspace}&hidden=true"))
    assert [each["name"] for each in shown["entries"]] == ["src", ".env", "b.txt"]


def test_a_file_is_read(mine, workspace, said):
    (workspace / "file.txt").write_text("Grüße\n")
    assert said(mine.get(f"/api/files/read?path={workspace}/file.txt"))["content"] == "Grüße\n"


def test_more_than_a_megabyte_is_not_read(mine, workspace, refused):
    (workspace / "most").write_bytes(b"x" * (1 << 20))
    assert len(mine.get(f"/api/files/read?path={workspace}/most").json()["data"]["content"]) == 1 << 20
    (workspace / "most").write_bytes(b"x" * ((1 << 20) + 1))
    assert refused(mine.get(f"/api/files/read?path={workspace}/most")) == (413, "TOO_LARGE")


def test_a_file_is_written(mine, workspace, said):
    said(
        mine.post("/api/files/write", {"path": f"{workspace}/file.txt", "content": "File contents here"}, format="json")
    )
    assert (workspace / "file.txt").read_text() == "File contents here"


def test_a_folder_is_made(mine, workspace, said):
    said(mine.post("/api/files/mkdir", {"path": f"{workspace}/new-dir"}, format="json"), 201)
    assert (workspace / "new-dir").is_dir()


def test_a_file_is_deleted(mine, workspace, said):
    (workspace / "file.txt").write_text("x")
    said(mine.delete(f"/api/files/delete?path={workspace}/file.txt"))
    assert list(workspace.iterdir()) == []


def test_a_file_is_renamed(mine, workspace, said):
    (workspace / "old.txt").write_text("x")
    names = {"oldPath": f"{workspace}/old.txt", "newPath": f"{workspace}/new.txt"}
    shown = said(mine.post("/api/files/rename", names, format="json"))
    assert [path.name for path in workspace.iterdir()] == ["new.txt"]
    assert {name: shown[name] for name in names} == names


def test_subfolders_are_told_of(mine, workspace, said):
    (workspace / "projects").mkdir()
    (workspace / "documents").mkdir()
    (workspace / "file").touch()
    shown = said(mine.get(f"/api/dirs?q={workspace}/"))
    assert shown == {
        "base": str(workspace), "dirs": [f"{workspace}/documents", f"{workspace}/projects"], "truncated": False,
    }  # fmt: skip


def test_an_image_is_uploaded_and_served(mine, workspace, said):
    answer = mine.post("/api/upload", PNG, content_type="image/png")
    shown = said(answer)
    assert set(shown) == {"id", "url", "path"}
    assert shown["url"] == f"/uploads/{shown['id']}"
    with open(shown["path"], "rb") as stored:
        assert stored.read() == PNG
    served = mine.get(shown["url"])
    assert (served.status_code, served["Content-Type"], served.content) == (200, "image/png", PNG)


def test_what_is_no_image_is_refused_in_the_documented_words(mine, db):
    def said_of(body, kind):
        answer = mine.post("/api/upload", body, content_type=kind)
        return answer.status_code, answer.json()["error"]["message"]

    assert said_of(b"x", "text/plain") == (400, "Invalid content type")
    assert said_of(b"<svg/>", "image/svg+xml") == (400, "Invalid content type")
    assert said_of(b"", "image/png") == (400, "No image data")
    assert said_of(PNG, "image/jpeg") == (400, "File content does not match declared image type")
    assert said_of(PNG + b"\0" * 10 * 1024 * 1024, "image/png") == (413, "File too large")
    missing = mine.get("/uploads/7a7ec0a8-8d4b-4a4f-8c7e-1d8a5b0f6a11")
    assert (missing.status_code, missing.json()["error"]["message"]) == (404, "not found")


def test_bytes_that_are_no_text_go_both_ways_as_base64(mine, workspace, said):
    data = bytes(range(256))
    sent = {"path": f"{workspace}/all", "content": base64.b64encode(data).decode(), "encoding": "base64"}
    said(mine.post("/api/files/write", sent, format="json"))
    assert (workspace / "all").read_bytes() == data
    shown = said(mine.get(f"/api/files/read?path={workspace}/all"))
    assert (shown["encoding"], shown["isBinary"], base64.b64decode(shown["content"])) == ("base64", True, data)
