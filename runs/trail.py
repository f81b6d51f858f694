"""A run's events as callers may rely on them, whatever the agent prints: numbered, bounded, each call with its result.

Numbers follow from the agent's output alone, so that reading it once more gives the same ones.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agterm_agent import events
from agterm_agent.events import Event, Status

MAX_TEXT_CHARACTERS = 120_000  # of one text in an event
MAX_RUN_CHARACTERS = 16 * 1024 * 1024  # of a run; after that pieces are left out, and what is whole is cut short
SHORT_CHARACTERS = 2000
MAX_EVENTS = 50_000  # after them only what ends something that was begun
MAX_DEPTH, MAX_ITEMS = 32, 2000
MOST, MAX_DIGITS = 2**53, 400  # what JavaScript counts exactly; larger numbers become text
PIECES = ("assistant_delta", "assistant_thought_delta", "tool_output")  # of something that comes whole as well
WITH_TEXT = (*PIECES, "assistant_message", "assistant_thought")
CHOICES = ["once", "always", "no"]
ABOUT_A_CALL = ("tool_call", "tool_output", "tool_result", "awaiting_input")
CUT = "\n[… {} characters left out by the server]"
UNANSWERED = "The run ended before this call had a result"
TOO_MUCH = "The agent says very much; from here on only short texts are kept"


@dataclass(frozen=True, slots=True)
class Numbered:
    number: int
    event: Event

    @property
    def call_id(self) -> str:
        return str(self.event["id"]) if self.event["kind"] in ABOUT_A_CALL else ""


class Trail:
    """Takes what a translator says; gives what is kept. `done` is held back until the end of everything is known."""

    def __init__(self, message: str) -> None:
        self._number = 0
        self._said = 0
        self._open: dict[str, None] = {}
        self._last_answer = ""
        self.usage: dict[str, Any] = {}
        self.done: Event | None = None
        self.awaiting: Event | None = None
        self.first = self._numbered(events.user_prompt(message))

    def recall(self, number: int, open_calls: Iterable[str], last_answer: str) -> None:
        """What was kept before, for a reader that can't read all output once more."""
        self._number = max(self._number, number)
        self._open |= dict.fromkeys(open_calls)
        self._last_answer = self._last_answer or last_answer

    def add(self, said: Iterable[Event]) -> list[Numbered]:
        return [kept for event in said if (kept := self._kept(event)) is not None]

    def end(self, status: Status | None, reason: str | None, **facts: Any) -> list[Numbered]:
        """The last events, `done` at the end. `status` and `reason`: better known than the agent's own word."""
        own = self.done or events.done(Status.FAILED, self._last_answer, reason="The agent ended without a result")
        last = [events.tool_result(call, UNANSWERED, ok=False, duration_ms=0) for call in self._open]
        kept = self.add(last)
        if status is not None:
            own = {**own, "status": status.value, "reason": reason}
        own = {**own, "result": own.get("result") or self._last_answer, "reason": own.get("reason")}
        return [*kept, self._numbered(_bounded(own | facts, MAX_TEXT_CHARACTERS))]

    def _kept(self, event: Event) -> Numbered | None:
        kind = event.get("kind")
        if kind == "done":
            self.done = event
            told = event.get("usage")
            self.usage = _bounded(told, SHORT_CHARACTERS) if isinstance(told, dict) and told else self.usage
        if not isinstance(kind, str) or kind in ("user_prompt", "done") or not self._fits(event):
            return None
        event = _filled(event)
        self._number += 1  # also of what is left out, or another reading would count differently
        if self._number > MAX_EVENTS and kind != "tool_result":
            return None
        if self._said > MAX_RUN_CHARACTERS:
            if kind in PIECES:
                return None
            event = _bounded(event, SHORT_CHARACTERS)
        else:
            event = _bounded(event, MAX_TEXT_CHARACTERS)
            self._said += _size(event)
            if self._said > MAX_RUN_CHARACTERS:
                event = events.context_notice(TOO_MUCH) if kind in PIECES else event
        self._note(event)
        return Numbered(self._number, event)

    def _fits(self, event: Event) -> bool:
        """Whether it says something of a call that is open, as all but the call itself must."""
        kind = event["kind"]
        if kind not in ABOUT_A_CALL:
            return True
        call = str(event.get("id"))
        if kind == "tool_call":
            return call not in self._open
        return call in self._open

    def _note(self, event: Event) -> None:
        kind = event["kind"]
        if kind == "tool_call":
            self._open[str(event["id"])] = None
        elif kind == "tool_result":
            self._open.pop(str(event["id"]), None)
            if self.awaiting is not None and self.awaiting["id"] == event["id"]:
                self.awaiting = None
        elif kind == "awaiting_input":
            self.awaiting = event
        elif kind == "tool_output" and self.awaiting is not None and self.awaiting["id"] == event["id"]:
            self.awaiting = None
        elif kind == "assistant_message":
            self._last_answer = str(event["text"])
        elif kind == "usage":
            self.usage = {name: value for name, value in event.items() if name != "kind"}

    def _numbered(self, event: Event) -> Numbered:
        self._number += 1
        return Numbered(self._number, event)


def _filled(event: Event) -> Event:
    """With what others rely on: whoever can write on the agent's terminal can leave it away."""
    if event["kind"] in WITH_TEXT:
        return {**event, "text": str(event.get("text", ""))}
    if event["kind"] == "awaiting_input":
        choices = event.get("choices")
        known = [str(one) for one in choices[:10]] if isinstance(choices, list) and choices else CHOICES
        return {**event, "question": str(event.get("question", "")), "choices": known}
    if event["kind"] == "tool_call":
        arguments = event.get("arguments")
        told = arguments if isinstance(arguments, dict) else {}
        return {**event, "name": str(event.get("name", "")), "arguments": told}
    return event


def joined(some: Iterable[Numbered]) -> list[Numbered]:
    """The same, pieces of one text that follow each other made one, which has the last one's number."""
    found: list[Numbered] = []
    for one in some:
        before = found[-1] if found else None
        if before is not None and before.event["kind"] in PIECES and _is_of_same(before.event, one.event):
            text = before.event["text"] + one.event["text"]
            if len(text) <= MAX_TEXT_CHARACTERS:
                found[-1] = Numbered(one.number, {**one.event, "text": text})
                continue
        found.append(one)
    return found


def _is_of_same(before: Event, event: Event) -> bool:
    return before["kind"] == event["kind"] and before.get("id") == event.get("id")


def _bounded(value: Any, most: int, depth: int = 0) -> Any:
    """The same with no text over `most` characters, nothing nested without end, and nothing that is no UTF-8."""
    if isinstance(value, str):
        text = value if len(value) <= most else value[:most] + CUT.format(len(value) - most)
        return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {_bounded(str(name), 500): _bounded(part, most, depth + 1) for name, part in _some(value.items())}
    if isinstance(value, list | tuple):
        return [_bounded(part, most, depth + 1) for part in _some(value)]
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= MOST):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)[:MAX_DIGITS]


def _some(parts: Iterable[Any]) -> list[Any]:
    return list(parts)[:MAX_ITEMS]


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(name) + _size(part) for name, part in value.items())
    return sum(map(_size, value)) if isinstance(value, list) else 8
