"""Walks a folder for files by name or by content: a small program of its own, so that it can be ended.

Standard library alone: python -I -S searcher.py, with a request in JSON on standard input. It follows no links and
opens nothing but regular files. Prints PATH, for contents PATH, a zero byte, LINE NUMBER, a colon and the line.
"""

import fnmatch
import json
import os
import re
import resource
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

MAX_FILE_BYTES = 20 * 2**20
MAX_LINE = 2_000  # characters of a line that are searched; a longer one is no text that people wrote
MAX_MEMORY = 2**30
MAX_PRINTED = 2_000  # lines; more than anybody shows
MAX_PATTERNS = 64  # that braces may stand for
SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".mypy_cache", ".tox", "target"}


def main() -> None:
    with suppress(ValueError, OSError):  # it may be less already
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    request: dict[str, Any] = json.load(sys.stdin)
    root, name = request["root"], request.get("glob")
    wanted = matcher(name) if name else lambda path: True
    if request["do"] == "glob":
        for path in _walk(root):
            if wanted(path):
                _print(path)
        return
    try:
        pattern = re.compile(request["pattern"], re.IGNORECASE if request["ignore_case"] else 0)
    except (re.error, RecursionError, OverflowError) as error:
        sys.exit(f"The pattern is no regular expression: {error}")
    for path in _walk(root) if os.path.isdir(root) else [""]:
        if not path or wanted(path):
            _search(os.path.join(root, path) if path else root, path, pattern, files_only=request["files_only"])


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path matches: * within a name, ** over folders, {a,b}; without a slash, in any folder."""
    alternatives = [
        (["**", each] if "/" not in each else each.removeprefix("./").split("/")) for each in _expanded(pattern)
    ]
    compiled = [
        [None if part == "**" else re.compile(fnmatch.translate(part)) for part in each] for each in alternatives
    ]
    return lambda path: any(_matches(each, path.split("/")) for each in compiled)


def _expanded(pattern: str) -> list[str]:
    done: list[str] = []
    open_ = [pattern]
    while open_ and len(done) + len(open_) <= MAX_PATTERNS:
        each = open_.pop()
        found = re.search(r"\{([^{}]*,[^{}]*)\}", each)
        if found is None:
            done.append(each)
        else:
            open_ += [each[: found.start()] + choice + each[found.end() :] for choice in found[1].split(",")]
    return done + open_


def _matches(parts: list[re.Pattern[str] | None], names: list[str]) -> bool:
    @cache
    def from_here(part: int, name: int) -> bool:
        if part == len(parts):
            return name == len(names)
        pattern = parts[part]
        if pattern is None:
            return from_here(part + 1, name) or (name < len(names) and from_here(part, name + 1))
        return name < len(names) and bool(pattern.match(names[name])) and from_here(part + 1, name + 1)

    return len(names) < 200 and len(parts) < 100 and from_here(0, 0)


def _walk(root: str) -> Iterator[str]:
    """Every file below, relative to the root, folders in the order of their names."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        below = []
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    below.append(path)
            else:
                yield path
        waiting += reversed(below)


def _search(place: str, path: str, pattern: re.Pattern[str], *, files_only: bool) -> None:
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_FILE_BYTES:
            return
        data = file.read(MAX_FILE_BYTES)
    if b"\0" in data[:8192]:
        return
    for number, whole in enumerate(data.decode(errors="replace").split("\n"), 1):
        line = whole.removesuffix("\r")[:MAX_LINE]
        if pattern.search(line):
            _print(path if files_only else f"{path}\0{number}:{line}")
            if files_only:
                return


_printed = 0


def _print(line: str) -> None:
    global _printed
    _printed += 1
    if _printed > MAX_PRINTED:
        sys.exit(0)
    sys.stdout.buffer.write(line.encode(errors="surrogateescape") + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
