"""GET /api/sessions in parts: filters, pages; and what becomes of terminals and rows that lost one another."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from sessions import services
from sessions.models import Session


@pytest.fixture
def rows(owner, runner):
    """`rows(5, agent="codex")`: so many sessions that have ended, a second apart, the newest first."""

    def make(count, who=owner, status="exited", agent="shell"):
        made = [
            Session.objects.create(owner=who, name=str(n), agent=agent, status=status, runner=runner.address)
            for n in range(count)
        ]
        for age_s, row in enumerate(reversed(made)):
            Session.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(seconds=age_s))
        return [str(row.pk) for row in reversed(made)]

    return make


@pytest.fixture
def page(mine):
    """`page(limit=3)`: the ids and the next cursor; `by=` somebody else."""

    def ask(by=mine, **query):
        answer = by.get("/api/sessions", query)
        assert answer.status_code == 200, answer.json()
        data = answer.json()["data"]
        return [session["id"] for session in data["sessions"]], data["nextCursor"]

    return ask


def walk(page, **query):
    """All ids, page by page; no page may be too long."""
    ids, cursor = page(**query)
    return ids + rest(page, cursor, **query)


def rest(page, cursor, limit=2, **query):
    """The ids of the pages from `cursor` on."""
    ids = []
    while cursor is not None:
        found, cursor = page(**query, limit=limit, cursor=cursor)
        assert 0 < len(found) <= limit
        ids += found
    return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 1000])
def test_going_from_page_to_page_shows_every_session_once_in_order(page, rows, limit):
    made = rows(7)
    assert walk(page, limit=limit) == made


def test_a_page_that_is_just_full_is_the_last_when_nothing_follows(page, rows):
    made = rows(3)
    assert page(limit=3) == (made, None)
    assert page(limit=2)[1] is not None


def test_sessions_of_one_and_the_same_moment_are_all_seen_once(page, rows):
    made = rows(6)
    Session.objects.update(created_at=timezone.now())
    found = walk(page, limit=2)
    assert len(found) == 6
    assert set(found) == set(made)


@pytest.mark.parametrize("gone", ["the last seen", "the next one"])
def test_a_session_deleted_between_two_pages_neither_hides_nor_repeats_another(page, rows, gone):
    made = rows(6)
    seen, cursor = page(limit=2)
    deleted = seen[-1] if gone == "the last seen" else made[2]
    Session.objects.filter(pk=deleted).delete()
    assert seen + rest(page, cursor) == [one for one in made if one in seen or one != deleted]


def test_a_session_made_between_two_pages_repeats_none(page, rows):
    made = rows(4)
    seen, cursor = page(limit=2)
    new = rows(1)
    assert seen + rest(page, cursor) == made
    assert page(limit=1)[0] == new


def test_without_a_limit_there_are_a_hundred_at_most(page, rows):
    rows(101)
    found, cursor = page()
    assert len(found) == 100
    assert cursor is not None


def test_filters_narrow_the_list_and_go_together_with_pages(page, rows):
    ended, lost, codex = rows(3), rows(2, status="lost"), rows(3, agent="codex")
    assert set(page(status="exited")[0]) == {*ended, *codex}
    assert set(page(status="lost")[0]) == set(lost)
    assert page(status="running")[0] == []
    assert set(page(agent="codex")[0]) == set(codex)
    assert page(agent="codex", status="lost")[0] == []
    assert set(walk(page, status="exited", limit=2)) == {*ended, *codex}


def test_the_status_asked_for_is_the_one_of_now(start, page, runner):
    session = start(args=["-c", "exit 7"])
    with runner.watch(session["id"]) as reader:
        reader.event("exited")
    assert page(status="running")[0] == []
    assert page(status="exited")[0] == [session["id"]]


def test_staff_can_ask_for_one_owner_and_others_see_nobody_elses_by_asking(page, rows, client, stranger, staff):
    own, foreign = rows(2), rows(2, who=stranger)
    by_staff = client(staff)
    assert set(page(by=by_staff)[0]) == {*own, *foreign}
    assert set(page(by=by_staff, owner="stranger")[0]) == set(foreign)
    assert page(owner="stranger")[0] == []
    assert set(page(owner="owner")[0]) == set(own)
    assert page(by=by_staff, owner="nobody at all")[0] == []


@pytest.mark.parametrize("query", [
    {"limit": "0"}, {"limit": "-1"}, {"limit": "1001"}, {"limit": "many"}, {"limit": ""}, {"limit": "1.5"},
    {"status": "no such"}, {"cursor": "x" * 201},
])  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused_with_the_name_of_the_field(mine, runner, query):
    answer = mine.get("/api/sessions", query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
    assert next(iter(query)) in answer.json()["error"]["message"]


@pytest.mark.parametrize("cursor", ["x", "", "0-0", "'; drop table", "9999999999.000000-x", "\0"])
def test_a_cursor_that_never_was_harms_nobody(mine, rows, cursor):
    rows(2)
    assert mine.get("/api/sessions", {"cursor": cursor}).status_code in {200, 400}


# --- terminals without a row, rows without a terminal ----------------------------------------------------------------


@pytest.fixture
def own(runner, configure, tmp_path):
    """The runner is the server's own, at the place where that is."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "runner.sock").symlink_to(runner.address.removeprefix("unix:"))
    configure(runner="", home=tmp_path)
    return runner


