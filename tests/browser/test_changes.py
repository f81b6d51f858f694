"""What a session has changed, in a real browser: differences, commits, branches, and another session's work."""

import re

import pytest
from playwright.sync_api import expect
from support import axe
from support import browser as tools

BEGIN = """export GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z && \
git init -q -b main . && git config user.email a@b.invalid && git config user.name Ann && \
printf 'one\\nnumber two\\nthree\\n' > list.txt && seq -f 'line %g' 6000 > long.txt && echo keep > other.txt && \
git add -A && git commit -qm 'First things'"""
CHANGE = """printf 'one\\nnumber 2\\nthree\\n' > list.txt && seq -f 'another %g' 5000 > long.txt && \
echo lost > other.txt && mkdir -p new && echo new > 'new/<b>bold.txt'"""


def execute(server, session_id, command):
    asked = {"prompt": command, "waitFor": "idle", "timeoutMs": 60000}
    answer = server.api.post(f"/api/sessions/{session_id}/execute", json=asked).json()
    assert answer["data"]["exitCode"] == 0, answer


@pytest.fixture
def changed(server, session):
    """The session's workspace is a repository in which something has changed."""
    execute(server, session, BEGIN)
    execute(server, session, CHANGE)
    return session


def files_of(server, session_id):
    return {
        each["path"]: each for each in server.api.get(f"/api/sessions/{session_id}/git/files").json()["data"]["files"]
    }


def test_changes_are_looked_at_staged_committed_and_thrown_away(desk, server, changed):
    desk.open(f"/sessions/{changed}/changes")
    page = desk.page
    differences = page.get_by_role("region", name="Differences of")
    page.get_by_role("button", name="list.txt modified").click()
    expect(differences.locator(".diff-delete mark")).to_have_text("two")
    expect(differences.locator(".diff-add mark")).to_have_text("2")
    page.get_by_role("button", name="Side by side").click()
    expect(differences.locator(".diff-half.diff-delete + .diff-half.diff-add")).to_have_count(1)
    assert axe.serious(page) == []

    # eleven thousand lines are there at once, and the last of them when one scrolls to it
    page.get_by_role("button", name="Side by side").click()
    page.get_by_role("button", name="long.txt modified").click()
    expect(differences.get_by_text("line 1", exact=True)).to_be_visible()
    assert page.locator(".diff-row").count() < 1000
    differences.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(differences.get_by_text("There is more")).to_be_visible()

    page.get_by_role("button", name="other.txt modified").click()
    differences.get_by_role("button", name="Stage hunk").click()
    expect(page.get_by_role("region", name="Staged").get_by_role("button", name="other.txt modified")).to_be_visible()
    differences.get_by_role("button", name="Unstage hunk").click()
    expect(page.get_by_role("region", name="Staged")).to_have_count(0)

    page.get_by_role("button", name="Stage list.txt").click()
    expect(page.get_by_role("region", name="Staged").get_by_role("button", name="list.txt modified")).to_be_visible()
    page.get_by_role("button", name="Stage new/<b>bold.txt").click()
    page.get_by_role("button", name="Unstage new/<b>bold.txt").click()
    expect(page.get_by_role("button", name="Commit 1 staged")).to_be_disabled()
    page.get_by_label("Commit message").fill("Say two as a figure")
    page.get_by_role("button", name="Commit 1 staged").click()
    expect(page.get_by_text("Committed as")).to_be_visible()
    assert set(files_of(server, changed)) == {"long.txt", "other.txt", "new/<b>bold.txt"}

    page.get_by_role("button", name="Discard other.txt").click()
    question = page.get_by_role("dialog", name="Discard the changes?")
    assert "other.txt" in files_of(server, changed)
    question.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("button", name="Stage other.txt")).to_have_count(0)
    assert "other.txt" not in files_of(server, changed)

    page.get_by_role("button", name="History").click()
    page.get_by_role("button", name="Say two as a figure").click()
    expect(page.get_by_role("region", name="list.txt").locator(".diff-add mark")).to_have_text("2")

    page.get_by_title("Switch the branch").click()
    page.get_by_role("searchbox", name="Find a branch").fill("topic")
    page.get_by_role("button", name="New branch “topic”").click()
    expect(page.get_by_title("Switch the branch")).to_have_text("topic")
    status = server.api.get(f"/api/sessions/{changed}/git").json()["data"]["status"]
    assert status["branch"] == "topic"
    assert axe.serious(page) == []


