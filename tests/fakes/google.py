"""The fake provider's Google dialect: generateContent, streamGenerateContent and countTokens of Gemini."""

import json
import re
import uuid
from typing import Any

from fakes.dialects import Answer, Call, Reply, example_of, pieces
from fakes.moods import Tool

USAGE = {
    "promptTokenCount": 3300,
    "cachedContentTokenCount": 2000,
    "candidatesTokenCount": 30,
    "thoughtsTokenCount": 20,
    "totalTokenCount": 3350,
}
ROUTE = re.compile(r"/models/(?P<model>[^/:]+):(?P<verb>generateContent|streamGenerateContent|countTokens)$")
OVERLOADED = 503
DAILY_QUOTA = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel", "quotaMetric": "generate_requests"}],
}
KINDS = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


def matches(route: str) -> bool:
    return ROUTE.search(route) is not None


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    contents = call.body.get("contents", [])
    parts = contents[-1]["parts"] if contents and not _schema(call) else []
    if any("functionResponse" in part for part in parts):
        return ""
    return next((part["text"] for part in reversed(parts) if "text" in part), "")


def answer(call: Call, reply: Reply) -> Answer:
    found = ROUTE.search(call.route)
    assert found
    model, verb = found["model"], found["verb"]
    if verb == "countTokens":
        return Answer(model, {}, body={"totalTokens": 3300})
    schema = _schema(call)
    if schema:
        reply = Reply(json.dumps(example_of(schema)))
    response_id = uuid.uuid4().hex
    thoughts = [{"text": piece, "thought": True} for piece in pieces(f"**Thinking**\n\n{reply.thoughts}")]
    tool = [{"functionCall": _function_call(reply.tool)}] if reply.tool else []
    is_streamed = verb == "streamGenerateContent"
    said = [{"text": piece} for piece in (pieces(reply.text) if is_streamed else [reply.text])]
    parts = [*(thoughts if reply.thoughts else []), *said, *tool]
    if not is_streamed:
        return Answer(model, USAGE, body=_chunk(model, response_id, parts, is_last=True))
    chunks = [_chunk(model, response_id, [part], is_last=part is parts[-1]) for part in parts]
    return Answer(model, USAGE, events=[(None, chunk) for chunk in chunks])


def refusal(status: int, message: str, *, is_final: bool = False) -> dict[str, Any]:
    error = {"code": status, "status": KINDS.get(status, "FAILED_PRECONDITION"), "message": message}
    return {"error": error | ({"details": [DAILY_QUOTA]} if is_final else {})}


def _schema(call: Call) -> dict[str, Any] | None:
    config = call.body.get("generationConfig", {})
    schema: dict[str, Any] | None = config.get("responseJsonSchema") or config.get("responseSchema")
    return schema


def _function_call(tool: Tool) -> dict[str, Any]:
    options = [{"label": colour, "description": f"It becomes {colour.lower()}"} for colour in ("Red", "Green")]
    question = {"question": tool.text, "header": "Colour", "type": "choice", "multiSelect": False, "options": options}
    name, given = {
        "run": ("run_shell_command", {"command": tool.text, "description": "Do what was asked"}),
        "write": ("write_file", {"file_path": "asked.txt", "content": tool.text}),
        "question": ("ask_user", {"questions": [question]}),
    }[tool.kind]
    return {"id": uuid.uuid4().hex, "name": name, "args": given}


def _chunk(model: str, response_id: str, parts: list[dict[str, Any]], *, is_last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
    if is_last:
        candidate["finishReason"] = "STOP"
    return {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": model, "responseId": response_id}
