"""What somebody has typed and sent, told from the keys alone: the line that Enter ends. Pure.

Keys that make a program change its line by itself (completion, an earlier line) leave it as it was typed.
"""

import re

MAX_BYTES = 4096  # of a line
HAND_BYTES = 16 * 1024  # more at once nobody types: the middle of it is not looked at
_STEP = re.compile(
    rb"(?P<paste>\x1b\[200~)|(?P<pasted>\x1b\[201~)|\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|\x1b.?"
    rb"|(?P<enter>[\r\n])|(?P<back>[\x08\x7f])|(?P<drop>[\x03\x04\x15])|(?P<word>\x17)|[\x00-\x1f]"
    rb"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)


class Lines:
    """Of one terminal."""

    def __init__(self) -> None:
        self._line = b""
        self._is_pasting = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that were sent by `data`, none of them blank."""
        sent: list[str] = []
        if len(data) > HAND_BYTES:
            data = data[:MAX_BYTES] + data[-MAX_BYTES:]
        for step in _STEP.finditer(data):
            kind = step.lastgroup
            if kind == "text":
                self._line = (self._line + step[0])[:MAX_BYTES]
            elif kind == "enter" and self._is_pasting:
                self._line = (self._line + b"\n")[:MAX_BYTES]
            elif kind == "enter":
                if text := self.take():
                    sent.append(text)
            elif kind == "back":
                self._line = self._line.decode(errors="ignore")[:-1].encode()
            elif kind == "word":
                before, space, _ = self._line.rstrip().rpartition(b" ")
                self._line = before + space
            elif kind == "drop":
                self._line = b""
            elif kind in ("paste", "pasted"):
                self._is_pasting = kind == "paste"
        return sent

    def take(self) -> str:
        """The line as it is, which is empty then."""
        line, self._line = self._line, b""
        return line.decode(errors="replace").strip()
