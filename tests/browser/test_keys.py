"""The page of keys: stored, replaced and deleted, never shown again; by whose key a provider is asked; log-ins."""

import pytest
from playwright.sync_api import expect

PASSWORD = "correct horse battery"
FIRST, SECOND = "key-of-mine-0123456789-abcd", "key-of-mine-9876543210-wxyz"


@pytest.fixture
def keys(desk, server):
    """The page of keys; what is stored is gone after the test."""
    desk.open("/settings/keys")
    expect(desk.page.get_by_role("heading", name="Providers without a key")).to_be_visible()
    yield desk.page
    for key in server.api.get("/api/providers/keys").json()["data"]["keys"]:
        server.api.delete("/api/providers/keys", params={"provider": key["provider"], "scope": key["scope"]})


def row(page, name="Mistral"):
    return page.locator(".key-row").filter(has=page.get_by_text(name, exact=True))


def store(page, key, button, verb="Store", **choices):
    row(page).get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    for label, value in choices.items():
        dialog.get_by_label(label).select_option(value)
    dialog.get_by_role("textbox", name="Key").fill(key)
    dialog.get_by_role("button", name=verb, exact=True).click()


def test_a_key_is_stored_replaced_and_deleted_and_never_shown(keys, server):
    store(keys, FIRST, "Add key")
    expect(row(keys)).to_contain_text("Your own key")
    expect(row(keys)).to_contain_text("Your key …abcd, stored just now")
    store(keys, SECOND, "Replace key", "Replace")
    expect(row(keys)).to_contain_text("…wxyz")
    keys.reload()
    expect(row(keys)).to_contain_text("…wxyz")
    assert not any(part in keys.content() for part in (FIRST[:-4], SECOND[:-4]))
    row(keys).get_by_role("button", name="Actions").click()
    keys.get_by_role("menuitem", name="Delete my key").click()
    keys.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(keys)).to_contain_text("or set MISTRAL_API_KEY for the server")
    assert server.api.get("/api/providers/keys").json()["data"]["keys"] == []


def test_a_key_that_is_none_is_refused_in_the_dialog(keys):
    store(keys, "not a key at all", "Add key")
    expect(keys.get_by_role("dialog").get_by_role("alert")).to_contain_text("without spaces")
    assert keys.get_by_role("dialog").get_by_role("textbox", name="Key").get_attribute("type") == "password"


def test_a_key_for_everybody_serves_others_who_see_nothing_of_it(keys, server, window):
    store(keys, FIRST, "Add key", For="all")
    expect(row(keys)).to_contain_text("Key for everybody …abcd, stored just now by admin")
    server.make_user("kim").close()
    other = window()
    other.open("/settings/keys")
    other.page.get_by_label("User name").fill("kim")
    other.page.get_by_label("Password").fill(PASSWORD)
    other.page.get_by_role("button", name="Log in").click()
    theirs = row(other.page)
    expect(theirs).to_contain_text("A key for everybody")
    assert "abcd" not in theirs.inner_text()
    theirs.get_by_role("button", name="Actions").click()
    expect(other.page.get_by_role("menuitem", name="Delete")).to_have_count(0)
    other.page.keyboard.press("Escape")
    theirs.get_by_role("button", name="Add key").click()
    expect(other.page.get_by_role("dialog").get_by_label("For")).to_have_count(0)


def test_the_page_is_found_from_the_top_bar_and_used_with_the_keyboard(desk):
    desk.open()
    desk.page.get_by_role("link", name="Settings").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_role("link", name="Account")).to_have_attribute("aria-current", "page")
    desk.page.get_by_role("link", name="Keys").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="Keys", exact=True)).to_be_visible()
    expect(desk.page.get_by_role("link", name="Keys")).to_have_attribute("aria-current", "page")
    button = row(desk.page).get_by_role("button", name="Add key")
    button.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("dialog").get_by_role("textbox", name="Key")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_subscriptions_are_told_with_who_is_logged_in(keys):
    subscriptions = keys.get_by_role("region", name="Subscriptions")
    claude = subscriptions.get_by_role("listitem").filter(has_text="Claude Code")
    expect(claude).to_contain_text("Not logged in")
    expect(claude.get_by_role("button", name="Take over the server’s log-in of Claude Code")).to_be_visible()
