"""A page served in a session, in a real browser: it works at its own origin, and can't act as the user who looks."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support import axe, previewed
from support.sockets import wait_until

PORT = 5173
REFUSED = {"read": "refused", "write": "refused", "opener": "null"}


@pytest.fixture
def shown(server, session):
    """The session serves a page at `PORT`."""
    place = server.home / "workspaces" / session / "previewed.py"
    place.write_text(Path(previewed.__file__).read_text())
    server.api.post(f"/api/sessions/{session}/input", json={"data": f"python3 previewed.py {PORT} 2>/dev/null\n"})
    wait_until("the server", lambda: server.api.get(f"/api/sessions/{session}/ports").json()["data"]["ports"])
    return f"{server.url}/preview/{PORT}/page?agtermSession={session}"


def test_a_previewed_page_has_its_own_storage_and_sockets_and_can_not_act_as_the_user(desk, server, shown):
    desk.open()
    before = len(server.api.get("/api/sessions").json()["data"]["sessions"])
    with desk.context.expect_page() as opened:
        desk.page.evaluate("address => { window.open(address); }", shown)
    page = opened.value
    page.wait_for_url("http://p5173-*.localhost:*/page")
    own = page.evaluate("own()")
    assert own["kept"] == "yes"
    assert own["echo"] == f"ping http://localhost:{PORT}"
    assert own["protocol"] == "vite-hmr"
    assert own["api"]["path"] == "/api/sessions"  # the previewed server's own
    done = page.evaluate("main => attack(main)", server.url)
    worker = done.pop("worker")
    assert worker == f"{page.evaluate('origin')}/"  # a worker of its own, for its own pages
    assert done == REFUSED | {"toss": "agterm_login=tossed; domain=localhost; path=/", "cookie": "a=b"}
    assert len(server.api.get("/api/sessions").json()["data"]["sessions"]) == before
    assert "tossed" not in {each["value"] for each in desk.context.cookies(server.url)}
    worker = desk.page.evaluate("navigator.serviceWorker.controller?.scriptURL")
    assert worker in (None, f"{server.url}/sw.js")  # our own
    assert desk.page.evaluate("fetch('/api/sessions').then(answer => answer.status)") == 200


def test_a_form_of_a_previewed_page_is_posted(desk, server, shown):
    desk.page.goto(shown)
    desk.page.evaluate("post()")
    desk.page.wait_for_url("**/posted")
    told = json.loads(desk.page.locator("body").inner_text())
    assert (told["method"], told["size"]) == ("POST", 3)
    assert {name.lower(): value for name, value in told["headers"].items()}["origin"] == f"http://localhost:{PORT}"


def test_without_a_host_of_its_own_a_page_is_shown_without_any_origin(desk, server, shown):
    before = len(server.api.get("/api/sessions").json()["data"]["sessions"])
    desk.context.set_extra_http_headers({"Sec-Fetch-Mode": "no-cors"})  # as where no such host is to be had
    desk.page.goto(shown)
    assert desk.page.evaluate("window.origin") == "null"
    done = desk.page.evaluate("main => attack(main)", server.url)
    assert done == REFUSED | {"toss": "refused", "cookie": "refused", "worker": "refused"}
    assert len(server.api.get("/api/sessions").json()["data"]["sessions"]) == before


def test_a_page_is_shown_within_the_workspace_and_can_not_act_there(desk, server, shown):
    session_id = shown.rpartition("=")[2]
    desk.open(f"/sessions/{session_id}/preview")
    page = desk.page
    frame = page.get_by_title(f"What the session serves on port {PORT}")
    expect(frame).to_have_attribute("src", f"/preview/{PORT}/?agtermSession={session_id}")
    page.get_by_label("Path").fill("page")
    page.keyboard.press("Enter")
    expect(page.frame_locator(".preview-frame").locator("#out")).to_be_attached()
    inside = next(each for each in page.frames if each.url.endswith("/page"))
    own = inside.evaluate("fetch('/api/sessions').then(answer => answer.json())")
    assert own["path"] == "/api/sessions"  # the previewed server's own
    assert (
        inside.evaluate("(() => { try { return String(parent.document); } catch { return 'refused'; } })()")
        == "refused"
    )
    page.get_by_role("button", name="As on a phone").click()
    expect(frame).to_have_css("width", "390px")
    assert axe.serious(page) == []


def test_where_nothing_listens_it_says_how_to_begin(desk, session):
    desk.open(f"/sessions/{session}/preview")
    expect(desk.page.get_by_text("Nothing listens here yet")).to_be_visible()
