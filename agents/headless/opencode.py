"""OpenCode headless: `run --format json`, an object for each part of a message once it is whole; nothing at the end."""

from decimal import Decimal
from typing import Any

from agents.headless import lines
from agents.headless.reader import Reader
from agterm_agent.events import Event, Status

COUNTS = ("requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")


class Translator(Reader):
    def __init__(self) -> None:
        super().__init__()
        self._finished = False
        self._error = ""
        self._used = dict.fromkeys(COUNTS, 0)
        self._cost: Decimal | None = Decimal(0)

    def _heard(self, kind: str, said: dict[str, Any]) -> list[Event]:
        self._turn.conversation = lines.text(said, "sessionID") or self._turn.conversation
        part = lines.part(said, "part")
        if kind == "text":
            return self._turn.said(lines.text(part, "text"))
        if kind == "reasoning":
            return self._turn.thought(lines.text(part, "text"))
        if kind == "tool_use":
            return self._tool(part)
        if kind == "step_finish":
            self._count(part)
            self._finished = lines.text(part, "reason") != "tool-calls"
        elif kind == "error":
            error = lines.part(said, "error")
            self._error = lines.text(lines.part(error, "data"), "message") or lines.text(error, "name") or "error"
        return []

    def _tool(self, part: dict[str, Any]) -> list[Event]:
        """A call comes when it is over, so that call and result come at once."""
        state, call_id = lines.part(part, "state"), lines.text(part, "callID")
        told = self._turn.calls(call_id, lines.text(part, "tool"), lines.part(state, "input"))
        if not told or state.get("status") not in ("completed", "error"):
            return told
        times = lines.part(state, "time")
        took = max(0, lines.count(times, "end") - lines.count(times, "start"))
        is_done, code = state.get("status") == "completed", lines.part(state, "metadata").get("exit")
        result = lines.text(state, "output" if is_done else "error")
        ok = is_done and not code
        result += f"\n(exit code {code})" if is_done and code else ""
        diff = lines.text(lines.part(state, "metadata"), "diff") or None
        return [*told, *self._turn.results(call_id, result, ok=ok, duration_ms=took, diff=diff)]

    def _count(self, part: dict[str, Any]) -> None:
        tokens, cost = lines.part(part, "tokens"), lines.amount(part, "cost")
        cache = lines.part(tokens, "cache")
        self._used["requests"] += 1
        self._used["input_tokens"] += lines.count(tokens, "input")
        self._used["cache_read_tokens"] += lines.count(cache, "read")
        self._used["cache_write_tokens"] += lines.count(cache, "write")
        self._used["output_tokens"] += lines.count(tokens, "output") + lines.count(tokens, "reasoning")
        self._cost = None if cost is None or self._cost is None else self._cost + Decimal(cost)

    def end(self, exit_code: int | None) -> list[Event]:
        if self._used["requests"]:
            cost = None if self._cost is None else f"{self._cost:f}"
            self._turn.usage = {**self._used, "cost_usd": cost}
        if self._error:
            return self._turn.failed(self._error)
        if not self._finished or exit_code not in (0, None):
            return self._turn.broken_off(exit_code)
        return self._turn.close(Status.DONE)
