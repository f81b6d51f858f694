"""Cuts an answer, which comes in pieces of any size, into what it consists of: events of a stream, or one document."""

import zlib
from collections.abc import Callable, Iterator

MOST_KEPT = 16 * 1024 * 1024  # of one event or document; of a longer one only the end is kept, where the usage is
KEPT_END = 64 * 1024
INFLATED_AT_ONCE = 1024 * 1024
BOM = b"\xef\xbb\xbf"
WHITE = b" \t\r\n"

Taken = Callable[[bytes, bool], None]  # the bytes, and whether they are all of it


class Body:
    """What `feed` is given, without its content-encoding. One that we can't decode reads as nothing at all."""

    def __init__(self, encoding: str) -> None:
        self.is_readable = encoding in ("", "identity", "gzip", "x-gzip", "deflate")
        is_plain = encoding in ("", "identity")
        self._inflate = None if is_plain or not self.is_readable else zlib.decompressobj(wbits=47)  # gzip or zlib
        self._is_begun = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        if not self.is_readable:
            return
        if self._inflate is None:
            yield chunk
            return
        try:
            yield from self._inflated(chunk)
        except zlib.error:
            self.is_readable = False

    def _inflated(self, chunk: bytes) -> Iterator[bytes]:
        assert self._inflate is not None
        while chunk:
            try:
                piece = self._inflate.decompress(chunk, INFLATED_AT_ONCE)
            except zlib.error:
                if self._is_begun:
                    raise
                self._inflate = zlib.decompressobj(wbits=-15)  # "deflate" without zlib's frame, as some send it
                piece = self._inflate.decompress(chunk, INFLATED_AT_ONCE)
            self._is_begun = True
            chunk = self._inflate.unconsumed_tail
            if piece:
                yield piece


class Held:
    """Bytes of something that is not whole yet: all of them, or only the end when they become too many."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.is_whole = True

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, more: bytes) -> None:
        self._bytes += more
        if len(self._bytes) > (MOST_KEPT if self.is_whole else 4 * KEPT_END):
            self.is_whole = False
            del self._bytes[:-KEPT_END]

    def take(self) -> tuple[bytes, bool]:
        taken = bytes(self._bytes if self.is_whole else self._bytes[-KEPT_END:]), self.is_whole
        self._bytes, self.is_whole = bytearray(), True
        return taken


class Document:
    """One JSON document."""

    def __init__(self, take: Taken) -> None:
        self._take, self._held = take, Held()

    def feed(self, piece: bytes) -> None:
        self._held.add(piece)

    def finish(self) -> None:
        self._take(*self._held.take())


class Events:
    """Server-sent events: calls `take` with the data of each."""

    def __init__(self, take: Taken) -> None:
        self._take = take
        self._line, self._data = Held(), Held()
        self._has_data = False
        self._only: bytes | None = None  # an event's data while it is one line, as it nearly always is
        self._ended_in_cr = False

    def feed(self, piece: bytes) -> None:
        piece = self._with_newlines(piece)
        start = 0
        if len(self._line):
            end = piece.find(b"\n")
            if end < 0:
                self._line.add(piece)
                return
            self._line.add(piece[:end])
            self._take_line(*self._line.take())
            start = end + 1
        last = piece.rfind(b"\n", start)
        if last >= 0:
            for line in piece[start:last].split(b"\n"):
                self._take_line(line, True)
            start = last + 1
        if start < len(piece):
            self._line.add(piece[start:])

    def finish(self) -> None:
        """What has no empty line behind it counts too: some leave out the last one."""
        if len(self._line):
            self._take_line(*self._line.take())
        self._end_event()

    def _with_newlines(self, piece: bytes) -> bytes:
        """All three ends of a line that the standard knows become the usual one."""
        if self._ended_in_cr and piece:
            self._ended_in_cr = False
            piece = piece.removeprefix(b"\n")
        if b"\r" not in piece:
            return piece
        self._ended_in_cr = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _take_line(self, line: bytes, is_whole: bool) -> None:
        if not line:
            self._end_event()
        elif not is_whole or len(line) > MOST_KEPT:
            self._hold_only()
            self._has_data = True
            self._data.is_whole = False
            self._data.add(line[-KEPT_END:])
        elif line.startswith(b"data:"):
            if not self._has_data:
                self._has_data = True
                self._only = line[5:]
                return
            self._hold_only()
            self._data.add(b"\n" + line[5:])

    def _hold_only(self) -> None:
        if self._only is not None:
            self._data.add(self._only)
            self._only = None

    def _end_event(self) -> None:
        if not self._has_data:
            return
        self._has_data = False
        if self._only is not None:
            data, self._only = self._only, None
            self._take(data, True)
        else:
            self._take(*self._data.take())


class Answer:
    """Finds out what an answer is, a document or events; its media type is not always right."""

    def __init__(self, encoding: str, document: Taken, event: Taken, passing: Callable[[bytes], None]) -> None:
        """`passing`: shown each piece of a document as it comes."""
        self._body = Body(encoding)
        self._on_document, self._on_event, self._passing = document, event, passing
        self._head = b""
        self._parts: Document | Events | None = None

    @property
    def is_document(self) -> bool:
        return isinstance(self._parts, Document)

    def feed(self, chunk: bytes) -> None:
        for piece in self._body.pieces(chunk):
            self._piece(piece)

    def finish(self) -> None:
        if self._parts is not None and self._body.is_readable:
            self._parts.finish()

    def _piece(self, piece: bytes) -> None:
        if self._parts is None:
            piece = self._begun(piece)
        if self._parts is None:
            return
        if self.is_document:
            self._passing(piece)
        self._parts.feed(piece)

    def _begun(self, piece: bytes) -> bytes:
        head = (self._head + piece).lstrip(WHITE)
        if len(head) < len(BOM) and BOM.startswith(head):  # nothing yet, or half a byte order mark
            self._head = head
            return b""
        head = head.removeprefix(BOM).lstrip(WHITE)
        if not head:
            self._head = b""
            return b""
        self._parts = Document(self._on_document) if head[:1] in (b"{", b"[") else Events(self._on_event)
        return head
