"""Money on the page: what sessions cost, live; budgets that warn, hold and are raised; the page of costs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support import axe
from support.browser import PHONE, wait_until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
CASHIER = """
import sys, time
from agterm.cli import django
django.setup()
from sessions import money
from support.spending import spend
for line in sys.stdin:
    session, *costs = line.rstrip("\\n").split(" ")
    for usd in costs:
        money.settled(spend(session, usd))
    while money._publisher._is_telling:
        time.sleep(0.01)
    print("done", flush=True)
"""


@pytest.fixture(scope="module")
def charge(server):
    """`charge(session, "0.42", …)`: calls at such costs, told as the providers' door tells them; "" is unpriced."""
    cashier = subprocess.Popen(
        [sys.executable, "-c", CASHIER],
        env=server.environment | {"PYTHONPATH": str(ROOT / "tests")}, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def make(session_id, *dollars):
        print(session_id, *dollars, file=cashier.stdin, flush=True)
        assert cashier.stdout.readline() == "done\n"

    with cashier:
        yield make
        cashier.stdin.close()


@pytest.fixture
def tight(server):
    """A session that may spend one dollar."""
    session_id = server.start_session("shell", name="a tight one", budget={"limitUsd": "1"})
    yield session_id
    server.api.delete(f"/api/sessions/{session_id}")


def told(server, session_id):
    return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]


def badge(desk):
    return desk.page.get_by_role("button", name=re.compile("^Cost: "))


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_cost_comes_into_the_list_by_itself_and_is_exact_on_hover(desk, session, charge):
    desk.open()
    row = desk.page.locator(".row", has_text="a shell")
    expect(row.get_by_text("Idle")).to_be_visible()
    expect(row.locator(".cost")).to_have_count(0)
    charge(session, "0.421234", "")
    expect(row.locator(".cost-billed")).to_have_text("$0.42")
    expect(row.locator(".cost-unpriced")).to_have_text("unpriced")
    expect(row.locator(".cost")).to_have_attribute(
        "title", re.compile(r"^\$0\.421234 for 2 requests\n1 request of a model")
    )


def test_the_cost_of_the_session_on_screen_is_in_its_head_with_tokens_behind_it(desk, session, charge):
    desk.open_session(session)
    expect(badge(desk)).to_have_accessible_name("Cost: $0")
    charge(session, "0.004")
    expect(badge(desk)).to_have_accessible_name("Cost: <$0.01")
    expect(desk.page.locator(".rail-item[aria-current] .cost-billed")).to_have_text("<$0.01")
    badge(desk).click()
    panel = desk.page.get_by_role("dialog", name="Cost")
    for name, value in (("Cost", "$0.004"), ("Requests", "1"), ("Input tokens", "100"), ("Cache read", "20")):
        row = panel.locator("dl > div", has=desk.page.get_by_text(name, exact=True))
        expect(row.locator("dd")).to_have_text(value)
    expect(panel.get_by_role("img", name="What it spent within the last")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    desk.run("echo ty''ped")
    desk.wait_for("typed")


def test_a_budget_is_set_in_the_head_and_removed_again(desk, server, session):
    desk.open_session(session)
    badge(desk).focus()
    desk.page.keyboard.press("Enter")
    panel = desk.page.get_by_role("dialog", name="Cost")
    panel.get_by_role("button", name="Set a budget").click()
    panel.get_by_label("New limit in dollars").fill("2.50")
    desk.page.keyboard.press("Enter")
    expect(panel).to_contain_text("$0 of $2.50 spent")
    assert told(server, session)["budget"]["limitUsd"] == "2.50"
    panel.get_by_role("button", name="Remove the budget").click()
    expect(panel.get_by_role("button", name="Set a budget")).to_be_visible()
    assert told(server, session)["budget"] is None


def test_a_session_over_its_budget_calls_for_somebody_and_goes_on_after_one_click(desk, server, tight, charge):
    desk.open()
    row = desk.page.locator(".row", has_text="a tight one")
    expect(row.get_by_text("Idle")).to_be_visible()
    charge(tight, "1.25")
    expect(row.get_by_text("Over budget")).to_be_visible()
    expect(desk.page).to_have_title("(1) Sessions · AGTerm")
    desk.open_session(tight)
    banner = desk.page.locator(".banner-danger")
    expect(banner).to_contain_text("The budget of this session is used up: $1.25 of $1.00 spent")
    banner.get_by_role("button", name="Raise to $2.00").click()
    expect(banner).to_have_count(0)
    expect(desk.page.locator(".stage-badges").get_by_text("Idle")).to_be_visible()
    assert (told(server, tight)["blockedBy"], told(server, tight)["budget"]["limitUsd"]) == (None, "2.00")
    desk.run("echo go''es on")
    desk.wait_for("goes on")


def test_a_budget_that_is_nearly_used_up_warns_until_that_is_put_away(desk, tight, charge):
    desk.open_session(tight)
    charge(tight, "0.85")
    banner = desk.page.locator(".banner-warning")
    expect(banner).to_contain_text("85 % of the budget of this session is used: $0.85 of $1.00 spent")
    banner.get_by_role("button", name="Put the warning away").click()
    expect(banner).to_have_count(0)


def test_another_amount_can_be_typed_and_one_that_is_none_is_refused(desk, server, tight, charge):
    charge(tight, "1")
    desk.open_session(tight)
    banner = desk.page.locator(".banner-danger")
    banner.get_by_role("button", name="Other…").click()
    amount = banner.get_by_label("New limit in dollars")
    expect(amount).to_be_focused()
    amount.fill("a lot")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".toast-danger")).to_contain_text("amount in dollars")
    amount.fill("1.75")
    banner.get_by_role("button", name="Raise", exact=True).click()
    expect(banner).to_have_count(0)
    assert told(server, tight)["budget"]["limitUsd"] == "1.75"


