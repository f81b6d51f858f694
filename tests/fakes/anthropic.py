"""The fake provider's Anthropic dialect: Messages, streamed or whole, and the token count."""

import json
import uuid
from typing import Any

from fakes.dialects import Answer, Call, Reply, example_of, pieces
from fakes.moods import Tool

USAGE = {
    "input_tokens": 1000,
    "cache_creation_input_tokens": 300,
    "cache_read_input_tokens": 2000,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100},
    "output_tokens": 50,
    "service_tier": "standard",
}
OVERLOADED = 529
KINDS = {402: "billing_error", 429: "rate_limit_error", 529: "overloaded_error"}


def matches(route: str) -> bool:
    return route.endswith(("/v1/messages", "/v1/messages/count_tokens"))


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    messages = [message for message in call.body.get("messages", []) if message["role"] == "user"]
    content = messages[-1]["content"] if messages and not _schema(call) else ""
    if isinstance(content, str):
        return content
    if any(block["type"] == "tool_result" for block in content):
        return ""
    return next((block["text"] for block in reversed(content) if block["type"] == "text"), "")


def answer(call: Call, reply: Reply) -> Answer:
    model = call.body.get("model", "")
    if call.route.endswith("/count_tokens"):
        return Answer(model, {}, body={"input_tokens": 1000})
    schema = _schema(call)
    if schema:
        reply = Reply(json.dumps(example_of(schema)))
    message = _message(model, reply)
    headers = {"request-id": f"req_{uuid.uuid4().hex}"}
    if call.body.get("stream"):
        return Answer(model, USAGE, events=_events(message), headers=headers)
    return Answer(model, USAGE, body=message, headers=headers)


def refusal(status: int, message: str, *, is_final: bool = False) -> dict[str, Any]:
    return {"type": "error", "error": {"type": KINDS.get(status, "api_error"), "message": message}}


def _schema(call: Call) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = call.body.get("output_config", {}).get("format", {}).get("schema")
    return schema


def _message(model: str, reply: Reply) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": reply.text}]
    if reply.thoughts:
        content.insert(0, {"type": "thinking", "thinking": reply.thoughts, "signature": "ZmFrZQ=="})
    if reply.tool:
        content.append(_tool_use(reply.tool))
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "tool_use" if reply.tool else "end_turn",
        "stop_sequence": None,
        "usage": USAGE,
    }


def _tool_use(tool: Tool) -> dict[str, Any]:
    options = [{"label": colour, "description": f"It becomes {colour.lower()}"} for colour in ("Red", "Green")]
    question = {"question": tool.text, "header": "Colour", "multiSelect": False, "options": options}
    name, given = {
        "run": ("Bash", {"command": tool.text, "description": "Do what was asked"}),
        "write": ("Write", {"file_path": "asked.txt", "content": tool.text}),
        "question": ("AskUserQuestion", {"questions": [question]}),
    }[tool.kind]
    return {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex}", "name": name, "input": given}


def _events(message: dict[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    start = {**message, "content": [], "stop_reason": None, "usage": {**USAGE, "output_tokens": 1}}
    events = [
        {"type": "message_start", "message": start},
        *(event for index, block in enumerate(message["content"]) for event in _block_events(index, block)),
        {
            "type": "message_delta",
            "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
            "usage": {"output_tokens": USAGE["output_tokens"]},
        },
        {"type": "message_stop"},
    ]
    return [(str(event["type"]), event) for event in events]


def _block_events(index: int, block: dict[str, Any]) -> list[dict[str, Any]]:
    if block["type"] == "tool_use":
        empty: dict[str, Any] = {**block, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces(json.dumps(block["input"]))]
    elif block["type"] == "thinking":
        empty = {**block, "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"])]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    else:
        empty = {**block, "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
    return [
        {"type": "content_block_start", "index": index, "content_block": empty},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]
