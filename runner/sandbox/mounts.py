"""Lets a session's own user reach its folders when they lie below a folder closed to others (such as /root).

Also gives that user a name. Only for a runner that is root: in a mount table private to the session, the closed
folder is covered by an empty one in which just the session's folders appear, at the same absolute paths. Nobody's
permissions are changed, and what else lies in the closed folder can't be named from inside.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner.sandbox import linux

COVER_OPTIONS = "mode=755,size=1m"


class OwnMounts:
    """A mount table of this process's own: what is mounted in it, nobody else sees."""

    def __init__(self) -> None:
        """From now on. Raises `OSError` where that is not allowed."""
        linux.private_mounts()

    def reveal(
        self,
        visible: Sequence[tuple[str, bool]],
        names: Mapping[str, str] | None = None,
        held: Mapping[str, int] | None = None,
    ) -> None:
        """Make each `(path, writable)` reachable for any user, and show the files `names` {where: which file} instead.

        `held`: descriptors, opened since, of those that must not be looked up by their path again. Raises `OSError`.
        """
        covers = {cover for path, _ in visible if (cover := closed_ancestor(Path(path))) is not None}
        for where, file in (names or {}).items():
            linux.mount(file, where, flags=linux.MS_BIND)
        for cover in sorted(covers):
            below = [(path, writable) for path, writable in visible if Path(path).is_relative_to(cover)]
            opened = [(path, writable, _opened(path, held or {})) for path, writable in below]
            flags = linux.MS_NOSUID | linux.MS_NODEV
            linux.mount("cover", str(cover), kind="tmpfs", flags=flags, options=COVER_OPTIONS)
            for path, writable, descriptor in sorted(opened, key=lambda item: len(item[0])):
                _bind(path, writable, descriptor)
            linux.mount("cover", str(cover), flags=linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY)


def check_reachable(visible: Sequence[tuple[str, bool]]) -> None:
    """For who may not mount: raises `OSError` when a folder to be written to can't be reached as it is.

    Names, and what is only to be read, are done without.
    """
    for path, writable in visible:
        if writable and (closed := closed_ancestor(Path(path))) is not None:
            raise PermissionError(13, f"{closed} is closed to the session's user, and mounting is not allowed here")


def _opened(path: str, held: Mapping[str, int]) -> int:
    return os.dup(held[path]) if path in held else os.open(path, os.O_PATH | os.O_CLOEXEC)


def _bind(path: str, writable: bool, descriptor: int) -> None:
    is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
    Path(path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if is_folder:
        Path(path).mkdir(mode=0o755, exist_ok=True)
    elif not Path(path).exists():  # it may lie in one that is shown already
        Path(path).touch()
    flags = linux.MS_BIND | (linux.MS_REC if is_folder else 0)
    linux.mount(f"/proc/self/fd/{descriptor}", path, flags=flags)
    if not writable:
        linux.mount("none", path, flags=linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID)
    os.close(descriptor)


def closed_ancestor(path: Path) -> Path | None:
    """The topmost folder above `path` that others may not enter; None when the whole way is open."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def can_mount() -> None:
    """Try it, in a child; raises `OSError` with the reason when this process may not make a mount table of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            linux.private_mounts()
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    number = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if number:
        raise OSError(number, os.strerror(number))
