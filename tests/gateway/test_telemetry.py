"""Reports that CLIs send by OTLP: taken at the door for the session that the relay names, and for no other."""

import json
import uuid

import pytest
from asgiref.sync import sync_to_async

from gateway import telemetry as door
from gateway.refusals import Refusal
from transcripts import telemetry

TOOL = {"body": {"stringValue": "codex.tool_result"},
        "attributes": [{"key": "tool_name", "value": {"stringValue": "exec"}}]}  # fmt: skip
REPORT = {"resourceLogs": [{"scopeLogs": [{"logRecords": [TOOL]}]}]}
JSON = {"content-type": "application/json"}


async def test_a_report_is_counted_for_the_session_whose_way_in_it_came(visit, session_row):
    caller = await visit("/llm/otlp/v1/logs", REPORT, authorization="", **JSON).heard_to_the_end()
    assert (caller.status, json.loads(caller.body)) == (200, {})
    found = await sync_to_async(telemetry.activity)(session_row.pk)
    assert found["tools"] == [{"name": "exec", "count": 1, "failed": 0, "totalMs": 0}]


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("v1/logs", "GET", JSON, 404),
        ("v2/logs", "POST", JSON, 404),
        ("v1/secrets", "POST", JSON, 404),
        ("v1/logs", "POST", {"content-type": "text/plain"}, 415),
        ("v1/logs", "POST", JSON | {"content-encoding": "gzip"}, 415),
        ("v1/logs", "POST", JSON | {"x-agterm-relay": "0.forged"}, 403),
    ],
)
async def test_what_is_no_report_is_refused(visit, path, method, headers, status):
    caller = await visit(f"/llm/otlp/{path}", REPORT, method=method, **headers).heard_to_the_end()
    assert caller.status == status


MIB = 1024 * 1024
ONE, ANOTHER = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def allowance():
    """An allowance, and the hands of its clock."""
    now = [0.0]
    return door.Allowance(lambda: now[0]), now


def test_a_session_that_floods_is_told_when_to_come_back_and_others_are_not(allowance):
    allowance, now = allowance
    allowance.spend(ONE, MIB)
    with pytest.raises(Refusal) as refused:
        allowance.spend(ONE, MIB // 2)
    assert (refused.value.status, refused.value.retry_after_s) == (429, 17)
    allowance.spend(ANOTHER, MIB)
    now[0] += 17
    allowance.spend(ONE, MIB // 2)


def test_empty_reports_are_not_free(allowance):
    allowance, _ = allowance
    for _ in range(1024):
        allowance.spend(ONE, 0)
    with pytest.raises(Refusal):
        allowance.spend(ONE, 0)


def test_many_sessions_together_are_bounded_as_well_and_then_forgotten(allowance):
    allowance, now = allowance
    for _ in range(4):
        allowance.spend(uuid.uuid4(), MIB)
    with pytest.raises(Refusal):
        allowance.spend(uuid.uuid4(), MIB)
    now[0] += 3600
    for _ in range(3000):
        allowance.spend(uuid.uuid4(), 1)
        now[0] += 60
    assert len(allowance._used) < 1002


async def test_a_report_that_is_too_large_is_refused(visit):
    caller = await visit("/llm/otlp/v1/logs", {"x": "x" * MIB}, **JSON).heard_to_the_end()
    assert caller.status == 413


async def test_too_many_reports_are_refused_for_a_while(visit, monkeypatch):
    monkeypatch.setattr(door, "_allowance", door.Allowance(lambda: 0.0))
    monkeypatch.setattr(door, "OF_ONE", (2048, 1))
    seen = [(await visit("/llm/otlp/v1/logs", REPORT, **JSON).heard_to_the_end()).status for _ in range(3)]
    assert seen == [200, 200, 429]
