"""The terminal socket's words: frames out as plain values. No Django, no I/O.

In: `session:attach {sessionId, cols?, rows?, since?, history?, binary?, ack?, mode?}`, `session:detach`,
`terminal:input {data}`, `terminal:resize {cols, rows}`, `terminal:refresh {history?}`, `terminal:ack {offset}`,
`control:take {cols?, rows?}`, `agent:switch {agent, provider?, model?}`, `ping`.
"""

import codecs
import struct
from typing import Any

Frame = dict[str, Any]


def frame(kind: str, session_id: str | None = None, **payload: Any) -> Frame:
    """`{type, sessionId?, payload?}`."""
    message: Frame = {"type": kind}
    if session_id is not None:
        message["sessionId"] = session_id
    if payload:
        message["payload"] = payload
    return message


def binary_output(offset: int, data: bytes) -> bytes:
    """8 bytes big-endian offset of the first byte, then the bytes."""
    return struct.pack(">Q", offset) + data


class TextOutput:
    """Turns terminal bytes into JSON frames without ever splitting a character between two of them."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._expected: int | None = None

    def frame(self, offset: int, data: bytes) -> Frame | None:
        """`terminal:output {data, offset, endOffset}`: the text of the bytes offset…endOffset, the next `since`.

        None while there is only the beginning of a character.
        """
        if self._expected != offset:  # after a repaint: what was held back belongs to another place
            self._decoder.reset()
        start = offset - len(self._decoder.getstate()[0])
        text = self._decoder.decode(data)
        self._expected = offset + len(data)
        if not text:
            return None
        end = self._expected - len(self._decoder.getstate()[0])
        return frame("terminal:output", self._session_id, data=text, offset=start, endOffset=end)
