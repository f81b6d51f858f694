"""A file whose content is kept, and read again when it changes."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

LOOKED_AT_S = 1.0

Content = TypeVar("Content")
Stamp = tuple[int, int, int] | None


class Watched(Generic[Content]):
    def __init__(self, path: Path | None, read: Callable[[Path], Content], nothing: Content) -> None:
        self._path, self._read = path, read
        self._stamp: Stamp = None
        self._looked_at = 0.0
        self.value = nothing

    @property
    def has_changed(self) -> bool:
        """Looks once a second at most."""
        if self._path is None or time.monotonic() - self._looked_at < LOOKED_AT_S:
            return False
        self._looked_at = time.monotonic()
        return self._seen() != self._stamp

    def read(self) -> None:
        """Raises what reading raises, once for each state of the file; the value stays what it was."""
        if self._path is None or (self._stamp is not None and self._seen() == self._stamp):
            return
        self._stamp = self._seen()
        self.value = self._read(self._path)

    def _seen(self) -> Stamp:
        assert self._path is not None
        with suppress(OSError):
            status = self._path.stat()
            return status.st_mtime_ns, status.st_size, status.st_ino
        return None
