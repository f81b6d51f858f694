"""Several windows on one session: one drives, the others see its screen as it is, and who is there is said."""

import pytest
from playwright.sync_api import expect
from support.browser import PHONE, wait_until


@pytest.fixture
def other(window, logged_in):
    """A second window of the same user, smaller than the first."""
    return window(storage_state=logged_in, viewport={"width": 900, "height": 500})


def test_a_second_window_does_not_reflow_the_first(desk, other, session):
    desk.open_session(session)
    before = desk.size
    other.open_session(session)
    expect(other.page.get_by_text("Your other window drives")).to_be_visible()
    assert other.size == before
    assert desk.size == before
    desk.run("stty size | sed 's/^/is /'")
    desk.wait_for(f"is {before[1]} {before[0]}")
    other.wait_for(f"is {before[1]} {before[0]}")
    expect(desk.page.get_by_text("1 watching")).to_be_visible()


def test_a_watchers_screen_is_whole_in_its_window(desk, other, session):
    desk.open_session(session)
    other.open_session(session)
    expect(other.page.get_by_role("button", name="Take control")).to_be_visible()
    fits = """() => {
      const frame = document.querySelector('.screen'), screen = document.querySelector('.xterm-screen');
      return screen.clientWidth <= frame.clientWidth && screen.clientHeight <= frame.clientHeight;
    }"""
    wait_until("it fits", lambda: other.page.evaluate(fits))


def test_a_watcher_may_type_and_taking_control_gives_it_the_size(desk, other, session):
    desk.open_session(session)
    first = desk.size
    other.open_session(session)
    other.page.bring_to_front()
    other.page.locator(".screen").click()
    other.run("echo typed by a wat''cher")
    desk.wait_for("typed by a watcher")
    other.page.get_by_role("button", name="Take control").click()
    wait_until("the size of the second window", lambda: desk.size == other.size != first)
    expect(desk.page.get_by_role("button", name="Take control")).to_be_visible()
    expect(other.page.get_by_role("button", name="Take control")).to_have_count(0)
    desk.page.get_by_role("button", name="Take control").click()
    wait_until("the size of the first window", lambda: other.size == desk.size == first)


def test_a_new_size_of_the_drivers_window_reaches_the_watcher_and_not_the_other_way_round(desk, other, session):
    desk.open_session(session)
    other.open_session(session)
    expect(other.page.get_by_role("button", name="Take control")).to_be_visible()
    before = desk.size
    other.page.set_viewport_size({"width": 700, "height": 400})
    other.page.wait_for_timeout(500)
    assert desk.size == other.size == before
    desk.page.set_viewport_size({"width": 1000, "height": 600})
    wait_until("a new size for both", lambda: desk.size == other.size != before)


def test_when_the_driver_leaves_whoever_types_next_drives(desk, other, session):
    desk.open_session(session)
    other.open_session(session)
    before = desk.size
    desk.page.goto("about:blank")
    expect(other.page.get_by_text("Nobody drives")).to_be_visible()
    other.page.locator(".screen").click()
    other.type(" ")
    wait_until("its own size", lambda: other.size != before)
    expect(other.page.locator(".controlbar")).to_have_count(0)


def test_a_phone_watches_a_desktop_without_changing_it(desk, window, logged_in, session):
    phone = window(storage_state=logged_in, **PHONE)
    desk.open_session(session)
    before = desk.size
    phone.open_session(session)
    expect(phone.page.get_by_role("button", name="Take control")).to_be_visible()
    assert phone.size == desk.size == before
    wide, screen = phone.widest()
    assert wide <= screen


def test_another_user_is_named(server, window, logged_in, desk):
    server.make_user("mira").close()
    session_id = server.start_session("shell")
    guest = window()
    guest.open()
    guest.page.get_by_label("User name").fill("mira")
    guest.page.get_by_label("Password").fill("correct horse battery")
    guest.page.get_by_role("button", name="Log in").click()
    guest.page.get_by_role("button", name="Start a session").click()
    guest.page.get_by_role("button", name="Start", exact=True).click()
    guest.wait_live()
    hers = guest.page.url.rpartition("/")[2].partition("?")[0]
    desk.open_session(hers)  # the first user is staff
    expect(desk.page.get_by_text("mira drives")).to_be_visible()
    for found in (session_id, hers):
        server.api.delete(f"/api/sessions/{found}")


def test_more_history_is_loaded_when_one_scrolls_to_its_top(desk, session):
    desk.open_session(session)
    desk.run("seq -f 'line %.0f' 3000; echo do''ne")
    desk.wait_for("done")
    desk.page.reload()
    desk.wait_for("done")
    assert "line 1500" not in desk.lines()
    desk.page.evaluate("[...window.agterm.terminals.values()].at(-1).terminal.scrollToTop()")
    desk.page.get_by_role("button", name="Load more history").click()
    desk.wait_for("line 1500")
    assert "line 1" in desk.lines()
    expect(desk.page.get_by_role("button", name="Load more history")).to_have_count(0)
