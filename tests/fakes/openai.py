"""The fake provider's OpenAI dialect: Responses, streamed or whole."""

import json
import time
import uuid
from typing import Any

from fakes.dialects import Answer, Call, Reply, example_of, pieces
from fakes.moods import Tool

USAGE = {
    "input_tokens": 3300,
    "input_tokens_details": {"cached_tokens": 2000},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 3350,
}
OVERLOADED = 503
KINDS = {429: "rate_limit_exceeded", 503: "server_is_overloaded"}


def matches(route: str) -> bool:
    return route.endswith("/responses")


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    given = call.body.get("input", [])
    if isinstance(given, str):
        return given
    last = given[-1] if given and not _schema(call) else {}
    if last.get("role") != "user":
        return ""
    return next((part["text"] for part in reversed(last["content"]) if part["type"] == "input_text"), "")


def answer(call: Call, reply: Reply) -> Answer:
    model = call.body.get("model", "")
    schema = _schema(call)
    if schema:
        reply = Reply(json.dumps(example_of(schema)))
    response = _response(model)
    items = _items(reply)
    done = {**response, "status": "completed", "output": items, "usage": USAGE}
    if call.body.get("stream"):
        return Answer(model, USAGE, events=_events(response, items, done))
    return Answer(model, USAGE, body=done)


def refusal(status: int, message: str, *, is_final: bool = False) -> dict[str, Any]:
    kind = "insufficient_quota" if is_final else KINDS.get(status, "server_error")
    return {"error": {"type": kind, "code": kind, "message": message}}


def _schema(call: Call) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = call.body.get("text", {}).get("format", {}).get("schema")
    return schema


def _response(model: str) -> dict[str, Any]:
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "model": model,
        "output": [],
        "usage": None,
    }


def _items(reply: Reply) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [
        {
            "id": f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": reply.text, "annotations": []}],
        }
    ]
    if reply.thoughts:
        thoughts = [{"type": "summary_text", "text": f"**Thinking about it**\n\n{reply.thoughts}"}]
        items.insert(0, {"id": f"rs_{uuid.uuid4().hex}", "type": "reasoning", "summary": thoughts})
    if reply.tool:
        items.append(_tool_call(reply.tool))
    return items


def _tool_call(tool: Tool) -> dict[str, Any]:
    """Codex's one tool, `exec`, takes a program that calls the real ones; outside the sandbox it asks first."""
    if tool.kind == "write":
        patch = f"*** Begin Patch\n*** Add File: ../asked.txt\n+{tool.text.strip()}\n*** End Patch\n"
        program = f"text(await tools.apply_patch({json.dumps(patch)}));"
    else:
        command = {
            "cmd": tool.text if tool.kind == "run" else "true",
            "sandbox_permissions": "require_escalated",
            "justification": "May this command run?",
            "yield_time_ms": 30000,
        }
        program = f"text(await tools.exec_command({json.dumps(command)}));"
    call_id = f"call_{uuid.uuid4().hex}"
    return {"id": f"ctc_{call_id}", "type": "custom_tool_call", "call_id": call_id, "name": "exec", "input": program}


def _events(
    response: dict[str, Any], items: list[dict[str, Any]], done: dict[str, Any]
) -> list[tuple[str | None, dict[str, Any]]]:
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response},
        *(event for index, item in enumerate(items) for event in _item_events(index, item)),
        {"type": "response.completed", "response": done},
    ]
    return [(event["type"], {**event, "sequence_number": number}) for number, event in enumerate(events)]


def _item_events(index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    at = {"output_index": index, "item_id": item["id"]}
    part_key, part_kind, text_kind = {
        "message": ("content", "response.content_part", "response.output_text"),
        "reasoning": ("summary", "response.reasoning_summary_part", "response.reasoning_summary_text"),
    }.get(item["type"], ("", "", ""))
    empty = {**item, "status": "in_progress", part_key: []} if part_key else {**item, "input": ""}
    inner = []
    for number, part in enumerate(item[part_key] if part_key else []):
        here = {**at, "content_index" if part_key == "content" else "summary_index": number}
        inner += [
            {"type": f"{part_kind}.added", **here, "part": {**part, "text": ""}},
            *({"type": f"{text_kind}.delta", **here, "delta": piece} for piece in pieces(part["text"])),
            {"type": f"{text_kind}.done", **here, "text": part["text"]},
            {"type": f"{part_kind}.done", **here, "part": part},
        ]
    if not part_key:
        inner.append({"type": "response.custom_tool_call_input.done", **at, "input": item["input"]})
    return [
        {"type": "response.output_item.added", "output_index": index, "item": empty},
        *inner,
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]
