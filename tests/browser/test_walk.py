"""The first half hour of a newcomer, as docs/walk.md tells it: two agents, a question, the cost, the recording.

`SHOTS=docs/walk` writes the pictures of that document anew.
"""

import os
import re
import time
from pathlib import Path

import pytest
from fakes.provider import Provider
from playwright.sync_api import expect
from support import browser as tools
from support.agents import installed_home
from support.browser import wait_until
from support.own_agent import ANSWER, MENDING, ROOTS, TASK, Model, Project
from support.server import AgtermServer

REVIEW = "Read basket.py and say whether total() is right."


@pytest.fixture
def shop(monkeypatch):
    """A project with a failing test, and a server whose two agents have a provider each."""
    project = Project()
    with Model() as model, Provider(reply=lambda _call, _name: "total() adds the prices up; it is right.") as provider:
        names = {name: value for name, value in provider.environment.items() if name.startswith("ANTHROPIC")}
        server = AgtermServer({**model.environment, **names, **ROOTS})
        os.symlink(installed_home("claude") / "agents", server.home / "agents")
        with server:
            yield server, model, project
    project.remove()


@pytest.fixture
def shoot(tmp_path):
    folder = Path(os.environ.get("SHOTS") or tmp_path)
    folder.mkdir(exist_ok=True)

    def shot(page, name):
        page.wait_for_timeout(400)  # what slides in has come to rest
        page.screenshot(path=folder / f"{name}.png")

    return shot


def test_from_the_first_start_to_a_finished_task_of_two_agents(chromium, shop, shoot):
    server, model, project = shop
    began = time.monotonic()
    desk = tools.Desk(chromium, server.url, color_scheme="dark")
    page = desk.page
    page.goto(server.login_link())
    desk.open()
    expect(page.get_by_role("heading", name="No sessions yet")).to_be_visible()
    shoot(page, "1-first-page")

    model.play(*MENDING)
    _fill(
        page,
        "AGTerm",
        project,
        branch="mend-the-basket",
        name="Mend the basket",
        prompt=TASK,
        budget="1.00",
        provider="openai",
    )
    shoot(page, "2-new-session")
    mending = _start(page)
    desk.wait_for("Allow run_command")
    _fill(page, "Claude Code", project, branch="review", name="Review it", prompt=REVIEW, budget="2.00")
    reviewing = _start(page)
    desk.wait_for("it is right")

    page.get_by_role("button", name="Split").first.click()
    page.get_by_role("navigation", name="Sessions").get_by_role("link", name="Mend the basket").click()
    expect(page.locator(".xterm")).to_have_count(2)
    shoot(page, "3-two-agents")

    _answer(page, "Yes")  # the tests may be run
    wait_until("the edit waits", lambda: "edit_file" in _screen(server, mending))
    _bell(page)
    shoot(page, "4-needs-you")
    page.keyboard.press("Escape")
    _answer(page, "always")
    wait_until(
        "the second run of the tests waits", lambda: "Allow" in _screen(server, mending).rpartition("Once more.")[2]
    )
    _answer(page, "Yes")
    wait_until(
        "it is done",
        lambda: ANSWER.split(";")[0].replace("`", "") in _screen(server, mending),
        say=lambda: _screen(server, mending),
    )

    desk.open(f"/sessions/{mending}/changes")
    changes = page.locator(".panel-changes")
    changes.get_by_text("basket.py").first.click()
    expect(changes.get_by_text("return sum(prices)").first).to_be_visible()
    shoot(page, "5-changes")
    changes.get_by_role("button", name="All changed files").click()
    changes.get_by_placeholder("What was done, and why").fill("Give the whole total")
    changes.get_by_role("button", name=re.compile("^Commit")).click()
    wait_until("the commit", lambda: not _git(server, mending)["unstaged"])

    desk.open("/costs")
    expect(page.get_by_text("Spent").first).to_be_visible()
    spent = server.api.get("/api/costs/dashboard").json()["data"]["total"]
    assert float(spent["costUsd"]) > 0
    assert spent["sessions"] == 2
    shoot(page, "6-costs")

    server.api.post(f"/api/recordings/stop/{mending}")
    wait_until("its recording has ended", lambda: _recording(server, mending)["status"] == "stopped")
    desk.open("/recordings")
    page.get_by_role("link", name="Mend the basket").first.click()
    expect(page.get_by_role("button", name="Play").first).to_be_visible()
    page.keyboard.press("9")  # nine tenths of it
    expect(page.locator(".player-screen")).to_contain_text("took one away")
    shoot(page, "7-recording")
    assert time.monotonic() - began < 300, "a newcomer's walk takes more than five minutes"
    assert desk.complaints == []
    desk.close()
    assert reviewing != mending


def _fill(page, agent, project, *, branch, name, prompt, budget, provider=""):
    page.get_by_role("button", name="New session").first.click()
    dialog = page.get_by_role("dialog", name="New session")
    dialog.get_by_role("radio", name=re.compile(f"^{agent}")).check(force=True)
    dialog.get_by_label("Prompt").fill(prompt)
    dialog.get_by_role("button", name="Git folder here").click()
    dialog.get_by_label("Where it lies").fill(str(project.path))
    dialog.locator("[name=branch]").fill(branch)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Budget in dollars").fill(budget)
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_role("checkbox", name=re.compile("Record it")).check()
    expect(dialog.locator("[name=provider] option").first).to_be_attached()
    if provider:
        dialog.locator("[name=provider]").select_option(provider)
    dialog.get_by_role("radio", name=re.compile(f"^{agent}")).scroll_into_view_if_needed()


def _start(page):
    before = page.url
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(lambda url: url != before and "/sessions/" in url)
    return re.search("sessions/([0-9a-f-]+)", page.url)[1]


def _bell(page):
    page.get_by_role("button", name=re.compile("^Needs you: [1-9]")).click()


def _answer(page, choice):
    _bell(page)
    page.locator(".wait").get_by_role("button", name=re.compile(choice)).first.click()
    page.keyboard.press("Escape")


def _screen(server, session):
    return server.api.get(f"/api/sessions/{session}/snapshot").json()["data"]["text"]


def _git(server, session):
    return server.api.get(f"/api/sessions/{session}/git").json()["data"]["status"]


def _recording(server, session):
    return server.api.get(f"/api/recordings?sessionId={session}").json()["data"]["recordings"][0]
