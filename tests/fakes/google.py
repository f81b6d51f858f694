"""The fake provider's Google dialect: generateContent, streamGenerateContent and countTokens of Gemini."""

import json
import re
import uuid
from typing import Any

from fakes.dialects import Answer, Call, example_of, pieces

USAGE = {
    "promptTokenCount": 3300,
    "cachedContentTokenCount": 2000,
    "candidatesTokenCount": 30,
    "thoughtsTokenCount": 20,
    "totalTokenCount": 3350,
}
ROUTE = re.compile(r"/models/(?P<model>[^/:]+):(?P<verb>generateContent|streamGenerateContent|countTokens)$")


def matches(route: str) -> bool:
    return ROUTE.search(route) is not None


def answer(call: Call, text: str) -> Answer:
    found = ROUTE.search(call.route)
    assert found
    model, verb = found["model"], found["verb"]
    if verb == "countTokens":
        return Answer(model, {}, body={"totalTokens": 3300})
    config = call.body.get("generationConfig", {})
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    text = json.dumps(example_of(schema)) if schema else text
    response_id = uuid.uuid4().hex
    if verb == "generateContent":
        return Answer(model, USAGE, body=_chunk(model, response_id, text, is_last=True))
    parts = pieces(text)
    chunks = [_chunk(model, response_id, part, is_last=part is parts[-1]) for part in parts]
    return Answer(model, USAGE, events=[(None, chunk) for chunk in chunks])


def refusal(status: int, message: str) -> dict[str, Any]:
    return {"error": {"code": status, "status": "FAILED_PRECONDITION", "message": message}}


def _chunk(model: str, response_id: str, text: str, *, is_last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}}
    if is_last:
        candidate["finishReason"] = "STOP"
    return {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": model, "responseId": response_id}