def test_a_terminal_nobody_has_a_row_of_is_ended_after_a_while_and_its_workspace_stays(own, start, row, monkeypatch):
    known = start()
    stray = own.script("echo precious > file; echo written; sleep 1000")
    with own.watch(stray) as reader:
        reader.see(b"written")
        assert services.reconcile() == 0
        assert own.call("get", id=stray)["status"] == "running"  # its row may be on its way

        monkeypatch.setattr(services, "STARTING_PATIENCE_S", 0)
        assert services.reconcile() == 0
        reader.event("closed")
    assert [info["id"] for info in own.call("list")] == [known["id"]]
    assert (own.home / "workspaces" / stray / "file").read_text() == "precious\n"
    assert row(known).status == "running"


def test_a_runner_that_is_shared_keeps_terminals_we_know_nothing_of(runner, monkeypatch):
    foreign = runner.script("sleep 1000")
    monkeypatch.setattr(services, "STARTING_PATIENCE_S", 0)
    services.reconcile()
    assert runner.call("get", id=foreign)["status"] == "running"


def test_a_start_the_runner_never_heard_of_is_lost_once_patience_is_over(owner, runner, monkeypatch):
    row = Session.objects.create(id=uuid.uuid4(), owner=owner, name="x", agent="shell", runner=runner.address)
    services.reconcile()
    row.refresh_from_db()
    assert row.status == "starting"
    monkeypatch.setattr(services, "STARTING_PATIENCE_S", 0)
    services.reconcile()
    row.refresh_from_db()
    assert row.status == "lost"


def test_a_start_whose_answer_was_lost_keeps_its_row_and_is_found_running(mine, runner, monkeypatch):
    """The question was sent, only the answer is missing: perhaps a program runs."""
    ask = services.ask

    def deaf(row, op, **params):
        ask(row, op, **params)
        raise services.HostUnavailable(may_have_happened=True)

    monkeypatch.setattr(services, "ask", deaf)
    assert mine.post("/api/sessions", {"agent": "shell"}, format="json").status_code == 503
    monkeypatch.setattr(services, "ask", ask)
    (session,) = mine.get("/api/sessions").json()["data"]["sessions"]
    assert session["status"] == "running"
    assert runner.call("get", id=session["id"])["pid"] == session["pid"]


def test_a_start_that_cannot_have_happened_leaves_no_row(mine, runner, monkeypatch):
    def away(row, op, **params):
        raise services.HostUnavailable

    monkeypatch.setattr(services, "ask", away)
    assert mine.post("/api/sessions", {"agent": "shell"}, format="json").status_code == 503
    assert Session.objects.count() == 0
