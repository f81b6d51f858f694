"""The files of the workspace, for completing their names: what git would not ignore, or a bounded walk."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MAX_PATHS = 50_000
GIT_SECONDS = 5.0
FRESH_SECONDS = 10.0
SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".mypy_cache"})
# A repository may configure programs that git runs; none of them is run here.
GIT = ("git", "-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit")


class Paths:
    """Looks again when what it knows is some seconds old; to be asked in a thread."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._found: list[str] = []
        self._found_at = float("-inf")

    def all(self) -> list[str]:
        if time.monotonic() - self._found_at > FRESH_SECONDS:
            found = self._tracked()
            self._found = sorted(_with_folders(found if found is not None else self._walked()))
            self._found_at = time.monotonic()
        return self._found

    def best(self, typed: str, limit: int) -> list[str]:
        """The paths that have these characters in this order, the likeliest first."""
        wanted = typed.lower()
        if not wanted:
            return sorted(self.all(), key=lambda path: (path.count("/") - path.endswith("/"), path))[:limit]
        loose = re.compile(".*?".join(map(re.escape, wanted)), re.DOTALL)
        found = [(_rank(path.lower(), wanted), path) for path in self.all() if loose.search(path.lower())]
        return [path for _, path in sorted(found)[:limit]]

    def _tracked(self) -> list[str] | None:
        """What git tracks or would add; None where there is no git, or no repository."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(
                [*GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=self._workspace,
                env=environ | {"GIT_OPTIONAL_LOCKS": "0"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=GIT_SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        names = done.stdout.split(b"\0", MAX_PATHS)[:MAX_PATHS]
        return [path for path in map(os.fsdecode, names) if path and path.isprintable()]

    def _walked(self) -> list[str]:
        found: list[str] = []
        for path in _files_below(self._workspace):
            if path.isprintable():
                found.append(path)
            if len(found) >= MAX_PATHS:
                break
        return found


def _files_below(top: Path) -> Iterator[str]:
    """Nearest first; links to folders are not followed."""
    waiting, seen = [""], 0
    while waiting:
        folder = waiting.pop(0)
        try:
            with os.scandir(top / folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in listed:
            seen += 1
            if seen > 4 * MAX_PATHS:
                return
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    waiting.append(f"{folder}{entry.name}/")
            else:
                yield f"{folder}{entry.name}"


def _with_folders(paths: list[str]) -> set[str]:
    folders = {path[: index + 1] for path in paths for index, character in enumerate(path) if character == "/"}
    return folders | set(paths)


def _rank(path: str, wanted: str) -> tuple[int, int, int]:
    name = path.rstrip("/").rpartition("/")[2]
    if name.startswith(wanted):
        order = 0
    elif path.startswith(wanted):
        order = 1
    elif wanted in name:
        order = 2
    elif wanted in path:
        order = 3
    else:
        order = 4
    return order, path.count("/"), len(path)
