"""What callers ask the search index, checked; names as on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from core.payloads import Payload

ALIASES = {"terminalId": "sessionId", "type": "kind"}  # TermFlow's names
MAX_QUERY = 1000


def _moment(given: Any) -> Any:
    """Read by ourselves: a payload whose names are changed on the way is strict as Python is, not as JSON is."""
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError("must be a time such as 2026-01-31T12:00:00Z") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class SearchFilters(Payload):
    """`since` and `until`: when it was printed. `recordingId`: what was printed while that was made."""

    model_config = ConfigDict(strict=True, extra="forbid")

    sessionId: str | None = Field(None, min_length=1, max_length=64)
    recordingId: str | None = Field(None, min_length=1, max_length=64)
    agent: str | None = Field(None, min_length=1, max_length=64)
    kind: Literal["output", "input"] | None = None
    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_our_names(cls, sent: Any) -> Any:
        if not isinstance(sent, Mapping):
            return sent
        for alias, name in ALIASES.items():
            if alias in sent and name in sent:
                raise ValueError(f"{name} and {alias} are the same; send only one of them")
        return {ALIASES.get(name, name): value for name, value in sent.items()}


class Search(Payload):
    """`cursor` is the `nextCursor` of the page before."""

    query: str = Field(max_length=MAX_QUERY)
    filters: SearchFilters | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=500)

    @field_validator("query")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must not be empty")
        return text


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Suggest(_Query):
    """Query parameters; `q`: what has been typed so far."""

    q: str = Field(max_length=MAX_QUERY)
    limit: int = Field(10, ge=1, le=50)


class Clear(_Query):
    """Query parameters; `all`: everybody's, for staff."""

    all: bool = False
