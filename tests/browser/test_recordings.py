"""Recordings in a browser: listed, played, exported and deleted; and one exported as a page that plays anywhere."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support import axe
from support import browser as tools

TESTS = Path(__file__).resolve().parents[1]
HOSTILE = "<img src=x onerror=alert(1)>"
KEY = "ghp_" + "a1B2" * 9


@pytest.fixture
def exported(server, session, tmp_path):
    """The file of a recording in which a command was run and much was printed after it."""
    path = f"/api/sessions/{session}"
    assert server.api.post(f"/api/recordings/start/{session}", json={"title": "What </script> did"}).status_code == 201
    for command in ("echo plays-in-the-bro''wser '</script><b>'", f"sleep 3; echo {KEY}; seq 100 140"):
        done = server.api.post(f"{path}/execute", json={"prompt": command, "waitFor": "idle"})
        assert done.status_code == 200, done.text
    recording = server.api.post(f"/api/recordings/stop/{session}").json()["data"]["recordingId"]
    answer = server.api.post(f"/api/recordings/{recording}/export", json={"format": "html", "redact": True})
    assert answer.status_code == 200, answer.text
    file = tmp_path / "recording.html"
    file.write_bytes(answer.content)
    yield file
    server.api.delete(f"/api/recordings/{recording}")


def test_an_exported_page_plays_and_fetches_nothing(window, exported):
    desk = window()
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.page.goto(exported.as_uri())
    shown = desk.page.locator("#player")
    assert "What </script> did" in desk.page.inner_text("header")
    desk.page.locator(".ap-overlay-start").click()
    last = re.compile(r"^140\s*$", re.MULTILINE)  # not in an id
    tools.wait_until("its end is played", lambda: last.search(shown.inner_text()), say=shown.inner_text)
    assert "plays-in-the-browser </script><b>" not in shown.inner_text()
    desk.page.get_by_role("button", name="plays-in-the-bro").first.click()
    tools.wait_until(
        "its output", lambda: "plays-in-the-browser </script><b>" in shown.inner_text(), say=shown.inner_text
    )
    assert KEY not in desk.page.content()
    assert asked == [exported.as_uri()]


@pytest.fixture
def recorded(server, session):
    """The id of an ended recording: two commands, three quarters of a dollar between them, then a pause."""
    assert server.api.post(f"/api/recordings/start/{session}", json={"title": HOSTILE}).status_code == 201
    path = f"/api/sessions/{session}/execute"
    assert server.api.post(path, json={"prompt": "echo fir''st", "waitFor": "idle"}).status_code == 200
    server.clerk.do(
        f"import sys; sys.path.append({str(TESTS)!r}); from support.spending import spend; spend({session!r}, '0.75')"
    )
    assert server.api.post(path, json={"prompt": "echo sec''ond", "waitFor": "idle"}).status_code == 200
    recording = server.api.post(f"/api/recordings/stop/{session}").json()["data"]["recordingId"]
    yield recording
    server.api.delete(f"/api/recordings/{recording}")


def test_a_session_is_recorded_by_a_click_until_the_next(desk, server, session):
    desk.open_session(session)
    record = desk.page.get_by_role("button", name="Record this session")
    stop = desk.page.get_by_role("button", name="Stop recording")
    record.click()
    expect(stop).to_have_attribute("aria-pressed", "true")
    desk.page.reload()
    expect(stop).to_be_visible()
    stop.click()
    expect(record).to_be_visible()
    (made,) = server.api.get("/api/recordings", params={"sessionId": session}).json()["data"]["recordings"]
    assert made["status"] == "stopped"
    server.api.delete(f"/api/recordings/{made['id']}")


def test_a_recording_is_found_played_exported_and_deleted(desk, server, recorded):
    desk.open("/recordings")
    page = desk.page
    page.get_by_label("Filter by name").fill("onerror")
    row = page.get_by_role("listitem").filter(has_text=HOSTILE)
    expect(row).to_contain_text("Ended")
    page.get_by_role("button", name="Live", exact=True).click()
    expect(page.get_by_role("heading", name="No such recording")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    assert axe.serious(page) == []
    row.get_by_role("link", name=HOSTILE).click()

    shown = page.locator(".ap-term")
    position = page.get_by_role("slider", name="Position")
    expect(page.locator(".player-spent")).to_have_text("$0 of $0.75")
    assert axe.serious(page) == []
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).click()
    tools.wait_until("its end is played", lambda: "second" in shown.inner_text(), say=shown.inner_text)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator(".player-spent")).to_have_text("$0.75 of $0.75")
    page.keyboard.press("0")
    expect(position).to_have_attribute("aria-valuetext", re.compile("^0:00 of "))
    tools.wait_until("its begin", lambda: "second" not in shown.inner_text(), say=shown.inner_text)
    page.get_by_role("navigation", name="Markers").get_by_role("button", name="sec''ond").click()
    tools.wait_until("it is at the marker", lambda: "first" in shown.inner_text(), say=shown.inner_text)

    page.get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name="Export…").click()
    page.get_by_role("radio", name=re.compile("Text")).check()
    with page.expect_download() as exported:
        page.get_by_role("button", name="Download").click()
    assert "second" in Path(exported.value.path()).read_text()
    page.get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile(r"/recordings(\?|$)"))
    assert server.api.get(f"/api/recordings/{recorded}").status_code == 404


def test_on_a_phone_a_recording_opens_at_a_second_and_fits(window, logged_in, recorded):
    phone = window(storage_state=logged_in, **tools.PHONE)
    phone.open("/recordings")
    expect(phone.page.get_by_role("link", name=HOSTILE)).to_be_visible()
    wide, screen = phone.widest()
    assert wide <= screen
    phone.page.goto(f"{phone.url}/recordings/{recorded}?t=9999")
    expect(phone.page.locator(".player-spent")).to_have_text("$0.75 of $0.75")
    tools.wait_until("its end", lambda: "second" in phone.page.locator(".ap-term").inner_text())
    wide, screen = phone.widest()
    assert wide <= screen
