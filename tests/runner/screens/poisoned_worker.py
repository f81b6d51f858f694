"""The screen worker with emulators that die of a certain word, as a bug in a C library would make them."""

import os
import signal
from typing import Any

from runner.screens import worker


def poison(engine: Any, word: bytes) -> None:
    feed = engine.feed

    def deadly(self: Any, data: bytes) -> bytes:
        if word in data:
            os.kill(os.getpid(), signal.SIGSEGV)
        return bytes(feed(self, data))

    engine.feed = deadly


poison(worker.GhosttyEmulator, b"POISON")
poison(worker.AvtEmulator, b"STRONG POISON")
worker.main()
