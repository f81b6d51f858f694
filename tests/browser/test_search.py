"""Search on the page: words are suggested, hits shown as text, and each leads to where it was printed."""

import re

import pytest
from playwright.sync_api import expect
from support import axe
from support import browser as tools

WORD = "quixotic"


@pytest.fixture
def spoken(server, session):
    """A live session that was recorded while it printed the word, and markup with it."""
    assert server.api.post(f"/api/recordings/start/{session}").status_code == 201
    command = {"prompt": "echo 'the quix''otic <b>error</b> of today'; seq 1 60", "waitFor": "idle"}
    assert server.api.post(f"/api/sessions/{session}/execute", json=command).status_code == 200
    recording = server.api.post(f"/api/recordings/stop/{session}").json()["data"]["recordingId"]
    tools.wait_until("it is indexed", lambda: found(server))
    yield session
    server.api.delete(f"/api/recordings/{recording}")


def found(server):
    return server.api.post("/api/search", json={"query": WORD}).json()["data"]["results"]


def selected(desk):
    return desk.page.evaluate("[...window.agterm.terminals.values()].at(-1)?.terminal.getSelection() ?? ''")


def test_a_word_is_suggested_found_and_followed_to_the_terminal_and_the_recording(desk, spoken):
    desk.open("/search")
    page = desk.page
    field = page.get_by_role("combobox", name="Search in what sessions said")
    expect(field).to_be_focused()
    field.press_sequentially("quix")
    expect(page.get_by_role("option", name=WORD)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"{WORD} ")
    page.keyboard.press("Enter")
    hits = page.get_by_role("region", name="a shell")
    hit = hits.get_by_role("listitem").filter(has_text="<b>error</b>").filter(has_text="Terminal").last
    expect(hit.locator("mark").first).to_have_text(WORD)
    expect(page.get_by_role("status").filter(has_text="in 1 session")).to_be_visible()
    assert axe.serious(page) == []

    address = page.url
    hit.get_by_role("link", name="Terminal").click()
    expect(page).to_have_url(re.compile(f"/sessions/{spoken}"))
    tools.wait_until("it is shown", lambda: WORD in selected(desk), say=desk.last_lines)
    page.go_back()
    expect(page).to_have_url(address)
    hit.get_by_role("link", name=re.compile("^Recording at")).click()
    expect(page).to_have_url(re.compile(r"/recordings/[0-9a-f-]+\?t=\d+$"))
    expect(page.locator(".ap-term")).to_be_visible()


def test_what_is_not_there_is_said_and_filters_are_in_the_address(window, logged_in, spoken):
    phone = window(storage_state=logged_in, timezone_id="Asia/Tokyo", **tools.PHONE)
    phone.page.goto(f"{phone.url}/search?q={WORD}&kind=input")
    page = phone.page
    expect(page.get_by_role("button", name="Sent")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="All", exact=True).tap()
    page.get_by_label("Session", exact=True).select_option(spoken)
    expect(page).to_have_url(re.compile(f"session={spoken}"))
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_label("When").select_option(label="From … to …")
    beginning, end = page.get_by_label("From", exact=True), page.get_by_label("To", exact=True)
    beginning.fill("2020-01-31T10:00")
    end.fill("2020-01-31T09:59")
    expect(page.get_by_role("alert").filter(has_text="This range ends before it begins.")).to_be_visible()
    expect(end).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".hit")).to_have_count(0)
    expect(page.get_by_text("Nothing was found.")).to_have_count(0)
    wide, screen = phone.widest()
    assert wide <= screen
    assert axe.serious(page) == []
    end.fill("2040-01-31T10:00")
    expect(page.locator(".hit").first).to_be_visible()
    page.reload()
    expect(beginning).to_have_value("2020-01-31T10:00")
    expect(page).to_have_url(re.compile(f"session={spoken}.*age=range&from=2020-01-31T01%3A00Z&to=2040"))
    end.fill("2020-02-01T10:00")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    end.fill("")
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_role("combobox", name="Search in what sessions said").fill("nosuchwordanywhere")
    page.get_by_role("button", name="Search", exact=True).tap()
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
