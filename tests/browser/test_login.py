"""Getting in, being kept out, and leaving."""

import re

import pytest
from playwright.sync_api import expect
from support.axe import serious

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def member(server):
    server.make_user("mia").close()
    return "mia"


def fill_in(page, name, password):
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_the_one_time_link_logs_in_once(server, stranger, window):
    link = server.login_link()
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    assert "login" not in stranger.page.url
    second = window()
    second.page.goto(link)
    expect(second.page.get_by_role("alert")).to_contain_text("used already")


def test_a_link_on_another_page_asks_who_one_wants_to_be(server, stranger):
    page = stranger.page
    page.goto("about:blank")
    page.set_content(f"<a href='{server.login_link()}'>a gift</a>")
    page.get_by_role("link").click()
    expect(page.get_by_role("heading")).to_have_text(re.compile("^Log in as .+?"))
    assert serious(page) == []
    page.get_by_role("button", name="Log in as").click()
    expect(page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()


def test_a_wrong_password_is_said_to_be_wrong(stranger, member):
    stranger.open()
    fill_in(stranger.page, member, "wrong")
    expect(stranger.page.get_by_role("alert")).to_contain_text("don’t match")
    expect(stranger.page.get_by_role("button", name="Log in")).to_be_enabled()


def test_name_and_password_let_in_and_lead_back_to_the_page_asked_for(stranger, member):
    stranger.open("/sessions/550e8400-e29b-41d4-a716-446655440000")
    fill_in(stranger.page, member, PASSWORD)
    expect(stranger.page.get_by_text("This session does not exist any more.")).to_be_visible()


def test_logging_out_shows_the_log_in_and_a_reload_does_too(stranger, member):
    stranger.open()
    fill_in(stranger.page, member, PASSWORD)
    stranger.page.get_by_role("button", name="Log out").click()
    expect(stranger.page.get_by_label("Password")).to_be_visible()
    stranger.page.reload()
    expect(stranger.page.get_by_label("Password")).to_be_visible()
    expect(stranger.page).to_have_title(re.compile("Log in"))
