"""The process that feeds the search index with what terminals say, without the secrets that AGTerm gave to them."""

import socket
import time
from pathlib import Path
from typing import Any

from runner.recorder.frames import Kind, Piece
from runner.recorder.listening import Listening
from runner.redaction import Exact
from runner.search.indexer import Indexer


class _Session:
    def __init__(self, session_id: str, secrets: list[str]) -> None:
        self.id = session_id
        self.exact = Exact(secrets)
        self.end = 0


class Indexing(Listening):
    """Offsets are those of the output; behind a secret they are off by the difference to what stands in its place."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._sessions: dict[int, _Session] = {}
        self.messages = {
            "hello": self._hello, "opened": self._opened, "exited": self._exited, "closed": self._closed,
            "typed": self._typed, "dropped": self._dropped, "forget": self._forget, "prune": self._prune,
        }  # fmt: skip
        self.pieces = {Kind.OUTPUT: self._output}

    def _hello(self, message: dict[str, Any]) -> None:
        self._indexer = Indexer(Path(message["path"]), message["max_bytes"])
        self.say(ready=True)

    def _opened(self, message: dict[str, Any]) -> None:
        number, facts = message["number"], message["facts"]
        before = self._sessions.get(number)
        session = self._sessions[number] = _Session(facts["id"], facts.pop("secrets"))
        if before is not None:  # what it held back may be the beginning of one of the new ones, which are more
            self._print(session, before.end - len(before.exact.held_bytes), time.time(), before.exact.held_bytes)
        self._indexer.open(session.id, facts)

    def _output(self, piece: Piece) -> None:
        session = self._sessions.get(piece.number)
        if session is not None:
            self._print(session, piece.offset, _unix(piece.at), piece.data)

    def _print(self, session: _Session, offset: int, at: float, data: bytes) -> None:
        begin = offset - len(session.exact.held_bytes)
        session.end = offset + len(data)
        if clean := session.exact.feed(data):
            self._indexer.output(session.id, begin, at, clean)

    def _flush(self, session: _Session) -> None:
        if held := session.exact.flush():
            self._indexer.output(session.id, session.end - len(held), time.time(), held)

    def _exited(self, message: dict[str, Any]) -> None:
        session = self._sessions.get(message["number"])
        if session is not None:
            self._flush(session)
            self._indexer.exited(session.id)

    def _closed(self, message: dict[str, Any]) -> None:
        self._exited(message)
        self._sessions.pop(message["number"], None)

    def _typed(self, message: dict[str, Any]) -> None:
        session = self._sessions.get(message["number"])
        if session is not None:
            self._indexer.typed(session.id, _unix(message["at"]), session.exact.text(message["text"]))

    def _dropped(self, message: dict[str, Any]) -> None:
        self._indexer.dropped(message["session"], message["bytes"])

    def _forget(self, message: dict[str, Any]) -> None:
        self._indexer.forget(message["session"])

    def _prune(self, message: dict[str, Any]) -> None:
        self._indexer.prune(message["before"])

    def end(self) -> None:
        for number in tuple(self._sessions):
            self._closed({"number": number})
        self._indexer.close()


def _unix(at: float) -> float:
    return time.time() - time.monotonic() + at
