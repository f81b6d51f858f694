"""Where tools may go in the file system: the workspace and the temporary folder, whatever links may say.

A path is resolved first and then walked again from its root without following links, so a link that is put in its
way meanwhile is refused and not followed.
"""

import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.text import on_one_line

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_KINDS: list[tuple[Callable[[int], bool], str]] = [
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a symbolic link that changed under the call"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
]
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Content:
    """What stands in a file; `cut`: there is more of it."""

    data: bytes
    mode: int
    cut: bool = False


class Places:
    """The workspace and the temporary folder; every path a model names goes through here."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = Path(os.path.realpath(workspace))
        temporary = Path(os.path.realpath(tempfile.gettempdir()))
        self._roots = [self.workspace, temporary]

    def resolve(self, path: str) -> Path:
        """The real place of a path, links followed; outside the workspace there is none."""
        if on_one_line(path) != path:
            raise ToolError(f"{path!r} is not a path: it has control characters in it.")
        real = Path(os.path.realpath(self.workspace / path))
        if self._root_of(real) is None:
            where = f"the workspace ({self.workspace})"
            raise ToolError(f"{path} is outside {where}. Only files in it and temporary files can be used.")
        return real

    def shown(self, real: Path) -> str:
        """The path as a person would write it: relative in the workspace."""
        return str(real.relative_to(self.workspace)) if real.is_relative_to(self.workspace) else str(real)

    def read(self, real: Path, limit: int) -> Content:
        """At most `limit` bytes of a regular file; never waits for a pipe or a device."""
        return self._tried(real, lambda: self._read(real, limit))

    def read_if_there(self, real: Path, limit: int) -> Content | None:
        try:
            return self._read(real, limit)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _told(self.shown(real), error) from None

    def write(self, real: Path, data: bytes, mode: int | None = None) -> None:
        """Puts a file in place whole, folders on the way included, or leaves what stood there."""
        self._tried(real, lambda: self._write(real, data, mode))

    def remove(self, real: Path) -> None:
        def unlink() -> None:
            with self._folder(real.parent) as folder:
                os.unlink(real.name, dir_fd=folder)

        self._tried(real, unlink)

    @contextmanager
    def folder(self, real: Path) -> Iterator[int]:
        """A descriptor of a folder, for listing."""
        try:
            with self._folder(real) as descriptor:
                yield descriptor
        except OSError as error:
            raise _told(self.shown(real), error) from None

    def _root_of(self, real: Path) -> Path | None:
        return next((root for root in self._roots if real.is_relative_to(root)), None)

    def _tried(self, real: Path, work: Callable[[], _Result]) -> _Result:
        try:
            return work()
        except OSError as error:
            raise _told(self.shown(real), error) from None

    @contextmanager
    def _folder(self, real: Path, *, make: bool = False) -> Iterator[int]:
        """Opens a folder step by step from its root; with `make`, what is missing on the way is made."""
        root = self._root_of(real)
        if root is None:
            raise ToolError(f"{real} is outside the workspace.")
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in real.relative_to(root).parts:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, dir_fd=descriptor)
                below = os.open(part, _FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)

    def _no_root(self, real: Path) -> None:
        if real in self._roots:
            raise ToolError(f"{self.shown(real)} is a folder, not a file.")

    def _read(self, real: Path, limit: int) -> Content:
        self._no_root(real)
        with self._folder(real.parent) as folder:
            _regular(self.shown(real), os.stat(real.name, dir_fd=folder, follow_symlinks=False).st_mode)
            descriptor = os.open(real.name, _FILE, dir_fd=folder)
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            _regular(self.shown(real), found.st_mode)
            data = file.read(limit + 1)
        return Content(data[:limit], stat.S_IMODE(found.st_mode), len(data) > limit)

    def _write(self, real: Path, data: bytes, mode: int | None) -> None:
        self._no_root(real)
        with self._folder(real.parent, make=True) as folder:
            old = _standing(self.shown(real), real.name, folder)
            temporary = f".{real.name[:100]}.{secrets.token_hex(6)}.tmp"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(temporary, flags, 0o666, dir_fd=folder)
            try:
                with open(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    if old is not None and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                        with suppress(OSError):  # EINVAL in a box where that owner is nobody
                            os.fchown(descriptor, old.st_uid, old.st_gid)
                    if mode is not None or old is not None:
                        os.fchmod(descriptor, mode if mode is not None else stat.S_IMODE(old.st_mode if old else 0))
                    os.fsync(descriptor)
                os.replace(temporary, real.name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise


def _standing(shown: str, name: str, folder: int) -> os.stat_result | None:
    """What a write would replace: nothing or a regular file."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    _regular(shown, found.st_mode)
    return found


def _regular(shown: str, mode: int) -> None:
    for is_kind, words in _KINDS:
        if is_kind(mode):
            raise ToolError(f"{shown} is {words}, not a file.")


def _told(shown: str, error: OSError) -> ToolError:
    if isinstance(error, FileNotFoundError):
        return ToolError(f"{shown} does not exist.")
    return ToolError(f"{shown}: {error.strerror or error}.")
