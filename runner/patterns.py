"""Regular expressions of callers, matched in linear time, a bounded piece at a time, beside the event loop.

RE2 promises time linear in text × program, which may be half a minute: where the table of its automaton overflows, it
walks the program for every byte. So both are bounded here, and since RE2 lets go of the interpreter while it searches,
a thread of their own keeps all patterns together off the event loop.
"""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import re2

from core.errors import InvalidRequest

MAX_CHARACTERS = 1000
MAX_CLASSES = 40  # Unicode classes and negated ones take RE2 a fifth of a millisecond each to read
MAX_MEMORY_BYTES = 256 * 1024
MAX_PROGRAM = 1300  # instructions; \pL+ has 1200
MAX_WORK = 2 * 1024 * 1024  # bytes × instructions in one search; 5 to 10 ns each at worst
MAX_PIECE_BYTES = 64 * 1024
OVERLAP_BYTES = 1024  # between two pieces, or a quarter of one: a match that is half as long is never missed
MAX_MATCH_CHARACTERS = 4096

_CLASS = re.compile(r"\\[pPWDS]|\[\^|\[:\^")
_thread = ThreadPoolExecutor(1, thread_name_prefix="patterns")


class Pattern:
    """RE2 syntax, which has no look-around and no back-references."""

    def __init__(self, expression: str) -> None:
        options = re2.Options()
        options.max_mem = MAX_MEMORY_BYTES
        options.log_errors = False
        options.never_capture = True
        self._compiled = re2.compile(f"(?m){expression}", options)
        sizes = self._compiled.programsize, self._compiled.reverseprogramsize
        if min(sizes) < 0 or max(sizes) > MAX_PROGRAM:
            raise InvalidRequest("pattern is too large: fewer repetitions, or smaller classes, please")
        self._piece_bytes = min(MAX_PIECE_BYTES, MAX_WORK // max(sizes))

    async def found(self, text: str) -> str | None:
        """The first match, cut after 4096 characters; None: there is none. Its turn comes piece by piece."""
        loop = asyncio.get_running_loop()
        for piece in _pieces(text.encode(errors="replace"), self._piece_bytes):
            found = await loop.run_in_executor(_thread, self.search, piece)
            if found is not None:
                return found.decode(errors="replace")[:MAX_MATCH_CHARACTERS]
        return None

    def search(self, piece: bytes) -> bytes | None:
        match = self._compiled.search(piece)
        return None if match is None else match.group()


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    """`data` in pieces of at most `size` bytes that overlap, of whole lines where lines are short enough."""
    overlap = min(OVERLAP_BYTES, size // 4)
    start = 0
    while len(data) - start > size:
        end = _line(data, start + size - overlap, start + size) or _character(data, start + size)
        yield data[start:end]
        start = _line(data, end - overlap, end - overlap // 2) or _character(data, end - overlap)
    yield data[start:]


def _line(data: bytes, first: int, last: int) -> int:
    """Where the last line begins that begins from `first` to `last`; 0: none does."""
    return data.rfind(b"\n", first, last) + 1


def _character(data: bytes, offset: int) -> int:
    """Where the character begins that the byte at `offset` belongs to."""
    while data[offset] & 0xC0 == 0x80:
        offset -= 1
    return offset


def compiled(expression: str) -> Pattern:
    """Raises `InvalidRequest` for an expression that is empty, too long, too large as a program or none of RE2."""
    if not 0 < len(expression) <= MAX_CHARACTERS:
        raise InvalidRequest(f"pattern: 1 to {MAX_CHARACTERS} characters")
    if len(_CLASS.findall(expression)) > MAX_CLASSES:
        raise InvalidRequest(f"pattern: more than {MAX_CLASSES} classes such as \\pL, \\W or [^x]")
    try:
        return Pattern(expression)
    except UnicodeEncodeError:
        raise InvalidRequest("pattern is not valid Unicode text") from None
    except re2.error as error:
        reason = error.args[0] if error.args else error
        raise InvalidRequest(f"pattern: {reason.decode() if isinstance(reason, bytes) else reason}") from None
