"""The fake provider's Anthropic dialect: Messages, streamed or whole, and the token count."""

import json
import uuid
from dataclasses import replace
from typing import Any

from fakes.dialects import Answer, Call, Events, Reply, Used, pieces, used_by
from fakes.moods import Tool

OVERLOADED = 529
KINDS = {402: "billing_error", 429: "rate_limit_error", 529: "overloaded_error"}


def matches(route: str) -> bool:
    return route.endswith(("/v1/messages", "/v1/messages/count_tokens"))


def free(call: Call) -> dict[str, Any] | None:
    """The answer to what is not billed."""
    return {"input_tokens": used(call, Reply("")).prompt} if call.route.endswith("/count_tokens") else None


def model_of(call: Call) -> str:
    return str(call.body.get("model", ""))


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    messages = [message for message in call.body.get("messages", []) if message["role"] == "user"]
    content = messages[-1]["content"] if messages and not schema(call) else ""
    if isinstance(content, str):
        return content
    if any(block["type"] == "tool_result" for block in content):
        return ""
    return next((block["text"] for block in reversed(content) if block["type"] == "text"), "")


def schema(call: Call) -> dict[str, Any] | None:
    found: dict[str, Any] | None = call.body.get("output_config", {}).get("format", {}).get("schema")
    return found


def used(call: Call, reply: Reply) -> Used:
    return used_by(call, reply, writes=True, writes_1h=True)


def answer(call: Call, reply: Reply, used: Used) -> Answer:
    model = model_of(call)
    usage = _usage(used)
    message = _message(call, reply, usage)
    made = Answer(model, used, usage, message["id"], headers=ids())
    if call.body.get("stream"):
        made.events = _events(message, reply.piece)
    else:
        made.body = message
    return made


def told(events: Events, used: Used) -> Used | None:
    """What these events say of the usage: the prompt's at the start, the answer's at the end."""
    if any(name == "message_delta" for name, _ in events):
        return used
    return replace(used, output=1, reasoning=0) if events else None


def ids() -> dict[str, str]:
    """Headers that name the request."""
    return {"request-id": f"req_{uuid.uuid4().hex}"}


def refusal(status: int, message: str, *, is_final: bool = False) -> dict[str, Any]:
    return {"type": "error", "error": {"type": KINDS.get(status, "api_error"), "message": message}}


def _usage(used: Used) -> dict[str, Any]:
    return {
        "input_tokens": used.input,
        "cache_creation_input_tokens": used.cache_write,
        "cache_read_input_tokens": used.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": used.cache_write - used.cache_write_1h,
            "ephemeral_1h_input_tokens": used.cache_write_1h,
        },
        "output_tokens": used.output,
        "output_tokens_details": {"thinking_tokens": used.reasoning},
        "service_tier": "standard",
    }


def _message(call: Call, reply: Reply, usage: dict[str, Any]) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": reply.text}]
    if reply.thoughts:
        content.insert(0, {"type": "thinking", "thinking": reply.thoughts, "signature": "ZmFrZQ=="})
    if reply.tool:
        content.append(_tool_use(reply.tool, {tool.get("name", "") for tool in call.body.get("tools") or []}))
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": model_of(call),
        "content": content,
        "stop_reason": "tool_use" if reply.tool else "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def _tool_use(tool: Tool, tools: set[str]) -> dict[str, Any]:
    """For Claude Code, or for OpenCode or our own agent where the caller offers its tools."""
    if "run_command" in tools:
        given = {"path": "asked.txt", "content": tool.text} if tool.kind == "write" else {"command": tool.text}
        name = "write_file" if tool.kind == "write" else "run_command"
        return {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex}", "name": name, "input": given}
    options = [{"label": colour, "description": f"It becomes {colour.lower()}"} for colour in ("Red", "Green")]
    question = {"question": tool.text, "header": "Colour", "multiSelect": False, "options": options}
    name, given = {
        "run": ("bash" if "bash" in tools else "Bash", {"command": tool.text, "description": "Do what was asked"}),
        "write": ("Write", {"file_path": "asked.txt", "content": tool.text}),
        "question": ("AskUserQuestion", {"questions": [question]}),
    }[tool.kind]
    return {"type": "tool_use", "id": f"toolu_{uuid.uuid4().hex}", "name": name, "input": given}


def _events(message: dict[str, Any], piece: int) -> Events:
    told_first = {key: value for key, value in message["usage"].items() if key != "output_tokens_details"}
    start = {**message, "content": [], "stop_reason": None, "usage": {**told_first, "output_tokens": 1}}
    told_last = {key: message["usage"][key] for key in ("output_tokens", "output_tokens_details")}
    events = [
        {"type": "message_start", "message": start},
        *(event for index, block in enumerate(message["content"]) for event in _block_events(index, block, piece)),
        {
            "type": "message_delta",
            "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
            "usage": told_last,
        },
        {"type": "message_stop"},
    ]
    return [(str(event["type"]), event) for event in events]


def _block_events(index: int, block: dict[str, Any], piece: int) -> list[dict[str, Any]]:
    if block["type"] == "tool_use":
        empty: dict[str, Any] = {**block, "input": {}}
        given = json.dumps(block["input"])
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in pieces(given, piece)]
    elif block["type"] == "thinking":
        empty = {**block, "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": part} for part in pieces(block["thinking"], piece)]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    else:
        empty = {**block, "text": ""}
        deltas = [{"type": "text_delta", "text": part} for part in pieces(block["text"], piece)]
    return [
        {"type": "content_block_start", "index": index, "content_block": empty},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]
