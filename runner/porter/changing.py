"""Makes folders, gives things other names, and removes them, whatever else changes there meanwhile."""

import contextlib
import errno
import os
import stat
import time
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from core.errors import Conflict, InvalidRequest, PathOutsideWorkspace, TooLarge
from runner.porter import beneath, calls
from runner.porter.asked import MAX_TEXT, Asked, At, as_bytes
from runner.porter.beneath import held
from runner.porter.conversation import Conversation
from runner.porter.place import Place, make_folder

TIME_LIMIT_S = 120.0
MAX_DEPTH = 100  # what lies deeper is moved up before it is removed
_ROUNDS = 20  # as often a folder is emptied again that a program fills meanwhile
_AT_ONCE = 500
_REPLACED = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # by something else, since it was seen
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NO_SUCH_FLAG = (errno.EINVAL, errno.ENOSYS)


class Mkdir(At):
    parents: bool = False


class Delete(At):
    recursive: bool = False


class Rename(Asked):
    old: str = Field("", max_length=MAX_TEXT)
    raw_old: str | None = Field(None, max_length=MAX_TEXT)
    new: str = Field("", max_length=MAX_TEXT)
    raw_new: str | None = Field(None, max_length=MAX_TEXT)
    overwrite: bool = False


def mkdir(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{created}`. `parents`: those that are missing, too, and it may be there already."""
    asked = Mkdir.of(params)
    folder, name = place.parent(asked.names, make=asked.parents)
    with held(folder):
        created = make_folder(folder, name)
        if not created and not (asked.parents and _is_folder(folder, name)):
            raise Conflict("It exists already")
    conversation.reply({"created": created})


def rename(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """`overwrite`: a file may take the place of another, and a folder that of an empty one."""
    asked = Rename.of(params)
    old, new = beneath.parts(as_bytes(asked.old, asked.raw_old)), beneath.parts(as_bytes(asked.new, asked.raw_new))
    from_folder, from_name = place.parent(old)
    with held(from_folder):
        to_folder, to_name = place.parent(new)
        with held(to_folder):
            place.check(from_folder, from_name, whole=True)
            place.check(to_folder, to_name, whole=True)
            try:
                _rename(from_folder, from_name, to_folder, to_name, overwrite=asked.overwrite)
            except NotADirectoryError:
                raise Conflict("It is a file, and the other one is a folder") from None
            except OSError as error:
                if error.errno == errno.EINVAL:
                    raise InvalidRequest("A folder can't be moved into itself") from None
                raise
    conversation.reply({})


def _rename(from_folder: int, from_name: bytes, to_folder: int, to_name: bytes, *, overwrite: bool) -> None:
    if not overwrite:
        try:
            calls.rename(from_folder, from_name, to_folder, to_name, flags=calls.NO_REPLACE)
            return
        except OSError as error:
            if error.errno not in _NO_SUCH_FLAG:
                raise
        with contextlib.suppress(FileNotFoundError):  # the file system can't look and rename in one go
            os.stat(to_name, dir_fd=to_folder, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    calls.rename(from_folder, from_name, to_folder, to_name)


def delete(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{removed}`, how many things. A link is removed, and never what it leads to."""
    asked = Delete.of(params)
    folder, name = place.parent(asked.names)
    with held(folder):
        place.check(folder, name, whole=True)
        if not _is_folder(folder, name):
            os.unlink(name, dir_fd=folder)
            removed = 1
        elif asked.recursive:
            removed = _Removal(place, time.monotonic() + TIME_LIMIT_S).remove(folder, name)
        else:
            os.rmdir(name, dir_fd=folder)
            removed = 1
    conversation.reply({"removed": removed})


def _is_folder(folder: int, name: bytes) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


@dataclass(slots=True)
class _Level:
    """A folder that is being emptied."""

    descriptor: int
    name: bytes
    parent: int
    folders: list[bytes] = field(default_factory=list)  # that are to be removed first
    rounds: int = 0


class _Removal:
    """Of one tree, by descriptors. It enters no other file system and nothing hidden."""

    def __init__(self, place: Place, deadline: float) -> None:
        self._place, self._deadline = place, deadline
        self._removed = self._moved = 0

    def remove(self, parent: int, name: bytes) -> int:
        """How much was removed; raises `OSError`, and `Conflict` when a program fills it again and again."""
        levels = [self._entered(parent, name)]
        try:
            while levels:
                level = levels[-1]
                if not level.folders:
                    self._empty(level, levels[0], deep=len(levels) >= MAX_DEPTH)
                if level.folders:
                    try:
                        levels.append(self._entered(level.descriptor, level.folders.pop()))
                    except OSError as error:
                        if error.errno not in _REPLACED:
                            raise
                elif self._is_removed(level):
                    os.close(levels.pop().descriptor)
        finally:
            for level in levels:
                os.close(level.descriptor)
        return self._removed

    def _entered(self, parent: int, name: bytes) -> _Level:
        opened = beneath.open_at(parent, [name], _FOLDER, links=False)
        if self._place.is_hidden(os.fstat(opened)):
            os.close(opened)
            raise PathOutsideWorkspace
        return _Level(opened, name, parent)

    def _is_removed(self, level: _Level) -> bool:
        """False when something has come into it meanwhile."""
        try:
            os.rmdir(level.name, dir_fd=level.parent)
            self._removed += 1
        except FileNotFoundError:
            pass
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            level.rounds += 1
            if level.rounds == _ROUNDS:
                raise Conflict("Something is being written into the folder; end it first") from None
            return False
        return True

    def _empty(self, level: _Level, top: _Level, *, deep: bool) -> None:
        """Remove what is no folder, and see which folders there are; one that lies too deep is moved to the top."""
        with os.scandir(level.descriptor) as entries:
            for each in entries:
                if time.monotonic() > self._deadline:
                    raise TooLarge("There is too much to be removed at once; what is left can be removed now")
                name = os.fsencode(each.name)
                if not each.is_dir(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(name, dir_fd=level.descriptor)
                        self._removed += 1
                elif deep:
                    self._moved += 1
                    with contextlib.suppress(FileNotFoundError):
                        os.rename(
                            name, b".agterm-%d-%s" % (self._moved, os.urandom(6).hex().encode()),
                            src_dir_fd=level.descriptor, dst_dir_fd=top.descriptor,
                        )  # fmt: skip
                else:
                    level.folders.append(name)
                    if len(level.folders) == _AT_ONCE:
                        return