def test_who_may_not_raise_a_budget_is_told_who_can(server, window, charge):
    with server.make_user("bea") as member:
        session_id = member.post("/api/sessions", json={"agent": "shell"}).json()["data"]["session"]["id"]
    server.api.patch(f"/api/sessions/{session_id}", json={"budget": {"limitUsd": "0.50"}})
    charge(session_id, "0.50")
    desk = window()
    desk.open(f"/sessions/{session_id}")
    desk.page.get_by_label("User name").fill("bea")
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Log in").click()
    banner = desk.page.locator(".banner-danger")
    expect(banner).to_contain_text("It was set by admin, who can raise it, or an administrator.")
    expect(banner.get_by_role("button")).to_have_count(0)
    desk.page.get_by_role("link", name="Costs").click()
    expect(desk.page.get_by_text("What your sessions cost")).to_be_visible()
    expect(desk.page.get_by_role("region", name="Sessions").get_by_role("listitem")).to_have_count(1)
    expect(desk.page.get_by_role("region", name="By user")).to_have_count(0)
    server.api.delete(f"/api/sessions/{session_id}")


def test_a_session_is_started_with_a_budget(desk, server):
    desk.open()
    page = desk.page
    page.get_by_role("button", name="New session").click()
    page.get_by_role("radio", name=re.compile("Shell")).check(force=True)
    page.get_by_label("Budget in dollars").fill("$2.50")
    page.get_by_role("button", name="Start", exact=True).click()
    desk.wait_live()
    session_id = re.search("sessions/([0-9a-f-]+)", page.url)[1]
    assert told(server, session_id)["budget"]["limitUsd"] == "2.50"
    server.api.delete(f"/api/sessions/{session_id}")


# --- the page of costs ------------------------------------------------------------------------------------------------


@pytest.fixture
def costs(desk):
    desk.open("/costs")
    expect(desk.page.get_by_role("heading", name="Days")).to_be_visible()
    return desk.page


def spent(page):
    return page.locator(".figure", has_text="Spent").get_attribute("title")


def test_sums_days_and_parts_are_those_of_the_ledger_and_follow_what_is_spent(costs, server, session, charge):
    before = server.api.get("/api/costs/dashboard").json()["data"]["total"]["costUsd"]
    assert spent(costs) == f"${before}"
    charge(session, "3.25")
    wait_until("the new sum", lambda: spent(costs) != f"${before}")
    found = server.api.get("/api/costs/dashboard").json()["data"]
    assert spent(costs) == f"${found['total']['costUsd']}"
    chart = costs.get_by_role("group", name="Dollars a day")
    chart.focus()
    costs.keyboard.press("ArrowLeft")
    expect(chart.locator(".chart-tip")).to_contain_text(f"{found['byDay'][-1]['requests']} request")
    expect(costs.get_by_role("region", name="By model")).to_contain_text("claude-x")
    parts = costs.get_by_role("list", name="Parts of the bars")
    expect(parts).to_contain_text("claude-x")
    costs.get_by_label("Bars in parts").select_option("user")
    expect(parts).to_have_text(re.compile("admin"))
    assert axe.serious(costs) == []
    expect(costs.get_by_role("region", name="By user")).to_contain_text("admin")
    costs.get_by_role("region", name="Sessions").get_by_role("link", name="a shell").click()
    expect(costs).to_have_url(re.compile(session))


