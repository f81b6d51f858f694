"""Claude Code's transcripts: a line per content block, the usage of its message repeated on each.

After an interruption the last figure of the output is that of the stream's first event: too low, which is why the door
is the source where there is one.
"""

from typing import Any

from agents.transcripts.reading import Pending, Told, count, moment, part, word
from providers.usage import Terms, Usage

SYNTHETIC = "<synthetic>"  # the CLI's own words in place of an answer


class ClaudeTranscript(Pending):
    provider_id = "anthropic"
    patterns = (".claude/projects/*/*.jsonl", ".claude/projects/*/*/subagents/*.jsonl")

    def _told(self, record: dict[str, Any]) -> Told | None:
        message = part(record, "message")
        usage, at = part(message, "usage"), moment(record)
        message_id, model = word(message, "id"), word(message, "model")
        if record.get("type") != "assistant" or not usage or at is None or not message_id or model in ("", SYNTHETIC):
            return None
        output, written = count(usage, "output_tokens"), count(usage, "cache_creation_input_tokens")
        return Told(
            id=message_id,
            at=at,
            model=model,
            usage=Usage(
                input_tokens=count(usage, "input_tokens"),
                cache_read_tokens=count(usage, "cache_read_input_tokens"),
                cache_write_tokens=written,
                cache_write_1h_tokens=min(count(part(usage, "cache_creation"), "ephemeral_1h_input_tokens"), written),
                output_tokens=output,
                reasoning_tokens=min(count(part(usage, "output_tokens_details"), "thinking_tokens"), output),
            ),
            terms=_terms(usage),
            request_id=word(record, "requestId"),
            response_id=message_id,
        )


def _terms(usage: dict[str, Any]) -> Terms:
    tier, speed = word(usage, "service_tier", 32), word(usage, "speed", 32)
    return Terms(service_tier="" if tier == "standard" else tier, speed="" if speed == "standard" else speed)
