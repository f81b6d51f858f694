"""Reads an answer along and hands on to a protocol's `Meter` only the parts that tell something of the cost."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import orjson

from providers.dialects.base import Headers, Reading
from providers.dialects.counts import word
from providers.dialects.framing import Answer
from providers.usage import Terms, Usage

REQUEST_IDS = ("request-id", "x-request-id", "apim-request-id", "x-amzn-requestid")
LONGEST_USAGE = 32 * 1024

USAGE = re.compile(rb'(?<!\\)"usage(?:Metadata)?"\s*:\s*(?=\{)')
_STRING = rb'[^"\\]*(?:\\.[^"\\]*)*'


def strings(*names: str) -> re.Pattern[bytes]:
    """Matches the JSON strings under these names; what it does not look at can't be mistaken for one."""
    return re.compile(
        rb'"(?:' + b"|".join(name.encode() for name in names) + rb')":\s?"(' + _STRING + rb')"', re.DOTALL
    )


class Meter(ABC):
    """What one answer has told so far. One subclass a protocol.

    `VISIBLE` finds what the model writes, in events that hold `WRITING`.
    """

    WRITING: bytes
    VISIBLE: re.Pattern[bytes]

    def __init__(self, provider_id: str) -> None:
        self.provider_id = provider_id
        self.model = self.response_id = self.service_tier = self.speed = ""
        self.is_ended = False

    @abstractmethod
    def is_telling(self, event: bytes) -> bool:
        """Whether an event is worth parsing; most are not, so this only looks for a few bytes."""

    @abstractmethod
    def take(self, message: Mapping[str, Any], *, is_event: bool) -> None:
        """A telling event, or the whole answer."""

    @abstractmethod
    def take_usage(self, usage: Mapping[str, Any]) -> None:
        """The usage alone, of something that was too long to be kept."""

    @abstractmethod
    def usage(self) -> Usage | None:
        """What was told of it, disjoint; None: nothing."""

    @property
    def is_complete(self) -> bool:
        return self.is_ended


class AnswerReader:
    """`dialects.Reader` for any protocol."""

    def __init__(self, meter: Meter, headers: Headers) -> None:
        known = {name.decode("latin-1").lower(): value.decode("latin-1").strip() for name, value in headers}
        self._request_id = next((word(known[name]) for name in REQUEST_IDS if name in known), "")
        self._meter = meter
        encoding = known.get("content-encoding", "").lower()
        self._answer = Answer(encoding, self._document, self._event, self._count_visible)
        self._visible_bytes = 0
        self._is_whole_document = False
        self._reading: Reading | None = None

    @property
    def visible_bytes(self) -> int:
        return self._visible_bytes

    def feed(self, chunk: bytes) -> None:
        if self._reading is None:
            self._answer.feed(chunk)

    def finish(self) -> Reading:
        if self._reading is None:
            self._answer.finish()
            self._reading = self._read()
        return self._reading

    def _read(self) -> Reading:
        meter = self._meter
        return Reading(
            model=meter.model or None,
            usage=meter.usage(),
            response_id=meter.response_id,
            request_id=self._request_id,
            terms=Terms(service_tier=meter.service_tier, speed=meter.speed),
            is_complete=self._is_whole_document or meter.is_complete,
        )

    def _event(self, data: bytes, is_whole: bool) -> None:
        if not is_whole:
            self._end_of(data)
            return
        if self._meter.is_telling(data) and isinstance(message := _parsed(data), dict):
            self._meter.take(message, is_event=True)
        self._count_visible(data)

    def _document(self, data: bytes, is_whole: bool) -> None:
        """A list is a stream that was asked for as JSON."""
        if not is_whole:
            self._is_whole_document = self._end_of(data) and data.rstrip()[-1:] in (b"}", b"]")
            return
        document = _parsed(data)
        self._is_whole_document = document is not None
        for message in document if isinstance(document, list) else [document]:
            if isinstance(message, dict):
                self._meter.take(message, is_event=False)
        if self._meter.usage() is None:
            self._visible_bytes = sum(len(written) for written in self._meter.VISIBLE.findall(data))

    def _end_of(self, data: bytes) -> bool:
        """Whether the end of something too long told the usage."""
        places = [place.end() for place in USAGE.finditer(data)]
        usage = _object_at(data, places[-1]) if places else None
        if usage is None:
            return False
        self._meter.take_usage(usage)
        return True

    def _count_visible(self, data: bytes) -> None:
        if self._meter.WRITING not in data:
            return
        for written in self._meter.VISIBLE.findall(data):
            self._visible_bytes += len(written)


def _parsed(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _object_at(data: bytes, start: int) -> Mapping[str, Any] | None:
    """The JSON object that begins there, up to whichever brace makes it whole."""
    end = start
    while (end := data.find(b"}", end, start + LONGEST_USAGE) + 1) > 0:
        if isinstance(found := _parsed(data[start:end]), dict):
            return found
    return None
