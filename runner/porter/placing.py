"""Says where a work may work: what the runner tells the porter of a session's workspace, or of an allowed root."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import NotFound, PathOutsideWorkspace
from runner.workspace.folders import Folders, Identity


@dataclass(frozen=True)
class Hidden:
    """A folder of our own, as it was called and which it was when the runner started."""

    path: Path
    identity: Identity


def hidden_now(paths: Sequence[Path]) -> list[Hidden]:
    found = [(path, path.stat()) for path in paths if path.is_dir()]
    return [Hidden(path, (facts.st_dev, facts.st_ino)) for path, facts in found]


def of_session(folders: Folders, hidden: Sequence[Hidden]) -> dict[str, Any]:
    """Its workspace, as the session's own user where it has one."""
    user = None if folders.uid is None else (folders.uid, folders.uid)
    return _facts(folders.workspace.resolve(), folders.identity, user, hidden)


def of_root(root: str, roots: Sequence[Path], hidden: Sequence[Hidden]) -> dict[str, Any]:
    """A folder of the machine, which must be one of `roots` or lie in one; as its owner, where we are root.

    Raises `PathOutsideWorkspace`, `NotFound`.
    """
    if "\0" in root or not Path(root).is_absolute():
        raise PathOutsideWorkspace
    try:
        descriptor = os.open(root, os.O_PATH | os.O_CLOEXEC)
    except (OSError, UnicodeError):
        if not any(Path(os.path.normpath(root)).is_relative_to(each) for each in roots):
            raise PathOutsideWorkspace from None  # whether it is there or not
        raise NotFound("There is no such folder") from None
    try:
        real, facts = Path(os.readlink(f"/proc/self/fd/{descriptor}")), os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if not any(real.is_relative_to(each) for each in roots) or any(real.is_relative_to(each.path) for each in hidden):
        raise PathOutsideWorkspace
    if not stat.S_ISDIR(facts.st_mode):
        raise NotFound("There is no such folder")
    user = (facts.st_uid, facts.st_gid) if os.geteuid() == 0 else None
    return _facts(real, (facts.st_dev, facts.st_ino), user, hidden)


def _facts(path: Path, identity: Identity, user: tuple[int, int] | None, hidden: Sequence[Hidden]) -> dict[str, Any]:
    """A workspace of ours lies in a hidden folder itself; of that one, and of what else is in it, nothing is told."""
    ours = [each.path for each in hidden if path.is_relative_to(each.path)]
    others = [each for each in hidden if not any(each.path.is_relative_to(one) for one in ours)]
    told = [[str(each.path), *each.identity] for each in others]
    return {"path": str(path), "identity": identity, "user": user, "hidden": told}
