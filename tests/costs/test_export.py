"""The ledger as a file: every line once, exact, harmless in a spreadsheet, and read bit by bit."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from support.metering import USD, spend

from costs import export


@pytest.fixture
def download(client):
    """`download(user, query)`: the answer and its text."""

    async def whole(answer):
        return b"".join([piece async for piece in answer.streaming_content]).decode()

    def fetch(user, query=""):
        from asgiref.sync import async_to_sync

        answer = client(user).get(f"/api/costs/export{query}")
        assert answer.status_code == 200
        return answer, async_to_sync(whole)(answer)

    return fetch


@pytest.fixture
def in_small_pages(monkeypatch):
    monkeypatch.setattr(export, "LINES", 7)


def test_every_line_is_in_the_file_once_the_oldest_first(download, in_small_pages, session, owner, teammate):
    mine = session(owner)
    same = datetime.now(UTC) - timedelta(hours=1)
    rows = [spend(mine, number * 1_000_000, at=same) for number in range(1, 20)]  # pages end inside one moment
    rows += [spend(mine, USD, at=same + timedelta(minutes=number)) for number in range(10)]
    spend(session(teammate), USD)
    answer, text = download(owner)
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["id"] for line in lines] == [str(row.pk) for row in rows]
    assert sum(Decimal(line["costUsd"]) for line in lines) == Decimal("10.00019")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="agterm-costs-')


def test_json_is_the_usual_envelope_with_the_very_same_lines(download, in_small_pages, session, owner, staff):
    for number in range(15):
        spend(session(owner, name=f"Sitzung „{number}“"), USD)
    answer, text = download(staff, "?format=json&tz=Asia/Tokyo")
    assert answer["Content-Type"] == "application/json"
    found = json.loads(text)
    assert (found["success"], found["data"]["currency"], found["data"]["range"]["tz"]) == (True, "USD", "Asia/Tokyo")
    assert [event["costUsd"] for event in found["data"]["events"]] == ["1.00"] * 15
    assert found["data"]["events"][3]["sessionName"] == "Sitzung „3“"
    assert set(found["data"]["events"][0]) == set(export.COLUMNS)


def test_a_file_without_a_line_is_still_a_file(download, owner):
    assert download(owner)[1].strip().split(",") == list(export.COLUMNS)
    assert json.loads(download(owner, "?format=json")[1])["data"]["events"] == []


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(download, session, owner, begin):
    evil = f'{begin}HYPERLINK("http://evil.example","x")'
    spend(session(owner, name=evil), 0, model=evil, request_id=evil)
    line = next(csv.DictReader(io.StringIO(download(owner)[1], newline="")))
    assert (line["sessionName"], line["model"], line["requestId"]) == (f"'{evil}",) * 3


@pytest.mark.parametrize("query", ["format=xlsx", "format=", "tz=Mars", "startDate=x", "limit=3"])
def test_a_file_that_nobody_can_write_is_refused(client, owner, query):
    answer = client(owner).get(f"/api/costs/export?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_REQUEST")
