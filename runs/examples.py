"""Examples of what callers send to the endpoints of runs and get from them, for the description of the API."""

from typing import Any

ID, SESSION = "c2f7b8de-4d0a-4f0e-b5f2-86f5f2f9a001", "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
START = {"message": "Add a test for the greeting", "agent": "claude", "budgetUsd": "0.50"}
NAMES = {"runId": ID, "sessionId": SESSION}
_FACTS: dict[str, Any] = {
    "sessionId": SESSION, "sessionName": "website", "status": "done", "agent": "claude",
    "modelConfig": {"provider": "anthropic", "model": "claude-sonnet-4-5"}, "message": "Add a test for the greeting",
    "readOnly": False, "dryRun": False, "confirm": False, "strict": False, "timeoutMs": 3_600_000, "awaiting": None,
    "result": "I added a test.", "reason": None, "conversation": "d1f0", "usage": {"requests": 3},
    "cost": {
        "costUsd": "0.012345", "requests": 3, "inputTokens": 1200, "cacheReadTokens": 0, "cacheWriteTokens": 0,
        "outputTokens": 340, "reasoningTokens": 0, "unpricedRequests": 0, "apiEquivalentUsd": "0.00",
        "apiEquivalentRequests": 0, "apiEquivalentTokens": 0,
    },
    "startedAt": "2026-11-20T09:30:00Z", "endedAt": "2026-11-20T09:31:00Z",
}  # fmt: skip
_DIFF = {"diff": "diff --git a/test_app.py b/test_app.py\n", "diffTruncated": False}
EVENTS = [
    {"kind": "user_prompt", "text": "Add a test for the greeting"},
    {"kind": "assistant_message", "text": "I added a test."},
    {"kind": "done", "status": "done", "result": "I added a test.", "reason": None},
]
RUN: dict[str, Any] = {"id": ID, **_FACTS}
LIST = {"runs": [RUN], "nextCursor": None}
ONE = {"run": {**RUN, **_DIFF, "events": EVENTS}}
CANCELLED = {"run": {**RUN, **_DIFF, "status": "cancelled", "reason": "Cancelled"}}
OUTCOME = {"runId": ID, **_FACTS, **_DIFF, "events": EVENTS}
ANSWER = {"id": "call_1", "decision": "once"}
ANSWERED = {"runId": ID, **ANSWER}
HISTORY = {
    "history": [
        {
            "id": "17", "at": "2026-11-20T09:30:20Z", "runId": ID, "sessionId": SESSION, "sessionName": "website",
            "agent": "claude", "tool": "write_file", "arguments": {"path": "test_app.py"}, "safety": "mutating",
            "result": "written", "status": "ok", "durationMs": 12,
        }
    ],
    "nextCursor": None,
}  # fmt: skip
TOOL = {
    "name": "list_pets", "description": "Lists all pets", "parameters": {"type": "object", "properties": {}},
    "safety": "read_only", "provenance": "inferred", "source": "openapi:pets",
}  # fmt: skip
TOOLS = {"tools": [TOOL]}
RESOURCES = {
    "version": 1, "source": "openapi",
    "resources": [{"name": "pets", "baseUrl": "https://pets.example.org/v1", "actions": [TOOL]}],
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "name": "pets", "title": "Pets", "baseUrl": "https://pets.example.org/v1", "tools": ["list_pets"], "notices": [],
    "createdAt": "2026-11-20T09:30:00Z", "updatedAt": "2026-11-20T09:30:00Z",
}  # fmt: skip
PUT = {
    "document": {
        "openapi": "3.1.0", "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://pets.example.org/v1"}],
        "paths": {"/pets": {"get": {"operationId": "list_pets", "responses": {"200": {"description": "All"}}}}},
    }
}  # fmt: skip
WHOLE = {"document": DOCUMENT | {"content": PUT["document"]}}
CONFIGURATION = {
    "defaultAgent": "agterm", "defaultProvider": "anthropic", "defaultModel": "claude-sonnet-4-5",
    "agents": ["agterm", "claude"], "syncSource": None, "baseUrl": "https://agterm.example.org", "readOnly": False,
    "dryRun": False, "strict": False, "confirmDefault": False, "timeoutMs": 3_600_000, "runsPerUser": 8,
}  # fmt: skip
