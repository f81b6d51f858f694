"""OpenAI's Chat Completions and those who imitate them, and embeddings, which tell their usage likewise."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects import pointers
from providers.dialects.base import Asked, Headers
from providers.dialects.counts import count, items, limit, term, within, word
from providers.dialects.openai_usage import chat_usage
from providers.dialects.reader import USAGE, AnswerReader, Meter, strings
from providers.usage import Terms, Usage

OF_THE_OFFER = {"auto", "default", "on_demand"}
TELL_UNASKED = ("fireworks", "mistral", "perplexity")  # they tell the usage anyway, and refuse fields unknown to them
KNOW_COMPLETION_LIMIT = ("azure", "cerebras", "groq", "openai", "openrouter", "xai")  # others may pass over that name
OPTIONS = "stream_options"
MOST_ANSWERS = 128
NO_STREAM = "`stream` must be true or false, else AGTerm can't tell what kind of answer to expect"
DEPLOYMENT = re.compile(r"(?:^|/)deployments/([^/]+)/")  # Azure names the model in the path


class ChatCompletions:
    name = "openai-chat"

    def __init__(self, provider_id: str) -> None:
        self._provider_id = provider_id

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        tier = term(body.get("service_tier"))
        answers = max(1, min(count(body.get("n")), MOST_ANSWERS))
        longest = self._longest(body)
        in_path = DEPLOYMENT.search(path)
        return Asked(
            model=word(body.get("model")) or word(in_path[1] if in_path else ""),
            is_stream=body.get("stream") is True,
            refusal=None if isinstance(body.get("stream"), bool | None) else NO_STREAM,
            max_output_tokens=longest and longest * answers,
            answers=answers,
            terms=Terms(service_tier="" if tier in OF_THE_OFFER else tier),
        )

    def _longest(self, body: Mapping[str, Any]) -> int | None:
        """Who knows both names of the bound may go by either, so the higher one counts."""
        older, newer = limit(body.get("max_tokens")), limit(body.get("max_completion_tokens"))
        if self._provider_id not in KNOW_COMPLETION_LIMIT:
            return older
        return max(older, newer) if older and newer else older or newer

    def points_elsewhere(self, body: bytes) -> bool:
        return pointers.CHAT.search(body) is not None

    def rewritten(self, body: bytes, asked: Asked) -> bytes:
        if not asked.is_stream or self._provider_id in TELL_UNASKED:
            return body
        return with_usage_asked_for(body)

    def reader(self, status: int, headers: Headers) -> AnswerReader:
        return AnswerReader(ChatMeter(self._provider_id), headers)

    def error_event(self, message: str) -> bytes:
        error = {"error": {"type": "insufficient_quota", "code": "insufficient_quota", "message": message}}
        return b"data: " + orjson.dumps(error) + b"\n\n"


class Embeddings(ChatCompletions):
    name = "openai-embeddings"

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        in_path = DEPLOYMENT.search(path)
        return Asked(model=word(body.get("model")) or word(in_path[1] if in_path else ""), is_stream=False)

    def rewritten(self, body: bytes, asked: Asked) -> bytes:
        return body


class ChatMeter(Meter):
    WRITING = b'"delta"'
    VISIBLE = strings("content", "arguments", "reasoning", "reasoning_content", "refusal")

    def __init__(self, provider_id: str) -> None:
        super().__init__(provider_id)
        self._usage: Mapping[str, Any] = {}
        self._has_finished = False

    @property
    def is_complete(self) -> bool:
        """Some never send `[DONE]`; their usage after the end of the text says it too."""
        return self.is_ended or (self._has_finished and bool(self._usage))

    def is_telling(self, event: bytes) -> bool:
        if not self.response_id or b'"finish_reason":"' in event or b'"finish_reason": "' in event:
            return True
        if b'"usage"' in event and USAGE.search(event):
            return True
        if len(event) <= 16 and event.strip() == b"[DONE]":
            self.is_ended = True
        return False

    def take(self, message: Mapping[str, Any], *, is_event: bool) -> None:
        self.model = word(message.get("model")) or self.model
        self.response_id = word(message.get("id")) or self.response_id
        self.service_tier = term(message.get("service_tier")) or self.service_tier
        choices = [within(choice) for choice in items(message.get("choices"))]
        self._has_finished = self._has_finished or any(choice.get("finish_reason") for choice in choices)
        places = [message, within(message.get("x_groq")), *choices]  # OpenAI's, Groq's, Moonshot's
        found = next((told for place in places if isinstance(told := place.get("usage"), dict)), None)
        if found:
            self._usage = found

    def take_usage(self, usage: Mapping[str, Any]) -> None:
        self._usage = usage

    def usage(self) -> Usage | None:
        return chat_usage(self.provider_id, self._usage)


# --- the one thing that the door changes in a request --------------------------------------------------------------


def with_usage_asked_for(body: bytes) -> bytes:
    """The body with `stream_options.include_usage`; every other byte stays as it came."""
    spans, text = [], ""
    if OPTIONS.encode() in body:
        try:
            text = body.decode()
            spans = _values_of(OPTIONS, text)
        except ValueError:
            return body
    if not spans:  # as the last of all fields: whoever writes it twice, in other letters, is overruled
        end = body.rfind(b"}")
        return body[:end] + b',"stream_options":{"include_usage":true}' + body[end:] if end > 0 else body
    for start, end, value in reversed(spans):
        if within(value).get("include_usage") is not True:
            options = orjson.dumps({**within(value), "include_usage": True}).decode()
            text = text[:start] + options + text[end:]
    return text.encode()


_SPACE = re.compile(r"[ \t\r\n]*")


def _values_of(wanted: str, text: str) -> list[tuple[int, int, Any]]:
    """Where in a JSON object's text the values of one key stand, and what they are; a key may stand there twice."""
    decoder, found = json.JSONDecoder(), []
    position = _after_space(text, text.index("{") + 1)
    while text[position : position + 1] == '"':
        name, position = decoder.raw_decode(text, position)
        position = _after_space(text, position)
        start = _after_space(text, position + 1)  # behind the colon
        value, position = decoder.raw_decode(text, start)
        if name == wanted:
            found.append((start, position, value))
        position = _after_space(text, position)
        if text[position : position + 1] == ",":
            position = _after_space(text, position + 1)
    return found


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
