"""Takes what agent CLIs report of themselves by OTLP/HTTP, JSON or protobuf: prompts, tool calls, failed requests.

It comes from a process that the user controls, late, in part or forged. So it is counted, and it is no money. Metrics
and traces are thanked for and thrown away unread: Gemini CLI shows its user whatever else it is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import F
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from costs.models import MeteredSession
from transcripts.models import Activity

MAX_BODY_BYTES = 1024 * 1024
MAX_RECORDS, MAX_KINDS = 10_000, 200  # of one request; different ones of one session
MAX_MS = 10**9
JSON, PROTOBUF = "application/json", "application/x-protobuf"
PROMPTS = ("claude_code.user_prompt", "codex.user_prompt", "gemini_cli.user_prompt")
TOOLS = ("claude_code.tool_result", "codex.tool_result", "gemini_cli.tool_call")
ERRORS = ("claude_code.api_error", "gemini_cli.api_error")
TOOL_NAMES = ("tool_name", "function_name")
THANKS: dict[str, type[Message]] = {
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
    "traces": ExportTraceServiceResponse,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exporter is told; `content_type` is that of its request."""

    status: int
    content_type: str
    body: bytes


@dataclass(slots=True)
class _Sum:
    count: int = 0
    failed: int = 0
    total_ms: int = 0


def receive(session_id: UUID, signal: str, content_type: str, body: bytes) -> Answer:
    """Answer a request to `v1/<signal>`: `logs`, `metrics` or `traces`. Uses the database; never raises for input."""
    kind = content_type.partition(";")[0].strip().lower()
    if signal not in THANKS:
        return _refusal(404, "there is no such signal")
    if kind not in (JSON, PROTOBUF):
        return _refusal(415, f"send {PROTOBUF} or {JSON}")
    if len(body) > MAX_BODY_BYTES:
        return _refusal(413, f"over {MAX_BODY_BYTES} bytes")
    if signal == "logs":
        try:
            said = _parsed(kind, body)
        except (ValueError, RecursionError, DecodeError):
            return _refusal(400, "this is no OTLP export request")
        _count(session_id, said)
    return Answer(200, kind, b"{}" if kind == JSON else THANKS[signal]().SerializeToString())


def _refusal(status: int, message: str) -> Answer:
    return Answer(status, JSON, orjson.dumps({"code": 3, "message": message}))


def _parsed(kind: str, body: bytes) -> dict[str, Any]:
    """The logs as in OTLP's JSON; raises `ValueError` or `DecodeError`."""
    if kind == PROTOBUF:
        message: dict[str, Any] = MessageToDict(ExportLogsServiceRequest.FromString(body))
        return message
    said = orjson.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


def _records(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in _objects(said, "resourceLogs"):
        for scope in _objects(resource, "scopeLogs"):
            yield from _objects(scope, "logRecords")


def _objects(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    items = holder.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


# --- what is counted -------------------------------------------------------------------------------------------------


def _count(session_id: UUID, said: Mapping[str, Any]) -> None:
    sums: dict[tuple[str, str], _Sum] = {}
    for number, record in enumerate(_records(said)):
        if number >= MAX_RECORDS:
            break
        if (what := _what(record)) is not None:
            key, failed, took_ms = what
            total = sums.setdefault(key, _Sum())
            total.count, total.failed, total.total_ms = total.count + 1, total.failed + failed, total.total_ms + took_ms
    if sums and MeteredSession.objects.filter(pk=session_id).exists():
        _add(session_id, sums)


def _what(record: Mapping[str, Any]) -> tuple[tuple[str, str], bool, int] | None:
    """`((kind, tool), failed, ms)` of a record that tells of something we count."""
    attributes = {str(item.get("key")): _value(item.get("value")) for item in _objects(record, "attributes")}
    name = attributes.get("event.name") or record.get("eventName") or _value(record.get("body"))
    event = name if isinstance(name, str) else ""
    if not event.startswith(("claude_code.", "codex.", "gemini_cli.")):  # Claude's attribute leaves its own name out
        event = f"claude_code.{event}"
    if event in PROMPTS:
        return ("prompt", ""), False, 0
    if event in ERRORS:
        return ("error", ""), True, 0
    if event in TOOLS:
        tool = next((str(attributes[key]) for key in TOOL_NAMES if attributes.get(key)), "")
        failed = str(attributes.get("success", "true")).lower() == "false"
        return ("tool", _clean(tool)), failed, _milliseconds(attributes.get("duration_ms"))
    return None


def _value(value: Any) -> Any:
    """A plain value of OTLP's `AnyValue`; None for anything that is more than that."""
    if not isinstance(value, dict):
        return None
    return next((value[k] for k in ("stringValue", "intValue", "doubleValue", "boolValue") if k in value), None)


def _clean(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:100]


def _milliseconds(value: Any) -> int:
    try:
        return max(0, min(int(float(value)), MAX_MS))
    except (TypeError, ValueError, OverflowError):
        return 0


def _add(session_id: UUID, sums: Mapping[tuple[str, str], _Sum]) -> None:
    with transaction.atomic():
        known = set(Activity.objects.filter(session_id=session_id).values_list("kind", "name"))
        for (kind, name), total in sums.items():
            if (kind, name) not in known and len(known) >= MAX_KINDS:
                continue
            known.add((kind, name))
            row, _ = Activity.objects.get_or_create(session_id=session_id, kind=kind, name=name)
            Activity.objects.filter(pk=row.pk).update(
                count=F("count") + total.count,
                failed=F("failed") + total.failed,
                total_ms=F("total_ms") + total.total_ms,
            )


def activity(session_id: UUID) -> dict[str, Any]:
    """`{prompts, errors, tools: [{name, count, failed, totalMs}]}` as the session's CLIs reported, most used first."""
    rows = list(Activity.objects.filter(session_id=session_id).order_by("-count", "name"))
    return {
        "prompts": sum(row.count for row in rows if row.kind == "prompt"),
        "errors": sum(row.count for row in rows if row.kind == "error"),
        "tools": [
            {"name": row.name, "count": row.count, "failed": row.failed, "totalMs": row.total_ms}
            for row in rows
            if row.kind == "tool"
        ],
    }
