"""What every wire protocol of the providers' door offers: what a request asks for, and what its answer used up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from providers.usage import Terms, Usage

Headers = Iterable[tuple[bytes, bytes]]
STANDARD = Terms()
CHEAPER = {"flex", "batch"}  # tiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks for.

    `max_output_tokens` covers all `answers` that are asked for; None: the request sets no bound, each may be as long as
    the model can.
    `is_stream`: the answer comes in events, if the provider does as it is asked.
    `refusal`: why the door can't let it pass, in words for the caller; None when it may.
    """

    model: str
    is_stream: bool
    max_output_tokens: int | None = None
    answers: int = 1
    terms: Terms = STANDARD
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer told of itself.

    `usage` is None when it never said. `is_complete`: the answer was whole to its own end; of one that is not, `usage`
    may lack a part of the output.
    """

    model: str | None = None
    usage: Usage | None = None
    response_id: str = ""
    request_id: str = ""
    terms: Terms = STANDARD
    is_complete: bool = False


class Reader(Protocol):
    """Reads one answer along as it passes; never raises, and keeps no more than one event of it."""

    @property
    def visible_bytes(self) -> int:
        """Bytes of text, thinking and tool arguments so far: what a running estimate of the output goes by."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> Reading: ...


class Dialect(Protocol):
    """One wire protocol."""

    name: str

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked: ...

    def points_elsewhere(self, body: bytes) -> bool:
        """Whether the model is to read more than the request says itself: then its size bounds nothing."""

    def rewritten(self, body: bytes, asked: Asked) -> bytes:
        """The body as the provider must get it: so that its answer tells what it used."""

    def reader(self, status: int, headers: Headers) -> Reader: ...

    def error_event(self, message: str) -> bytes:
        """The event that tells a stream's reader why it ends early."""


class Kind(StrEnum):
    METERED = "metered"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Route:
    """How the door serves a path; `dialect` is None for what costs nothing."""

    kind: Kind
    dialect: Dialect | None = None


def billed_terms(asked: Terms, told: Terms) -> Terms:
    """The terms that count: what the answer says of itself, else what was asked for, but no discount unconfirmed."""
    tier = "" if asked.service_tier in CHEAPER else asked.service_tier
    return Terms(service_tier=told.service_tier or tier, speed=told.speed or asked.speed)
