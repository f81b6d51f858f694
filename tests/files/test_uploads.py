"""Files that are sent into a workspace: whole or not at all, as they come, and from nobody who is not logged in."""

import asyncio

import pytest

MIB = 1 << 20


@pytest.fixture
def upload(ask, own):
    """`upload(path, content, …)` into the session's workspace."""

    def send(path=None, content=b"", method="PUT", **options):
        named = {} if path is None else {"path": path}
        return ask(
            method, "/api/files/upload", params=own(**named, **options.pop("query", {})), content=content, **options
        )

    return send


def test_a_body_becomes_a_file(upload, workspace, said):
    content = bytes(range(256)) * 4096
    (stored,) = said(upload("blob", content), 201)["files"]
    assert (stored["path"], stored["size"], stored["created"]) == (f"{workspace}/blob", MIB, True)
    assert (workspace / "blob").read_bytes() == content
    again = said(upload("blob", b"short", "POST"), 201)["files"][0]
    assert (again["created"], (workspace / "blob").read_bytes()) == (False, b"short")
    said(upload("deep/down/blob", b"x", query={"createParents": "true"}), 201)


def test_a_body_of_unknown_length_is_taken_too(upload, workspace, said):
    async def pieces():
        for _ in range(10):
            yield b"0123456789"

    said(upload("f.json", pieces(), headers={"Content-Type": "application/json"}), 201)
    assert (workspace / "f.json").read_bytes() == b"0123456789" * 10


def test_several_files_come_as_a_form(ask, own, workspace, said, refused):
    (workspace / "in").mkdir()
    (workspace / "in").chmod(0o777)

    def send(**options):
        return ask("POST", "/api/files/upload", params=own(path="in"), **options)

    files = [("a", ("one.txt", b"1" * 100_000)), ("a", ("../../two.bin", b"\r\n--x\r\n")), ("b", ("ü.txt", b""))]
    stored = said(send(data={"note": "x"}, files=files), 201)["files"]
    assert [each["path"] for each in stored] == [f"{workspace}/in/{name}" for name in ("one.txt", "two.bin", "ü.txt")]
    assert (workspace / "in/one.txt").read_bytes() == b"1" * 100_000
    assert (workspace / "in/two.bin").read_bytes() == b"\r\n--x\r\n"
    assert refused(send(files=[("a", ("..", b"x"))])) == (400, "INVALID_REQUEST")
    assert refused(send(content=b"x", headers={"Content-Type": "multipart/form-data"})) == (400, "INVALID_REQUEST")
    kept = send(files=[("a", ("new", b"n")), ("a", ("one.txt", b"x"))], headers={"If-None-Match": "*"})
    assert refused(kept) == (409, "CONFLICT")
    assert [each["path"] for each in kept.json()["error"]["details"]["stored"]] == [f"{workspace}/in/new"]
    assert (workspace / "in/one.txt").read_bytes() == b"1" * 100_000


def test_an_upload_can_insist_on_the_version_it_knows(upload, workspace, said, refused):
    (stored,) = said(upload("f", b"1", headers={"If-None-Match": "*"}), 201)["files"]
    assert refused(upload("f", b"2", headers={"If-None-Match": "*"})) == (409, "CONFLICT")
    said(upload("f", b"2", headers={"If-Match": f'"{stored["etag"]}"'}), 201)
    assert refused(upload("f", b"3", headers={"If-Match": f'"{stored["etag"]}"'})) == (409, "CONFLICT")
    assert (workspace / "f").read_bytes() == b"2"


def test_what_is_too_large_leaves_nothing(upload, ask, own, workspace, configure, refused):
    configure(upload_max_mb=1)

    async def too_much():
        for _ in range(5):
            yield b"x" * (MIB // 4)

    assert refused(upload("f", b"x" * (MIB + 1))) == (413, "TOO_LARGE")
    assert refused(upload("f", too_much())) == (413, "TOO_LARGE")
    form = ask("POST", "/api/files/upload", params=own(), files=[("a", ("f", b"x" * (MIB + 1)))])
    assert refused(form) == (413, "TOO_LARGE")
    assert refused(upload("no/f", b"x")) == (404, "NOT_FOUND")
    assert refused(upload(None, b"x")) == (400, "INVALID_REQUEST")
    assert list(workspace.iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(by_hand, session, workspace):
    (workspace / "f").write_text("before")
    messages = [
        {"type": "http.request", "body": b"x" * MIB, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive():
        return messages.pop(0) if messages else await asyncio.Event().wait()

    async def send(_message):
        pass

    by_hand("PUT", f"/api/files/upload?sessionId={session['id']}&path=f", receive, send)
    assert [(path.name, path.read_text()) for path in workspace.iterdir()] == [("f", "before")]


def test_nobody_fills_the_disk_without_a_login(by_hand, session):
    def send_without_end(target, **headers):
        pieces, answers = [], []

        async def receive():
            pieces.append(MIB // 4)
            return {"type": "http.request", "body": b"x" * (MIB // 4), "more_body": True}

        async def send(message):
            answers.append(message)

        by_hand("POST", target, receive, send, by=None, headers=headers)
        return sum(pieces), answers[0]["status"]

    assert send_without_end(f"/api/files/upload?sessionId={session['id']}&path=f") == (0, 401)
    for target in ("/api/upload", "/api/auth/login", "/api/no", "/"):
        read, status = send_without_end(target)
        assert (read <= 3 * MIB, status) == (True, 401), target
        assert send_without_end(target, **{"Content-Length": str(3 * MIB)}) == (0, 401), target
        assert send_without_end(target, **{"Content-Length": str(99 * MIB)}) == (0, 413), target


def test_one_user_has_so_many_uploads_at_once(upload, owner, monkeypatch, said, refused):
    from files import uploads

    monkeypatch.setattr(uploads, "MOST_AT_ONCE", 1)
    with uploads.place(owner.pk):
        assert refused(upload("f", b"x")) == (429, "RATE_LIMITED")
    said(upload("f", b"x"), 201)


def test_a_browser_uploads_with_its_cookie_and_token_alone(browser, owner, ask, own, said, refused):
    page = browser(owner)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in page.cookies.items())
    token = "t" * 32

    def send(headers):
        return ask(
            "POST",
            "/api/files/upload",
            by=None,
            params=own(path="f"),
            content=b"x",
            headers={"Cookie": cookie} | headers,
        )

    assert refused(send({})) == (403, "FORBIDDEN")
    assert refused(send({"Content-Type": "multipart/form-data; boundary=x"})) == (403, "FORBIDDEN")
    said(send({"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token}), 201)
    foreign = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token, "Origin": "http://evil.example"}
    assert refused(send(foreign)) == (403, "FORBIDDEN")


def test_a_form_has_so_many_parts(ask, own, workspace, refused, monkeypatch):
    from files import uploads

    monkeypatch.setattr(uploads, "MAX_PARTS", 3)
    part = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = ask("POST", "/api/files/upload", params=own(path=""), content=part * 5 + b"--x--\r\n", headers=headers)
    assert refused(answer) == (413, "TOO_LARGE")
    assert list(workspace.iterdir()) == []
