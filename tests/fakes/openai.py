"""The fake provider's OpenAI dialect: Responses, streamed or whole."""

import json
import time
import uuid
from typing import Any

from fakes.dialects import Answer, Call, example_of, pieces

USAGE = {
    "input_tokens": 3300,
    "input_tokens_details": {"cached_tokens": 2000},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 3350,
}


def matches(route: str) -> bool:
    return route.endswith("/responses")


def answer(call: Call, text: str) -> Answer:
    model = call.body.get("model", "")
    schema = call.body.get("text", {}).get("format", {}).get("schema")
    text = json.dumps(example_of(schema)) if schema else text
    response = _response(model)
    item = _item(text)
    done = {**response, "status": "completed", "output": [item], "usage": USAGE}
    if call.body.get("stream"):
        return Answer(model, USAGE, events=_events(response, item, text, done))
    return Answer(model, USAGE, body=done)


def refusal(status: int, message: str) -> dict[str, Any]:
    kind = "insufficient_quota" if status == 429 else "server_error"
    return {"error": {"type": kind, "code": kind, "message": message}}


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


def _item(text: str) -> dict[str, Any]:
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def _events(
    response: dict[str, Any], item: dict[str, Any], text: str, done: dict[str, Any]
) -> list[tuple[str | None, dict[str, Any]]]:
    at = {"output_index": 0, "item_id": item["id"], "content_index": 0}
    part = item["content"][0]
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**item, "status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **at, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **at, "delta": piece} for piece in pieces(text)),
        {"type": "response.output_text.done", **at, "text": text},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": done},
    ]
    return [(event["type"], {**event, "sequence_number": number}) for number, event in enumerate(events)]
