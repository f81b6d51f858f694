"""What a person typed in this workspace, kept for the next time."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import History

MAX_ENTRIES = 1000
MAX_CHARACTERS = 20_000


class WorkspaceHistory(History):
    """A file of JSON strings, one a line, for its owner only; where it cannot be written, nothing is kept."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """The newest first."""
        entries = self._entries()
        if len(entries) > 2 * MAX_ENTRIES:
            self._rewrite(entries[-MAX_ENTRIES:])
        return reversed(entries[-MAX_ENTRIES:])

    def store_string(self, string: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(self._path, flags, 0o600), "a", encoding="utf-8") as file:
                file.write(json.dumps(string[:MAX_CHARACTERS]) + "\n")
        except OSError:
            return

    def _entries(self) -> list[str]:
        try:
            lines = self._path.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [entry for entry in map(_entry, lines) if entry]

    def _rewrite(self, entries: list[str]) -> None:
        temporary = self._path.with_suffix(".tmp")
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
                file.writelines(json.dumps(entry) + "\n" for entry in entries)
            os.replace(temporary, self._path)
        except OSError:
            return


def _entry(line: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""
