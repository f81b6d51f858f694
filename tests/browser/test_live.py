"""The list is told what happens and does not ask; it asks only when nobody tells it."""

import time

import pytest
from playwright.sync_api import expect


@pytest.fixture
def asked(desk):
    """Every time the page asked for the list."""
    found = []
    desk.page.on("request", lambda request: found.append(time.monotonic()) if "/api/sessions?" in request.url else None)
    return found


def test_the_list_follows_without_asking(desk, server, asked):
    desk.open()
    expect(desk.page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    desk.page.wait_for_timeout(1500)
    asked.clear()
    session_id = server.start_session("shell", name="told of")
    row = desk.page.locator(".row", has_text="told of")
    expect(row.get_by_text("Idle")).to_be_visible()
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": "read -p 'Continue? [y/N] ' x\n"})
    expect(row.get_by_text("Needs you")).to_be_visible()
    expect(desk.page.get_by_text("told of needs you.")).to_be_visible()
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": "y\nexit 4\n"})
    expect(row.get_by_text("Exited (code 4)")).to_be_visible()
    server.api.patch(f"/api/sessions/{session_id}", json={"name": "told of its name"})
    expect(desk.page.get_by_text("told of its name")).to_be_visible()
    server.api.delete(f"/api/sessions/{session_id}")
    expect(row).to_have_count(0)
    desk.page.wait_for_timeout(4000)
    assert asked == []


def test_an_open_terminal_asks_for_no_list_either(desk, session, asked):
    desk.open_session(session)
    desk.page.wait_for_timeout(1500)
    asked.clear()
    desk.run("echo some''thing")
    desk.wait_for("something")
    desk.page.wait_for_timeout(4000)
    assert asked == []


def test_without_a_stream_the_list_is_asked_for(desk, server, asked):
    desk.page.route("**/api/events", lambda route: route.abort())
    desk.open()
    session_id = server.start_session("shell", name="seen by asking")
    expect(desk.page.get_by_text("seen by asking")).to_be_visible(timeout=10_000)
    asked.clear()
    desk.page.wait_for_timeout(7000)
    assert len(asked) >= 2
    server.api.delete(f"/api/sessions/{session_id}")


def test_who_watches_is_counted_in_the_list(desk, window, logged_in, session):
    desk.open()
    row = desk.page.locator(".row", has_text="a shell")
    expect(row).to_be_visible()
    other = window(storage_state=logged_in)
    other.open_session(session)
    expect(row.get_by_text("1 watching")).to_be_visible()
    other.page.goto("about:blank")
    expect(row.get_by_text("1 watching")).to_have_count(0)
