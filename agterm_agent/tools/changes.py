"""What the tools changed in files, so that it can be undone: the last change, or all of a turn."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.places import Places

MAX_FILE_BYTES = 16 * 2**20
MAX_KEPT = 500  # changes; older ones cannot be undone any more


@dataclass
class Change:
    """One file, before and after one call. `before` and `after` are digests; None: there was no file."""

    number: int
    turn: int
    call_id: str
    tool: str
    path: str
    before: str | None
    after: str | None
    mode: int | None
    made_folders: list[str] = field(default_factory=list)


class Changes:
    """The journal of one conversation, in a folder of its own. `places` is how files are reached."""

    def __init__(self, folder: Path, places: Places) -> None:
        self.folder = folder
        self._places = places
        self._changes = _load(folder)
        self.turn = max((change.turn for change in self._changes), default=0)

    def begin_turn(self) -> None:
        self.turn += 1

    def write(self, real: Path, data: bytes, *, call_id: str, tool: str, mode: int | None = None) -> None:
        """Writes a file; first it is kept what stands there now."""
        old = self._places.read_if_there(real, MAX_FILE_BYTES)
        if old is not None and old.cut:
            raise ToolError(f"{self._places.shown(real)} is larger than {MAX_FILE_BYTES} bytes, too large to change.")
        change = Change(
            number=self._changes[-1].number + 1 if self._changes else 1,
            turn=self.turn,
            call_id=call_id,
            tool=tool,
            path=str(real),
            before=None if old is None else _digest(old.data),
            after=_digest(data),
            mode=None if old is None else old.mode,
            made_folders=_missing(real.parent),
        )
        self._keep(change, None if old is None else old.data)
        try:
            self._places.write(real, data, mode)
        except BaseException:
            self._forget(change)
            raise

    def changed_files(self, turn: int | None = None) -> list[str]:
        """The files that the turn (the newest, if none is named) has changed, as a person would write them."""
        wanted = self.turn if turn is None else turn
        return list(
            dict.fromkeys(self._places.shown(Path(change.path)) for change in self._changes if change.turn == wanted)
        )

    def undo_turn(self) -> list[str]:
        """Takes back all changes of the newest turn that has any; returns the paths (none: there was nothing)."""
        if not self._changes:
            return []
        turn = self._changes[-1].turn
        return self._undo([change for change in self._changes if change.turn == turn])

    def _undo(self, wanted: list[Change]) -> list[str]:
        """All of them, or none if one of the files is no longer as it was left."""
        newest = {change.path: change for change in wanted}
        standing = {path: self._digest_of(Path(path)) for path in newest}
        for path, change in newest.items():
            if standing[path] not in (change.after, change.before):
                shown = self._places.shown(Path(path))
                raise ToolError(f"{shown} has been changed since by somebody else. Nothing was undone.")
        for change in reversed(wanted):
            self._restore(change, standing)
            self._forget(change)
        return list(dict.fromkeys(self._places.shown(Path(change.path)) for change in wanted))

    def _restore(self, change: Change, standing: dict[str, str | None]) -> None:
        real = Path(change.path)
        if standing[change.path] == change.before:
            return
        if change.before is None:
            self._places.remove(real)
            for folder in reversed(change.made_folders):
                with suppress(OSError):
                    os.rmdir(folder)
        else:
            kept = (self.folder / f"{change.number:06}.before").read_bytes()
            if _digest(kept) != change.before:
                raise ToolError(f"What {self._places.shown(real)} was before is no longer known.")
            self._places.write(real, kept, change.mode)
        standing[change.path] = change.before

    def _digest_of(self, real: Path) -> str | None:
        if Path(os.path.realpath(real)) != real:
            raise ToolError(f"{self._places.shown(real)} has become a link. Nothing was undone.")
        found = self._places.read_if_there(real, MAX_FILE_BYTES)
        return None if found is None else _digest(found.data)

    def _keep(self, change: Change, before: bytes | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if before is not None:
            _write_whole(self.folder / f"{change.number:06}.before", before)
        _write_whole(self.folder / f"{change.number:06}.json", json.dumps(asdict(change)).encode())
        self._changes.append(change)
        while len(self._changes) > MAX_KEPT:
            self._forget(self._changes[0])

    def _forget(self, change: Change) -> None:
        self._changes.remove(change)
        for ending in ("json", "before"):
            with suppress(FileNotFoundError):
                os.unlink(self.folder / f"{change.number:06}.{ending}")


def _load(folder: Path) -> list[Change]:
    found = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        with suppress(ValueError, TypeError, OSError):  # a journal that was cut short tells less, and stops nobody
            facts: dict[str, Any] = json.loads(path.read_bytes())
            found.append(Change(**facts))
    return found


def _write_whole(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(path.suffix + ".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def _missing(folder: Path) -> list[str]:
    """The folders that will have to be made, the outermost first."""
    missing = []
    while not folder.exists():
        missing.append(str(folder))
        folder = folder.parent
    return missing[::-1]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
