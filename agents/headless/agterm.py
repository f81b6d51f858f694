"""AGTerm's own agent headless: it tells our events itself, so they only have to be checked."""

from typing import Any

from agents.headless import lines
from agents.headless.reader import Reader
from agterm_agent import events
from agterm_agent.events import Event, Status

PLAIN = ("assistant_delta", "assistant_message", "assistant_thought_delta", "assistant_thought", "error")
STATES = {status.value: status for status in Status}
FACTS = ("usage", "cost_usd", "changed_files")


class Translator(Reader):
    """A child of the agent can write on its terminal as well: what comes from there can't spoil the trail either."""

    KIND = "kind"

    def __init__(self) -> None:
        super().__init__()
        self._done: dict[str, Any] = {}

    def _heard(self, kind: str, said: dict[str, Any]) -> list[Event]:
        call_id = lines.text(said, "id")
        if kind == "done":
            self._done = said
        elif kind == "session_state":
            self._turn.conversation = lines.text(said, "conversation_id") or None
        elif kind == "usage":
            self._turn.usage = {name: value for name, value in said.items() if name != "kind"}
        if kind in PLAIN:
            return self._text(kind, said)
        if kind == "tool_call":
            told = self._turn.calls(call_id, lines.text(said, "name"), lines.part(said, "arguments"))
            return [event | {"safety": said.get("safety")} if event["kind"] == kind else event for event in told]
        if kind == "tool_result":
            return self._result(call_id, said)
        if kind in ("tool_output", "awaiting_input"):
            return [said] if self._turn.is_open(call_id) else []
        return [said] if kind in ("session_state", "usage", "context_notice") else []

    def _text(self, kind: str, said: dict[str, Any]) -> list[Event]:
        text = lines.text(said, "text")
        if kind == "assistant_delta":
            return self._turn.says(text)
        if kind == "assistant_message":
            return self._turn.said(text)
        if kind == "assistant_thought_delta":
            return self._turn.thinks(text)
        if kind == "assistant_thought":
            return self._turn.thought(text)
        return [events.error(lines.text(said, "message"))]

    def _result(self, call_id: str, said: dict[str, Any]) -> list[Event]:
        return self._turn.results(
            call_id,
            said.get("result"),
            ok=said.get("status") == "ok",
            duration_ms=lines.count(said, "duration_ms"),
            diff=lines.text(said, "diff") or None,
        )

    def end(self, exit_code: int | None) -> list[Event]:
        done = self._done
        status = STATES.get(lines.text(done, "status"))
        if status is None:
            return self._turn.broken_off(exit_code)
        self._turn.conversation = lines.text(done, "conversation_id") or self._turn.conversation
        facts = {name: done[name] for name in FACTS if name in done}
        told = self._turn.close(
            status, result=lines.text(done, "result"), reason=lines.text(done, "reason") or None, **facts
        )
        return [event for event in told if event["kind"] not in ("usage", "error")]  # it has told them itself
