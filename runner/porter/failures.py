"""What a caller of a work sees when the kernel says no."""

import errno
import logging
import os

from core.errors import (
    AgtermError,
    Conflict,
    Forbidden,
    HostUnavailable,
    InternalError,
    InvalidRequest,
    NotFound,
    PathOutsideWorkspace,
    StorageFull,
    TooLarge,
)

log = logging.getLogger("runner.porter")

_BY_NUMBER: dict[int, tuple[type[AgtermError], str | None]] = {
    errno.ENOENT: (NotFound, "There is no such file or folder"),
    errno.ENOTDIR: (NotFound, "There is no such file or folder"),
    errno.ESTALE: (NotFound, "There is no such file or folder"),
    errno.EXDEV: (PathOutsideWorkspace, None),
    errno.ELOOP: (PathOutsideWorkspace, None),
    errno.EACCES: (Forbidden, "The file's permissions do not allow it"),
    errno.EPERM: (Forbidden, "The file's permissions do not allow it"),
    errno.EROFS: (Forbidden, "The file system is read-only"),
    errno.ENOSPC: (StorageFull, None),
    errno.EDQUOT: (StorageFull, None),
    errno.EEXIST: (Conflict, "It exists already"),
    errno.ENOTEMPTY: (Conflict, "The folder is not empty"),
    errno.EISDIR: (Conflict, "It is a folder"),
    errno.EBUSY: (Conflict, "It is in use"),
    errno.EAGAIN: (Conflict, "It is in use, or being renamed; try again"),
    errno.ETXTBSY: (Conflict, "It is in use"),
    errno.ENAMETOOLONG: (InvalidRequest, "The path, or a name in it, is too long"),
    errno.EINVAL: (InvalidRequest, "The file system refuses this name"),
    errno.EFBIG: (TooLarge, "The file is too large for the file system"),
    errno.EMLINK: (Conflict, "There are too many links or folders"),
    errno.EMFILE: (HostUnavailable, "Too many files are open at once; try again"),
    errno.ENFILE: (HostUnavailable, "Too many files are open at once; try again"),
    errno.EIO: (HostUnavailable, "The disk does not work"),
}


def of(error: OSError) -> AgtermError:
    kind, message = _BY_NUMBER.get(error.errno or 0, (None, None))
    if kind is None:
        log.error("a work failed: %s", error, exc_info=error)
        return InternalError(f"The file system says: {os.strerror(error.errno or 0)}")
    return kind(message)
