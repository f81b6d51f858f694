"""The admin site in a browser: its figures, its lists, what is done there; fit for keyboard, reader and phone."""

import re

import pytest
from playwright.sync_api import expect
from support import axe
from support.browser import DESKTOP, PHONE

PAGES = (
    "/admin/", "/admin/agterm_sessions/session/", "/admin/machine/isolation/", "/admin/machine/agents/",
    "/admin/costs/entry/", "/admin/costs/budget/add/", "/admin/auth/user/", "/admin/agterm_audit/auditevent/",
)  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["desktop", "phone"])
def test_every_page_can_be_read_by_everybody(window, logged_in, session, size, scheme):
    desk = window(storage_state=logged_in, color_scheme=scheme, **size)
    for path in PAGES:
        assert desk.page.goto(f"{desk.url}{path}").status == 200
        expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
        assert axe.serious(desk.page) == [], path
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_session_is_found_opened_stopped_and_deleted_by_keyboard_alone(desk, server):
    session_id = server.start_session("shell", name=f"{HOSTILE} of ours")
    page, press = desk.page, desk.page.keyboard.press
    page.goto(f"{desk.url}/admin/")
    expect(page.get_by_role("link", name=re.compile("Live sessions"))).to_be_visible()
    page.get_by_role("navigation", name="All pages").get_by_role("link", name="Sessions").focus()
    press("Enter")
    page.get_by_label("Name, id, owner or workspace").fill(session_id)
    press("Enter")
    expect(page.get_by_role("link", name="Open", exact=True)).to_have_attribute("href", f"/sessions/{session_id}")
    page.get_by_role("link", name=f"{HOSTILE} of ours").focus()
    press("Enter")
    page.get_by_role("button", name="Stop").focus()
    press("Enter")
    expect(page.get_by_text(re.compile("of ours.*stopped"))).to_be_visible()
    page.goto(f"{desk.url}/admin/agterm_sessions/session/{session_id}/change/")
    page.get_by_role("button", name="Delete…").focus()
    press("Enter")
    expect(page.get_by_role("heading", name="End these sessions and remove their workspaces?")).to_be_visible()
    assert server.api.get(f"/api/sessions/{session_id}").status_code == 200
    page.get_by_role("button", name="End and remove").focus()
    press("Enter")
    expect(page.get_by_text(re.compile("of ours.*deleted"))).to_be_visible()
    assert server.api.get(f"/api/sessions/{session_id}").status_code == 404
    page.goto(f"{desk.url}/admin/agterm_audit/auditevent/")
    expect(page.get_by_role("row", name=f"session.delete session:{session_id}")).to_be_visible()
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text("events are as they were written")).to_be_visible()
