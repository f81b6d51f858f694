"""The process that writes recordings: a file for each that is under way, and the folder of all of them."""

import errno
import logging
import os
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core.errors import NotFound, StorageFull
from runner.recorder.facts import CRASHED, Facts, Folder
from runner.recorder.frames import Kind, Piece
from runner.recorder.listening import LATER, Listening
from runner.recorder.recording import Recording

SYNC_EVERY_S = 1.0

logger = logging.getLogger(__name__)


class Recordings(Listening):
    """The first message tells the folder; then those recordings are mended that nobody goes on with."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._live: dict[int, Recording] = {}  # by the number of the session
        self._files = ThreadPoolExecutor(1, thread_name_prefix="files")
        self._syncing: Future[None] | None = None
        self._synced_at = 0.0
        self.messages = {
            "hello": self._hello, "start": self._start, "stop": self._stop, "mark": self._mark,
            "resized": self._resized, "secrets": self._secrets, "facts": self._facts, "remove": self._remove,
        }  # fmt: skip
        self.pieces = {Kind.OUTPUT: self._output, Kind.INPUT: self._input}

    def _hello(self, message: dict[str, Any]) -> None:
        self._folder = Folder(Path(message["folder"]))
        self._folder.make()
        crashed = [recording for recording in self._folder.opened() if recording not in message["live"]]
        self._files.submit(self._mend, crashed)
        self.say(ready=True)

    def _mend(self, recordings: list[str]) -> None:
        for recording in recordings:
            try:
                facts = self._folder.mend(recording)
            except Exception:
                logger.exception("the recording %s can't be mended", recording)
                continue
            if facts is not None:
                self.say(ended=facts)

    # --- what terminals say --------------------------------------------------------------------------------------

    def _output(self, piece: Piece) -> None:
        recording = self._live.get(piece.number)
        if recording is not None:
            try:
                recording.output(piece.at, piece.data)
            except OSError as error:
                self._fail(recording, error)
            if recording.is_over:
                self._ended(recording)

    def _input(self, piece: Piece) -> None:
        self._with(piece.number, lambda recording: recording.typed(piece.at, piece.data))

    def _mark(self, message: dict[str, Any]) -> None:
        self._with(message["number"], lambda recording: recording.mark(message["at"], message["label"]))

    def _resized(self, message: dict[str, Any]) -> None:
        self._with(message["number"], lambda r: r.resized(message["at"], message["cols"], message["rows"]))

    def _secrets(self, message: dict[str, Any]) -> None:
        self._with(message["number"], lambda recording: recording.also_redact(message["secrets"]))

    def _with(self, number: int, work: Any) -> None:
        recording = self._live.get(number)
        if recording is None:
            return
        try:
            work(recording)
        except OSError as error:
            self._fail(recording, error)
        if recording.is_over:
            self._ended(recording)

    def _fail(self, recording: Recording, error: OSError) -> None:
        recording.end("failed", error=error.strerror or str(error))

    def _ended(self, recording: Recording) -> None:
        if self._live.pop(recording.number, None) is not None:
            self.say(ended=recording.facts)

    # --- what is asked -------------------------------------------------------------------------------------------

    def _start(self, message: dict[str, Any]) -> Facts:
        try:
            recording = Recording(self._folder, message)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("The disk of the recordings is full") from None
            raise
        self._live[recording.number] = recording
        return recording.current()

    def _stop(self, message: dict[str, Any]) -> Facts:
        recording = self._live.get(message["number"])
        if recording is None:  # of one that a process before this one wrote nobody else ends the file
            self._files.submit(self._mend, [message["recording"]])
            raise NotFound("The recording has ended already")
        facts = recording.end()
        self._ended(recording)
        return facts

    def _facts(self, message: dict[str, Any]) -> Any:
        live = {recording.id: recording.current() for recording in self._live.values()}
        wanted = message["ids"]
        if wanted is None:
            return live
        known = {key: live[key] for key in wanted if key in live}
        others = [key for key in wanted if key not in live]
        self._files.submit(lambda: self.answer(message["id"], self._folder.of(others) | known))
        return LATER

    def _remove(self, message: dict[str, Any]) -> bool:
        for recording in tuple(self._live.values()):
            if recording.id == message["recording"]:
                recording.end()
                self._live.pop(recording.number)
        return self._folder.remove(message["recording"])

    # --- time ----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        for recording in tuple(self._live.values()):
            try:
                recording.look(now)
            except OSError as error:
                self._fail(recording, error)
            if recording.is_over:
                self._ended(recording)
        if self._live and now - self._synced_at >= SYNC_EVERY_S and (self._syncing is None or self._syncing.done()):
            self._synced_at = time.monotonic()
            copies = [os.dup(recording.descriptor) for recording in self._live.values()]
            self._syncing = self._files.submit(_sync, copies)

    def end(self) -> None:
        """The runner is gone: nobody will say how it went on."""
        for recording in tuple(self._live.values()):
            recording.end("failed", error=CRASHED)
        self._files.shutdown(wait=True)


def _sync(descriptors: list[int]) -> None:
    """A power cut loses a second at most; these are copies, which the recording may outlive."""
    for descriptor in descriptors:
        try:
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
