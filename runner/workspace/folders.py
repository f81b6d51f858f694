"""Makes and removes the folders of a session: workspace, private HOME, temporary folder."""

import errno
import os
import shutil
import stat
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Conflict, InvalidRequest, StorageFull

# Nobody else's by convention: above the ranges of subordinate ids and containers, below where signed ids end. Every
# home folder has a block of its own, so that two servers on one machine don't share users.
FIRST_SESSION_UID = 0x7000_0000
UIDS_PER_HOME = 65_536
HOMES = 4000
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Folders:
    """Absolute paths of one session; `made` says whether the workspace is ours to remove."""

    workspace: Path
    home: Path
    temporary: Path
    made: bool
    uid: int | None  # the session's own user when the runner is root


def make(session_id: str, *, workspaces: Path, private: Path, cwd: str | None, roots: Sequence[Path]) -> Folders:
    """Make the session's folders, or find them again.

    `cwd` names an existing folder to work in instead of a fresh one. Raises `InvalidRequest`, `StorageFull`.
    """
    chosen = None if cwd is None else checked_cwd(cwd, roots)
    try:
        for folder in (workspaces, private):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        own = private / session_id
        own.mkdir(mode=0o711, exist_ok=True)
        uid = _uid_for(own, private) if os.geteuid() == 0 else None
        _make_private(own / "home", uid)
        _make_private(own / "tmp", uid)
        if chosen is None:
            _make_private(workspaces / session_id, uid)
    except OSError as error:
        raise storage_error(error) from None
    return Folders(chosen or workspaces / session_id, own / "home", own / "tmp", chosen is None, uid)


def _make_private(folder: Path, uid: int | None) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    if uid is not None:
        os.chown(folder, uid, uid)


def _uid_for(own: Path, private: Path) -> int:
    """The uid that owns the session's HOME already, else the lowest that owns no session's HOME."""
    owners = {home.parent: home.lstat().st_uid for home in private.glob("*/home")}
    if own in owners:
        return owners[own]
    taken = set(owners.values())
    first = FIRST_SESSION_UID + zlib.crc32(os.fsencode(private.resolve())) % HOMES * UIDS_PER_HOME
    free = next((uid for uid in range(first, first + UIDS_PER_HOME) if uid not in taken), None)
    if free is None:
        raise Conflict("Every user id for sessions is taken; delete old sessions")
    return free


def checked_cwd(cwd: str, roots: Sequence[Path]) -> Path:
    """The folder a caller named: absolute, existing, below an allowed root once links are resolved."""
    path = Path(cwd)
    if "\0" in cwd or not path.is_absolute():
        raise InvalidRequest("cwd must be an absolute path")
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except (OSError, RuntimeError):
        raise InvalidRequest("cwd does not exist") from None
    if not stat.S_ISDIR(mode):
        raise InvalidRequest("cwd is not a directory")
    if not any(real.is_relative_to(root) for root in roots):
        raise InvalidRequest("cwd lies outside the allowed roots; the operator sets them with AGTERM_ALLOWED_ROOTS")
    if any(ord(character) < 32 or character in "\"'\\" for character in str(real)):
        raise InvalidRequest("cwd contains quotes, backslashes or control characters")
    return real


def remove(session_id: str, *, workspaces: Path, private: Path, keep_workspace: bool) -> None:
    """Remove what `make` made for this session; a `cwd` the user named was never below `workspaces`."""
    doomed = [private / session_id] + ([] if keep_workspace else [workspaces / session_id])
    for folder in doomed:
        if folder.is_symlink() or not folder.exists():
            continue
        shutil.rmtree(folder, onerror=_force)
        if folder.exists():
            raise Conflict(f"Some files of the workspace could not be removed: {folder}")


def _force(function: Callable[..., Any], path: str, failure: Any) -> None:
    """Open a folder its owner closed (mode 0) and try once more; what still fails is found by the caller.

    Never as root, who needs no permission and whom a link could lead to a stranger's file.
    """
    closed = Path(path) if function in (os.open, os.scandir) else Path(path).parent
    if os.geteuid() == 0 or not stat.S_ISDIR(closed.lstat().st_mode):
        return
    try:
        closed.chmod(0o700)
        shutil.rmtree(path) if closed == Path(path) else function(path)
    except OSError:
        return


def storage_error(error: OSError) -> Exception:
    """The error a caller sees when the disk says no."""
    if error.errno in _FULL:
        return StorageFull("The disk of the workspaces is full; free some space and try again")
    return Conflict(f"The session's folders could not be made: {error.strerror}: {error.filename}")
