"""Usage as OpenAI tells it, under the names of its two generations, and as those tell it who imitate OpenAI."""

from collections.abc import Mapping
from typing import Any

from providers.dialects.counts import count, first_count, reported_usd, within
from providers.usage import Usage

APART = ("google", "xai")  # their Chat Completions tell reasoning beside `completion_tokens`, not in them


def responses_usage(provider_id: str, usage: Mapping[str, Any], extra: Mapping[str, int]) -> Usage | None:
    if "input_tokens" not in usage and "output_tokens" not in usage:
        return None
    read, output = within(usage.get("input_tokens_details")), count(usage.get("output_tokens"))
    return _usage(
        whole_input=count(usage.get("input_tokens")),
        cached=count(read.get("cached_tokens")),
        written=count(read.get("cache_write_tokens")),
        output=output,
        reasoning=count(within(usage.get("output_tokens_details")).get("reasoning_tokens")),
        extra=extra,
        reported=reported_usd(provider_id, usage),
    )


def chat_usage(provider_id: str, usage: Mapping[str, Any]) -> Usage | None:
    """Of Chat Completions, and of embeddings, which have no output."""
    if "prompt_tokens" not in usage and "completion_tokens" not in usage:
        return None
    read, wrote = within(usage.get("prompt_tokens_details")), within(usage.get("completion_tokens_details"))
    whole_input = count(usage.get("prompt_tokens"))
    reasoning = first_count(wrote.get("reasoning_tokens"), usage.get("reasoning_tokens"))
    audio = {
        "input_audio_tokens": count(read.get("audio_tokens")),
        "output_audio_tokens": count(wrote.get("audio_tokens")),
    }
    return _usage(
        whole_input=whole_input,
        # DeepSeek's and Moonshot's own names come after OpenAI's, which both know by now.
        cached=first_count(read.get("cached_tokens"), usage.get("prompt_cache_hit_tokens"), usage.get("cached_tokens")),
        written=count(read.get("cache_write_tokens")),
        output=_chat_output(provider_id, usage, whole_input, reasoning),
        reasoning=reasoning,
        extra={name: tokens for name, tokens in audio.items() if tokens},
        reported=reported_usd(provider_id, usage),
    )


def _chat_output(provider_id: str, usage: Mapping[str, Any], whole_input: int, reasoning: int) -> int:
    output, total = count(usage.get("completion_tokens")), count(usage.get("total_tokens"))
    if reasoning and total == whole_input + output + reasoning:
        return output + reasoning
    if provider_id in APART:
        return max(output, total - whole_input) if total else output + reasoning
    return output


def _usage(
    *,
    whole_input: int,
    cached: int,
    written: int,
    output: int,
    reasoning: int,
    extra: Mapping[str, int],
    reported: str | None,
) -> Usage:
    """`whole_input` includes what was read from the cache and written to it."""
    cached = min(cached, whole_input)
    written = min(written, whole_input - cached)
    return Usage(
        input_tokens=whole_input - cached - written,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        output_tokens=output,
        reasoning_tokens=min(reasoning, output),
        extra=extra,
        reported_usd=reported,
    )
