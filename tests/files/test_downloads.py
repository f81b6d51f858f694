"""Files and archives as they are carried away: whole or in parts, and never as a page of this server."""

import io
import os
import tarfile
import zipfile

import pytest

BYTES = bytes(range(256)) * 4


@pytest.fixture
def download(ask, own):
    """`download(path, **headers)` of the session's."""
    return lambda path, method="GET", **headers: ask(
        method, "/api/files/download", params=own(path=path), headers=headers
    )


def test_a_file_comes_as_it_is_and_as_no_page(download, workspace):
    (workspace / "page.html").write_bytes(BYTES)
    answer = download("page.html")
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["content-disposition"] == 'attachment; filename="page.html"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer.headers["cache-control"]
    told = download("page.html", "HEAD")
    assert (told.status_code, told.content, told.headers["content-length"]) == (200, b"", "1024")


def test_a_part_is_a_206(download, workspace):
    (workspace / "f").write_bytes(BYTES)
    wanted = {
        "0-0": (0, 1), "10-19": (10, 20), "1000-": (1000, 1024), "1000-99999": (1000, 1024), "-24": (1000, 1024),
        "-9999": (0, 1024),
    }  # fmt: skip
    for said, part in wanted.items():
        answer = download("f", Range=f"bytes={said}")
        assert (answer.status_code, answer.content) == (206, BYTES[slice(*part)]), said
        assert answer.headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/1024"


def test_a_part_of_nothing_is_a_416_and_what_is_no_part_is_everything(download, workspace, refused):
    (workspace / "f").write_bytes(BYTES)
    (workspace / "empty").touch()
    for path, wanted, size in (("f", "bytes=1024-", 1024), ("f", "bytes=-0", 1024), ("empty", "bytes=0-", 0)):
        answer = download(path, Range=wanted)
        assert (refused(answer)[0], answer.headers["content-range"]) == (416, f"bytes */{size}")
    for wanted in ("bytes=5-1", "lines=1-2", "bytes=-", "bytes=0-1,5-6", "bytes=x-"):
        assert (download("f", Range=wanted).status_code, download("f", Range=wanted).content) == (200, BYTES)


def test_a_part_of_another_version_is_the_whole_new_one(download, workspace):
    (workspace / "f").write_bytes(BYTES)
    etag = download("f").headers["etag"]
    assert download("f", **{"Range": "bytes=0-9", "If-Range": etag}).status_code == 206
    assert download("f", **{"If-None-Match": etag}).status_code == 304
    (workspace / "f").write_bytes(b"another")
    answer = download("f", **{"Range": "bytes=0-9", "If-Range": etag})
    assert (answer.status_code, answer.content) == (200, b"another")
    assert download("f", **{"If-None-Match": etag}).status_code == 200


def test_no_name_breaks_the_header(download, workspace, ask, own, said):
    for name in ('a"b.txt', "a\nSet-Cookie: x=1", "a;b\\c", "ü\u202egpj.exe", "%0d%0a"):
        (workspace / name).write_bytes(b"x")
        answer = download(name)
        assert (answer.status_code, answer.content, "set-cookie" in answer.headers) == (200, b"x", False)
        said_of = answer.headers["content-disposition"]
        assert said_of.startswith("attachment; filename")
        assert "%E2%80%AE" not in said_of


def test_pictures_have_their_type_and_drawings_have_none(download, workspace):
    for name, kind in (("a.png", "image/png"), ("a.svg", "application/octet-stream"), ("a.mp4", "video/mp4")):
        (workspace / name).write_bytes(b"x")
        assert download(name).headers["content-type"] == kind


def test_what_is_no_file_is_refused(download, workspace, refused):
    os.mkfifo(workspace / "pipe")
    (workspace / "folder").mkdir()
    assert refused(download("pipe")) == refused(download("folder")) == (400, "INVALID_REQUEST")
    assert refused(download("no")) == (404, "NOT_FOUND")
    assert refused(download("f", "POST")) == (405, "METHOD_NOT_ALLOWED")


def test_a_stream_that_breaks_off_has_no_end(by_hand, session, workspace):
    with (workspace / "f").open("wb") as made:
        made.truncate(16 << 20)
    sent = []

    async def send(message):
        if message["type"] == "http.response.body":
            sent.append((len(message.get("body", b"")), message.get("more_body", False)))
            os.truncate(workspace / "f", 0)

    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return messages.pop() if messages else await _never()

    with pytest.raises(Exception, match="runner does not answer"):
        by_hand("GET", f"/api/files/download?sessionId={session['id']}&path=f", receive, send)
    assert 0 < sum(size for size, _ in sent) < 16 << 20
    assert all(more for _, more in sent)


async def _never():
    import asyncio

    await asyncio.Event().wait()


def test_a_folder_comes_as_an_archive(ask, own, workspace):
    (workspace / "src").mkdir()
    (workspace / "src" / "a.txt").write_text("a")
    (workspace / "src" / ".hidden").write_text("h")
    (workspace / "src" / "link").symlink_to("/etc/passwd")

    def archive(**fields):
        answer = ask("GET", "/api/files/archive", params=own(path="src", **fields))
        assert answer.status_code == 200, answer.text
        return answer

    packed = archive()
    assert packed.headers["content-type"] == "application/zip"
    assert packed.headers["content-disposition"] == 'attachment; filename="src.zip"'
    names = zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    assert {name.removeprefix("src/") for name in names if not name.endswith("/")} == {"a.txt", ".hidden", "link"}
    for form in ("tar", "tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(archive(format=form, hidden="false").content)) as found:
            files = {member.name.removeprefix("src/"): member for member in found.getmembers() if not member.isdir()}
        assert set(files) == {"a.txt", "link"}
        assert (files["link"].issym(), files["link"].linkname) == (True, "/etc/passwd")


def test_an_archive_of_another_kind_is_refused(ask, own, refused):
    assert refused(ask("GET", "/api/files/archive", params=own(format="rar"))) == (400, "INVALID_REQUEST")
    assert refused(ask("GET", "/api/files/archive", params=own(path="no"))) == (404, "NOT_FOUND")
