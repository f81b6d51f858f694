"""The fake provider's Anthropic dialect: Messages, streamed or whole, and the token count."""

import json
import uuid
from typing import Any

from fakes.dialects import Answer, Call, example_of, pieces

USAGE = {
    "input_tokens": 1000,
    "cache_creation_input_tokens": 300,
    "cache_read_input_tokens": 2000,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100},
    "output_tokens": 50,
    "service_tier": "standard",
}


def matches(route: str) -> bool:
    return route.endswith(("/v1/messages", "/v1/messages/count_tokens"))


def answer(call: Call, text: str) -> Answer:
    model = call.body.get("model", "")
    if call.route.endswith("/count_tokens"):
        return Answer(model, {}, body={"input_tokens": 1000})
    schema = call.body.get("output_config", {}).get("format", {}).get("schema")
    text = json.dumps(example_of(schema)) if schema else text
    message = _message(model, text)
    headers = {"request-id": f"req_{uuid.uuid4().hex}"}
    if call.body.get("stream"):
        return Answer(model, USAGE, events=_events(message, text), headers=headers)
    return Answer(model, USAGE, body=message, headers=headers)


def refusal(status: int, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "billing_error" if status == 402 else "api_error", "message": message}}


def _message(model: str, text: str) -> dict[str, Any]:
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": USAGE,
    }


def _events(message: dict[str, Any], text: str) -> list[tuple[str | None, dict[str, Any]]]:
    start = {**message, "content": [], "stop_reason": None, "usage": {**USAGE, "output_tokens": 1}}
    events = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces(text)
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": USAGE["output_tokens"]},
        },
        {"type": "message_stop"},
    ]
    return [(str(event["type"]), event) for event in events]
