"""Terminals that are shared, by links and with users; people, tokens, log-ins and the audit log in the settings."""

import json
import re

from playwright.sync_api import expect
from support.axe import serious
from support.browser import PHONE

PASSWORD = "correct horse battery"


def log_in(desk, name, path="/"):
    desk.open(path)
    desk.page.get_by_label("User name").fill(name)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Log in").click()


def sharing(desk, session_id):
    """The dialog, opened from the menu of the session on screen."""
    desk.open_session(session_id)
    desk.page.get_by_role("button", name="Actions for a shell").click()
    desk.page.get_by_role("menuitem", name="Share…").click()
    return desk.page.get_by_role("dialog", name="Share a shell")


def test_who_has_a_link_looks_on_until_it_is_taken_back(desk, stranger, window, session):
    dialog = sharing(desk, session)
    dialog.get_by_label("How many may open it").fill("1")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Link to send").input_value()
    assert re.search(r"/s/[\w-]{40,}$", link)
    row = dialog.get_by_role("listitem").filter(has_text="Whoever has the link")
    expect(row).to_contain_text("look on · opened 0 of 1 times · ends in 24 h")
    assert serious(desk.page) == []

    stranger.page.goto(link)
    stranger.wait_live()
    page = stranger.page
    assert page.url.endswith("/shared")
    expect(page.get_by_text("View only")).to_be_visible()
    expect(page.get_by_text("Shared by admin · ends in 24 h")).to_be_visible()
    page.locator(".screen").click()
    stranger.type("echo from-a-guest\n")
    desk.page.keyboard.press("Escape")
    desk.page.locator(".screen").click()
    desk.run("echo from''-the-owner")
    stranger.wait_for("from-the-owner")
    assert not stranger.shows("from-a-guest")
    assert serious(page) == []
    second = window()
    second.page.goto(link)
    expect(second.page.get_by_role("heading", name="Nothing is shared with you here")).to_be_visible()

    dialog = sharing(desk, session)
    expect(row).to_contain_text("opened 1 of 1 times")
    dialog.get_by_role("button", name="Take back: Whoever has the link").click()
    expect(page.get_by_role("heading", name="This share has ended")).to_be_visible()
    expect(row).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Nothing is shared with you here")).to_be_visible()
    assert serious(page) == []


def test_on_a_phone_a_guest_types_where_that_is_shared(server, window, session):
    answer = server.api.post(f"/api/sessions/{session}/shares", json={"mode": "control"}).json()
    guest = window(**PHONE)
    guest.page.goto(answer["data"]["share"]["url"])
    guest.wait_live()
    page = guest.page
    expect(page.get_by_text("You can type")).to_be_visible()
    page.locator(".screen").tap()
    guest.run("echo do''ne")
    guest.wait_for("done")
    expect(page.get_by_role("toolbar", name="Keys")).to_be_visible()
    expect(page.get_by_role("button", name="Send a picture or a file")).to_have_count(0)
    wide, width = guest.widest()
    assert wide <= width
    assert serious(page) == []
    server.api.delete(f"/api/sessions/{session}")
    expect(page.get_by_role("heading", name=re.compile("share has ended"))).to_be_visible()


