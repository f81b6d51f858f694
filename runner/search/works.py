"""The porter's works `search.query`, `search.suggest` and `search.clear`."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.porter.asked import Asked
from runner.porter.conversation import Conversation
from runner.porter.place import Place
from runner.search import finding, volumes

MAX_QUERY = 1000
MAX_LABEL = 200
_Label = Annotated[str, Field(max_length=MAX_LABEL)]


class Query(Asked):
    """As `finding.Wanted`. `index` is said by the runner, whatever the caller says."""

    index: str
    query: str = Field(max_length=MAX_QUERY)
    owner: _Label | None = None
    sessions: Annotated[list[_Label], Field(max_length=1000)] | None = None
    agent: _Label | None = None
    kind: Literal["output", "input"] | None = None
    since: int | None = None
    until: int | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=500)


class Suggest(Asked):
    index: str
    prefix: str = Field(max_length=MAX_QUERY)
    owner: _Label | None = None
    limit: int = Field(10, ge=1, le=50)


class Clear(Asked):
    """`owner` None: everybody's."""

    index: str
    owner: _Label | None = None


def query(conversation: Conversation, place: Place | None, params: dict[str, Any]) -> None:
    """Reply: `finding.query`."""
    asked = Query.of(params)
    conversation.reply(finding.query(Path(asked.index), finding.Wanted(**asked.model_dump(exclude={"index"}))))


def suggest(conversation: Conversation, place: Place | None, params: dict[str, Any]) -> None:
    """Reply: `{suggestions}`."""
    asked = Suggest.of(params)
    found = finding.suggest(Path(asked.index), asked.prefix, asked.owner, asked.limit)
    conversation.reply({"suggestions": found})


def clear(conversation: Conversation, place: Place | None, params: dict[str, Any]) -> None:
    asked = Clear.of(params)
    index = Path(asked.index)
    for owner in volumes.owners(index) if asked.owner is None else [asked.owner]:
        volumes.clear(index, owner)
    conversation.reply({})
