"""Examples of what callers ask the search index and get from it, for the description of the API."""

SESSION = "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
SEARCH = {"query": '"connection refused" -retry', "filters": {"sessionId": SESSION}, "limit": 20}
RESULTS = {
    "results": [
        {
            "document": {
                "id": "1.17", "sessionId": SESSION, "terminalId": SESSION, "sessionName": "website", "agent": "claude",
                "type": "output", "timestamp": "2026-11-20T09:30:00Z", "offset": 40_960,
                "recordingId": "0b9c6c1e-7c1d-4f2a-9d11-5a4f3f1f8a10", "recordingTimeMs": 61_500,
            },
            "score": 1, "matches": [[7, 25]], "context": "Error: connection refused",
        }
    ],
    "nextCursor": None, "complete": True, "dropped": {"bytes": 0, "sessions": [], "damagedFiles": 0},
    "since": "2026-11-01T08:00:00Z", "tookMs": 4.2,
}  # fmt: skip
SUGGESTIONS = {"suggestions": ["connection", "connected"]}
CLEARED = {"status": "cleared"}
