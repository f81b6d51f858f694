"""Profiles: made, made the default, changed and deleted in their dialog, and used where a session is started."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def profiles(desk):
    """The open dialog of profiles."""
    desk.open()
    desk.page.get_by_role("button", name="Profiles").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_text("Shell of this machine").first).to_be_visible()
    return dialog


@pytest.fixture
def profile(server):
    """A profile's id; it is gone after the test."""
    made = server.api.post(
        "/api/profiles",
        json={"name": "Backend", "env": {"MARK": "of the profile"}, "initialCommand": "echo $MARK", "tags": ["api"]},
    ).json()["data"]["profile"]
    yield made["id"]
    server.api.delete(f"/api/profiles/{made['id']}")


def act(dialog, name, action):
    dialog.get_by_role("button", name=f"Actions for {name}").click()
    dialog.get_by_role("menuitem", name=action).click()


def test_a_profile_is_made_changed_and_deleted(profiles, server):
    profiles.get_by_role("button", name="New profile").click()
    profiles.get_by_label("Name").fill("made by hand")
    profiles.get_by_label("Environment").fill("A=1\nB=x=y")
    profiles.get_by_role("button", name="Save").click()
    act(profiles, "made by hand", "Edit")
    expect(profiles.get_by_label("Environment")).to_have_value("A=1\nB=x=y")
    profiles.get_by_label("Name").fill("changed by hand")
    profiles.get_by_role("button", name="Save").click()
    act(profiles, "changed by hand", "Make it the default")
    expect(profiles.get_by_text("Default", exact=True)).to_be_visible()
    act(profiles, "changed by hand", "Delete")
    expect(profiles.get_by_text("changed by hand")).to_have_count(0)
    listed = server.api.get("/api/profiles").json()["data"]["profiles"]
    assert not [one for one in listed if one["isCustom"] or one["isDefault"]]


def test_a_variable_that_is_none_is_refused_in_the_dialog(profiles):
    profiles.get_by_role("button", name="New profile").click()
    profiles.get_by_label("Name").fill("x")
    profiles.get_by_label("Environment").fill("nonsense")
    profiles.get_by_role("button", name="Save").click()
    expect(profiles.get_by_role("alert")).to_contain_text("nonsense")


def test_a_session_is_started_from_a_profile(desk, server, profile):
    desk.open()
    desk.page.get_by_role("button", name="New session").click()
    desk.page.get_by_label("Profile").select_option(label="Backend")
    desk.page.get_by_role("button", name="Start", exact=True).click()
    desk.wait_live()
    desk.wait_for("of the profile")
    session_id = re.search("sessions/([0-9a-f-]+)", desk.page.url)[1]
    session = server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]
    assert (session["profile"], session["tags"]) == (profile, ["api"])
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_session_begins_with_a_command_and_tags(desk, server):
    desk.open()
    desk.page.get_by_role("button", name="New session").click()
    desk.page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    desk.page.get_by_label("Initial command").fill("echo begun $((6*7))")
    desk.page.get_by_text("More", exact=True).click()
    desk.page.get_by_label("Tags").fill("one, two")
    desk.page.get_by_role("button", name="Start", exact=True).click()
    desk.wait_live()
    desk.wait_for("begun 42")
    session_id = re.search("sessions/([0-9a-f-]+)", desk.page.url)[1]
    assert server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]["tags"] == ["one", "two"]
    server.api.delete(f"/api/sessions/{session_id}")
