"""Goes through all that is below a folder, by descriptors: over no link, into no other file system, nothing hidden."""

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import TooLarge
from runner.porter import beneath
from runner.porter.place import Place

MAX_DEPTH = 128  # folders open at once
MAX_NAMES = 250_000  # that are held at once, of all these folders
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_CLOCK_EVERY = 256


@dataclass(frozen=True, slots=True)
class Found:
    """`path` is relative to where the walk began; `folder` is open only until the next one is asked for."""

    path: bytes
    name: bytes
    folder: int
    facts: os.stat_result

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.facts.st_mode)


class TooDeep(TooLarge):
    default_message = "The folders lie too deep in one another"


class OutOfTime(TooLarge):
    default_message = "There is too much in the folder to go through"


@dataclass(slots=True)
class _Level:
    """`names`: the last comes first."""

    descriptor: int
    path: bytes
    names: list[bytes]


def walk(
    place: Place, top: int, *, hidden: bool, deadline: float, pruned: frozenset[bytes] = frozenset()
) -> Iterator[Found]:
    """Everything below `top`, in the order of names, folders before what is in them. `top` stays open.

    `hidden`: also what begins with a dot. Folders of the names in `pruned` are left out, and what can't be looked at.
    Raises `OutOfTime` after `deadline` (monotonic) and `TooDeep`.
    """
    levels = [_Level(top, b"", _names(top, hidden, deadline, MAX_NAMES))]
    steps = 0
    try:
        while levels:
            level = levels[-1]
            if not level.names:
                _left(levels.pop(), top)
                continue
            name = level.names.pop()
            steps += 1
            if steps % _CLOCK_EVERY == 0 and time.monotonic() > deadline:
                raise OutOfTime
            try:
                facts = os.stat(name, dir_fd=level.descriptor, follow_symlinks=False)
            except OSError:
                continue
            found = Found(level.path + name, name, level.descriptor, facts)
            if found.is_folder and (name in pruned or place.is_hidden(facts)):
                continue
            yield found
            if found.is_folder:
                room = MAX_NAMES - sum(len(each.names) for each in levels)
                with contextlib.suppress(OSError):
                    levels.append(_entered(place, found, hidden, deadline, room))
                if len(levels) > MAX_DEPTH:
                    raise TooDeep
    finally:
        for level in levels:
            _left(level, top)


def _entered(place: Place, found: Found, hidden: bool, deadline: float, room: int) -> _Level:
    """Raises `OSError` when it can't be; what was put in its place meanwhile is looked at anew."""
    inner = beneath.open_at(found.folder, [found.name], _FOLDER, links=False)
    try:
        if place.is_hidden(os.fstat(inner)):
            raise PermissionError
        return _Level(inner, found.path + b"/", _names(inner, hidden, deadline, room))
    except BaseException:
        os.close(inner)
        raise


def _left(level: _Level, top: int) -> None:
    if level.descriptor != top:
        os.close(level.descriptor)


def _names(folder: int, hidden: bool, deadline: float, room: int) -> list[bytes]:
    names = []
    with os.scandir(folder) as entries:
        for each in entries:
            name = os.fsencode(each.name)
            if hidden or not name.startswith(b"."):
                names.append(name)
            if len(names) % _CLOCK_EVERY == 0 and (len(names) > room or time.monotonic() > deadline):
                raise OutOfTime
    return sorted(names, reverse=True)
