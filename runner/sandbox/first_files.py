"""The first files of a session, written by its own user below HOME and workspace, and looked for there.

Whoever owns these folders may have put anything there, links left by an earlier agent among it: nothing is followed.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

MAX_NAMES = 20_000
RECORD, MAX_RECORD_BYTES = ".agterm/first-files.json", 64 * 1024  # what we wrote into HOME, by name


def write_new(home: Path, files: dict[str, str]) -> None:
    """Write those that are not there, and those whose text is another than when we last wrote them.

    So what program and user have made of a file since then outlives a restart.
    """
    before = _recorded(home)
    now = {name: f"{zlib.crc32(text.encode()):08x}-{len(text)}" for name, text in files.items()}
    due = {n: text for n, text in files.items() if before.get(n) != now[n] or not os.path.lexists(home / n)}
    write(home, due)
    if due:
        with contextlib.suppress(OSError):  # then all are written again the next time
            write(home, {RECORD: json.dumps(before | now)})


def _recorded(home: Path) -> dict[str, Any]:
    """Nothing when there is no record, or no sound one: it lies where the session's user may write."""
    try:
        descriptor = os.open(home / RECORD, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            found = json.loads(stream.read(MAX_RECORD_BYTES) or b"")
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write(top: Path, files: dict[str, str]) -> None:
    """Write `{relative path: text}` below `top`, never through a symbolic link, readable by the owner only."""
    for name, text in files.items():
        directory = os.open(top, os.O_DIRECTORY | os.O_CLOEXEC)
        *folders, last = Path(name).parts
        for folder in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700, dir_fd=directory)
            inner = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            os.close(directory)
            directory = inner
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        flags |= os.O_NONBLOCK  # a pipe that somebody put there is an error, not a wait for its reader
        with os.fdopen(os.open(last, flags, 0o600, dir_fd=directory), "w") as stream:
            stream.write(text)
        os.close(directory)


def matches(top: Path, pattern: str) -> bool:
    """Whether a file that is not empty matches the glob `pattern` below `top`.

    Follows no link, and gives up after `MAX_NAMES` names: whoever owns the folder may have put anything there.
    """
    return _matches(str(top), Path(pattern).parts, iter(range(MAX_NAMES)))


def _matches(folder: str, parts: Sequence[str], budget: Iterator[int]) -> bool:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if next(budget, None) is None:
                return False
            if not fnmatchcase(entry.name, parts[0]):
                continue
            if len(parts) > 1:
                if entry.is_dir(follow_symlinks=False) and _matches(entry.path, parts[1:], budget):
                    return True
            elif entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_size:
                return True
    return False
