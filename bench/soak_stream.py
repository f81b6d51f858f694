"""The soak's stream: a text of which every byte is known by its offset, the program that prints it, and its check.

Each line says where in the text it stands and carries a CRC of what one sees of it; the text repeats for ever.
"""

import random
import re
import zlib
from pathlib import Path

from runner.screens.ghostty import GhosttyEmulator

TEXT_BYTES = 16_000_000  # more than any journal here, so that no offset can be taken for another
PAD = 4 * 1024 * 1024  # the longest piece compared at once
HISTORY = 200  # lines above the screen that are compared
WORDS = ("alpha", "beta", "über", "naïve", "漢字", "端末", "🙂", "→", "строка", "x", "0123456789")
LINE = re.compile(rb"\n@([0-9a-f]{8}) ")
SGR = re.compile(r"\x1b\[[0-9;]*m|\x1b\[?[0-9;]*$")  # also one that has only begun

# Prints a few lines a second, and now and then a burst; throws away what is typed. Only the shell's own words, for
# fifty of these run at once; `read` leaves the file where the line ends, so that `dd` goes on from there.
PROGRAM = """
stty raw -echo
LC_ALL=C
exec 3<{path}
line() {{ IFS= read -r -u 3 text || {{ exec 3<{path}; IFS= read -r -u 3 text; }}; printf '%s\\n' "$text"; }}
while :; do
  for ((n = RANDOM % 8; n >= 0; n--)); do line; done
  if ((RANDOM % {every} == 0)); then dd bs=65536 count=$((RANDOM % 48 + 1)) status=none <&3; fi
  IFS= read -r -t 0.$((RANDOM % 40 + 10)) -n 100000 typed
done
"""
BURST_EVERY = 60  # rounds of the program, a third of a second each


class Wrong(Exception):
    """What a reader got is not what the program printed."""


class Text:
    """The known text, in a file that sessions may read."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.chmod(0o755)
        source = random.Random(seed)  # noqa: S311
        parts, size = [], 0
        while size < TEXT_BYTES:
            parts.append(_line(size, source))
            size += len(parts[-1])
        once = b"".join(parts)
        self.size = len(once)
        self.path = folder / "stream.txt"
        self.path.write_bytes(once)
        self._bytes = once + once[:PAD]

    def program(self) -> list[str]:
        """Arguments of a shell that prints it for ever."""
        return ["-c", PROGRAM.format(path=self.path, every=BURST_EVERY)]

    def at(self, position: int, size: int) -> bytes:
        """`size` bytes (at most `PAD`) from that place on, of the text that goes on for ever."""
        start = position % self.size
        return self._bytes[start : start + size]


def _line(position: int, source: random.Random) -> bytes:
    words = [source.choice(WORDS) for _ in range(source.randrange(1, 6))]
    seen = f"@{position:08x} {' '.join(words)}"
    styled = " ".join(f"\x1b[{source.choice((31, 32, 1, 7))}m{word}\x1b[0m" for word in words)
    return f"@{position:08x} {styled} {zlib.crc32(seen.encode()):08x}\r\n".encode()


class Check:
    """One session's stream, whoever reads it: raises `Wrong` for the first byte that is not the program's."""

    def __init__(self, text: Text, *, steady: bool) -> None:
        """`steady`: nobody changes the size of this session."""
        self._text, self.steady = text, steady
        self.base: int | None = None  # offset of the text's first byte
        self.bytes = self.screens = 0

    def output(self, offset: int, data: bytes) -> None:
        if self.base is None:
            self._find_base(offset, data)
        if self.base is None:
            return
        for at in range(0, len(data), PAD):
            part = data[at : at + PAD]
            if part != self._text.at(offset + at - self.base, len(part)):
                raise Wrong(f"bytes {offset}..{offset + len(data)}: {_first_difference(part, self, offset + at)}")
        self.bytes += len(data)

    def expected(self, offset: int, size: int) -> bytes:
        assert self.base is not None
        return self._text.at(offset - self.base, size)

    def _find_base(self, offset: int, data: bytes) -> None:
        if found := LINE.search(data):
            self.base = (offset + found.start() + 1 - int(found[1], 16)) % self._text.size - self._text.size

    def screen(self, offset: int, cols: int, rows: int, repaint: bytes) -> None:
        """A fresh terminal that is fed the repaint shows the lines before `offset`, the last ones at the bottom."""
        if self.base is None or not cols:
            return
        shown = _rows(repaint, cols, rows)
        before = min(offset, (len(shown) + 2) * 200)
        text = self.expected(offset - before, before).decode(errors="ignore")
        printed = [line for line in (SGR.sub("", line).rstrip() for line in text.split("\r\n")) if line]
        if shown != printed[len(printed) - len(shown) :]:
            raise Wrong(f"a repaint at {offset} ({cols}x{rows}) shows {shown[-3:]}, printed was {printed[-3:]}")
        self.screens += 1


def _rows(repaint: bytes, cols: int, rows: int) -> list[str]:
    emulator = GhosttyEmulator(cols, rows, HISTORY)
    try:
        emulator.feed(repaint)
        return [row for row in (line.rstrip() for line in emulator.text(HISTORY).split("\n")) if row]
    finally:
        emulator.close()


def _first_difference(got: bytes, check: Check, offset: int) -> str:
    wanted = check.expected(offset, len(got))
    at = next(n for n in range(len(got)) if got[n] != wanted[n])
    return f"at {offset + at} came {got[at : at + 60]!r}, printed was {wanted[at : at + 60]!r}"
