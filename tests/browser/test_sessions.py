"""The list: starting, seeing, switching and deleting sessions."""

import re

from playwright.sync_api import expect


def act(page, name, action):
    """Choose an entry of a session's menu."""
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=action).click()


def test_a_session_is_started_by_the_dialog_and_runs_what_is_typed(desk, server):
    desk.open()
    page = desk.page
    page.get_by_role("button", name="New session").first.click()
    dialog = page.get_by_role("dialog", name="New session")
    dialog.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    dialog.get_by_label("Name").fill("made by hand")
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/sessions/[0-9a-f-]{36}"))
    desk.wait_live()
    desk.type("echo he''llo $((6*7))\n")
    desk.wait_for("hello 42")
    expect(page.locator("h1")).to_have_text("made by hand")
    server.api.delete(f"/api/sessions/{re.search('sessions/([0-9a-f-]+)', page.url)[1]}")


def test_an_agent_that_cannot_be_started_says_why_and_can_not_be_chosen(desk, server):
    missing = [agent for agent in server.api.get("/api/agents").json()["data"]["agents"] if not agent["available"]]
    desk.open()
    desk.page.get_by_role("button", name="New session").click()
    for agent in missing:
        card = desk.page.locator(".agent", has=desk.page.locator(f'input[value="{agent["id"]}"]'))
        expect(card.get_by_role("radio")).to_be_disabled()
        expect(card.locator(".agent-note")).not_to_be_empty()


def test_a_folder_that_does_not_exist_is_refused_in_the_dialog(desk):
    desk.open()
    page = desk.page
    page.get_by_role("button", name="New session").click()
    page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    page.get_by_label("Folder").fill("/no/such/folder")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_list_follows_what_others_do(desk, server):
    desk.open()
    session_id = server.start_session("shell", name="from elsewhere")
    row = desk.page.locator(".row", has_text="from elsewhere")
    expect(row.get_by_text("Idle")).to_be_visible(timeout=10_000)
    server.api.delete(f"/api/sessions/{session_id}")
    expect(row).to_have_count(0, timeout=10_000)


def test_deleting_asks_first(desk, server):
    server.start_session("shell", name="to be deleted")
    desk.open()
    page = desk.page
    row = page.locator(".row", has_text="to be deleted")
    act(page, "to be deleted", "Delete")
    page.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(1)
    act(page, "to be deleted", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    names = [found["name"] for found in server.api.get("/api/sessions").json()["data"]["sessions"]]
    assert "to be deleted" not in names


def test_an_exit_is_shown_with_its_code_and_the_program_can_be_started_again(desk, session):
    desk.open_session(session)
    desk.run("exit 7")
    bar = desk.page.locator(".exitbar")
    expect(bar).to_contain_text("code 7")
    bar.get_by_role("button", name="Start again").click()
    expect(bar).to_have_count(0, timeout=15_000)
    desk.wait_live()
    desk.run("echo ag''ain")
    desk.wait_for("again")


def test_a_session_deleted_elsewhere_is_said_to_be_gone_and_not_asked_for_again(desk, server):
    session_id = server.start_session("shell")
    desk.open_session(session_id)
    server.api.delete(f"/api/sessions/{session_id}")
    expect(desk.page.get_by_text("This session does not exist any more.")).to_be_visible()
    assert desk.state == "stopped"
