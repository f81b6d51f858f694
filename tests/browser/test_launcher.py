"""The dialog that starts a session: folders that complete themselves, repositories, refusals beside their field."""

import re

import pytest
from playwright.sync_api import expect
from support.axe import serious


@pytest.fixture
def launcher(desk):
    """The open dialog, for a shell."""
    desk.open()
    desk.page.get_by_role("button", name="New session").first.click()
    dialog = desk.page.get_by_role("dialog", name="New session")
    dialog.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    return dialog


def session_of(desk, server):
    expect(desk.page).to_have_url(re.compile("/sessions/"))
    session_id = re.search("sessions/([0-9a-f-]+)", desk.page.url)[1]
    return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]


def test_what_is_refused_is_said_beside_its_field(desk, launcher):
    launcher.get_by_label("Folder").fill("/no/such/folder")
    launcher.get_by_label("Budget in dollars").fill("5")
    launcher.get_by_role("button", name="Start", exact=True).click()
    wrong = launcher.locator(".field-wrong")
    expect(wrong).to_contain_text("Folder")
    expect(wrong.get_by_role("alert")).not_to_be_empty()
    assert serious(desk.page) == []
    launcher.get_by_label("Folder").fill("")
    launcher.get_by_label("Budget in dollars").fill("many")
    launcher.get_by_role("button", name="Start", exact=True).click()
    expect(wrong).to_contain_text("Budget in dollars")


def test_a_missing_agent_is_told_how_to_install(desk, launcher, server):
    agents = server.api.get("/api/agents").json()["data"]["agents"]
    missing = [one for one in agents if not one["available"] and (one["installHint"] or "").startswith("Run: ")]
    for agent in missing:
        command = agent["installHint"].removeprefix("Run: ")
        expect(launcher.get_by_text(command)).to_be_visible()
        expect(launcher.get_by_role("button", name=f"Copy: {command}")).to_be_visible()
    names = launcher.locator(".agent-name").all_text_contents()
    available = [one["name"] for one in agents if one["available"]]
    assert names[: len(available)] == available


def test_a_folder_completes_itself_and_a_repository_is_asked_for_with_its_branch(desk, launcher, session, server):
    workspace = server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["workspaceDir"]
    server.api.post("/api/files/mkdir", json={"sessionId": session, "path": "orchard"})
    folder = launcher.get_by_label("Folder")
    folder.fill(f"{workspace}/orc")
    expect(launcher.get_by_role("option", name="orchard/")).to_be_visible()
    folder.press("ArrowDown")
    folder.press("Enter")
    expect(folder).to_have_value(f"{workspace}/orchard/")
    folder.press("Escape")
    launcher.get_by_role("button", name="Git folder here").click()
    launcher.get_by_label("Where it lies").fill("/no/such/repository/")
    launcher.get_by_label("Branch").first.fill("main")
    with desk.page.expect_request(lambda request: request.method == "POST") as sent:
        launcher.get_by_role("button", name="Start", exact=True).click()
    asked = sent.value.post_data_json
    assert asked["repo"] == {"path": "/no/such/repository", "branch": "main", "worktree": True}
    expect(launcher.get_by_role("alert")).not_to_be_empty()


def test_a_session_is_recorded_and_its_choices_are_kept_as_a_profile(desk, launcher, server):
    launcher.get_by_label("Initial command").fill("echo be''gun")
    launcher.get_by_text("More", exact=True).click()
    launcher.get_by_label("Record it").check()
    launcher.get_by_label("Keep these choices as").fill("kept by hand")
    launcher.get_by_role("button", name="Start", exact=True).click()
    desk.wait_live()
    desk.wait_for("begun")
    session = session_of(desk, server)
    recordings = server.api.get("/api/recordings", params={"sessionId": session["id"]}).json()["data"]["recordings"]
    assert len(recordings) == 1
    kept = [one for one in server.api.get("/api/profiles").json()["data"]["profiles"] if one["name"] == "kept by hand"]
    assert [one["initialCommand"] for one in kept] == ["echo be''gun"]
    server.api.delete(f"/api/profiles/{kept[0]['id']}")
    server.api.delete(f"/api/sessions/{session['id']}")
