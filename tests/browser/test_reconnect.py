"""Bad days: the web process dies, the line is cut or silent, the runner is away. Nothing is lost or comes twice."""

import re
import time

import pytest
from playwright.sync_api import expect
from support.browser import wait_until
from support.server import AgtermServer

from runner import client

COUNT = 400
COUNTER = f"for i in $(seq 1 {COUNT}); do echo n=$i; sleep 0.02; done; echo all''counted"


def numbers(desk):
    return [int(found[1]) for line in desk.lines() if (found := re.fullmatch(r"n=(\d+)", line))]


def start_counter(desk, session):
    desk.open_session(session)
    desk.run(COUNTER)
    desk.wait_for("n=40")


def assert_whole(desk):
    desk.wait_for("allcounted", timeout_s=60)
    assert numbers(desk) == list(range(1, COUNT + 1))


def test_a_killed_web_process_costs_no_line(desk, server, session):
    start_counter(desk, session)
    server.kill_web()
    expect(desk.page.get_by_text("Reconnecting…")).to_be_visible()
    server.start_web()
    assert_whole(desk)
    expect(desk.page.get_by_text("Reconnecting…")).to_have_count(0)
    desk.run("echo go''es on")
    desk.wait_for("goes on")


def test_a_cut_line_costs_no_line_and_typing_into_it_is_refused(far_desk, line, session):
    start_counter(far_desk, session)
    for _ in range(3):
        line.cut()
        expect(far_desk.page.get_by_text("Reconnecting…")).to_be_visible()
        far_desk.type("x")
        expect(far_desk.page.get_by_text("Not sent")).to_be_visible()
        time.sleep(1)
        line.mend()
        far_desk.wait_live()
    assert_whole(far_desk)
    assert not far_desk.shows("xxx")


def test_half_a_minute_without_a_network_costs_no_line(far_desk, line, session):
    start_counter(far_desk, session)
    line.silence()
    wait_until("the page notices", lambda: far_desk.state == "waiting", timeout_s=40)
    line.cut()
    line.mend()
    far_desk.page.evaluate("window.dispatchEvent(new Event('online'))")
    assert_whole(far_desk)


def test_a_screen_older_than_what_the_server_keeps_is_drawn_anew(far_desk, line, server, session):
    far_desk.open_session(session)
    far_desk.run("echo beg''un; sleep 2; yes 'old output' | head -c 9000000; echo fi''nished")
    far_desk.wait_for("begun")  # or the cut might swallow the command
    line.cut()
    written = lambda: client.call(server.runner_address, "get", id=session)["offset"]  # noqa: E731
    wait_until("it has printed all", lambda: written() > 9_000_000, timeout_s=60)
    line.mend()
    far_desk.wait_for("finished", timeout_s=60)
    far_desk.run("echo aft''er")
    far_desk.wait_for("after")


@pytest.fixture
def frail():
    """A server whose runner may be killed."""
    with AgtermServer() as started:
        yield started


def test_a_runner_that_is_down_is_said_to_be_and_the_banner_leaves_when_it_is_back(window, frail):
    desk = window(url=frail.url)
    desk.page.goto(frail.login_link())
    expect(desk.page.get_by_text("No sessions yet")).to_be_visible()
    session = frail.start_session("shell", name="on a frail runner")
    desk.open_session(session)
    frail.kill_runner()
    banner = desk.page.get_by_text("The runner is down").first
    expect(banner).to_be_visible(timeout=15_000)
    frail.start_runner()
    expect(desk.page.get_by_text("The runner is down")).to_have_count(0, timeout=30_000)
    expect(desk.page.locator(".exitbar")).to_contain_text("lost this process", timeout=30_000)
    desk.page.get_by_role("button", name="Resume in its workspace").click()
    expect(desk.page.locator(".exitbar")).to_have_count(0, timeout=30_000)
    expect(desk.page).to_have_url(re.compile(session))
    desk.wait_live(30)
    desk.run("echo fr''esh")
    desk.wait_for("fresh")
