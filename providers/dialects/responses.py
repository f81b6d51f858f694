"""OpenAI's Responses: the last event of a stream holds the whole answer, with its usage."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects import pointers
from providers.dialects.base import Asked, Headers
from providers.dialects.counts import items, limit, term, within, word
from providers.dialects.openai_usage import responses_usage
from providers.dialects.reader import USAGE, AnswerReader, Meter, strings
from providers.usage import Terms, Usage

LAST_EVENTS = {"response.completed", "response.incomplete", "response.failed", "response.cancelled"}
CHARGED_CALLS = {"web_search_call": "web_searches", "file_search_call": "storage_searches"}
OF_THE_OFFER = {"auto", "default"}
COST_UNTOLD = {"image_generation", "code_interpreter"}  # pictures and machines have prices of their own
TELL_ALL_COSTS = ("openrouter", "xai")
ADDED_TOOLS = "additional_tools"
IN_THE_BACKGROUND = "an answer in the background can't be metered here; ask without `background`"


class Responses:
    name = "openai-responses"

    def __init__(self, provider_id: str) -> None:
        self._provider_id = provider_id

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        tier = term(body.get("service_tier"))
        return Asked(
            model=word(body.get("model")),
            is_stream=body.get("stream") is True,
            max_output_tokens=limit(body.get("max_output_tokens")),
            terms=Terms(service_tier="" if tier in OF_THE_OFFER else tier),
            refusal=IN_THE_BACKGROUND if body.get("background") else self._refusal_of_tools(body),
        )

    def _refusal_of_tools(self, body: Mapping[str, Any]) -> str | None:
        """What the provider's own tools cost besides tokens, few providers tell."""
        if self._provider_id in TELL_ALL_COSTS:
            return None
        added = [within(it).get("tools") for it in items(body.get("input")) if within(it).get("type") == ADDED_TOOLS]
        tools = [within(tool).get("type") for offered in (body.get("tools"), *added) for tool in items(offered)]
        found = next((tool for tool in tools if isinstance(tool, str) and tool in COST_UNTOLD), None)
        return f"what the tool `{found}` costs can't be metered here; ask without it" if found else None

    def points_elsewhere(self, body: bytes) -> bool:
        return pointers.RESPONSES.search(body) is not None

    def rewritten(self, body: bytes, asked: Asked) -> bytes:
        return body

    def reader(self, status: int, headers: Headers) -> AnswerReader:
        return AnswerReader(ResponsesMeter(self._provider_id), headers)

    def error_event(self, message: str) -> bytes:
        """Of this code Codex shows the message and stops; for `insufficient_quota` it has words of its own."""
        error = {"code": "invalid_prompt", "message": message}
        failed = {"type": "response.failed", "response": {"object": "response", "status": "failed", "error": error}}
        return b"event: response.failed\ndata: " + orjson.dumps(failed) + b"\n\n"


class ResponsesMeter(Meter):
    WRITING = b".delta"
    VISIBLE = strings("delta")

    def __init__(self, provider_id: str) -> None:
        super().__init__(provider_id)
        self._usage: Mapping[str, Any] = {}
        self._calls: Counter[str] = Counter()

    def is_telling(self, event: bytes) -> bool:
        if b'"usage"' in event and USAGE.search(event):
            return True
        if not self.response_id and b'"response.created"' in event:
            return True
        return any(kind.encode() in event for kind in LAST_EVENTS) if b'"response"' in event else False

    def take(self, message: Mapping[str, Any], *, is_event: bool) -> None:
        if not is_event:
            self._take_response(message)
            return
        if isinstance(response := message.get("response"), dict):
            self._take_response(response)
            self.is_ended = self.is_ended or message.get("type") in LAST_EVENTS

    def _take_response(self, response: Mapping[str, Any]) -> None:
        self.model = word(response.get("model")) or self.model
        self.response_id = word(response.get("id")) or self.response_id
        self.service_tier = _told_tier(response) or self.service_tier
        if isinstance(usage := response.get("usage"), dict):
            self._usage = usage
            self._calls = Counter(
                CHARGED_CALLS[kind]
                for item in items(response.get("output"))
                if isinstance(kind := within(item).get("type"), str) and kind in CHARGED_CALLS and _is_search(item)
            )

    def take_usage(self, usage: Mapping[str, Any]) -> None:
        self._usage, self.is_ended = usage, True

    def usage(self) -> Usage | None:
        return responses_usage(self.provider_id, self._usage, dict(self._calls))


def _told_tier(response: Mapping[str, Any]) -> str:
    """The tier that served the call; before it is over, only what was asked for is told."""
    tier = term(response.get("service_tier"))
    return "" if tier == "auto" else tier


def _is_search(item: Mapping[str, Any]) -> bool:
    """Opening a page that was found costs nothing."""
    return bool(within(item.get("action")).get("type", "search") == "search")
