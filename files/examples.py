"""Examples of what callers send to the endpoints of files and get from them, for the description of the API."""

from typing import Any

SESSION = "5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90"
FOLDER = f"/srv/agterm/workspaces/{SESSION}"
ETAG = "0d9c2f6a4f1b0c7e8d5a3b2c1f0e9d8c"
WRITTEN: dict[str, Any] = {
    "path": f"{FOLDER}/notes.md", "sessionId": SESSION, "size": 12, "etag": ETAG, "created": True,
}  # fmt: skip
ENTRY: dict[str, Any] = {
    "name": "notes.md", "path": f"{FOLDER}/notes.md", "type": "file", "size": 12,
    "modifiedAt": "2026-11-20T09:30:00Z", "mode": "0644", "hidden": False,
}  # fmt: skip
LISTING = {"path": FOLDER, "sessionId": SESSION, "entries": [ENTRY], "nextCursor": None, "truncated": False}
STAT = {"entry": ENTRY | {"etag": ETAG}}
CONTENTS = {
    "path": f"{FOLDER}/notes.md", "sessionId": SESSION, "content": "Hello world\n", "encoding": "utf-8", "size": 12,
    "modifiedAt": "2026-11-20T09:30:00Z", "etag": ETAG, "isBinary": False,
}  # fmt: skip
WRITE = {"sessionId": SESSION, "path": "notes.md", "content": "Hello world\n", "ifMatch": ETAG}
MAKE = {"sessionId": SESSION, "path": "docs/plans"}
MADE = {"path": f"{FOLDER}/docs/plans", "sessionId": SESSION, "created": True}
DELETED = {"path": f"{FOLDER}/notes.md", "sessionId": SESSION, "deleted": True}
RENAME = {"sessionId": SESSION, "oldPath": "notes.md", "newPath": "docs/notes.md"}
RENAMED = {
    "path": f"{FOLDER}/docs/notes.md", "sessionId": SESSION, "oldPath": f"{FOLDER}/notes.md",
    "newPath": f"{FOLDER}/docs/notes.md",
}  # fmt: skip
SEARCH = {"sessionId": SESSION, "query": "world", "kind": "content"}
MATCHES = {
    "path": FOLDER, "sessionId": SESSION, "truncated": False, "engine": "ripgrep",
    "matches": [
        {"path": f"{FOLDER}/notes.md", "line": 1, "column": 7, "text": "Hello world", "ranges": [[6, 11]]}
    ],
}  # fmt: skip
FOLDERS = {"base": "/srv/projects", "dirs": ["/srv/projects/website"], "truncated": False}
UPLOADED = {"files": [WRITTEN]}
IMAGE = {
    "id": "a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55", "url": "/uploads/a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55",
    "path": f"{FOLDER}/.agterm/uploads/a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55.png",
}  # fmt: skip
