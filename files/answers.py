"""What callers get from the endpoints of files, for the description of the API; names as on the wire."""

from typing import Literal
from uuid import UUID

from core.described import Answer, Timestamp

FileType = Literal["file", "directory", "symlink", "fifo", "socket", "device"]


class Located(Answer):
    """A path in a workspace, or below an allowed root (`sessionId` is null). `rawPath`: of one that is no UTF-8."""

    path: str
    rawPath: str = ""
    sessionId: UUID | None


class FileEntry(Answer):
    """What lies somewhere. `mode` is octal text; `target` is a link's, `etag` is told by stat."""

    name: str
    path: str
    rawPath: str = ""
    type: FileType
    size: int
    modifiedAt: Timestamp
    mode: str
    hidden: bool
    target: str = ""
    etag: str = ""


class FilePlace(Answer):
    """A folder that the caller may look into: the workspace of a session, or an allowed root."""

    name: str
    path: str
    type: Literal["directory"]
    sessionId: UUID | None
    sessionName: str | None


class FileListing(Answer):
    """The entries of a folder; without a path and a session (`path` is null), the places where the caller can look."""

    path: str | None
    rawPath: str = ""
    sessionId: UUID | None
    entries: list[FileEntry] | list[FilePlace]
    nextCursor: str | None
    truncated: bool


class FileStat(Answer):
    entry: FileEntry


class FileContents(Located):
    """All that is in a file; what is no UTF-8 text comes as base64."""

    content: str
    encoding: Literal["utf-8", "base64"]
    size: int
    modifiedAt: Timestamp
    etag: str
    isBinary: bool


class FileWritten(Located):
    """`created`: it was not there before."""

    size: int
    etag: str
    created: bool


class FolderMade(Located):
    created: bool


class FileDeleted(Located):
    deleted: Literal[True]


class FileRenamed(Located):
    oldPath: str
    newPath: str


class FileMatch(Answer):
    """Of a name: `path` and `type`. Of a content: the line; `ranges` are the characters of `text` that matched."""

    path: str
    rawPath: str = ""
    type: FileType = "file"
    line: int = 0
    column: int = 0
    text: str = ""
    ranges: list[tuple[int, int]] = []


class FileMatches(Located):
    """`truncated`: there may be more."""

    matches: list[FileMatch]
    truncated: bool
    engine: Literal["ripgrep", "builtin"]


class FilesUploaded(Answer):
    files: list[FileWritten]


class FolderCompletion(Answer):
    """The folders in `base` whose names begin as was typed."""

    base: str
    dirs: list[str]
    truncated: bool


class ImageUploaded(Answer):
    """`path`: where an agent finds it; `url`: where a page does."""

    id: UUID
    url: str
    path: str


class RangeRefusal(Answer):
    """Why there is no such range; the header `Content-Range` tells the size."""

    code: Literal["INVALID_REQUEST"]
    message: str


class RangeRefused(Answer):
    success: Literal[False]
    error: RangeRefusal
