"""Makes and removes the folders of a session: workspace, private HOME, temporary folder."""

import asyncio
import errno
import os
import secrets
import stat
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import Conflict, InvalidRequest, StorageFull
from runner.sandbox import view

# Nobody else's by convention: above the ranges of subordinate ids and containers, below where signed ids end. Every
# home folder has a block of its own, so that two servers on one machine don't share users.
FIRST_SESSION_UID = 0x7000_0000
UIDS_PER_HOME = 65_536
HOMES = 4000
_FULL = (errno.ENOSPC, errno.EDQUOT)
Identity = tuple[int, int]  # st_dev, st_ino


@dataclass(frozen=True)
class Folders:
    """Absolute paths of one session; `made` says whether the workspace is ours to remove."""

    workspace: Path
    home: Path
    temporary: Path
    made: bool
    uid: int | None  # the session's own user when the runner is root
    identity: Identity  # of the workspace, so that who opens it later can tell whether it is still that folder


def make(
    session_id: str,
    *,
    workspaces: Path,
    private: Path,
    cwd: str | None,
    roots: Sequence[Path],
    hidden: Sequence[Path] | None = None,
) -> Folders:
    """Make the session's folders, or find them again.

    `cwd` names an existing folder to work in instead of a fresh one, in none of the `hidden` folders, which are our
    own (by default the one that holds `private`). Raises `InvalidRequest`, `StorageFull`.
    """
    hidden = (private.parent,) if hidden is None else hidden
    chosen = None if cwd is None else checked_cwd(cwd, roots, hidden=hidden)
    try:
        for folder in (workspaces, private):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        own = private / session_id
        own.mkdir(mode=0o711, exist_ok=True)
        uid = _uid_for(own, private, workspaces) if os.geteuid() == 0 else None
        _make_private(own / "home", uid)
        _make_private(own / "tmp", uid)
        if chosen is None:
            _make_private(workspaces / session_id, uid)
        workspace, identity = chosen or (workspaces / session_id, _identity((workspaces / session_id).lstat()))
    except OSError as error:
        raise storage_error(error) from None
    return Folders(workspace, own / "home", own / "tmp", chosen is None, uid, identity)


def _make_private(folder: Path, uid: int | None) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    if uid is not None:
        os.chown(folder, uid, uid)


def _uid_for(own: Path, private: Path, workspaces: Path) -> int:
    """The uid that owns the session's HOME already, else the next one in turn that owns no session's folder.

    In turn, so that a new session is not the owner of what a deleted one left in shared places; from anywhere in the
    block, so that two homes whose blocks happen to be the same one still don't share users.
    """
    if (before := _owner(own / "home")) is not None:
        return before
    taken = {_owner(folder) for folder in (*private.glob("*/home"), *workspaces.iterdir())}
    first = FIRST_SESSION_UID + zlib.crc32(os.fsencode(private.resolve())) % HOMES * UIDS_PER_HOME
    last_used = private.parent / "last-session-uid"
    begin = int(last_used.read_text()) - first + 1 if last_used.exists() else secrets.randbelow(UIDS_PER_HOME)
    turns = (first + (begin + step) % UIDS_PER_HOME for step in range(UIDS_PER_HOME))
    free = next((uid for uid in turns if uid not in taken), None)
    if free is None:
        raise Conflict("Every user id for sessions is taken; delete old sessions")
    last_used.write_text(str(free))
    return free


def _owner(folder: Path) -> int | None:
    try:
        return folder.lstat().st_uid
    except FileNotFoundError:  # just being removed
        return None


def checked_cwd(cwd: str, roots: Sequence[Path], *, hidden: Sequence[Path], name: str = "cwd") -> tuple[Path, Identity]:
    """The folder a caller named: absolute, existing, below an allowed root once links are resolved; and which it is.

    Nothing in `hidden`, our own data: database, keys, other sessions' folders. Raises `InvalidRequest`, which calls it
    by `name`.
    """
    if "\0" in cwd or not Path(cwd).is_absolute():
        raise InvalidRequest(f"{name} must be an absolute path")
    try:
        real, facts = _opened(cwd)
    except (OSError, UnicodeError):
        raise InvalidRequest(f"{name} does not exist") from None
    if not stat.S_ISDIR(facts.st_mode):
        raise InvalidRequest(f"{name} is not a directory")
    if not any(real.is_relative_to(root) for root in roots):
        raise InvalidRequest(f"{name} lies outside the allowed roots; the operator sets them with AGTERM_ALLOWED_ROOTS")
    if any(real.is_relative_to(folder.resolve()) for folder in hidden):
        raise InvalidRequest(f"{name} lies where AGTerm keeps its own data, such as AGTERM_HOME")
    if any(ord(character) < 32 or character in "\"'\\" for character in str(real)):
        raise InvalidRequest(f"{name} contains quotes, backslashes or control characters")
    return real, _identity(facts)


def _opened(path: str) -> tuple[Path, os.stat_result]:
    """The path with links resolved, and the facts of the very thing it led to: a link changed meanwhile parts no two.

    Raises `OSError` when nothing is there.
    """
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        real, facts = os.readlink(f"/proc/self/fd/{descriptor}"), os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if facts.st_nlink == 0:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return Path(real), facts


def _identity(facts: os.stat_result) -> Identity:
    return facts.st_dev, facts.st_ino


async def remove(session_id: str, *, workspaces: Path, private: Path, keep_workspace: bool) -> None:
    """Remove what `make` made for this session; a `cwd` the user named was never below `workspaces`.

    By the system's own rm: it follows no link, knows no depth at which it gives up, and nobody waits for it but the
    caller. Raises `Conflict` when something is left.
    """
    doomed = [private / session_id] + ([] if keep_workspace else [workspaces / session_id])
    for folder in doomed:
        if folder.is_symlink() or not folder.exists():
            continue
        await _run("rm", "-rf", "--one-file-system", "--", folder)
        if folder.exists() and os.geteuid() != 0:  # folders their owner has closed; root needs no permission
            await _run("chmod", "-R", "u+rwX", "--", folder)
            await _run("rm", "-rf", "--one-file-system", "--", folder)
        if folder.exists():
            raise Conflict(f"Some files of the workspace could not be removed: {folder}")


async def _run(program: str, *arguments: str | Path) -> None:
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        view.system_program(program), *arguments, stdin=nothing, stdout=nothing, stderr=nothing
    )
    await process.wait()


def storage_error(error: OSError) -> Exception:
    """The error a caller sees when the disk says no."""
    if error.errno in _FULL:
        return StorageFull("The disk of the workspaces is full; free some space and try again")
    return Conflict(f"The session's folders could not be made: {error.strerror}: {error.filename}")
