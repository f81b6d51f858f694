"""What happens in a turn, as a trail of events: the one vocabulary for every agent, here and in the server's runs.

An event is a JSON object whose `kind` says which. A turn's trail begins with its only `user_prompt`, ends with its only
`done`, and each `tool_call` has one `tool_result` of the same id (`check` says what is wrong with a trail).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

Event = dict[str, Any]


class Status(StrEnum):
    """How a turn ended."""

    DONE = "done"
    FAILED = "failed"
    LIMIT = "limit"  # of iterations, time, tokens or dollars
    NEEDS_INPUT = "needs_input"  # something only a person may allow or say
    CANCELLED = "cancelled"


EXIT_CODES = {Status.DONE: 0, Status.FAILED: 1, Status.LIMIT: 3, Status.NEEDS_INPUT: 4, Status.CANCELLED: 130}


def user_prompt(text: str) -> Event:
    return {"kind": "user_prompt", "text": text}


def session_state(conversation_id: str, *, messages: int, resumed: bool) -> Event:
    """Which conversation this is, and how many messages of it the model knows already."""
    return {"kind": "session_state", "conversation_id": conversation_id, "messages": messages, "resumed": resumed}


def assistant_delta(text: str) -> Event:
    """A piece of an answer; the whole follows as `assistant_message`."""
    return {"kind": "assistant_delta", "text": text}


def assistant_message(text: str) -> Event:
    return {"kind": "assistant_message", "text": text}


def assistant_thought_delta(text: str) -> Event:
    return {"kind": "assistant_thought_delta", "text": text}


def assistant_thought(text: str) -> Event:
    return {"kind": "assistant_thought", "text": text}


def tool_call(call_id: str, name: str, arguments: dict[str, Any], *, safety: str | None = None) -> Event:
    """`safety`: read_only, mutating or destructive; None where the agent does not say."""
    return {"kind": "tool_call", "id": call_id, "name": name, "arguments": arguments, "safety": safety}


def tool_output(call_id: str, text: str) -> Event:
    """A piece of what a tool prints while it runs; its result follows."""
    return {"kind": "tool_output", "id": call_id, "text": text}


def tool_result(call_id: str, result: Any, *, ok: bool, duration_ms: int, diff: str | None = None) -> Event:
    """`result`: what the model is told; `diff`: what the call changed in files, as a unified diff."""
    status = "ok" if ok else "error"
    event = {"kind": "tool_result", "id": call_id, "result": result, "status": status, "duration_ms": duration_ms}
    return event if diff is None else {**event, "diff": diff}


def awaiting_input(call_id: str, question: str, choices: Iterable[str]) -> Event:
    """A person has to allow the tool call of that id before it runs; `choices` is what can be answered."""
    return {"kind": "awaiting_input", "id": call_id, "question": question, "choices": list(choices)}


def context_notice(message: str, **figures: int) -> Event:
    """Something was left out, shortened or compacted; `figures`, such as `before_tokens` and `after_tokens`."""
    return {"kind": "context_notice", "message": message, **figures}


def usage(**figures: Any) -> Event:
    """What the conversation has used so far: `requests`, token classes, `cost_usd` (text; None: nobody knows)."""
    return {"kind": "usage", **figures}


def error(message: str) -> Event:
    return {"kind": "error", "message": message}


def done(status: Status, result: str = "", *, reason: str | None = None, **facts: Any) -> Event:
    """The end of the turn. `result`: the last answer; `reason`: why it is not `done`, for people."""
    return {"kind": "done", "status": status.value, "result": result, "reason": reason, **facts}


def check(trail: Iterable[Event]) -> list[str]:
    """What is wrong with a finished turn's trail; nothing, as it should be."""
    events = list(trail)
    kinds = [event["kind"] for event in events]
    wrong = []
    if kinds[:1] != ["user_prompt"] or kinds.count("user_prompt") != 1:
        wrong.append("not exactly one user_prompt, at the beginning")
    if kinds[-1:] != ["done"] or kinds.count("done") != 1:
        wrong.append("not exactly one done, at the end")
    open_calls: set[str] = set()
    for event in events:
        if event["kind"] == "tool_call":
            if event["id"] in open_calls:
                wrong.append(f"tool_call {event['id']} comes twice")
            open_calls.add(event["id"])
        elif event["kind"] == "tool_result":
            if event["id"] not in open_calls:
                wrong.append(f"tool_result {event['id']} answers no open call")
            open_calls.discard(event["id"])
    wrong += [f"tool_call {call_id} has no result" for call_id in sorted(open_calls)]
    return wrong
