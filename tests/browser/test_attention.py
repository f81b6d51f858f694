"""Who needs somebody: the bell and its panel, answers in place, what one is told of; and the list that leads there."""

import re

import pytest
from playwright.sync_api import expect
from support.axe import serious
from support.browser import DESKTOP, PHONE, wait_until

ASK = "read -p 'Drop the old table? [y/N] ' answer; echo \"so be it: $answer\"\n"


@pytest.fixture
def start(server):
    """`start(name)` starts a shell; it is gone after the test."""
    started = []

    def make(name, **options):
        started.append(server.start_session("shell", name=name, **options))
        return started[-1]

    yield make
    for session_id in started:
        server.api.delete(f"/api/sessions/{session_id}")


def tell(server, session_id, data):
    server.api.post(f"/api/sessions/{session_id}/input", json={"data": data})


def screen(server, session_id):
    return server.api.get(f"/api/sessions/{session_id}/snapshot").json()["data"]["text"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_question_is_answered_from_the_bell(window, logged_in, server, start, size):
    session_id = start("asks a question")
    desk = window(storage_state=logged_in, **size)
    desk.open()
    page = desk.page
    expect(page.locator(".row", has_text="asks a question").get_by_text("Idle")).to_be_visible()
    tell(server, session_id, ASK)
    bell = page.get_by_role("button", name=re.compile("^Needs you: [1-9].* waiting"))
    expect(bell).to_be_in_viewport()
    expect(page).to_have_title(re.compile(r"^\(\d+\) Sessions"))
    bell.click()
    panel = page.get_by_role("dialog", name="Needs you")
    item = panel.get_by_role("listitem").filter(has_text="asks a question")
    expect(item.get_by_label("Last lines of asks a question")).to_contain_text("Drop the old table?")
    assert serious(page) == []
    wide, width = desk.widest()
    assert wide <= width
    item.get_by_role("button", name="Yes").click()
    wait_until("the answer was typed", lambda: "so be it: y" in screen(server, session_id))
    expect(item).to_have_count(0)
    tell(server, session_id, ASK)
    item.get_by_label("Answer asks a question").fill("never")
    item.get_by_role("button", name="Send").click()
    wait_until("the words were typed", lambda: "so be it: never" in screen(server, session_id))
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_who_waits_is_gone_to_by_a_key_and_what_failed_is_news_until_it_is_seen(desk, server, start):
    first, second, failing = start("first to ask"), start("second to ask"), start("about to fail")
    desk.open()
    page = desk.page
    expect(page.locator(".row", has_text="about to fail").get_by_text("Idle")).to_be_visible()
    tell(server, failing, "exit 3\n")
    for session_id in (first, second):
        tell(server, session_id, ASK)
        expect(page.locator(".row-needs")).to_have_count(1 if session_id == first else 2)
    page.keyboard.press("Alt+a")
    item = page.get_by_role("dialog", name="Needs you").get_by_role("listitem").filter(has_text="about to fail")
    expect(item).to_contain_text("Exited (code 3)")
    item.get_by_role("button", name="Seen: about to fail").click()
    expect(item).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Needs you:"))).to_be_focused()
    page.keyboard.press("Alt+n")
    expect(page.locator("h1")).to_have_text("first to ask")
    desk.wait_live()
    page.keyboard.press("Control+Shift+Period")  # the terminal has the keyboard now
    expect(page.locator("h1")).to_have_text("second to ask")


def test_a_hidden_page_tells_by_the_browser_what_one_wants_to_be_told(window, logged_in, server, start):
    session_id = start("asks unseen")
    desk = window(storage_state=logged_in)
    desk.context.grant_permissions(["notifications"])
    desk.context.add_init_script(
        """window.shown = []; window.Notification = class { static permission = 'default';
           static async requestPermission() { return (this.permission = 'granted'); }
           constructor(title, {body}) { shown.push(body); } close() {} };
           window.away = false; Object.defineProperty(document, 'hidden', {get: () => away});
           window.leave = (gone) => { away = gone; document.dispatchEvent(new Event('visibilitychange')); };"""
    )
    desk.open("/settings/notifications")
    page = desk.page
    page.get_by_role("checkbox", name=re.compile("^By the browser")).check()
    page.get_by_role("checkbox", name=re.compile("^In the page")).uncheck()
    assert serious(page) == []
    page.reload()
    expect(page.get_by_role("checkbox", name=re.compile("^By the browser"))).to_be_checked()
    page.evaluate("Notification.permission = 'granted'")
    bell = page.get_by_role("button", name=re.compile("^Needs you:"))
    expect(bell).to_be_visible()
    page.evaluate("leave(true)")
    tell(server, session_id, ASK)
    wait_until("the browser showed it", lambda: "asks unseen needs you." in page.evaluate("shown"))
    page.evaluate("leave(false)")
    expect(bell).to_have_attribute("aria-label", re.compile("waiting"))
    expect(page.locator(".toast")).to_have_count(0)


def test_the_list_is_searched_grouped_and_walked_by_the_keyboard(desk, server, start):
    start("apple pie", tags=["fruit"])
    start("pear tart", tags=["fruit"])
    start("cheese cake")
    desk.open()
    page = desk.page
    rows = page.locator(".row")
    expect(rows.filter(has_text="cheese cake")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("fruit")
    expect(rows).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator(".row-link")).to_be_focused()
    page.get_by_label("Groups").select_option(label="By tag")
    expect(page.get_by_role("heading", name="fruit 2")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("^fruit"))).to_be_visible()  # the groups stay, the words don't
    expect(rows.filter(has_text="cheese cake")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Needs you \\d")).click()
    expect(page.get_by_text("No session is like that.")).to_be_visible()
    page.get_by_role("button", name="Show all", exact=True).click()
    expect(rows.filter(has_text="cheese cake")).to_be_visible()
    assert serious(page) == []
