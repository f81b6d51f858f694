"""What one does to a session from its menu: change how it looks, stop it, start it again, give it another agent."""

import pytest
from playwright.sync_api import expect
from support.browser import wait_until


@pytest.fixture
def act(desk):
    """`act("Stop")` chooses an entry of the menu of the open session."""

    def choose(action, name="a shell"):
        desk.page.get_by_role("button", name=f"Actions for {name}").click()
        desk.page.get_by_role("menuitem", name=action).click()

    return choose


def shown(server, session_id):
    return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]


def confirm(desk, verb):
    desk.page.get_by_role("dialog").get_by_role("button", name=verb, exact=True).click()


def test_a_session_is_renamed_coloured_and_tagged(desk, server, session, act):
    desk.open()
    act("Edit")
    desk.page.get_by_label("Name", exact=True).fill("a better name")
    desk.page.get_by_role("radio", name="Green").check(force=True)
    desk.page.get_by_label("Tags").fill("web, urgent")
    confirm(desk, "Save")
    row = desk.page.locator(".row", has_text="a better name")
    expect(row.get_by_role("button", name="Only those tagged web")).to_be_visible()
    now = shown(server, session)
    assert (now["name"], now["color"], now["tags"]) == ("a better name", "#4ade80", ["web", "urgent"])


def test_a_tag_shows_only_those_that_have_it(desk, server, session):
    other = server.start_session("shell", name="a tagged one", tags=["mine"])
    desk.open()
    expect(desk.page.locator(".row", has_text="a shell")).to_be_visible()
    desk.page.get_by_role("button", name="Only those tagged mine").click()
    expect(desk.page.locator(".row")).to_have_count(1)
    desk.page.get_by_role("button", name="Show all, not only mine").click()
    expect(desk.page.locator(".row", has_text="a shell")).to_be_visible()
    server.api.delete(f"/api/sessions/{other}")


def test_a_stopped_session_says_so_and_is_started_again_in_its_workspace(desk, server, session, act):
    desk.open_session(session)
    desk.run("echo kept > kept; echo wri''tten")
    desk.wait_for("written")
    act("Stop")
    confirm(desk, "Stop")
    bar = desk.page.locator(".exitbar")
    expect(bar).to_contain_text("Stopped.")
    assert shown(server, session)["endedBy"] == "stop"
    bar.get_by_role("button", name="Start again").click()
    expect(bar).to_have_count(0)
    desk.wait_live()
    desk.run("echo it is $(cat kept)")
    desk.wait_for("it is kept")


def test_a_running_session_is_restarted_after_a_question(desk, server, session, act):
    desk.open_session(session)
    before = shown(server, session)["pid"]
    act("Restart")
    confirm(desk, "Restart")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    wait_until("another process", lambda: shown(server, session)["pid"] not in (None, before))
    desk.wait_live()
    desk.run("echo fr''esh")
    desk.wait_for("fresh")


def test_an_agent_is_switched_with_a_summary_for_the_next(desk, server, session, act):
    desk.open_session(session)
    act("Switch agent")
    desk.page.get_by_label("Write a hand-off summary").check()
    confirm(desk, "Switch")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.wait_live()
    desk.run("ls -A | sed 's/^/has /'")
    wait_until("a summary in the workspace", lambda: any(line.startswith("has ") for line in desk.lines()))


def test_the_menu_is_used_with_the_keyboard_alone(desk, session):
    desk.open()
    button = desk.page.get_by_role("button", name="Actions for a shell")
    button.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("menuitem", name="Edit")).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.page.get_by_role("menuitem", name="Delete")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()
