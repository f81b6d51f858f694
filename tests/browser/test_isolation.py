"""How sessions are walled in, as the page tells it: badges, the panel behind them, the choice of network, warnings."""

import re

import pytest
from playwright.sync_api import expect
from support import browser as tools
from support.browser import PHONE
from support.server import AgtermServer

REFUSED = "10.1.2.3"
ASK_THE_PROXY = (
    "exec 3<>/dev/tcp/127.0.0.1/${HTTPS_PROXY##*:}; printf "
    f"'CONNECT {REFUSED}:80 HTTP/1.1\\r\\nHost: {REFUSED}:80\\r\\n\\r\\n' >&3; head -n 1 <&3"
)


@pytest.fixture(scope="module")
def exposed(chromium):
    """`(server, cookies)`: a server of two users whose sessions are not walled in, which its operator finds enough."""
    with AgtermServer({"AGTERM_ISOLATION": "none", "AGTERM_ISOLATION_MINIMUM": "none"}) as started:
        started.make_user("somebody").close()
        yield started, _cookies(chromium, started)


@pytest.fixture(scope="module")
def refusing(chromium):
    """The same, but its operator has said nothing: so no session starts."""
    with AgtermServer({"AGTERM_ISOLATION": "none"}) as started:
        started.make_user("somebody").close()
        yield started, _cookies(chromium, started)


def _cookies(chromium, server):
    desk = tools.Desk(chromium, server.url)
    desk.page.goto(server.login_link())
    cookies = tools.cookies_of(desk)
    desk.close()
    return cookies


def badge(desk):
    return desk.page.get_by_role("button", name=re.compile("^Isolation: "))


def shade(desk):
    """Which of red, green and blue the badge's text has most of; `mixed` for amber."""
    red, green, blue = map(float, re.findall(r"[\d.]+", badge(desk).evaluate("e => getComputedStyle(e).color"))[:3])
    if red > green * 1.2:
        return "red" if green < blue * 1.5 else "mixed"
    return "green" if green > red else "mixed"


def test_a_badge_says_level_and_network_and_opens_what_is_behind_it(desk, server, session):
    desk.open()
    level = server.api.get("/api/isolation").json()["data"]["level"]
    expect(badge(desk)).to_have_accessible_name(f"Isolation: {level} · proxy")
    badge(desk).click()
    panel = desk.page.get_by_role("dialog", name="Isolation of a shell")
    for text in ("This session", f"What level {level} promises here", "Other files", "Last put to the test"):
        expect(panel.get_by_text(text, exact=True)).to_be_visible()
    expect(panel.get_by_text("Nothing yet.")).to_be_visible()
    expect(desk.page).to_have_url(re.compile("/$|/[?]"))


def test_the_panel_is_opened_and_left_with_the_keyboard_alone(desk, session):
    desk.open()
    badge(desk).focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(badge(desk)).to_be_focused()


def test_the_panel_tells_what_the_session_reached_when_it_is_asked_again(desk, session):
    desk.open_session(session)
    badge(desk).click()
    panel = desk.page.get_by_role("dialog")
    expect(panel.get_by_text("Nothing yet.")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.run(f"( {ASK_THE_PROXY} ); echo as''ked")
    desk.wait_for("asked")
    badge(desk).click()
    entry = panel.get_by_role("listitem").filter(has_text=f"{REFUSED}:80")
    expect(entry).to_contain_text("refused: ")
    panel.get_by_role("button", name="Look again").click()
    expect(entry).to_have_count(1)


def test_a_terminal_has_the_keyboard_again_after_the_panel(desk, session):
    desk.open_session(session)
    badge(desk).click()
    desk.page.keyboard.press("Escape")
    desk.run("echo ty''ped")
    desk.wait_for("typed")
    badge(desk).click()
    desk.page.get_by_role("button", name="Close").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    desk.run("echo ty''ped again")
    desk.wait_for("typed again")


def test_the_network_of_a_new_session_is_chosen_in_the_launcher(desk, server):
    desk.open()
    page = desk.page
    page.get_by_role("button", name="New session").click()
    page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    page.get_by_text("More", exact=True).click()
    network = page.get_by_label("Network")
    expect(network.locator("option:checked")).to_contain_text("(default)")
    page.get_by_label("Only these hosts").fill("github.com, *.example.org")
    network.select_option("gateway")
    expect(page.get_by_label("Only these hosts")).to_have_count(0)
    network.select_option("")
    page.get_by_label("Only these hosts").fill("github.com, *.example.org")
    page.get_by_role("button", name="Start", exact=True).click()
    desk.wait_live()
    session_id = re.search("sessions/([0-9a-f-]+)", page.url)[1]
    box = server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["isolation"]
    assert (box["network"], sorted(box["allow"])) == ("proxy", ["*.example.org", "github.com"])
    badge(desk).click()
    expect(page.get_by_role("dialog")).to_contain_text("only *.example.org, github.com")
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_host_that_is_none_is_refused_in_the_launcher(desk):
    desk.open()
    page = desk.page
    page.get_by_role("button", name="New session").click()
    page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Only these hosts").fill("https://github.com/")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("must be a host")


def test_where_walls_hold_nobody_is_warned_and_the_badge_is_green(desk, server, session):
    if server.api.get("/api/isolation").json()["data"]["level"] != "namespaces":
        pytest.fail("this machine has no namespaces for sessions: install bubblewrap")
    desk.open()
    expect(badge(desk)).to_be_visible()
    assert shade(desk) == "green"
    expect(desk.page.locator(".banner")).to_have_count(0)


def test_several_people_without_walls_are_warned_on_every_page(window, exposed):
    server, cookies = exposed
    session_id = server.start_session("shell", name="in the open")
    desk = window(url=server.url, storage_state=cookies)
    desk.open()
    banner = desk.page.locator(".banner-danger")
    expect(banner).to_contain_text("Sessions are not isolated, and several people use this machine")
    expect(badge(desk)).to_have_accessible_name(re.compile("not isolated"))
    assert shade(desk) == "red"
    desk.open_session(session_id)
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Why, and what to do").click()
    expect(desk.page.get_by_role("dialog", name="Isolation of sessions")).to_be_visible()


def test_where_no_session_may_start_the_page_says_why_before_one_tries(window, refusing):
    server, cookies = refusing
    desk = window(url=server.url, storage_state=cookies)
    desk.open()
    expect(desk.page.locator(".banner-danger")).to_contain_text("No session starts")
    desk.page.get_by_role("button", name="New session").click()
    desk.page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    desk.page.get_by_role("button", name="Start", exact=True).click()
    expect(desk.page.get_by_role("alert")).to_contain_text("must be isolated at least at level landlock")


def test_on_a_phone_the_panel_fits(window, logged_in, session):
    phone = window(storage_state=logged_in, **PHONE)
    phone.open_session(session)
    badge(phone).tap()
    expect(phone.page.get_by_role("dialog")).to_be_visible()
    wide, screen = phone.widest()
    assert wide <= screen
    inside = phone.page.locator("dialog").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert inside[0] <= inside[1]
