"""One server and one Chromium for all browser tests; every test gets a fresh window that is logged in already."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright
from support import browser as tools
from support.server import AgtermServer

expect.set_options(timeout=20_000)  # a second Chromium beside this one makes it slow


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        found = tools.launch(playwright)
        yield found
        found.close()


@pytest.fixture(scope="session")
def server():
    with AgtermServer() as started:
        yield started


@pytest.fixture(scope="session")
def logged_in(chromium, server):
    """The cookies of somebody who has opened the one-time link."""
    desk = tools.Desk(chromium, server.url)
    desk.page.goto(server.login_link())
    cookies = tools.cookies_of(desk)
    desk.close()
    return cookies


@pytest.fixture
def window(chromium, server):
    """`window()` opens a window; `url=` through another address, `storage_state=None` logged out."""
    opened = []

    def make(url=None, **options):
        desk = tools.Desk(chromium, url or server.url, **options)
        opened.append(desk)
        return desk

    yield make
    for desk in opened:
        desk.close()
    for desk in opened:
        assert desk.complaints == []


@pytest.fixture
def desk(window, logged_in):
    """A desktop window, logged in."""
    return window(storage_state=logged_in)


@pytest.fixture
def stranger(window):
    """A window that is not logged in."""
    return window()


@pytest.fixture
def session(server):
    """A running shell's id."""
    session_id = server.start_session("shell", name="a shell")
    yield session_id
    server.api.delete(f"/api/sessions/{session_id}")


@pytest.fixture
def line(server):
    """A line to the server that can be cut."""
    with tools.Line(server.url) as made:
        yield made


@pytest.fixture
def far_desk(window, logged_in, line):
    """A logged-in window at the other end of `line`; cookies don't care for ports."""
    assert urlsplit(line.url).hostname == "127.0.0.1"
    return window(url=line.url, storage_state=logged_in)
