"""How the page sits on screens: phones, both colour schemes, the keyboard; and what it must not load or break."""

import pytest
from playwright.sync_api import expect
from support.browser import PHONE


@pytest.fixture
def phone(window, logged_in):
    return window(storage_state=logged_in, **PHONE)


def test_on_a_phone_nothing_is_wider_than_the_screen(phone, session):
    phone.open()
    expect(phone.page.locator(".row").first).to_be_visible()
    wide, screen = phone.widest()
    assert wide <= screen
    phone.page.get_by_role("button", name="New session").click()
    start = phone.page.get_by_role("button", name="Start", exact=True)
    start.scroll_into_view_if_needed()
    expect(start).to_be_in_viewport()
    phone.page.keyboard.press("Escape")
    phone.open_session(session)
    wide, screen = phone.widest()
    assert wide <= screen
    cols, rows = phone.size
    assert 40 <= cols <= 60
    assert rows > 30


def test_the_key_bar_has_what_a_phone_keyboard_lacks(phone, session):
    phone.open_session(session)
    bar = phone.page.get_by_role("toolbar", name="Keys")
    phone.page.locator(".screen").tap()
    phone.type("sleep 60\n")
    phone.page.wait_for_timeout(300)
    bar.get_by_role("button", name="Control C").tap()
    phone.run("echo fr''ee")
    phone.wait_for("free")
    bar.get_by_role("button", name="Up", exact=True).tap()
    phone.wait_for("echo fr''ee")
    bar.get_by_role("button", name="Ctrl", exact=True).tap()
    phone.type("u")
    phone.run("echo cle''an")
    phone.wait_for("clean")
    assert "clean" in phone.lines()


def test_a_finger_scrolls_the_history(phone, session):
    phone.open_session(session)
    phone.page.locator(".screen").tap()
    phone.run("seq 1 200; echo do''ne")
    phone.wait_for("done")
    phone.page.wait_for_timeout(300)
    top = "[...window.agterm.terminals.values()].at(-1).terminal.buffer.active.viewportY"
    before = phone.page.evaluate(top)
    phone.page.evaluate(
        """() => {
          const target = document.querySelector('.xterm-screen');
          const at = (y) => [new Touch({identifier: 1, target, clientX: 100, clientY: y})];
          const send = (type, y) => target.dispatchEvent(
            new TouchEvent(type, {touches: at(y), changedTouches: at(y), bubbles: true, cancelable: true}));
          send('touchstart', 200);
          for (let y = 210; y <= 500; y += 10) send('touchmove', y);
        }"""
    )
    assert phone.page.evaluate(top) < before - 5


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_both_schemes_are_different_and_no_message_is_in_the_console(window, logged_in, session, scheme):
    desk = window(storage_state=logged_in, color_scheme=scheme)
    desk.open()
    expect(desk.page.locator(".row").first).to_be_visible()
    colour = desk.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, colour[4:-1].split(","))) > 380) == (scheme == "light")
    desk.page.locator(".row-link").first.click()
    desk.wait_live()
    desk.page.keyboard.press("Control+Shift+F")
    expect(desk.page.get_by_role("searchbox")).to_be_focused()
    desk.page.get_by_role("button", name="Actions for a shell").click()
    desk.page.get_by_role("menuitem", name="Switch agent").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    assert desk.console == []


def test_webgl_draws_without_a_complaint_of_the_policy(window, logged_in, session):
    desk = window(storage_state=logged_in)
    desk.page.goto(f"{desk.url}/sessions/{session}?renderer=webgl")
    desk.wait_live()
    desk.run("echo dra''wn")
    desk.wait_for("drawn")
    assert not [text for text in desk.console if "Content Security Policy" in text or "CSP" in text]


def test_everything_comes_from_this_server(desk, session):
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.open_session(session)
    assert [url for url in asked if not url.startswith((desk.url, "data:", "blob:"))] == []


def test_a_session_is_reached_and_left_with_the_keyboard_alone(desk, session):
    desk.open()
    row = desk.page.locator(".row-link").first
    expect(row).to_be_visible()
    row.focus()
    desk.page.keyboard.press("Enter")
    desk.wait_live()
    desk.run("echo ty''ped")
    desk.wait_for("typed")
    desk.page.go_back()
    expect(desk.page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
