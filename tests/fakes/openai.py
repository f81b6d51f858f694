"""The fake provider's Responses dialect of OpenAI, streamed or whole."""

import json
import time
import uuid
from typing import Any

from fakes.dialects import Answer, Call, Events, Reply, Used, pieces, used_by
from fakes.moods import Tool

OVERLOADED = 503
KINDS = {429: "rate_limit_exceeded", 503: "server_is_overloaded"}
WRITING_MODELS = ("gpt-6",)  # whose cache writes have a price of their own
HIDDEN_REASONING = 20


def matches(route: str) -> bool:
    return route.endswith("/responses")


def free(call: Call) -> dict[str, Any] | None:
    return None


def model_of(call: Call) -> str:
    return str(call.body.get("model", ""))


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    given = call.body.get("input", [])
    if isinstance(given, str):
        return given
    last = given[-1] if given and not schema(call) else {}
    if last.get("role") != "user":
        return ""
    content = last["content"]
    if isinstance(content, str):
        return content
    return next((part["text"] for part in reversed(content) if part["type"] == "input_text"), "")


def schema(call: Call) -> dict[str, Any] | None:
    found: dict[str, Any] | None = call.body.get("text", {}).get("format", {}).get("schema")
    return found


def used(call: Call, reply: Reply) -> Used:
    return used_by(call, reply, writes=model_of(call).startswith(WRITING_MODELS), hidden=HIDDEN_REASONING)


def answer(call: Call, reply: Reply, used: Used) -> Answer:
    model = model_of(call)
    response = _response(model)
    items = _items(reply, _tools(call))
    usage = _usage(used)
    done = {**response, "status": "completed", "output": items, "usage": usage}
    made = Answer(model, used, usage, response["id"], headers=ids())
    if call.body.get("stream"):
        made.events = _events(response, items, done, reply.piece)
    else:
        made.body = done
    return made


def told(events: Events, used: Used) -> Used | None:
    """What these events say of the usage: nothing before the last one."""
    return used if any(name == "response.completed" for name, _ in events) else None


def ids() -> dict[str, str]:
    """Headers that name the request."""
    return {"x-request-id": f"req_{uuid.uuid4().hex}"}


def refusal(status: int, message: str, *, is_final: bool = False) -> dict[str, Any]:
    kind = "insufficient_quota" if is_final else KINDS.get(status, "server_error")
    return {"error": {"type": kind, "code": kind, "message": message}}


def _usage(used: Used) -> dict[str, Any]:
    return {
        "input_tokens": used.prompt,
        "input_tokens_details": {"cached_tokens": used.cache_read, "cache_write_tokens": used.cache_write},
        "output_tokens": used.output,
        "output_tokens_details": {"reasoning_tokens": used.reasoning},
        "total_tokens": used.prompt + used.output,
    }


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


def _tools(call: Call) -> set[str]:
    """Names of the functions that the caller offers; of Codex's own kind of tools nothing is said here."""
    return {tool.get("name", "") for tool in call.body.get("tools") or []}


def _items(reply: Reply, tools: set[str]) -> list[dict[str, Any]]:
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
        items.append(_function_call(reply.tool) if "bash" in tools else _tool_call(reply.tool))
    return items


def _function_call(tool: Tool) -> dict[str, Any]:
    """For OpenCode, whose tools are plain functions."""
    given = {"command": tool.text if tool.kind == "run" else "true", "description": "Do what was asked"}
    call_id = f"call_{uuid.uuid4().hex}"
    return {
        "id": f"fc_{call_id}",
        "type": "function_call",
        "status": "completed",
        "call_id": call_id,
        "name": "bash",
        "arguments": json.dumps(given),
    }


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


def _events(response: dict[str, Any], items: list[dict[str, Any]], done: dict[str, Any], piece: int) -> Events:
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response},
        *(event for index, item in enumerate(items) for event in _item_events(index, item, piece)),
        {"type": "response.completed", "response": done},
    ]
    return [(event["type"], {**event, "sequence_number": number}) for number, event in enumerate(events)]


def _item_events(index: int, item: dict[str, Any], piece: int) -> list[dict[str, Any]]:
    at = {"output_index": index, "item_id": item["id"]}
    part_key, part_kind, text_kind = {
        "message": ("content", "response.content_part", "response.output_text"),
        "reasoning": ("summary", "response.reasoning_summary_part", "response.reasoning_summary_text"),
    }.get(item["type"], ("", "", ""))
    given_key = "arguments" if item["type"] == "function_call" else "input"
    empty = {**item, "status": "in_progress", part_key: []} if part_key else {**item, given_key: ""}
    inner = []
    for number, part in enumerate(item[part_key] if part_key else []):
        here = {**at, "content_index" if part_key == "content" else "summary_index": number}
        inner += [
            {"type": f"{part_kind}.added", **here, "part": {**part, "text": ""}},
            *({"type": f"{text_kind}.delta", **here, "delta": text} for text in pieces(part["text"], piece)),
            {"type": f"{text_kind}.done", **here, "text": part["text"]},
            {"type": f"{part_kind}.done", **here, "part": part},
        ]
    if not part_key:
        kind = "function_call_arguments" if given_key == "arguments" else "custom_tool_call_input"
        inner.append({"type": f"response.{kind}.done", **at, given_key: item[given_key]})
    return [
        {"type": "response.output_item.added", "output_index": index, "item": empty},
        *inner,
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]
