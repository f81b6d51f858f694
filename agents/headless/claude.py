"""Claude Code headless: `--output-format stream-json`, an object for each piece, block, result, and one at the end."""

from typing import Any

from agents.headless import lines
from agents.headless.reader import Reader
from agterm_agent import events
from agterm_agent.events import Event, Status

DENIED = "What needed approval was refused, as nobody could give it: {}."
LIMITS = ("error_max_turns", "error_max_budget_usd")


class Translator(Reader):
    def __init__(self) -> None:
        super().__init__()
        self._result: dict[str, Any] = {}

    def _heard(self, kind: str, said: dict[str, Any]) -> list[Event] | None:
        if kind not in ("system", "stream_event", "assistant", "user", "result"):
            return None
        self._turn.conversation = lines.text(said, "session_id") or self._turn.conversation
        if kind == "result":
            self._result = said
            return []
        if kind == "system":
            return self._system(said)
        is_of_a_helper = bool(said.get("parent_tool_use_id"))
        if kind == "stream_event":
            return [] if is_of_a_helper else self._piece(lines.part(said, "event", "delta"))
        blocks = lines.parts(lines.part(said, "message"), "content")
        if kind == "user":
            return [
                event for block in blocks for event in self._tool_result(block, lines.part(said, "tool_use_result"))
            ]
        if said.get("is_api_error_message") is True:  # the program's own words; the result has them again
            return []
        return [event for block in blocks for event in self._block(block, is_of_a_helper)]

    def _system(self, said: dict[str, Any]) -> list[Event]:
        if said.get("subtype") == "api_retry":
            why = said.get("error_status") or said.get("error") or "an error"
            return [events.context_notice(f"The provider answered {why}; the agent asks again.")]
        if said.get("subtype") == "compact_boundary":
            before = lines.count(lines.part(said, "compact_metadata"), "pre_tokens")
            return [events.context_notice("The agent compacted the conversation.", before_tokens=before)]
        return []

    def _piece(self, delta: dict[str, Any]) -> list[Event]:
        if delta.get("type") == "text_delta":
            return self._turn.says(lines.text(delta, "text"))
        return self._turn.thinks(lines.text(delta, "thinking")) if delta.get("type") == "thinking_delta" else []

    def _block(self, block: dict[str, Any], is_of_a_helper: bool) -> list[Event]:
        kind = block.get("type")
        if kind == "tool_use":
            return self._turn.calls(lines.text(block, "id"), lines.text(block, "name"), lines.part(block, "input"))
        if kind == "text" and not is_of_a_helper:
            return self._turn.said(lines.text(block, "text"))
        return self._turn.thought(lines.text(block, "thinking")) if kind == "thinking" and not is_of_a_helper else []

    def _tool_result(self, block: dict[str, Any], told: dict[str, Any]) -> list[Event]:
        if block.get("type") != "tool_result":
            return []
        content = block.get("content")
        texts = [lines.text(each, "text") or f"({each.get('type')})" for each in lines.parts(block, "content")]
        result = content if isinstance(content, str) else "\n".join(texts)
        ok = block.get("is_error") is not True
        return self._turn.results(lines.text(block, "tool_use_id"), result, ok=ok, diff=_diff(told) if ok else None)

    def end(self, exit_code: int | None) -> list[Event]:
        result = self._result
        if not result:
            return self._turn.broken_off(exit_code)
        self._turn.usage = _usage(result)
        answer = lines.text(result, "result")
        if result.get("is_error") is True or result.get("subtype") != "success":
            told = result.get("errors") if isinstance(result.get("errors"), list) else []
            reason = answer or "; ".join(map(str, told or [])) or str(result.get("subtype") or "The agent failed.")
            by_limit = result.get("subtype") in LIMITS or result.get("api_error_status") == 402
            return self._turn.failed(reason, by_limit=by_limit)
        if denied := [lines.text(each, "tool_name") or "?" for each in lines.parts(result, "permission_denials")]:
            return self._turn.close(
                Status.NEEDS_INPUT, result=answer, reason=DENIED.format(", ".join(dict.fromkeys(denied)))
            )
        return self._turn.close(Status.DONE, result=answer)


def _usage(result: dict[str, Any]) -> dict[str, Any]:
    """Of the whole conversation, all its models together."""
    models = [lines.part(each) for each in lines.part(result, "modelUsage").values()]
    return {
        "requests": None,
        "input_tokens": sum(lines.count(each, "inputTokens") for each in models),
        "cache_read_tokens": sum(lines.count(each, "cacheReadInputTokens") for each in models),
        "cache_write_tokens": sum(lines.count(each, "cacheCreationInputTokens") for each in models),
        "output_tokens": sum(lines.count(each, "outputTokens") for each in models),
        "cost_usd": lines.amount(result, "total_cost_usd"),
    }


def _diff(told: dict[str, Any]) -> str | None:
    """What an edit changed, from what the program tells of it beside the model's own text."""
    path, hunks = lines.text(told, "filePath"), lines.parts(told, "structuredPatch")
    is_new = told.get("type") == "create"
    if is_new and not hunks:
        added = lines.text(told, "content").splitlines()
        hunks = [
            {"oldStart": 0, "oldLines": 0, "newStart": 1, "newLines": len(added), "lines": [f"+{a}" for a in added]}
        ]
    if not path or not hunks:
        return None
    diff = [f"--- {'/dev/null' if is_new else path}", f"+++ {path}"]
    for hunk in hunks:
        old, new = (f"{lines.count(hunk, f'{w}Start')},{lines.count(hunk, f'{w}Lines')}" for w in ("old", "new"))
        changed = hunk.get("lines") if isinstance(hunk.get("lines"), list) else []
        diff += [f"@@ -{old} +{new} @@", *(line for line in changed or [] if isinstance(line, str))]
    return "\n".join(diff) + "\n"
