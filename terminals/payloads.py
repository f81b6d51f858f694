"""What callers send to live terminals, by REST and by socket, checked; names as on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from core.payloads import Payload

MAX_INPUT_CHARACTERS = 1024 * 1024
MAX_PROMPT_CHARACTERS = 64 * 1024
MAX_KEYS = 64
MAX_PATTERN_CHARACTERS = 1000
HISTORY_LINES, MAX_HISTORY_LINES = 1000, 200_000


class Input(Payload):
    data: str = Field(max_length=MAX_INPUT_CHARACTERS)


class Execute(Payload):
    """`submit`: true as this agent takes a prompt, false not at all, or the keys to send it with."""

    prompt: str = Field(min_length=1, max_length=MAX_PROMPT_CHARACTERS)
    submit: bool | Annotated[str, Field(min_length=1, max_length=MAX_KEYS)] = True
    waitFor: str | None = Field(None, max_length=len("text:") + MAX_PATTERN_CHARACTERS)
    timeoutMs: int = Field(60_000, ge=1, le=600_000)

    @field_validator("waitFor")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value in (None, "idle", "exit") or (value.startswith("text:") and value != "text:"):
            return value
        raise ValueError("must be idle, exit, or text: and a regular expression")


SessionIds = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=100)]


class BatchExecute(Execute):
    sessionIds: SessionIds


class BatchInput(Payload):
    sessionIds: SessionIds
    data: str = Field(max_length=MAX_PROMPT_CHARACTERS)


class Size(Payload):
    cols: int = Field(ge=2, le=1000)
    rows: int = Field(ge=2, le=1000)


class Lines(BaseModel):
    """Query parameters: how many lines of output, and how many at the end are left out."""

    lines: int = Field(50, ge=1, le=10_000)
    offset: int = Field(0, ge=0, le=2**31)


class Attach(Payload):
    sessionId: str = Field(min_length=1, max_length=64)
    cols: int | None = Field(None, ge=2, le=1000)
    rows: int | None = Field(None, ge=2, le=1000)
    since: int | None = Field(None, ge=0)
    history: int = Field(HISTORY_LINES, ge=0, le=MAX_HISTORY_LINES)
    binary: bool = False
    ack: bool = False
    mode: Literal["view", "control"] = "control"


class Take(Payload):
    cols: int | None = Field(None, ge=2, le=1000)
    rows: int | None = Field(None, ge=2, le=1000)


class Refresh(Payload):
    history: int = Field(HISTORY_LINES, ge=0, le=MAX_HISTORY_LINES)


class Acknowledge(Payload):
    offset: int = Field(ge=0)
