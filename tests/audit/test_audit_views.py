"""Reading the audit log over REST: for administrators, filtered, in pages, as a file."""

import csv
import json

import pytest

from accounts import api_tokens
from audit import chain, export
from core import happenings

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(owner, staff):
    happenings.tell("session.attach", actor=owner, via="browser", target="session:1", mode="view")
    happenings.tell("session.stop", actor=owner, via="api", target="session:1")
    happenings.tell("budget.change", actor=staff, via="admin", target="budget:2", name="=cmd()")


def actions(caller, query=""):
    return [event["action"] for event in caller.get(f"/api/audit{query}").json()["data"]["events"]]


def test_members_see_none_of_it(client, owner, told):
    for path in ("/api/audit", "/api/audit/export", "/api/audit/verify"):
        assert client(owner).get(path).status_code == 403
        assert client().get(path).status_code == 401


def test_a_token_of_an_administrator_needs_its_scope(client, staff):
    for scopes, status in ((["read", "write"], 403), (["read", "admin"], 200)):
        caller = client()
        caller.credentials(HTTP_AUTHORIZATION=f"Bearer {api_tokens.create(staff, 'CI', scopes)[1]}")
        assert caller.get("/api/audit").status_code == status


@pytest.mark.parametrize(("query", "found"), [
    ("", ["budget.change", "session.stop", "session.attach"]),
    ("?actor=owner", ["session.stop", "session.attach"]),
    ("?action=session.stop", ["session.stop"]),
    ("?action=session.*", ["session.stop", "session.attach"]),
    ("?target=budget:2", ["budget.change"]),
    ("?until=2020-01-01T00:00:00Z", []),
    ("?since=2020-01-01T00:00:00Z&limit=1", ["budget.change"]),
])  # fmt: skip
def test_it_is_found_by_who_what_and_when(client, staff, told, query, found):
    assert actions(client(staff), query) == found


def test_it_comes_in_pages(client, staff, told):
    first = client(staff).get("/api/audit?limit=2").json()["data"]
    assert first["nextCursor"] == "2"
    assert actions(client(staff), "?limit=2&cursor=2") == ["session.attach"]
    assert client(staff).get("/api/audit?cursor=0").status_code == 400


def test_verify_says_whether_it_is_whole(client, staff, told):
    assert client(staff).get("/api/audit/verify").json()["data"] == {
        "ok": True, "events": 3, "head": chain.verify().head, "brokenAt": None, "reason": None,
    }  # fmt: skip


def test_an_export_is_whole_safe_for_spreadsheets_and_noted(told):
    lines = [json.loads(line) for line in "".join(export.pieces("jsonl", {})).splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    rows = list(csv.DictReader("".join(export.pieces("csv", {"actor_name": "staff"})).splitlines()))
    assert [(row["action"], row["hash"]) for row in rows] == [("budget.change", lines[2]["hash"])]
    assert [json.loads(line)["seq"] for line in chain.head_file().read_text().splitlines()] == [3, 3]


def test_an_export_comes_as_a_file(client, staff, told):
    answer = client(staff).get("/api/audit/export?format=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="agterm-audit.csv"'
    assert answer["Content-Type"].startswith("text/csv")
