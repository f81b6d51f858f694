"""Anthropic's Messages: input is told in the first event of a stream, output in the last."""

from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects import pointers
from providers.dialects.base import Asked, Headers
from providers.dialects.counts import count, items, limit, reported_usd, term, within, word
from providers.dialects.reader import AnswerReader, Meter, strings
from providers.usage import Terms, Usage

OF_THE_OFFER = {"auto", "standard_only"}  # what a request may ask of a tier, which is no tier


class Messages:
    name = "anthropic-messages"

    def __init__(self, provider_id: str) -> None:
        self._provider_id = provider_id

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        tier = term(body.get("service_tier"))
        return Asked(
            model=word(body.get("model")),
            is_stream=body.get("stream") is True,
            max_output_tokens=limit(body.get("max_tokens")),
            terms=Terms(service_tier="" if tier in OF_THE_OFFER else tier, speed=term(body.get("speed"))),
        )

    def points_elsewhere(self, body: bytes) -> bool:
        return pointers.ANTHROPIC.search(body) is not None

    def rewritten(self, body: bytes, asked: Asked) -> bytes:
        return body

    def reader(self, status: int, headers: Headers) -> AnswerReader:
        return AnswerReader(MessagesMeter(self._provider_id), headers)

    def error_event(self, message: str) -> bytes:
        error = {"type": "error", "error": {"type": "billing_error", "message": message}}
        return b"event: error\ndata: " + orjson.dumps(error) + b"\n\n"


class MessagesMeter(Meter):
    WRITING = b"_delta"
    VISIBLE = strings("text", "thinking", "partial_json")

    def __init__(self, provider_id: str) -> None:
        super().__init__(provider_id)
        self._usage: dict[str, Any] = {}

    def is_telling(self, event: bytes) -> bool:
        return b'"usage"' in event or b'"message_stop"' in event or b'"message_start"' in event

    def take(self, message: Mapping[str, Any], *, is_event: bool) -> None:
        kind = message.get("type")
        if kind == "message_start":
            self._take_message(within(message.get("message")))
        elif kind == "message_delta":
            self.take_usage(within(message.get("usage")))
        elif kind == "message_stop":
            self.is_ended = True
        elif kind == "message" and not is_event:
            self._take_message(message)

    def _take_message(self, message: Mapping[str, Any]) -> None:
        self.model, self.response_id = word(message.get("model")), word(message.get("id"))
        self.take_usage(within(message.get("usage")))

    def take_usage(self, usage: Mapping[str, Any]) -> None:
        """Later counts replace the earlier ones, they are not added."""
        self._usage |= {name: value for name, value in usage.items() if value is not None}
        self.service_tier, self.speed = term(self._usage.get("service_tier")), term(self._usage.get("speed"))

    def usage(self) -> Usage | None:
        told = self._usage
        if "input_tokens" not in told and "output_tokens" not in told:
            return None
        # Work that the provider did beside the answer (compaction, advice) is told in `iterations` alone.
        beside = [within(it) for it in items(told.get("iterations")) if within(it).get("type") not in (None, "message")]
        parts = [told, *beside]
        written = [_written(part) for part in parts]
        output = sum(count(part.get("output_tokens")) for part in parts)
        thinking = count(within(told.get("output_tokens_details")).get("thinking_tokens"))
        searches = count(within(told.get("server_tool_use")).get("web_search_requests"))
        return Usage(
            input_tokens=sum(count(part.get("input_tokens")) for part in parts),
            cache_read_tokens=sum(count(part.get("cache_read_input_tokens")) for part in parts),
            cache_write_tokens=sum(total for total, _ in written),
            cache_write_1h_tokens=sum(for_an_hour for _, for_an_hour in written),
            output_tokens=output,
            reasoning_tokens=min(thinking, output),
            extra={"web_searches": searches} if searches else {},
            reported_usd=reported_usd(self.provider_id, told),
        )


def _written(usage: Mapping[str, Any]) -> tuple[int, int]:
    """Tokens written to the cache, and how many of them for an hour."""
    by_life = within(usage.get("cache_creation"))
    short, long = count(by_life.get("ephemeral_5m_input_tokens")), count(by_life.get("ephemeral_1h_input_tokens"))
    told = usage.get("cache_creation_input_tokens")
    total = short + long if told is None else count(told)
    return total, min(long, total)
