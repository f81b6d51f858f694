"""Images for agents: where they are put, who sees them again, and what is none."""

import uuid

import pytest

from files import images
from files.models import Upload

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24


@pytest.fixture
def upload(mine, said):
    """`upload(…)`: what the answer says."""
    return lambda query="", body=PNG: said(mine.post(f"/api/upload{query}", body, content_type="image/png"))


def test_the_first_bytes_tell_the_kind():
    known = {
        PNG: "image/png",
        b"\xff\xd8\xff\xe0": "image/jpeg",
        b"GIF89a": "image/gif",
        b"RIFF\0\0\0\0WEBPVP8 ": "image/webp",
        b"BM" + b"\0" * 12 + b"\x28\0\0\0": "image/bmp",
        b"\0\0\0\x20ftypavif": "image/avif",
        b"\0\0\0\x20ftypheic": "image/heic",
    }
    assert {data: images.kind(data) for data in known} == known
    assert {images.kind(data) for data in (b"", b"<svg>", b"BMW", b"\0\0\0\x20ftypmp42", b"RIFF....WAVE")} == {None}
    assert images.declared("image/JPG; q=1") == "image/jpeg"


def test_an_image_lies_in_the_workspace_that_was_named(mine, start, upload):
    first, second = start(), start()
    told = upload(f"?sessionId={first['id']}")
    assert told["path"] == f"{first['workspaceDir']}/.agterm/uploads/{told['id']}.png"
    assert upload()["path"].startswith(second["workspaceDir"])  # the newest that runs
    with open(f"{first['workspaceDir']}/.agterm/.gitignore") as ignored:
        assert ignored.read() == "*\n"
    row = Upload.objects.get(pk=told["id"])
    assert (str(row.session_id), row.content_type, row.size_bytes) == (first["id"], "image/png", len(PNG))


def test_without_a_session_it_is_kept_for_its_owner(upload, mine, configure, tmp_path, runner, monkeypatch):
    from files import image_services

    configure(home=tmp_path)
    monkeypatch.setattr(image_services, "KEPT", 2)
    told = [upload() for _ in range(3)]
    kept = sorted(path.name for path in tmp_path.rglob("*.png"))
    assert kept == sorted(f"{each['id']}.png" for each in told[1:])
    assert told[2]["path"] == str(next(tmp_path.rglob(f"{told[2]['id']}.png")))
    assert [mine.get(each["url"]).status_code for each in told] == [404, 200, 200]


def test_only_its_owner_gets_it_and_never_as_a_page(client, stranger, staff, mine, session, workspace, upload, refused):
    told = upload()
    served = mine.get(told["url"])
    assert (served.content, served["Content-Type"], served["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for other in (client(stranger), client(staff)):
        assert refused(other.get(told["url"])) == (404, "NOT_FOUND")
    for nothing in (str(uuid.uuid4()), "x", "%2e%2e"):
        assert refused(mine.get(f"/uploads/{nothing}")) == (404, "NOT_FOUND")
    assert refused(client().get(told["url"])) == (401, "UNAUTHORIZED")
    (workspace / ".agterm/uploads" / f"{told['id']}.png").write_text("<html>")
    assert refused(mine.get(told["url"])) == (404, "NOT_FOUND")  # the session has made something else of it
    mine.delete(f"/api/sessions/{session['id']}")
    assert refused(mine.get(told["url"])) == (404, "NOT_FOUND")
    assert not Upload.objects.exists()