def test_a_viewer_sees_what_is_shared_with_her_and_no_button_that_would_be_refused(desk, server, window, session):
    server.api.post("/api/users", json={"username": "vera", "role": "viewer", "password": PASSWORD})
    dialog = sharing(desk, session)
    dialog.get_by_role("button", name="A user of this server").click()
    dialog.get_by_label("User name").fill("nobody at all")
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is no user")
    dialog.get_by_label("User name").fill("vera")
    dialog.get_by_text("Look on and type").click()
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog.get_by_role("listitem").filter(has_text="vera")).to_contain_text("ends in 24 h")

    theirs = window()
    log_in(theirs, "vera")
    page = theirs.page
    row = page.locator(".row", has_text="a shell")
    expect(row).to_contain_text("shared by admin, to look at")
    expect(page.get_by_role("button", name="New session")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Actions for"))).to_have_count(0)
    row.get_by_role("link").click()
    theirs.wait_live()
    expect(page.get_by_text("View only")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Actions for"))).to_have_count(0)
    expect(page.get_by_role("link", name="Files")).to_have_count(0)
    assert serious(page) == []
    page.keyboard.press("F1")
    page.get_by_role("combobox").fill("session")
    expect(page.get_by_role("option", name=re.compile("^New session"))).to_have_count(0)


def test_a_token_is_made_shown_once_and_revoked(desk, server):
    desk.open("/settings/tokens")
    page = desk.page
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    dialog.get_by_label("Name").fill("nightly build")
    dialog.get_by_role("checkbox", name="Write").check()
    assert serious(page) == []
    dialog.get_by_role("button", name="Make the token").click()
    secret = dialog.get_by_label("The token").input_value()
    assert secret.startswith("agt_")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert server.api.get("/api/sessions", headers=bearer).status_code == 200
    dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("list", name="Tokens").get_by_role("listitem").filter(has_text="nightly build")
    expect(row).to_contain_text(re.compile("Read.*Write.*good until"))
    page.reload()
    expect(row).to_be_visible()
    assert secret not in page.content()
    row.get_by_role("button", name="Revoke nightly build").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    expect(row).to_have_count(0)
    assert server.api.get("/api/sessions", headers=bearer).status_code == 401


def test_somebody_is_let_in_sets_a_password_and_is_locked_out_with_what_she_runs(desk, window, server):
    desk.open("/settings/people")
    page = desk.page
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("User name").fill("nadia")
    assert serious(page) == []
    dialog.get_by_role("button", name="Make the user").click()
    link = page.get_by_role("dialog", name="Let nadia in").get_by_label("Log-in link").input_value()
    page.get_by_role("button", name="Done").click()
    row = page.get_by_role("list", name="Users").get_by_role("listitem").filter(has_text="nadia")
    expect(row).to_contain_text("Never logged in")

    theirs = window(**PHONE)
    theirs.page.goto(link)
    expect(theirs.page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    theirs.open("/settings/account")
    hers = theirs.page
    expect(hers.get_by_text("You are logged in as nadia.")).to_be_visible()
    expect(hers.get_by_role("link", name="People")).to_have_count(0)
    hers.get_by_label("New password", exact=True).fill(PASSWORD)
    hers.get_by_label("New password again").fill(PASSWORD + "!")
    hers.get_by_role("button", name="Set it").click()
    expect(hers.get_by_role("alert")).to_contain_text("not the same")
    hers.get_by_label("New password", exact=True).fill(PASSWORD)
    hers.get_by_label("New password again").fill(PASSWORD)
    hers.get_by_role("button", name="Set it").click()
    expect(hers.get_by_role("heading", name="Change the password")).to_be_visible()
    again = window()
    log_in(again, "nadia", "/settings/account")
    expect(again.page.get_by_text("You are logged in as nadia.")).to_be_visible()
    other = hers.get_by_role("region", name="Where you are logged in").get_by_role("listitem")
    hers.reload()
    expect(other).to_have_count(2)
    expect(other.filter(has_text="This one")).to_contain_text("Chrome on")
    wide, width = theirs.widest()
    assert wide <= width
    assert serious(hers) == []
    other.get_by_role("button", name=re.compile("^End")).click()
    expect(other).to_have_count(1)
    again.page.reload()
    expect(again.page.get_by_label("User name")).to_be_visible()

    tokens = server.api.post("/api/auth/login", json={"username": "nadia", "password": PASSWORD}).json()["data"]
    bearer = {"Authorization": f"Bearer {tokens['access']}"}
    started = [server.api.post("/api/sessions", json={"agent": "shell"}, headers=bearer) for _ in range(2)]
    sessions = [one.json()["data"]["session"]["id"] for one in started]
    row.get_by_role("button", name="Actions for nadia").click()
    page.get_by_role("menuitem", name="Make a viewer").click()
    expect(row).to_contain_text("Viewer")
    row.get_by_role("button", name="Actions for nadia").click()
    page.get_by_role("menuitem", name="Lock out").click()
    question = page.get_by_role("dialog", name="Lock user out")
    box = question.get_by_role("checkbox", name="Stop their 2 running sessions")
    expect(box).to_be_checked()
    assert serious(page) == []
    box.uncheck()
    question.get_by_role("button", name="Lock out").click()
    expect(row).to_contain_text(re.compile("Locked out.*2 running sessions"))
    row.get_by_role("button", name="Actions for nadia").click()
    page.get_by_role("menuitem", name="Stop sessions").click()
    page.get_by_role("dialog", name="Stop sessions").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("2 running sessions of nadia stopped.")).to_be_visible()
    expect(row).not_to_contain_text("running")
    shown = [server.api.get(f"/api/sessions/{one}").json()["data"]["session"] for one in sessions]
    assert [(one["status"], one["endedBy"]) for one in shown] == [("exited", "stop")] * 2
    hers.reload()
    expect(hers.get_by_label("User name")).to_be_visible()


def test_the_audit_log_is_filtered_checked_and_taken_along(desk, server):
    made = server.api.post("/api/users", json={"username": "zoe", "role": "viewer"}).json()["data"]["user"]["id"]
    desk.open("/settings/audit")
    page = desk.page
    rows = page.get_by_role("list", name="What was done").get_by_role("listitem")
    page.get_by_label("To what").fill(f"user:{made}")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(re.compile("admin.*user.create.*role viewer"))
    page.get_by_label("What", exact=True).fill("session.")
    expect(page.get_by_text("Nothing like that has happened.")).to_be_visible()
    page.get_by_label("What", exact=True).fill("user")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("events are as they were written")).to_be_visible()
    assert serious(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    events = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    assert [event["target"] for event in events] == [f"user:{made}"]
