"""The folder that a work is about: everything is opened below it, as the user whose it is, and never what is hidden."""

import contextlib
import errno
import os
import stat
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import InvalidRequest, NotFound, PathOutsideWorkspace
from runner.porter import beneath, calls
from runner.porter.beneath import held

Identity = tuple[int, int]  # st_dev, st_ino
_FOLDER = os.O_PATH | os.O_DIRECTORY


class Place:
    """`facts` as `runner.porter.placing` tells them. Holds one descriptor, until `close`.

    Raises `NotFound` when there is another folder by now.
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.path = os.fsencode(facts["path"])
        self.identity: Identity = tuple(facts["identity"])
        self._user: tuple[int, int] | None = None if facts["user"] is None else tuple(facts["user"])
        self._hidden: dict[Identity, bytes] = {
            (device, inode): os.fsencode(path) for path, device, inode in facts["hidden"]
        }
        try:
            self.top = os.open(self.path, _FOLDER | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            raise NotFound("The folder is gone") from None
        if identity_of(os.fstat(self.top)) != self.identity:
            self.close()
            raise NotFound("The folder is gone; another one is in its place")

    def close(self) -> None:
        os.close(self.top)

    def enter(self) -> None:
        """From now on this thread has no more rights to files than the user whose place it is."""
        if self._user is not None:
            calls.become(*self._user)
            calls.keep_capabilities()

    def open(self, names: Sequence[bytes], flags: int, *, links: bool = True) -> int:
        """A descriptor of what is there; see `beneath.open_at`. Raises `PathOutsideWorkspace` for what is hidden."""
        descriptor = beneath.open_at(self.top, names, flags, links=links)
        try:
            self.check(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def parent(self, names: Sequence[bytes], *, make: bool = False) -> tuple[int, bytes]:
        """The folder in which the last of the names is, and that name. `make`: the folders that are missing, too."""
        if not names:
            raise InvalidRequest("This is the folder itself; name something in it")
        try:
            folder = self.open(names[:-1], _FOLDER)
        except FileNotFoundError:
            if not make:
                raise
            folder = self._made(names[:-1])
        try:
            self.check(folder, names[-1])
        except BaseException:
            os.close(folder)
            raise
        return folder, names[-1]

    def _made(self, names: Sequence[bytes]) -> int:
        there = len(names) - 1
        while True:
            try:
                folder = self.open(names[:there], _FOLDER)
                break
            except FileNotFoundError:
                there -= 1  # the top is always there
        for name in names[there:]:
            with held(folder):
                make_folder(folder, name)
                inner = beneath.open_at(folder, [name], _FOLDER, links=False)
            folder = inner
        return folder

    def check(self, descriptor: int, name: bytes = b"", *, whole: bool = False) -> None:
        """Raises `PathOutsideWorkspace` when it, or `name` in it, is hidden. `whole`: or something in that is.

        A program may move our folders, where it can, while we look: so all that the thing lies in is asked which folder
        it is, and not how it is called.
        """
        if not self._hidden:
            return
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            self._check_above(descriptor)
        else:
            self._check_file(descriptor, identity_of(found))
        if name:
            self._check_name(descriptor, name, whole=whole)

    def _check_name(self, folder: int, name: bytes, *, whole: bool) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self.is_hidden(os.stat(name, dir_fd=folder, follow_symlinks=False)):
                raise PathOutsideWorkspace
        path = b"/".join((beneath.path_of(folder).rstrip(b"/"), name))
        if whole and any(_is_below(each, path) for each in self._hidden.values()):
            raise PathOutsideWorkspace

    def _check_file(self, descriptor: int, identity: Identity) -> None:
        """By a folder in which it really is; raises `FileNotFoundError` when it is just being moved or removed."""
        top, path = beneath.path_of(self.top).rstrip(b"/") + b"/", beneath.path_of(descriptor)
        if not path.startswith(top):
            raise PathOutsideWorkspace
        *above, name = path.removeprefix(top).split(b"/")
        with held(beneath.open_at(self.top, above, _FOLDER, links=False)) as folder:
            if identity_of(os.stat(name, dir_fd=folder, follow_symlinks=False)) != identity:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            self._check_above(folder)

    def _check_above(self, folder: int) -> None:
        """Up to the place itself there is nothing hidden."""
        at = os.dup(folder)
        try:
            for _ in range(beneath.MAX_PATH_BYTES):
                identity = identity_of(os.fstat(at))
                if identity == self.identity:
                    return
                if identity in self._hidden:
                    break
                above = os.open(b"..", _FOLDER | os.O_CLOEXEC, dir_fd=at)
                os.close(at)
                at = above
                if identity_of(os.fstat(at)) == identity:  # the root of all
                    break
        finally:
            os.close(at)
        raise PathOutsideWorkspace

    def is_hidden(self, facts: os.stat_result) -> bool:
        """Of a folder met on a walk."""
        return bool(self._hidden) and identity_of(facts) in self._hidden


def make_folder(parent: int, name: bytes) -> bool:
    """False when it was there."""
    try:
        os.mkdir(name, 0o755, dir_fd=parent)
    except FileExistsError:
        return False
    return True


def identity_of(facts: os.stat_result) -> Identity:
    return facts.st_dev, facts.st_ino


def _is_below(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")
