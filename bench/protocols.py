"""What each candidate's browser page and server say to each other; one class per protocol, no I/O."""

import json

import orjson
from picows import WSMsgType

ACKNOWLEDGE_EVERY_BYTES = 64 * 1024  # as our page does, see ui/src/term/acks.ts
Message = tuple[WSMsgType, bytes]


class LostBytes(Exception):
    """The offsets of two frames that follow each other do not."""


class Protocol:
    """`output` gives the terminal bytes in a frame, the others what to send."""

    acknowledges = False

    def opening(self) -> list[Message]:
        raise NotImplementedError

    def typed(self, text: str) -> Message:
        raise NotImplementedError

    def output(self, kind: WSMsgType, payload: bytes) -> bytes:
        raise NotImplementedError

    def acknowledgement(self) -> Message:
        """Everything so far has been shown; only asked for when `acknowledges`."""
        raise NotImplementedError


class Terminado(Protocol):
    """JSON arrays; no offsets, no acknowledgements."""

    def opening(self) -> list[Message]:
        return [_json(["set_size", 40, 120, 600, 800])]

    def typed(self, text: str) -> Message:
        return _json(["stdin", text])

    def output(self, kind: WSMsgType, payload: bytes) -> bytes:
        message = orjson.loads(payload)
        return str(message[1]).encode() if message[0] == "stdout" else b""


class Agterm(Protocol):
    """AGTerm's socket, JSON or binary; checks that every byte follows the one before it."""

    acknowledges = True

    def __init__(self, session_id: str, *, binary: bool) -> None:
        self._session_id, self._binary = session_id, binary
        self.offset: int | None = None  # of the next byte; None until attached
        self._repaint_due = False

    def opening(self) -> list[Message]:
        attach = {"sessionId": self._session_id, "cols": 120, "rows": 40, "binary": self._binary, "ack": True}
        return [_json({"type": "session:attach", "payload": attach})]

    def typed(self, text: str) -> Message:
        return _json({"type": "terminal:input", "payload": {"data": text}})

    def acknowledgement(self) -> Message:
        return _json({"type": "terminal:ack", "payload": {"offset": self.offset}})

    def output(self, kind: WSMsgType, payload: bytes) -> bytes:
        if kind == WSMsgType.BINARY:
            data = payload[8:]
            self._follow(int.from_bytes(payload[:8], "big"), len(data))
            return data
        message = orjson.loads(payload)
        facts = message.get("payload", {})
        if message["type"] == "terminal:output" and not facts.get("repaint"):
            data = facts["data"].encode()
            self._follow(facts["offset"], len(data))
            return data
        if message["type"] == "error":
            raise RuntimeError(f"AGTerm says {facts}")
        if message["type"] == "session:attached":
            self.offset, self._repaint_due = facts["offset"], facts["replay"] == "screen"
        elif message["type"] == "terminal:repaint" or facts.get("repaint"):
            self._restart(facts["offset"])
        return b""

    def _restart(self, offset: int) -> None:
        """The repaint that attaching brings begins the stream; another would mean that output was skipped."""
        if not self._repaint_due:
            raise LostBytes(f"a repaint at {offset}, expected {self.offset}")
        self.offset, self._repaint_due = offset, False

    def _follow(self, offset: int, size: int) -> None:
        if offset != self.offset:
            raise LostBytes(f"bytes from {offset}, expected {self.offset}")
        self.offset = offset + size


def _json(value: object) -> Message:
    return WSMsgType.TEXT, json.dumps(value).encode()
