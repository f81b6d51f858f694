"""The repository that a session's workspace is made from, in a folder of this machine: what of it the session may read.

Kept beside the session's folders, so that every box of the session shows it, also those of a later runner.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidRequest
from runner import protocol
from runner.options import RunnerOptions
from runner.workspace import folders
from runner.workspace.folders import Folders, Identity

FILE = "source.json"


@dataclass(frozen=True, slots=True)
class Source:
    """`git`: where its objects and branches lie, links resolved; `shared`: whether the workspace needs its objects."""

    git: Path
    shared: bool


def remember(wanted: protocol.Source, place: Folders, *, is_new: bool, options: RunnerOptions) -> None:
    """Find it, and show it in all later boxes of the session. Raises as `find`, unless the session is an old one.

    `StorageFull` and `Conflict` when that can't be written down.
    """
    try:
        found = find(wanted.path, shared=wanted.shared, roots=options.allowed_roots, hidden=options.hidden)
    except InvalidRequest:
        if is_new:
            raise
        return
    text = json.dumps({"git": str(found.git), "shared": found.shared})
    kept = place.home.parent / FILE
    try:
        kept.with_suffix(".new").write_text(text)
        kept.with_suffix(".new").replace(kept)  # whatever happens, there is one that can be read, or none
    except OSError as error:
        raise folders.storage_error(error) from None


def find(path: str, *, shared: bool, roots: Sequence[Path], hidden: Sequence[Path]) -> Source:
    """The repository that a caller named; raises `InvalidRequest` as for a `cwd`, and when it is none."""
    real, _ = folders.checked_cwd(path, roots, hidden=hidden, name="repo.path")
    own = real / ".git"
    found = next((folder for folder in (own, real) if _is_repository(folder)), None)
    if found is None:
        what = "a linked working tree; name the folder of the repository itself" if own.is_file() else "no repository"
        raise InvalidRequest(f"repo.path is {what}")
    return Source(found, shared)


def _is_repository(folder: Path) -> bool:
    return not folder.is_symlink() and (folder / "HEAD").is_file() and (folder / "objects").is_dir()


def kept(place: Folders) -> Source | None:
    """What was remembered for the session."""
    try:
        said = json.loads((place.home.parent / FILE).read_text())
    except FileNotFoundError:
        return None
    return Source(Path(said["git"]), said["shared"])


def shown(
    source: Source | None, *, whole: bool, roots: Sequence[Path], hidden: Sequence[Path]
) -> list[tuple[str, Identity]]:
    """The folders that a box is to show, and which they are; none when nothing is there any more, or something else."""
    if source is None or not (whole or source.shared):
        return []
    folder = source.git if whole else source.git / "objects"
    try:
        real, identity = folders.checked_cwd(str(folder), roots, hidden=hidden)
    except InvalidRequest:
        return []
    return [(str(real), identity)] if real == folder else []
