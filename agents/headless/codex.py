"""Codex headless: `codex exec --json`, an object for each item that is begun or done, and one for the turn's end."""

import re
from typing import Any

from agents.headless import lines
from agents.headless.reader import Reader
from agterm_agent import events
from agterm_agent.events import Event, Status

TOOLS = {
    "command_execution": "shell",
    "file_change": "apply_patch",
    "mcp_tool_call": "mcp",
    "web_search": "web_search",
    "todo_list": "update_plan",
    "collab_tool_call": "collab",
}
BEGUN = ("in_progress", "")
OWN_KEYS = ("id", "type", "status", "aggregated_output", "exit_code", "result", "error")
# What it refuses itself it tells only in a line of its log.
REFUSED = re.compile(r"ERROR codex_core::tools::\w+: error=(.*\b(?:reject|refus|den)\w* ?.*)")


class Translator(Reader):
    def __init__(self) -> None:
        super().__init__()
        self._completed: dict[str, Any] | None = None
        self._failed = ""
        self._printed: dict[str, int] = {}
        self._refusals = 0

    def _heard(self, kind: str, said: dict[str, Any]) -> list[Event]:
        if kind == "thread.started":
            self._turn.conversation = lines.text(said, "thread_id") or None
        elif kind == "turn.completed":
            self._completed = lines.part(said, "usage")
        elif kind == "turn.failed":
            self._failed = lines.text(lines.part(said, "error"), "message") or "The turn failed."
        elif kind == "error":
            message = lines.text(said, "message")
            self._turn.noise(message)
            return [events.context_notice(message)] if message.startswith("Reconnecting") else []
        elif kind in ("item.started", "item.updated", "item.completed"):
            return self._item(lines.part(said, "item"), is_done=kind == "item.completed")
        return []

    def _noise(self, line: str) -> list[Event]:
        super()._noise(line)
        found = REFUSED.search(lines.plain(line[:4096]))
        if found is None:
            return []
        self._refusals += 1
        call_id, name = f"refused_{self._refusals}", "apply_patch" if "patch" in found[1] else "shell"
        return [*self._turn.calls(call_id, name, {}), *self._turn.results(call_id, found[1], ok=False)]

    def _item(self, item: dict[str, Any], *, is_done: bool) -> list[Event]:
        kind, call_id = lines.text(item, "type"), lines.text(item, "id")
        if kind == "agent_message":
            return self._turn.said(lines.text(item, "text")) if is_done else []
        if kind == "reasoning":
            return self._turn.thought(lines.text(item, "text")) if is_done else []
        if kind == "error":
            return [events.context_notice(lines.text(item, "message"))] if is_done else []
        if kind not in TOOLS:
            return []
        told = self._turn.calls(call_id, _name(item), {k: v for k, v in item.items() if k not in OWN_KEYS})
        if not is_done:
            return [*told, *self._output(call_id, lines.text(item, "aggregated_output"))]
        self._printed.pop(call_id, None)
        ok = item.get("status") not in ("failed", "declined")
        return [*told, *self._turn.results(call_id, _result(item), ok=ok)]

    def _output(self, call_id: str, output: str) -> list[Event]:
        """What is new of the output, which comes as a whole each time."""
        if not self._turn.is_open(call_id):
            return []
        before = self._printed.get(call_id, 0)
        self._printed[call_id] = max(before, len(output))
        return self._turn.prints(call_id, output[before:])

    def end(self, exit_code: int | None) -> list[Event]:
        if self._completed is not None:
            self._turn.usage = _usage(self._completed)
        if self._failed:
            return self._turn.failed(self._failed)
        if self._completed is None:
            return self._turn.broken_off(exit_code)
        return self._turn.close(Status.DONE)


def _name(item: dict[str, Any]) -> str:
    kind = lines.text(item, "type")
    own = [lines.text(item, name) for name in ("server", "tool")]
    return "__".join(["mcp", *filter(None, own)]) if kind == "mcp_tool_call" else TOOLS[kind]


def _result(item: dict[str, Any]) -> Any:
    kind = item.get("type")
    if kind == "command_execution":
        code = item.get("exit_code")
        return lines.text(item, "aggregated_output") + (f"\n(exit code {code})" if code else "")
    if kind == "mcp_tool_call":
        return item.get("result") or lines.part(item, "error") or item.get("status")
    return item.get("status") or "completed"


def _usage(used: dict[str, Any]) -> dict[str, Any]:
    """Its input tokens include those of the cache."""
    read, written = lines.count(used, "cached_input_tokens"), lines.count(used, "cache_write_input_tokens")
    return {
        "requests": None,
        "input_tokens": max(0, lines.count(used, "input_tokens") - read - written),
        "cache_read_tokens": read,
        "cache_write_tokens": written,
        "output_tokens": lines.count(used, "output_tokens"),
        "cost_usd": None,
    }
