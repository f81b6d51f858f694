"""The command palette and the page's keys: everything is found by name, and terminals keep their own keys."""

import re

from playwright.sync_api import expect
from support.axe import serious
from support.browser import PHONE


def test_sessions_pages_and_actions_are_found_by_a_few_letters(desk, session):
    desk.open()
    page = desk.page
    expect(page.locator(".row", has_text="a shell")).to_be_visible()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="All commands")
    field = palette.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(palette.get_by_role("option", name=re.compile("New session with Shell"))).to_be_visible()
    assert serious(page) == []
    field.fill("notif")
    expect(palette.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    page.keyboard.press("F1")
    field.fill("a shell")
    page.keyboard.press("Enter")
    desk.wait_live()
    page.keyboard.press("Control+Shift+P")
    field.fill("rename")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Edit session")
    dialog.get_by_label("Name", exact=True).fill("renamed by name")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("renamed by name")


def test_a_terminal_keeps_its_keys_and_gets_the_keyboard_back(desk, session):
    desk.open_session(session)
    desk.run("bind -x '\"\\C-k\": echo its ow''n key'; echo bou''nd")
    desk.wait_for("bound")
    desk.page.keyboard.press("Control+k")
    desk.wait_for("its own key")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.page.keyboard.press("F1")
    expect(desk.page.get_by_role("combobox")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.run("echo he''re again")
    desk.wait_for("here again")


def test_the_keys_are_listed_and_a_phone_finds_commands_too(desk, window, logged_in):
    desk.open()
    expect(desk.page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    desk.page.keyboard.press("?")
    help_ = desk.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_.get_by_text("Go to the next that waits")).to_be_visible()
    expect(help_.get_by_text("Find in the list")).to_be_visible()
    assert serious(desk.page) == []
    phone = window(storage_state=logged_in, **PHONE)
    phone.open()
    phone.page.get_by_role("button", name="All commands").tap()
    phone.page.get_by_role("combobox").fill("cost")
    phone.page.get_by_role("option", name=re.compile("^Costs")).tap()
    expect(phone.page).to_have_url(re.compile("/costs"))
