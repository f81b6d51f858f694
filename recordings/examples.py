"""Examples of what callers send to the endpoints of recordings and get from them, for the description of the API."""

from typing import Any

ID, SESSION = "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10", "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
RECORDING: dict[str, Any] = {
    "id": ID, "sessionId": SESSION, "sessionName": "website", "sessionDeleted": False, "agent": "claude", "title": "",
    "status": "stopped", "startedAt": "2026-11-20T09:30:00Z", "endedAt": "2026-11-20T09:42:10Z", "durationMs": 730_000,
    "format": "asciicast-v2", "cols": 120, "rows": 36, "eventCount": 5120, "sizeBytes": 401_233, "includeInput": False,
    "markers": [{"atMs": 1200, "label": "prompt: add a test", "kind": "prompt"}], "markerCount": 1, "truncated": None,
    "error": None,
}  # fmt: skip
LIST = {"recordings": [RECORDING], "nextCursor": None}
ONE = {"recording": RECORDING}
ACTIVE: dict[str, Any] = {"activeRecordings": [], "count": 0}
DELETED = {"id": ID, "deleted": True}
_UNDER_WAY = RECORDING | {"status": "recording", "endedAt": None}
_NAMES = {"recordingId": ID, "sessionId": SESSION, "terminalId": SESSION}
STARTED = {**_NAMES, "status": "recording", "size": 401_233, "eventCount": 5120, "recording": _UNDER_WAY}
STOPPED = {**_NAMES, "status": "stopped", "size": 401_233, "eventCount": 5120, "recording": RECORDING}
STATE = {**_NAMES, "isRecording": True, "status": "recording", "recording": _UNDER_WAY}
START = {"sessionId": SESSION, "title": "The migration"}
EXPORT = {"format": "html", "redact": True}
