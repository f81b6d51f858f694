"""Examples of what callers send to the endpoints of repositories and get from them, for the description of the API."""

from typing import Any

SHA, PARENT = "3f786850e387550fdab836ed7e6dc881de23001b", "89e6c98d92887913cadf06b2adb97f26cde4849b"
OTHER = {"id": "a3f1c9c4-52c0-4b0a-8f6e-0d2b7c1e4f55", "name": "tests"}
STANDING: dict[str, Any] = {
    "status": {
        "isRepo": True, "branch": "main", "detached": False, "head": SHA, "upstream": "origin/main", "ahead": 2,
        "behind": 0, "staged": 1, "unstaged": 1, "untracked": 0, "conflicted": 0,
    },
    "formatted": "main ↑2 +1 ~1", "workspaceDir": "/srv/agterm/workspaces/5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
}  # fmt: skip
FILES = {
    "files": [
        {
            "path": "app.py", "oldPath": None, "index": "modified", "worktree": None, "staged": True, "unstaged": False,
            "untracked": False, "conflicted": False, "submodule": False,
        }
    ],
    "truncated": False,
}  # fmt: skip
DIFF: dict[str, Any] = {
    "files": [
        {
            "path": "app.py", "oldPath": None, "status": "modified", "submodule": False, "binary": False,
            "additions": 1, "deletions": 1, "truncated": False,
            "hunks": [
                {
                    "id": "5f1c0e9b7a3d48e2b6c4d19a0f7e3b25", "header": "",
                    "oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1,
                    "lines": [
                        {"type": "delete", "oldLine": 1, "newLine": None, "text": "print('hello')"},
                        {"type": "add", "oldLine": None, "newLine": 1, "text": "print('hello world')"},
                    ],
                }
            ],
        }
    ],
    "stat": {"files": 1, "additions": 1, "deletions": 1},
    "truncated": False,
}  # fmt: skip
PERSON = {"name": "Ada", "email": "ada@example.org", "at": "2026-11-20T09:30:00Z"}
COMMIT: dict[str, Any] = {
    "sha": SHA, "parents": [PARENT], "author": PERSON, "committer": PERSON, "refs": ["HEAD -> main"],
    "subject": "Greet the world", "body": "",
}  # fmt: skip
LOG = {"commits": [COMMIT], "nextCursor": None}
SHOWN = {"commit": COMMIT, **DIFF}
BLAME = {
    "path": "app.py", "ref": None, "truncated": False,
    "lines": [{"line": 1, "originalLine": 1, "commit": SHA, "text": "print('hello world')"}],
    "commits": {SHA: {"author": PERSON, "subject": "Greet the world", "path": "app.py"}},
}  # fmt: skip
BRANCHES = {
    "current": "main", "truncated": False,
    "branches": [
        {
            "name": "main", "remote": False, "current": True, "sha": SHA, "upstream": "origin/main", "ahead": 2,
            "behind": 0, "upstreamGone": False, "checkedOut": True, "committedAt": "2026-11-20T09:30:00Z",
            "subject": "Greet the world",
        }
    ],
}  # fmt: skip
OVERLAPS = {"overlaps": [{"path": "app.py", "sessions": [OTHER]}], "unknown": [], "truncated": False}
BRANCH_MADE = {"branch": "greeting", **STANDING}
COMMITTED = {"commit": COMMIT, **STANDING}
DISCARDED = {"restored": ["app.py"], "removed": [], **STANDING}
COMPARISON = {"base": PARENT, "mine": ["app.py"], "theirs": ["app.py"], "both": ["app.py"], "diff": DIFF}
MERGED = {"merged": True, "commit": COMMIT, **STANDING}
DELIVERED = {"merged": True, "commit": COMMIT, "session": OTHER}
