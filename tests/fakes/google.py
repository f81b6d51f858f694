"""The fake provider's Google dialect: generateContent, streamGenerateContent and countTokens of Gemini."""

import re
import uuid
from typing import Any

from fakes.dialects import Answer, Call, Events, Reply, Used, pieces, used_by
from fakes.moods import Tool

ROUTE = re.compile(r"/models/(?P<model>[^/:]+):(?P<verb>generateContent|streamGenerateContent|countTokens)$")
OVERLOADED = 503
HIDDEN_THOUGHTS = 20
DAILY_QUOTA = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel", "quotaMetric": "generate_requests"}],
}
AGAIN_SOON = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}
KINDS = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


def matches(route: str) -> bool:
    return ROUTE.search(route) is not None


def free(call: Call) -> dict[str, Any] | None:
    """The answer to what is not billed."""
    return {"totalTokens": used(call, Reply("")).prompt} if call.route.endswith(":countTokens") else None


def model_of(call: Call) -> str:
    found = ROUTE.search(call.route)
    return found["model"] if found else ""


def asked(call: Call) -> str:
    """What the person said last; empty when it is a tool's result that came last, or a form is to be filled in."""
    contents = call.body.get("contents", [])
    parts = contents[-1]["parts"] if contents and not schema(call) else []
    if any("functionResponse" in part for part in parts):
        return ""
    return next((part["text"] for part in reversed(parts) if "text" in part), "")


def schema(call: Call) -> dict[str, Any] | None:
    config = call.body.get("generationConfig", {})
    found: dict[str, Any] | None = config.get("responseJsonSchema") or config.get("responseSchema")
    return found


def used(call: Call, reply: Reply) -> Used:
    return used_by(call, reply, writes=False, hidden=HIDDEN_THOUGHTS)


def answer(call: Call, reply: Reply, used: Used) -> Answer:
    model = model_of(call)
    made = Answer(model, used, _usage(used, 1.0), uuid.uuid4().hex)
    is_streamed = ":streamGenerateContent" in call.route
    thoughts = [{"text": text, "thought": True} for text in pieces(f"**Thinking**\n\n{reply.thoughts}", reply.piece)]
    said = [{"text": text} for text in (pieces(reply.text, reply.piece) if is_streamed else [reply.text])]
    tool = [{"functionCall": _function_call(reply.tool, _tools(call))}] if reply.tool else []
    parts: list[dict[str, Any]] = [*(thoughts if reply.thoughts else []), *said, *tool]
    if is_streamed:
        made.events = [
            (None, _chunk(made, [part], _usage(used, number / len(parts)), is_last=number == len(parts)))
            for number, part in enumerate(parts, 1)
        ]
    else:
        made.body = _chunk(made, parts, made.usage, is_last=True)
    return made


def told(events: Events, used: Used) -> Used | None:
    """What these events say of the usage: every one of them what it has come to by then."""
    if not events:
        return None
    usage = events[-1][1]["usageMetadata"]
    thoughts, cached = usage["thoughtsTokenCount"], usage["cachedContentTokenCount"]
    return Used(
        input=usage["promptTokenCount"] - cached,
        cache_read=cached,
        output=usage["candidatesTokenCount"] + thoughts,
        reasoning=thoughts,
    )


def ids() -> dict[str, str]:
    """Headers that name the request: Google sends none."""
    return {}


def refusal(status: int, message: str, *, is_final: bool = False) -> dict[str, Any]:
    error: dict[str, Any] = {"code": status, "status": KINDS.get(status, "FAILED_PRECONDITION"), "message": message}
    if is_final or status == 429:
        error["details"] = [DAILY_QUOTA if is_final else AGAIN_SOON]
    return {"error": error}


def _usage(used: Used, part: float) -> dict[str, Any]:
    """As it stands when this part of the answer is told."""
    said = int((used.output - used.reasoning) * part)
    return {
        "promptTokenCount": used.prompt,
        "cachedContentTokenCount": used.cache_read,
        "candidatesTokenCount": said,
        "thoughtsTokenCount": used.reasoning,
        "totalTokenCount": used.prompt + said + used.reasoning,
    }


def _tools(call: Call) -> set[str]:
    """Names of the functions that the caller offers."""
    groups = call.body.get("tools") or []
    return {each.get("name", "") for group in groups for each in group.get("functionDeclarations") or []}


def _function_call(tool: Tool, tools: set[str]) -> dict[str, Any]:
    options = [{"label": colour, "description": f"It becomes {colour.lower()}"} for colour in ("Red", "Green")]
    question = {"question": tool.text, "header": "Colour", "type": "choice", "multiSelect": False, "options": options}
    run = "bash" if "bash" in tools else "run_shell_command"
    name, given = {
        "run": (run, {"command": tool.text, "description": "Do what was asked"}),
        "write": ("write_file", {"file_path": "asked.txt", "content": tool.text}),
        "question": ("ask_user", {"questions": [question]}),
    }[tool.kind]
    return {"id": uuid.uuid4().hex, "name": name, "args": given}


def _chunk(made: Answer, parts: list[dict[str, Any]], usage: dict[str, Any], *, is_last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
    if is_last:
        candidate["finishReason"] = "STOP"
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": made.model, "responseId": made.id}
