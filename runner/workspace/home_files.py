"""Reads files below a session's HOME for the web side: transcripts, log-ins. Nothing is followed, nothing is run.

Whoever owns the folder may have put anything there, and may change it meanwhile: each step goes by a descriptor of the
folder before, no link is taken, only plain files are read, and names, files and bytes are bounded.
"""

import base64
import contextlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

MAX_NAMES, MAX_FILES = 20_000, 500
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(slots=True)
class _Budget:
    """What is left of it; `is_whole` until something had to be left out."""

    names: int
    files: int
    bytes: int
    is_whole: bool = True


def read(home: Path, patterns: Sequence[str], since: Mapping[str, int], max_bytes: int) -> dict[str, Any]:
    """`{files: [{path, offset, data, size, modified_at, identity}], whole}` of what matches a glob in `patterns`.

    A glob's parts each match one name. `since` says by path how many bytes are known already; only what follows is
    read, or all of a file that is shorter by now; one that is no longer than that is left out. `data` is base64, `path`
    relative to HOME. `whole`: nothing was left out for being too much.
    """
    budget = _Budget(MAX_NAMES, MAX_FILES, max_bytes)
    found: dict[str, dict[str, Any]] = {}
    try:
        top = os.open(home, _FOLDER)
    except OSError:
        return {"files": [], "whole": True}
    try:
        for pattern in patterns:
            for path, descriptor in _matching(top, PurePosixPath(pattern).parts, "", budget):
                try:
                    if path not in found and (read := _read(descriptor, path, since.get(path, 0), budget)):
                        found[path] = read
                finally:
                    os.close(descriptor)
    finally:
        os.close(top)
    return {"files": list(found.values()), "whole": budget.is_whole}


def _matching(folder: int, parts: Sequence[str], above: str, budget: _Budget) -> Iterator[tuple[str, int]]:
    """Path and open descriptor of everything that matches; whoever takes one closes it."""
    names = _names(folder, parts[0], budget) if set(parts[0]) & set("*?[") else [parts[0]]
    for name in names:
        is_last = len(parts) == 1
        try:
            inner = os.open(name, _FILE if is_last else _FOLDER, dir_fd=folder)
        except (OSError, ValueError):
            continue
        if is_last:
            yield above + name, inner
            continue
        try:
            yield from _matching(inner, parts[1:], f"{above}{name}/", budget)
        finally:
            os.close(inner)


def _names(folder: int, pattern: str, budget: _Budget) -> list[str]:
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if budget.names == 0:
                budget.is_whole = False
                break
            budget.names -= 1
            if fnmatchcase(entry.name, pattern) and _is_text(entry.name):
                found.append(entry.name)
    return sorted(found)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(descriptor: int, path: str, known: int, budget: _Budget) -> dict[str, Any] | None:
    """The file from the byte `known` on; None for no plain file, for no news, and when there is room for no more."""
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode) or facts.st_size == known:
        return None
    if budget.files == 0:
        budget.is_whole = False
        return None
    budget.files -= 1
    offset = known if known <= facts.st_size else 0
    try:
        data = os.pread(descriptor, budget.bytes, offset)
    except OSError:
        return None
    budget.bytes -= len(data)
    if offset + len(data) < facts.st_size:
        budget.is_whole = False
    return {
        "path": path,
        "offset": offset,
        "data": base64.b64encode(data).decode(),
        "size": facts.st_size,
        "modified_at": facts.st_mtime,
        "identity": f"{facts.st_dev}:{facts.st_ino}",
    }
