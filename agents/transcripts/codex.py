"""Codex's transcripts: one exact record for each answer, by the answer's own id, and how much of the plan is used.

Its input includes what came from the cache, its output the reasoning. Hidden threads (titles) are written nowhere.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from agents.transcripts.reading import PlanUse, Told, Transcript, count, moment, part, word
from providers.usage import Usage

WINDOWS = ("primary", "secondary")


class CodexTranscript(Transcript):
    provider_id = "openai"
    patterns = (".codex/sessions/*/*/*/rollout-*.jsonl",)

    def _line(self, record: dict[str, Any]) -> list[Told]:
        payload = part(record, "payload")
        match record.get("type"):
            case "turn_context":
                self.state["model"] = word(payload, "model") or self.state.get("model", "")
            case "event_msg" if payload.get("type") == "token_count":
                self._note_plan(part(payload, "rate_limits"), moment(record))
            case "token_usage_record":
                return self._told(payload, moment(record))
        return []

    def _told(self, payload: dict[str, Any], at: datetime | None) -> list[Told]:
        usage, answer, model = part(payload, "usage"), word(payload, "response_id"), self.state.get("model")
        if at is None or not answer or not isinstance(model, str) or not model:
            return []
        whole = count(usage, "input_tokens")
        read = min(count(usage, "cached_input_tokens"), whole)
        written = min(count(usage, "cache_write_input_tokens"), whole - read)
        counted = Usage(
            input_tokens=whole - read - written,
            cache_read_tokens=read,
            cache_write_tokens=written,
            output_tokens=count(usage, "output_tokens"),
            reasoning_tokens=min(count(usage, "reasoning_output_tokens"), count(usage, "output_tokens")),
        )
        return [Told(id=answer, at=at, model=model, usage=counted, response_id=answer)]

    def _note_plan(self, limits: dict[str, Any], at: datetime | None) -> None:
        for name in WINDOWS:
            limit = part(limits, name)
            percent = limit.get("used_percent")
            if at is None or isinstance(percent, bool) or not isinstance(percent, int | float):
                continue
            minutes = count(limit, "window_minutes") or None
            self.plan[name] = PlanUse(
                window=name,
                used_percent=max(0.0, min(float(percent), 1000.0)),
                window_minutes=minutes,
                resets_at=_reset(limit, at),
                seen_at=at,
            )


def _reset(limit: dict[str, Any], at: datetime) -> datetime | None:
    """Older versions say in how many seconds, newer ones when."""
    try:
        if isinstance(at_s := limit.get("resets_at"), int):
            return datetime.fromtimestamp(at_s, UTC)
        seconds = count(limit, "resets_in_seconds")
        return at + timedelta(seconds=seconds) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None
