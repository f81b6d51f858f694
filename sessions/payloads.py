"""What callers send to the session endpoints, checked; names as on the wire."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

COLS, ROWS = 80, 24
MAX_INPUT_CHARACTERS = 1024 * 1024


class Payload(BaseModel):
    """Unknown fields are ignored, so that newer clients work; types are never guessed."""

    model_config = ConfigDict(strict=True, extra="ignore")


class CreateSession(Payload):
    """A field this version does not know is refused: what a session was asked to be must not be silently dropped."""

    model_config = ConfigDict(strict=True, extra="forbid")

    agent: str = Field(min_length=1, max_length=64)
    name: str | None = Field(None, max_length=200)
    provider: str | None = Field(None, max_length=64)
    model: str | None = Field(None, max_length=128)
    cwd: str | None = Field(None, min_length=1, max_length=4096)
    args: list[str] = Field([], max_length=256)
    shell: str | None = Field(None, min_length=1, max_length=4096)
    cols: int = Field(COLS, ge=2, le=1000)
    rows: int = Field(ROWS, ge=2, le=1000)


class ListSessions(BaseModel):
    """Query parameters; `cursor` is the `nextCursor` of the page before."""

    status: Literal["starting", "running", "exited", "lost"] | None = None
    agent: str | None = None
    owner: str | None = None
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=200)


class SwitchAgent(Payload):
    agent: str = Field(min_length=1, max_length=64)
    provider: str | None = Field(None, max_length=64)
    model: str | None = Field(None, max_length=128)


class Input(Payload):
    data: str = Field(max_length=MAX_INPUT_CHARACTERS)


class Size(Payload):
    cols: int = Field(ge=2, le=1000)
    rows: int = Field(ge=2, le=1000)


class Attach(Payload):
    sessionId: str = Field(min_length=1, max_length=64)
    cols: int | None = Field(None, ge=2, le=1000)
    rows: int | None = Field(None, ge=2, le=1000)
    since: int | None = Field(None, ge=0)
    binary: bool = False
    ack: bool = False
    mode: Literal["view", "control"] = "control"


class Acknowledge(Payload):
    offset: int = Field(ge=0)
