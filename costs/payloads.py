"""What callers send to the cost endpoints, checked; names as on the wire."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from core.described import MAY_BE_MISSING
from core.payloads import Payload
from costs import money

MAX_DAYS = 3660
FIRST_YEAR, LAST_YEAR = 1971, 2999


def _dollars(value: object) -> int:
    if not isinstance(value, str | int | float):
        raise ValueError("must be an amount in dollars, such as 2.50")
    picousd = money.picousd(value)
    if picousd <= 0:
        raise ValueError("must be more than 0")
    return picousd


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name of a folder, or one with dots in it
        raise ValueError("must be the name of a time zone, such as Europe/Berlin") from None
    return name


def _date(text: object) -> date:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("must be a date, such as 2026-01-31")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date that exists") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must be between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not contain control characters")
    return text


_AS_SENT = {"anyOf": [{"type": "string", "examples": ["2.50"]}, {"type": "number", "exclusiveMinimum": 0}]}
Dollars = Annotated[
    int, BeforeValidator(_dollars), WithJsonSchema(_AS_SENT)
]  # sent as "2.50" or 2.5, read as pico-dollars
Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]
Day = Annotated[date, BeforeValidator(_date)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_printable)]


class Range(BaseModel):
    """Query parameters of every report: whole days of `tz`, both ends counted; nothing said is the last 30 days."""

    model_config = ConfigDict(extra="forbid")

    startDate: Day | None = None
    endDate: Day | None = None
    days: int | None = Field(None, ge=1, le=MAX_DAYS)
    tz: Zone | None = None
    owner: str | None = Field(None, max_length=150)

    @model_validator(mode="after")
    def _is_one_range(self) -> Self:
        if self.startDate and self.days:
            raise ValueError("days goes with endDate alone; startDate says already where the range begins")
        if self.startDate and self.endDate:
            if self.endDate < self.startDate:
                raise ValueError("endDate must not be before startDate")
            if (self.endDate - self.startDate).days >= MAX_DAYS:
                raise ValueError(f"startDate and endDate must be at most {MAX_DAYS} days apart")
        return self


class Listed(Range):
    """A report that comes in pages; `cursor` is the `nextCursor` of the page before."""

    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=100)


class Events(Listed):
    """Calls themselves, the newest first."""

    sessionId: str | None = Field(None, max_length=64)
    provider: str | None = Field(None, max_length=64)
    model: str | None = Field(None, max_length=200)
    agent: str | None = Field(None, max_length=64)
    source: Literal["reported", "computed", "unpriced"] | None = None
    basis: Literal["billed", "subscription"] | None = None


class Export(Range):
    format: Literal["csv", "json"] = "csv"


class CreateBudget(Payload):
    """`owner`: whose calls count, by name; null is everybody's. Left away it is the caller."""

    model_config = ConfigDict(strict=True, extra="forbid")

    scope: Literal["global", "user", "session", "agent"]
    limitUsd: Dollars
    name: Title = ""
    owner: str | None = Field(None, max_length=150)
    sessionId: str | None = Field(None, max_length=64)
    agent: str | None = Field(None, min_length=1, max_length=64)
    period: Literal["total", "day", "week", "month"] = "total"
    timeZone: Zone | None = None
    softPercent: int = Field(80, ge=1, le=100)
    action: Literal["warn", "block"] = "block"

    @model_validator(mode="after")
    def _fits_its_scope(self) -> Self:
        if self.sessionId is not None and self.scope != "session":
            raise ValueError("sessionId goes with the scope session alone")
        if self.agent is not None and self.scope != "agent":
            raise ValueError("agent goes with the scope agent alone")
        if self.owner is not None and self.scope == "global":
            raise ValueError("owner does not go with the scope global; take the scope user")
        return self


class PatchBudget(Payload):
    """What is not sent stays as it is."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: Title = MAY_BE_MISSING
    limitUsd: Dollars = MAY_BE_MISSING
    softPercent: int = Field(MAY_BE_MISSING, ge=1, le=100)
    action: Literal["warn", "block"] = MAY_BE_MISSING

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("The body needs at least one of limitUsd, softPercent, action and name")
        return self

    @property
    def changes(self) -> dict[str, Any]:
        """By the names of the columns."""
        columns = {"limitUsd": "limit_picousd", "softPercent": "soft_percent"}
        return {columns.get(name, name): value for name, value in self.model_dump(exclude_unset=True).items()}


class ListBudgets(BaseModel):
    """`cursor` is the `nextCursor` of the page before."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=1000)
    cursor: int = Field(0, ge=0, le=10**9)
