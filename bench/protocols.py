"""What each candidate's browser page and server say to each other; one class per protocol, no I/O."""

import json
from typing import Any

import orjson
from picows import WSMsgType

ACKNOWLEDGE_EVERY_BYTES = 64 * 1024  # as our page does, see ui/src/term/acks.ts
COLS, ROWS = 120, 40
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

    screen = b""  # the repaint that has just come, for a client that looks for something in it


class Terminado(Protocol):
    """JSON arrays; no offsets, no acknowledgements."""

    def opening(self) -> list[Message]:
        return [_json(["set_size", ROWS, COLS, 600, 800])]

    def typed(self, text: str) -> Message:
        return _json(["stdin", text])

    def output(self, kind: WSMsgType, payload: bytes) -> bytes:
        message = orjson.loads(payload)
        return str(message[1]).encode() if message[0] == "stdout" else b""


class Agterm(Protocol):
    """AGTerm's socket, JSON or binary; every byte must follow the one before it.

    `skips`: output may be skipped (a watcher that fell behind gets a repaint), which is counted instead of refused.
    """

    acknowledges = True

    def __init__(
        self, session_id: str, *, binary: bool = True, mode: str = "control", skips: bool = False, **attach: Any
    ) -> None:
        """`attach`: further fields of `session:attach`, such as `history`."""
        self.binary = binary
        self._attach = {"sessionId": session_id, "binary": binary, "ack": True, "mode": mode, **attach}
        if mode == "control":
            self._attach = {"cols": COLS, "rows": ROWS, **self._attach}
        self._skips = skips
        self.offset: int | None = None  # of the next byte; None until attached
        self.attached = False
        self.repaints = self.painted_bytes = 0
        self._repaint_due = False

    def opening(self) -> list[Message]:
        return [_json({"type": "session:attach", "payload": self._attach})]

    def attach_again(self, **fields: Any) -> Message:
        """Another `session:attach` on the same socket, with these fields changed."""
        self.attached = False
        return _json({"type": "session:attach", "payload": self._attach | fields})

    def typed(self, text: str) -> Message:
        return _json({"type": "terminal:input", "payload": {"data": text}})

    def acknowledgement(self) -> Message:
        return _json({"type": "terminal:ack", "payload": {"offset": self.offset}})

    def output(self, kind: WSMsgType, payload: bytes) -> bytes:
        if kind == WSMsgType.BINARY:
            data = payload[8:]
            self.follow(int.from_bytes(payload[:8], "big"), data)
            return data
        message = orjson.loads(payload)
        facts = message.get("payload", {})
        if message["type"] == "terminal:output" and not facts.get("repaint"):
            data = facts["data"].encode()
            self.follow(facts["offset"], data)
            return data
        if message["type"] == "terminal:repaint" or facts.get("repaint"):
            self._restart(facts)
        else:
            self.told(message["type"], facts)
        return b""

    def told(self, kind: str, facts: dict[str, Any]) -> None:
        """Anything but output."""
        if kind == "error":
            raise RuntimeError(f"AGTerm says {facts}")
        if kind == "session:attached":
            self.attached = True
            self.offset, self._repaint_due = facts["offset"], facts["replay"] == "screen"

    def _restart(self, facts: dict[str, Any]) -> None:
        """The repaint that attaching brings begins the stream; another means that output was skipped."""
        if not self._repaint_due and not self._skips:
            raise LostBytes(f"a repaint at {facts['offset']}, expected {self.offset}")
        self.offset, self._repaint_due = facts["offset"], False
        self.repaints += 1
        self.painted(facts)

    def painted(self, facts: dict[str, Any]) -> None:
        """A repaint: `data offset cols rows`."""
        self.screen = facts["data"].encode()
        self.painted_bytes = len(self.screen)

    def follow(self, offset: int, data: bytes) -> None:
        """Output, of which the first byte has this offset."""
        if offset != self.offset:
            raise LostBytes(f"bytes from {offset}, expected {self.offset}")
        self.offset = offset + len(data)


def _json(value: object) -> Message:
    return WSMsgType.TEXT, json.dumps(value).encode()
