"""What the porter can do, by name: a work gets the conversation, its place if it has one, and the parameters."""

from collections.abc import Callable
from typing import Any

from core.errors import InvalidRequest
from runner.porter import archives, changing, directories, entries, preview, reading, searching, writing
from runner.porter.conversation import Conversation
from runner.porter.place import Place
from runner.recorder import reading as recordings
from runner.search import works as search

Work = Callable[[Conversation, Place | None, dict[str, Any]], None]
InPlace = Callable[[Conversation, Place, dict[str, Any]], None]

IN_A_PLACE: dict[str, InPlace] = {
    "files.list": entries.listing,
    "files.dirs": directories.complete,
    "files.stat": entries.facts,
    "files.read": reading.read,
    "files.download": reading.download,
    "files.write": writing.write,
    "files.mkdir": changing.mkdir,
    "files.delete": changing.delete,
    "files.rename": changing.rename,
    "files.archive": archives.archive,
    "files.search": searching.search,
}
WORKS: dict[str, Work] = {
    "preview": preview.splice,
    "recordings.read": recordings.read,
    "search.query": search.query,
    "search.suggest": search.suggest,
    "search.clear": search.clear,
}
GREEDY: frozenset[str] = frozenset({"files.archive", "files.search"})  # these may hold many names at once
LONG: frozenset[str] = frozenset({"preview"})  # these last as long as their callers like, and are counted apart


def find(what: str) -> Callable[..., None]:
    """Raises `InvalidRequest`."""
    work = IN_A_PLACE.get(what) or WORKS.get(what)
    if work is None:
        raise InvalidRequest(f"The porter knows no work {what!r}")
    return work
