"""Google's generateContent and its stream: each piece tells the usage so far, the last one counts."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects import pointers
from providers.dialects.base import Asked, Headers
from providers.dialects.counts import count, items, limit, term, within, word
from providers.dialects.reader import AnswerReader, Meter, strings
from providers.usage import Terms, Usage

MODEL = re.compile(r"(?:^|/)((?:tunedModels/)?[^/]+):(?:streamG|g)enerateContent$")
OF_THE_OFFER = {"unspecified", "service_tier_unspecified", "standard"}
MODALITIES = {"AUDIO": "audio", "IMAGE": "image", "DOCUMENT": "image", "VIDEO": "video"}
MOST_ANSWERS = 128


class GenerateContent:
    name = "google-generate-content"

    def __init__(self, *, is_in_events: bool = True) -> None:
        """`is_in_events`: a stream is asked for as events, not as one long list."""
        self._is_in_events = is_in_events

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        config = within(_either(body, "generationConfig", "generation_config"))
        answers = max(1, min(count(_either(config, "candidateCount", "candidate_count")), MOST_ANSWERS))
        longest = limit(_either(config, "maxOutputTokens", "max_output_tokens"))
        named = MODEL.search(path)
        tier = term(_either(body, "serviceTier", "service_tier"))
        return Asked(
            model=word(named[1]) if named else "",
            is_stream=self._is_in_events and path.endswith(":streamGenerateContent"),
            max_output_tokens=longest and longest * answers,
            answers=answers,
            terms=Terms(service_tier="" if tier in OF_THE_OFFER else tier),
        )

    def points_elsewhere(self, body: bytes) -> bool:
        return pointers.GEMINI.search(body) is not None

    def rewritten(self, body: bytes, asked: Asked) -> bytes:
        return body

    def reader(self, status: int, headers: Headers) -> AnswerReader:
        known = list(headers)
        tier = next((value for name, value in known if name.lower() == b"x-gemini-service-tier"), b"")
        return AnswerReader(GenerateMeter(term(tier.decode("latin-1"))), known)

    def error_event(self, message: str) -> bytes:
        error = {"error": {"code": 402, "status": "FAILED_PRECONDITION", "message": message}}
        return b"data: " + orjson.dumps(error) + b"\n\n"


class GenerateMeter(Meter):
    WRITING = b'"text"'
    VISIBLE = strings("text")

    def __init__(self, service_tier: str) -> None:
        super().__init__("google")
        self.service_tier = service_tier
        self._usage: Mapping[str, Any] = {}
        self._searched: set[str] = set()

    def is_telling(self, event: bytes) -> bool:
        return b'"usageMetadata"' in event or b'"webSearchQueries"' in event or b'"finishReason"' in event

    def take(self, message: Mapping[str, Any], *, is_event: bool) -> None:
        self.model = word(message.get("modelVersion")) or self.model
        self.response_id = word(message.get("responseId")) or self.response_id
        if isinstance(usage := message.get("usageMetadata"), dict):
            self.take_usage(usage)
        candidates = [within(candidate) for candidate in items(message.get("candidates"))]
        for candidate in candidates:
            asked = items(within(candidate.get("groundingMetadata")).get("webSearchQueries"))
            self._searched |= {query for query in asked if isinstance(query, str) and query}
        is_blocked = bool(within(message.get("promptFeedback")).get("blockReason"))
        self.is_ended = self.is_ended or is_blocked or any(candidate.get("finishReason") for candidate in candidates)

    def take_usage(self, usage: Mapping[str, Any]) -> None:
        self._usage = usage
        self.service_tier = term(usage.get("serviceTier")) or self.service_tier

    def usage(self) -> Usage | None:
        told = self._usage
        prompt = count(told.get("promptTokenCount"))
        thoughts = count(told.get("thoughtsTokenCount"))
        answer = count(told.get("candidatesTokenCount"))
        for_tools = count(told.get("toolUsePromptTokenCount"))
        if not any(name in told for name in ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount")):
            return None
        cached = min(count(told.get("cachedContentTokenCount")), prompt)
        return Usage(
            input_tokens=prompt - cached + for_tools,
            cache_read_tokens=cached,
            output_tokens=answer + thoughts,
            reasoning_tokens=thoughts,
            extra=self._extra(),
        )

    def _extra(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for place, name in (
            ("promptTokensDetails", "input_{}_tokens"),
            ("toolUsePromptTokensDetails", "input_{}_tokens"),
            ("cacheTokensDetails", "cache_{}_read_tokens"),
            ("candidatesTokensDetails", "output_{}_tokens"),
        ):
            for detail in items(self._usage.get(place)):
                kind = MODALITIES.get(str(within(detail).get("modality")))
                if kind and (tokens := count(within(detail).get("tokenCount"))):
                    found[name.format(kind)] = found.get(name.format(kind), 0) + tokens
        if searches := self._searches():
            found["web_searches"] = searches
        return found

    def _searches(self) -> int:
        """Up to Gemini 2.5 a grounded prompt is billed once; since then each search is."""
        is_billed_once = self.model.startswith(("gemini-1", "gemini-2"))
        return min(len(self._searched), 1) if is_billed_once else len(self._searched)


def _either(body: Mapping[str, Any], *names: str) -> Any:
    """A field under the name that JSON has for it, or under its proto name, which Google takes as well."""
    return next((body[name] for name in names if name in body), None)
