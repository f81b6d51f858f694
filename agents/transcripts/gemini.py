"""Gemini CLI's transcripts: lines with the same id repeat, the last one counts. No id of the provider's stands in them.

Its input includes what came from the cache; its output leaves out the thoughts, which are billed as output.
"""

from typing import Any

from agents.transcripts.reading import Pending, Told, count, moment, part, word
from providers.usage import Usage


class GeminiTranscript(Pending):
    provider_id = "google"
    patterns = (".gemini/tmp/*/chats/session-*.jsonl",)

    def _told(self, record: dict[str, Any]) -> Told | None:
        tokens, at = part(record, "tokens"), moment(record)
        call_id, model = word(record, "id"), word(record, "model")
        if record.get("type") != "gemini" or not tokens or at is None or not call_id or not model:
            return None
        whole, thoughts = count(tokens, "input"), count(tokens, "thoughts")
        read = min(count(tokens, "cached"), whole)
        usage = Usage(
            input_tokens=whole - read + count(tokens, "tool"),
            cache_read_tokens=read,
            output_tokens=count(tokens, "output") + thoughts,
            reasoning_tokens=thoughts,
        )
        return Told(id=call_id, at=at, model=model, usage=usage)
