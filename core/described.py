"""What the OpenAPI document says of an endpoint, written beside the endpoint: `@described` and `Answer`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from core.errors import AgtermError

Handler = TypeVar("Handler", bound=Callable[..., Any])
Content = (
    Any  # a pydantic model, a type such as `OneAnswer | AnotherAnswer`, a `Raw`, or a tuple of these; None: nothing
)

# A moment on the wire, as `core.moments.timestamp` writes it, and dollars as `costs.money.usd` does.
Timestamp = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$")]
Usd = Annotated[str, Field(pattern=r"^-?\d+\.\d+$")]

MAY_BE_MISSING: Any = None  # the default of an answer's field that is not always there, and never null then

_MARK = "described"
_NAME = re.compile(r"[a-z][a-zA-Z0-9]+")


class Answer(BaseModel):
    """What callers get, as it is on the wire. A field that may be null says so, one that may be missing has a default.

    It is never made: it says what serializers make, and the tests compare every answer with it. Nothing that is not
    described may be in an answer.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True, populate_by_name=True)


@dataclass(frozen=True)
class Raw:
    """A body outside the envelope: a file, a stream of events, or one of a model that stands there bare."""

    kind: str  # its media type; "" is a status without a body
    model: Any = None  # of JSON, or the fields of a form; None: bytes or text


@dataclass(frozen=True)
class Sent:
    """A header that callers may send, or a query parameter that no model reads."""

    name: str
    says: str
    place: Literal["header", "query"] = "header"


@dataclass(frozen=True)
class Description:
    """All that is known of one method of one URL, beside what the URL itself says."""

    name: str
    summary: str
    answers: Mapping[int, Content]
    asks: Content = None
    query: type[BaseModel] | None = None
    errors: tuple[type[AgtermError], ...] = ()
    sends: tuple[Sent, ...] = ()
    details: str = ""
    example: Any = None
    example_asked: Any = None


def described(
    name: str,
    summary: str,
    answer: Content = None,
    *,
    status: int = 200,
    also: Mapping[int, Content] | None = None,
    asks: Content = None,
    query: type[BaseModel] | None = None,
    errors: tuple[type[AgtermError], ...] = (),
    sends: tuple[Sent, ...] = (),
    details: str = "",
    example: Any = None,
    example_asked: Any = None,
) -> Callable[[Handler], Handler]:
    """Describes a view's method, of REST framework's views and of streams alike.

    `name`: how callers in a program call it, camelCase, no two the same (`listSessions`, `deleteBudget`).
    `answer`: what stands in the envelope's `data`; None is an empty object; a `Raw` has no envelope; a tuple says that
    any of these may come. `also`: answers of further statuses. `asks`: the body. `query`: what `parse_query` reads.
    `errors`: those that this endpoint has of its own. These need not be said: 400, 401, 403 of
    what changes something, 404 where the path names something, 413 of a body, 429, 500.
    `example`, `example_asked`: `data` and body as they may be; the tests hold them against the models.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is no camelCase name")
    description = Description(
        name=name,
        summary=summary,
        answers={status: answer, **(also or {})},
        asks=asks,
        query=query,
        errors=errors,
        sends=sends,
        details=details,
        example=example,
        example_asked=example_asked,
    )

    def mark(handler: Handler) -> Handler:
        setattr(handler, _MARK, description)
        return handler

    return mark


def description_of(view: type, method: str) -> Description | None:
    """What is said of `method` ("get") of the view class; None when nothing is."""
    found = getattr(getattr(view, method, None), _MARK, None)
    return found if isinstance(found, Description) else None
