"""What callers get from the endpoints of recordings, for the description of the API; names as on the wire."""

from typing import Literal
from uuid import UUID

from core.described import Answer, Timestamp

RecordingStatus = Literal["recording", "stopped", "failed"]


class RecordingMarker(Answer):
    """Something that happened while it was recorded."""

    atMs: int
    label: str
    kind: Literal["prompt", "command", "state", "cost", "budget", "exit", "agent", "mark"]


class Recording(Answer):
    """What a session prints, with its time. `truncated`: the limit that ended it; `error`: why it has failed."""

    id: UUID
    sessionId: UUID
    sessionName: str
    sessionDeleted: bool
    agent: str
    title: str
    status: RecordingStatus
    startedAt: Timestamp
    endedAt: Timestamp | None
    durationMs: int
    format: str
    cols: int
    rows: int
    eventCount: int
    sizeBytes: int
    includeInput: bool
    markers: list[RecordingMarker]
    markerCount: int
    truncated: Literal["size", "time"] | None
    error: str | None


class RecordingAnswer(Answer):
    recording: Recording


class RecordingList(Answer):
    """The first 100 markers of each; `nextCursor` is for the next page, null at the end."""

    recordings: list[Recording]
    nextCursor: str | None


class ActiveRecordings(Answer):
    activeRecordings: list[Recording]
    count: int


class RecordingDeleted(Answer):
    id: str
    deleted: Literal[True]


class RecordingChanged(Answer):
    """The recording that was started or stopped."""

    recordingId: UUID
    sessionId: UUID
    terminalId: UUID
    status: RecordingStatus
    size: int
    eventCount: int
    recording: Recording


class RecordingState(Answer):
    """Whether a session is recorded, and as what."""

    sessionId: UUID
    terminalId: UUID
    isRecording: bool
    status: Literal["recording", "not_recording", "stopped", "failed"]
    recordingId: UUID | None
    recording: Recording | None
