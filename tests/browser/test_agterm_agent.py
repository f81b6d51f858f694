"""A conversation with our own agent in the page, on a desk and on a telephone: what it would change waits for a yes."""

import re

import pytest
from playwright.sync_api import expect
from support import browser as tools
from support.browser import DESKTOP, PHONE, wait_until
from support.own_agent import ANSWER, MENDING, RIGHT, ROOTS, TASK, Model, Project
from support.server import AgtermServer


@pytest.fixture(scope="module")
def model():
    with Model() as running:
        yield running


@pytest.fixture(scope="module")
def agent_server(model):
    with AgtermServer({**model.environment, **ROOTS}) as running:
        yield running


@pytest.fixture
def project():
    made = Project()
    yield made
    made.remove()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_conversation_with_an_approval(chromium, agent_server, model, project, size, tmp_path):
    desk = tools.Desk(chromium, agent_server.url, **size)
    page = desk.page
    page.goto(agent_server.login_link())
    desk.open()
    page.get_by_role("button", name="New session").first.click()
    expect(page.get_by_role("radio").first).to_have_value("agterm")
    expect(page.get_by_role("radio").first).to_be_checked()
    page.get_by_label("Folder").fill(str(project.path))
    expect(page.get_by_label("Provider").locator("option").first).to_be_attached()
    page.screenshot(path=tmp_path / "1-dialog.png")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/sessions/[0-9a-f-]{36}"))
    session = re.search("sessions/([0-9a-f-]+)", page.url)[1]
    desk.wait_live()
    desk.wait_for("Ask anything")

    model.play(*MENDING)
    if size is PHONE:
        page.locator(".screen").tap()  # where no keyboard is there by itself
    desk.type(TASK)
    page.keyboard.press("Enter")
    desk.wait_for("Allow run_command")
    wait_until("the state in the list", lambda: _state(agent_server, session) == "needs_input")
    desk.type("y")
    desk.wait_for("FAILED (failures=1)")
    desk.wait_for("Allow edit_file")
    wait_until("the state in the list", lambda: _state(agent_server, session) == "needs_input")
    page.screenshot(path=tmp_path / "2-approval.png")
    assert project.changed == {}
    desk.type("a")
    wait_until("the edit", lambda: project.text("basket.py") == RIGHT)
    desk.wait_for("Allow run_command")
    desk.type("y")
    desk.wait_for(ANSWER.split(";")[0].replace("`", ""))
    wait_until("the state in the list", lambda: _state(agent_server, session) == "idle")
    page.screenshot(path=tmp_path / "3-answer.png")
    assert desk.widest()[0] <= desk.widest()[1]
    assert desk.complaints == []
    desk.close()
    agent_server.api.delete(f"/api/sessions/{session}")


def _state(server, session):
    return server.api.get(f"/api/sessions/{session}").json()["data"]["session"]["state"]