@pytest.fixture
def beside(server, changed):
    """Another session on the same first commit, which has changed one of the same files, and has made one."""
    session_id = server.start_session("shell", name="beside")
    execute(server, session_id, BEGIN)
    execute(server, session_id, "printf 'one\\nnumber two\\ndrei\\n' > list.txt && echo for you > gift.txt")
    yield session_id
    server.api.delete(f"/api/sessions/{session_id}")


def test_another_sessions_work_is_compared_and_brought_here(desk, server, changed, beside):
    desk.open(f"/sessions/{changed}/changes")
    page = desk.page
    expect(page.get_by_text("is being changed in another session, too")).to_contain_text("list.txt")
    page.get_by_role("button", name="beside", exact=True).click()
    compared = page.get_by_role("region", name="Compared with beside")
    expect(compared.get_by_text("Only in beside")).to_be_visible()
    expect(compared.get_by_role("region", name="list.txt").get_by_text("both changed it")).to_be_visible()
    assert axe.serious(page) == []

    merge = page.get_by_role("button", name="Merge its work into this")
    merge.click()
    question = page.get_by_role("dialog", name="Merge the work of beside?")
    question.get_by_role("button", name="Merge", exact=True).click()
    refused = page.get_by_role("alert", name="What stood against the merge")
    expect(refused).to_contain_text("list.txt")  # it would be overwritten: nothing is
    refused.get_by_role("button", name="Show the change: list.txt").click()
    expect(page.get_by_role("region", name="Differences of list.txt")).to_be_visible()

    execute(server, changed, "git commit -qam mine && test ! -e gift.txt")  # the line beside theirs: a conflict
    page.get_by_role("button", name="Compare").click()
    merge.click()
    question.get_by_role("button", name="Merge", exact=True).click()
    expect(refused.get_by_role("listitem")).to_contain_text(["list.txtboth changed it"])
    assert axe.serious(page) == []
    page.set_viewport_size({"width": 1280, "height": 520})
    refused.get_by_role("button", name="Compare: list.txt").click()
    card = compared.get_by_role("region", name="list.txt")
    expect(card.get_by_role("button")).to_be_focused()
    expect(card).to_be_in_viewport()
    refused.get_by_role("button", name="Open in beside: list.txt").click()
    expect(page).to_have_url(re.compile(f"/sessions/{beside}/files"))
    expect(page.get_by_role("textbox", name="Contents of list.txt")).to_contain_text("drei")

    page.go_back()
    execute(server, changed, "git reset -q --hard HEAD~1 && test ! -e gift.txt")
    merge.click()
    question.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("The work of beside is here now.")).to_be_visible()
    execute(server, changed, "test -e gift.txt")


def test_on_a_phone_one_looks_at_the_list_or_at_a_file(window, logged_in, changed):
    desk = window(storage_state=logged_in, **tools.PHONE)
    desk.open(f"/sessions/{changed}/changes")
    page = desk.page
    page.get_by_role("button", name="list.txt modified").tap()
    expect(page.locator(".diff-add mark")).to_have_text("2")
    expect(page.get_by_label("Commit message")).to_be_hidden()
    assert desk.widest() == (390, 390)
    page.get_by_role("button", name="All changed files").tap()
    expect(page.get_by_label("Commit message")).to_be_visible()
    assert axe.serious(page) == []


def test_where_there_is_no_repository_it_says_so(desk, session):
    desk.open(f"/sessions/{session}/changes")
    expect(desk.page.get_by_text("The workspace is no git repository")).to_be_visible()
