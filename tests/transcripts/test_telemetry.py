"""What CLIs report by OTLP: counted, bounded, and never taken for money."""

import json
import uuid

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

from costs.models import Entry
from transcripts import telemetry
from transcripts.models import Activity


def attribute(key, value):
    kind = {str: "stringValue", int: "intValue", bool: "boolValue", float: "doubleValue"}[type(value)]
    return {"key": key, "value": {kind: str(value) if kind == "intValue" else value}}


def record(event, **attributes):
    return {"body": {"stringValue": event}, "attributes": [attribute(*item) for item in attributes.items()]}


def logs(*records):
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}


def send(session, said, signal="logs", kind="application/json"):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return telemetry.receive(session.pk, signal, kind, body)


TOOLS = (
    record("claude_code.tool_result", tool_name="Bash", success="true", duration_ms=120),
    record("claude_code.tool_result", tool_name="Bash", success="false", duration_ms="30"),
    record("codex.tool_result", tool_name="exec", success="true", duration_ms="7"),
    record("gemini_cli.tool_call", function_name="read_file", success=True, duration_ms=5),
    record("claude_code.user_prompt", prompt_length="3"),
    record("claude_code.api_error", status_code="529"),
)


def test_tool_calls_prompts_and_errors_of_each_cli_are_counted(session):
    row = session("claude")
    assert send(row, logs(*TOOLS)).status == 200
    send(row, logs(TOOLS[0]))
    assert telemetry.activity(row.pk) == {
        "prompts": 1,
        "errors": 1,
        "tools": [
            {"name": "Bash", "count": 3, "failed": 1, "totalMs": 270},
            {"name": "exec", "count": 1, "failed": 0, "totalMs": 7},
            {"name": "read_file", "count": 1, "failed": 0, "totalMs": 5},
        ],
    }


def test_claude_names_its_events_in_an_attribute_as_well(session):
    row = session("claude")
    send(row, logs(record("anything", **{"event.name": "tool_result", "tool_name": "Edit", "success": "true"})))
    assert telemetry.activity(row.pk)["tools"][0]["name"] == "Edit"


def test_protobuf_is_read_as_json_is(session):
    row = session("codex")
    request = ExportLogsServiceRequest()
    entry = request.resource_logs.add().scope_logs.add().log_records.add()
    entry.body.string_value = "codex.tool_result"
    for key, value in (("tool_name", "exec"), ("success", "false")):
        entry.attributes.add(key=key).value.string_value = value
    answer = send(row, request.SerializeToString(), kind="application/x-protobuf")
    assert (answer.status, answer.content_type) == (200, "application/x-protobuf")
    assert ExportLogsServiceResponse.FromString(answer.body) == ExportLogsServiceResponse()
    assert telemetry.activity(row.pk)["tools"] == [{"name": "exec", "count": 1, "failed": 1, "totalMs": 0}]


@pytest.mark.parametrize("signal", ["metrics", "traces"])
def test_metrics_and_traces_are_thanked_for_without_a_word(session, signal):
    """Gemini CLI prints whatever else it is told among its answers."""
    row = session("gemini")
    assert (send(row, {"resourceMetrics": [{}]}, signal).status, send(row, b"\xff", signal).body) == (200, b"{}")
    assert send(row, b"", signal, "application/x-protobuf").body == b""
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("said", "signal", "kind", "status"),
    [
        (b"not json", "logs", "application/json", 400),
        (b"[1]", "logs", "application/json", 400),
        (b"[" * 100_000, "logs", "application/json", 400),
        (b"\xff\xff\xff", "logs", "application/x-protobuf", 400),
        (b"{}", "secrets", "application/json", 404),
        (b"{}", "logs", "text/plain", 415),
        (b" " * (1024 * 1024 + 1), "logs", "application/json", 413),
    ],
)
def test_what_is_no_report_is_refused(session, said, signal, kind, status):
    assert send(session("claude"), said, signal, kind).status == status


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"resourceLogs": 3},
        {"resourceLogs": [None, {"scopeLogs": [3]}]},
        logs({"attributes": [{"key": 1}, 7], "body": 4}),
        logs(record("claude_code.tool_result", tool_name="x", duration_ms="many")),
    ],
)
def test_odd_shapes_are_taken_without_an_error(session, shape):
    assert send(session("claude"), shape).status == 200


def test_a_flood_of_names_is_bounded(session):
    row = session("claude")
    send(row, logs(*(record("claude_code.tool_result", tool_name=f"t{n}") for n in range(500))))
    assert Activity.objects.count() == telemetry.MAX_KINDS


def test_reports_of_usage_are_no_money(session):
    row = session("claude")
    send(row, logs(record("claude_code.api_request", cost_usd="5", input_tokens="1000", request_id="req_1")))
    assert not Entry.objects.exists()


def test_a_session_that_nobody_knows_leaves_nothing(db):
    assert telemetry.receive(uuid.uuid4(), "logs", "application/json", json.dumps(logs(*TOOLS)).encode()).status == 200
    assert not Activity.objects.exists()
