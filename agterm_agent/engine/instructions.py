"""What people have written down for agents: their own AGENTS.md, and those of the project from its root down.

Where a folder has no AGENTS.md, its CLAUDE.md is read. The files of a project are a stranger's: they are bounded, may
not lead out of it, and are only words to the model.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from agterm_agent.reading import UnreadableError, read_small

NAMES = ("AGENTS.md", "CLAUDE.md")
FILE_BYTES = 32 * 1024
ALL_BYTES = 64 * 1024


@dataclass(frozen=True)
class Instructions:
    """`files` are those that were read, the user's own first, the nearest to the workspace last.

    `notices`: what was left out of `text`, for people.
    """

    text: str
    files: tuple[Path, ...]
    notices: tuple[str, ...]


def read(workspace: Path, config_folder: Path) -> Instructions:
    """The instructions for a workspace."""
    root = project_root(workspace)
    folders = [root, *(root / part for part in _steps(workspace.relative_to(root)))]
    texts, files, notices, left = list[str](), list[Path](), list[str](), ALL_BYTES
    for folder, names, within in [(config_folder, NAMES[:1], None), *((folder, NAMES, root) for folder in folders)]:
        for path in (folder / name for name in names):
            try:
                found = read_small(path, min(FILE_BYTES, left), within=within)
            except UnreadableError as error:
                notices.append(f"not read: {error}")
                continue
            if found is None:
                continue
            text, is_whole = found
            if not is_whole:
                notices.append(f"only the first {len(text.encode())} bytes of {path} are read")
            if text.strip():
                texts.append(f"# From {path}\n\n{text.strip()}")
                files.append(path)
                left -= len(text.encode())
            break
    return Instructions("\n\n".join(texts), tuple(files), tuple(notices))


def project_root(workspace: Path) -> Path:
    """The top of the repository that the workspace lies in, or else the workspace.

    A repository of somebody else around it, as anybody could make one in a shared folder, does not count.
    """
    for folder in (workspace, *workspace.parents):
        try:
            owner = (folder / ".git").lstat().st_uid
        except OSError:
            continue
        return folder if owner in (os.geteuid(), workspace.stat().st_uid) else workspace
    return workspace


def _steps(below: Path) -> list[Path]:
    """Each folder on the way down: a, a/b, a/b/c."""
    return [Path(*below.parts[: count + 1]) for count in range(len(below.parts))]
