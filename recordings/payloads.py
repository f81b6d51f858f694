"""What callers send to the endpoints of recordings, checked; names as on the wire."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.errors import InvalidRequest
from core.payloads import Payload

ALIASES = {"terminal_id": "sessionId", "terminalId": "sessionId", "include_input": "includeInput"}  # TermFlow's names
OPTIONS = ("includeInput", "title")
FORMATS = ("asciinema", "json", "text", "html")


class StartRecording(Payload):
    """The options may stand in an object `options` as well, as TermFlow's clients send them."""

    sessionId: str | None = Field(None, min_length=1, max_length=64)
    includeInput: bool = False
    title: str = Field("", max_length=200)

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, sent: Any) -> Any:
        if not isinstance(sent, Mapping):
            return sent
        options = sent.get("options") or {}
        if not isinstance(options, Mapping):
            raise ValueError("options must be an object")
        return _named(options) | _named({name: value for name, value in sent.items() if name != "options"})


def _named(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {ALIASES.get(name, name): value for name, value in sent.items()}


class ExportRecording(Payload):
    """`version` is of asciicast, for the format `asciinema`; `redact`: leave out what looks like a key."""

    format: str = Field(max_length=32)
    redact: bool = False
    version: Literal[2, 3] = 2

    @model_validator(mode="after")
    def _is_known(self) -> "ExportRecording":
        if self.format not in FORMATS:
            raise InvalidRequest("Unsupported format", details={"formats": list(FORMATS)})
        return self


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ListRecordings(_Query):
    """Query parameters; `cursor` is the `nextCursor` of the page before."""

    sessionId: str | None = Field(None, max_length=64)
    status: Literal["recording", "stopped", "failed"] | None = None
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=100)


class CastOptions(_Query):
    redact: bool = False
    version: Literal["2", "3"] = "2"


class Cast(CastOptions):
    """`token` says who is calling, for a player that can send no header."""

    token: str | None = None
