"""What callers get from search, for the description of the API; names as on the wire."""

from typing import Literal
from uuid import UUID

from core.described import Answer, Timestamp


class SearchDocument(Answer):
    """Where a hit is. `recordingId`, `recordingTimeMs`: the newest recording made at that moment, and where in it."""

    id: str
    sessionId: UUID
    terminalId: UUID
    sessionName: str | None
    agent: str
    type: Literal["output", "input"]
    timestamp: Timestamp
    offset: int
    recordingId: UUID | None
    recordingTimeMs: int | None


class SearchResult(Answer):
    """`matches` are `[start, end]` in `context`, counted in Unicode code points."""

    document: SearchDocument
    score: int
    matches: list[tuple[int, int]]
    context: str


class DroppedOutput(Answer):
    """Output of a session that came too fast to be indexed."""

    sessionId: UUID
    sessionName: str | None
    bytes: int
    since: Timestamp
    until: Timestamp


class Dropped(Answer):
    """What can't be found. `damagedFiles`: parts of the index that can't be read."""

    bytes: int
    sessions: list[DroppedOutput]
    damagedFiles: int


class SearchResults(Answer):
    """`complete` false: it took too long, `nextCursor` goes on. `since`: from when on the index holds anything."""

    results: list[SearchResult]
    nextCursor: str | None
    complete: bool
    dropped: Dropped
    since: Timestamp | None
    tookMs: float


class SearchSuggestions(Answer):
    suggestions: list[str]


class SearchIndexCleared(Answer):
    status: Literal["cleared"]
