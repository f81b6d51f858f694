"""The fake provider's Chat Completions dialect, which many providers speak, streamed or whole, and its embeddings.

As of the real ones, a stream tells the usage only to who asks for it by `stream_options.include_usage`; as OpenRouter
does, paths below `/openrouter/` tell the cost as well.
"""

import json
import time
import uuid
from typing import Any

from fakes import openai, prices
from fakes.dialects import Answer, Call, Events, Reply, Used, pieces, used_by
from fakes.moods import Tool

OVERLOADED = openai.OVERLOADED
PICODOLLARS = 10**12
refusal = openai.refusal
ids = openai.ids
model_of = openai.model_of


def matches(route: str) -> bool:
    return route.endswith(("/chat/completions", "/embeddings"))


def free(call: Call) -> dict[str, Any] | None:
    return None


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    last = (call.body.get("messages") or [{}])[-1]
    if last.get("role") != "user" or schema(call):
        return ""
    content = last.get("content") or ""
    if isinstance(content, str):
        return content
    return next((part["text"] for part in reversed(content) if part["type"] == "text"), "")


def schema(call: Call) -> dict[str, Any] | None:
    form: dict[str, Any] = call.body.get("response_format") or {}
    found: dict[str, Any] | None = form.get("json_schema", {}).get("schema")
    return found


def used(call: Call, reply: Reply) -> Used:
    if call.route.endswith("/embeddings"):
        return Used(input=max(call.size // 4, 1))
    return used_by(call, reply, writes=False)


def answer(call: Call, reply: Reply, used: Used) -> Answer:
    model = model_of(call)
    headers = ids()
    if call.route.endswith("/embeddings"):
        usage = {"prompt_tokens": used.input, "total_tokens": used.input}
        return Answer(model, used, usage, body=_embeddings(call, model, usage), headers=headers)
    usage = _usage(call, model, used)
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}
    made = Answer(model, used, usage, head["id"], headers=headers)
    if not call.body.get("stream"):
        made.body = {**head, "object": "chat.completion", "choices": [_choice("message", _said(reply), reply)]}
        made.body["usage"] = usage
        return made
    tells = (call.body.get("stream_options") or {}).get("include_usage")
    made.events = [(None, event) for event in _events(head, reply, usage if tells else None)]
    return made


def told(events: Events, used: Used) -> Used | None:
    """What these events say of the usage: nothing before the last one."""
    return used if any(event.get("usage") for _, event in events) else None


def _usage(call: Call, model: str, used: Used) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "prompt_tokens": used.prompt,
        "completion_tokens": used.output,
        "total_tokens": used.prompt + used.output,
        "prompt_tokens_details": {"cached_tokens": used.cache_read},
        "completion_tokens_details": {"reasoning_tokens": used.reasoning},
    }
    if "/openrouter/" in call.route:
        usage["cost"] = (prices.cost(model, used) or 0) / PICODOLLARS
    return usage


def _embeddings(call: Call, model: str, usage: dict[str, int]) -> dict[str, Any]:
    given = call.body.get("input", "")
    count = len(given) if isinstance(given, list) else 1
    data = [{"object": "embedding", "index": index, "embedding": [0.5, -0.5]} for index in range(count)]
    return {"object": "list", "model": model, "data": data, "usage": usage}


def _said(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    return message | ({"tool_calls": [_tool_call(reply.tool)]} if reply.tool else {})


def _tool_call(tool: Tool) -> dict[str, Any]:
    given = {"command": tool.text if tool.kind == "run" else "true", "description": "Do what was asked"}
    function = {"name": "bash", "arguments": json.dumps(given)}
    return {"index": 0, "id": f"call_{uuid.uuid4().hex}", "type": "function", "function": function}


def _choice(key: str, value: dict[str, Any], reply: Reply | None) -> dict[str, Any]:
    reason = None if reply is None else "tool_calls" if reply.tool else "stop"
    return {"index": 0, key: value, "finish_reason": reason}


def _events(head: dict[str, Any], reply: Reply, usage: dict[str, Any] | None) -> list[dict[str, Any]]:
    told: dict[str, Any] = {} if usage is None else {"usage": None}
    head = {**head, "object": "chat.completion.chunk"}
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text} for text in pieces(reply.text, reply.piece)]
    deltas += [{"tool_calls": [_tool_call(reply.tool)]}] if reply.tool else []
    events = [{**head, "choices": [_choice("delta", delta, None)], **told} for delta in deltas]
    events.append({**head, "choices": [_choice("delta", {}, reply)], **told})
    return [*events, {**head, "choices": [], "usage": usage}] if usage is not None else events