def test_days_are_chosen_and_exported(costs, session, charge):
    charge(session, "1")
    costs.get_by_role("button", name="Custom").click()
    costs.get_by_label("First day").fill("2020-02-01")
    costs.get_by_label("Last day").fill("2020-02-29")
    expect(costs.locator(".figure", has_text="Spent")).to_contain_text("$0")
    costs.get_by_text("As a table").click()
    expect(costs.get_by_role("rowheader", name="29 Feb 2020")).to_be_visible()
    costs.get_by_role("button", name="7 days").click()
    expect(costs.locator(".figure", has_text="Spent")).not_to_have_attribute("title", "$0.00")
    costs.get_by_label("Time zone").select_option(index=0)
    with costs.expect_download() as exported:
        costs.get_by_role("link", name="CSV").click()
    lines = Path(exported.value.path()).read_text().splitlines()
    assert lines[0].startswith("id,at,kind")
    assert any(session in line and ",1.00," in line for line in lines[1:])


def test_what_has_no_price_is_told_with_the_way_to_price_it(costs, session, charge):
    charge(session, "")
    notice = costs.get_by_role("note")
    expect(notice).to_contain_text("claude-x")
    expect(notice).to_contain_text("agterm reprice")


def test_budgets_of_single_sessions_are_folded_away(costs, tight):
    costs.reload()
    budgets = costs.get_by_role("region", name="Budgets")
    summary = budgets.get_by_text(re.compile("single session"))
    expect(summary).to_be_visible()
    expect(budgets.get_by_text("Session a tight one")).to_be_hidden()
    summary.click()
    expect(budgets.get_by_text("Session a tight one")).to_be_visible()


def test_a_budget_is_made_raised_changed_and_deleted(costs, server):
    costs.get_by_role("button", name="New budget").click()
    dialog = costs.get_by_role("dialog")
    dialog.get_by_label("Limit in dollars").fill("500")
    dialog.get_by_label("Name").fill("The team")
    dialog.get_by_role("button", name="Create").click()
    budgets = costs.get_by_role("region", name="Budgets")
    row = budgets.get_by_role("listitem").filter(has_text="The team")
    expect(row).to_contain_text("All calls of everybody · each month · refuses calls")
    act(costs, "Raise…")
    dialog.get_by_role("button", name="Raise to $1,000.00").click()
    expect(row).to_contain_text("of $1,000.00 spent this month")
    act(costs, "Change…")
    dialog.get_by_label("At the limit").select_option("warn")
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("only warns")
    (made,) = team_budgets(server)
    assert (made["limitUsd"], made["action"], made["scope"]) == ("1000.00", "warn", "global")
    act(costs, "Delete…")
    dialog.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    assert team_budgets(server) == []


def team_budgets(server):
    found = server.api.get("/api/costs/budgets", params={"limit": 1000}).json()["data"]["budgets"]
    return [budget for budget in found if budget["name"] == "The team"]


def act(page, action):
    page.get_by_role("button", name="Actions for The team").click()
    page.get_by_role("menuitem", name=action).click()


@pytest.mark.parametrize("path", ["/costs", "/settings/keys"])
def test_on_a_phone_nothing_of_the_page_is_wider_than_the_screen(window, logged_in, path):
    phone = window(storage_state=logged_in, **PHONE)
    phone.open(path)
    expect(phone.page.locator("h2").first).to_be_visible()
    wide, screen = phone.widest()
    assert wide <= screen


def test_on_a_phone_the_cost_and_its_panel_fit_beside_the_rest(window, logged_in, tight, charge):
    charge(tight, "1.25")
    phone = window(storage_state=logged_in, **PHONE)
    phone.open_session(tight)
    expect(phone.page.locator(".banner-danger")).to_be_visible()
    badge(phone).tap()
    panel = phone.page.get_by_role("dialog", name="Cost")
    expect(panel.get_by_role("button", name="Remove the budget")).to_be_in_viewport(ratio=1)
    wide, screen = phone.widest()
    assert wide <= screen
