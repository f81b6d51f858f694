"""Gemini CLI headless: `-o stream-json`, an object for each piece of an answer, tool call, result, and the end."""

import signal
from typing import Any

from agents.headless import lines
from agents.headless.reader import Reader
from agterm_agent import events
from agterm_agent.events import Event, Status


class Translator(Reader):
    def __init__(self) -> None:
        super().__init__()
        self._result: dict[str, Any] | None = None
        self._error = ""

    def _heard(self, kind: str, said: dict[str, Any]) -> list[Event]:
        if kind == "init":
            self._turn.conversation = lines.text(said, "session_id") or None
        elif kind == "message" and said.get("role") == "assistant":
            text = lines.text(said, "content")
            return self._turn.says(text) if said.get("delta") is True else self._turn.said(text)
        elif kind == "tool_use":
            parameters = lines.part(said, "parameters")
            return self._turn.calls(lines.text(said, "tool_id"), lines.text(said, "tool_name"), parameters)
        elif kind == "tool_result":
            return self._tool_result(said)
        elif kind == "error":
            self._error = lines.text(said, "message") or self._error
            return [events.context_notice(self._error)] if said.get("severity") == "warning" else []
        elif kind == "result":
            self._result = said
        return []

    def _tool_result(self, said: dict[str, Any]) -> list[Event]:
        told = said.get("output") or lines.text(lines.part(said, "error"), "message")
        return self._turn.results(lines.text(said, "tool_id"), told or "", ok=said.get("status") == "success")

    def end(self, exit_code: int | None) -> list[Event]:
        if self._result is None:
            if exit_code == 0:  # as it ends when it is told to stop
                return self._turn.broken_off(-signal.SIGTERM)
            return self._turn.broken_off(exit_code, self._error or None)
        self._turn.usage = _usage(lines.part(self._result, "stats"))
        if self._result.get("status") == "success":
            return self._turn.close(Status.DONE)
        reason = lines.text(lines.part(self._result, "error"), "message") or self._error or "The agent failed."
        return self._turn.failed(reason)


def _usage(stats: dict[str, Any]) -> dict[str, Any]:
    """Its output tokens leave out those of thoughts, which only the sum has."""
    asked, written = lines.count(stats, "input_tokens"), lines.count(stats, "output_tokens")
    cached = lines.count(stats, "cached")
    return {
        "requests": None,
        "input_tokens": max(0, asked - cached),
        "cache_read_tokens": cached,
        "cache_write_tokens": 0,
        "output_tokens": max(written, lines.count(stats, "total_tokens") - asked),
        "cost_usd": None,
    }
