"""Turns a recording into what callers ask for - asciicast v2 or v3, JSON, text - a piece at a time, however long it is.

Redaction (`runner.redaction.spans`) looks at output, and at input, across the borders of events: a key is found as long
as no more than 8 KiB of it lie before what is looked at together (64 KiB of output, or half a megabyte of anything).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import orjson

from runner.recorder.cast import TERM, VERSION
from runner.recorder.facts import Facts
from runner.recorder.text import Plain
from runner.redaction import REDACTED, patterns, spans

Format = Literal["cast", "cast3", "json", "text"]
PIECE_BYTES = 256 * 1024
MAX_LINE_BYTES = 8 * 1024 * 1024  # ours are shorter
TOGETHER_BYTES, TAIL_BYTES, MOST_BYTES = 64 * 1024, 8 * 1024, 512 * 1024
KINDS = {b"o": "output", b"i": "input", b"r": "resize", b"m": "marker"}


class Event(NamedTuple):
    """`at`: seconds as it is written; `data`: JSON of a string."""

    at: bytes
    code: bytes
    data: bytes


def pieces(path: Path, form: Format, facts: Facts | None, *, redact: bool) -> Iterator[bytes]:
    """The recording in `form`. Raises `OSError` instead of the first piece when it can't be opened."""
    stream = path.open("rb")
    try:
        header = _header(stream.readline(MAX_LINE_BYTES), facts)
        events = _events(iter(lambda: stream.readline(MAX_LINE_BYTES), b""))
        if redact:
            events = redacted(events)
            header |= {"title": patterns(header["title"])} if "title" in header else {}
        yield from _joined(_WRITERS[form](header, events, facts))
    finally:
        stream.close()


def _header(line: bytes, facts: Facts | None) -> dict[str, Any]:
    """Of a file that lost it in a power cut, made anew."""
    try:
        header: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        cols, rows, title = (80, 24, "") if facts is None else (facts["cols"], facts["rows"], facts["title"])
        header = {"version": VERSION, "width": cols, "height": rows, "title": title, "env": {"TERM": TERM}}
    return header


def _events(lines: Iterable[bytes]) -> Iterator[Event]:
    """A last line that is not whole is being written, or was when somebody crashed."""
    for line in lines:
        comma = line.find(b",")
        if line.endswith(b"]\n") and comma > 0:
            yield Event(line[1:comma], line[comma + 3 : comma + 4], line[comma + 7 : -2])


def _joined(parts: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


# --- formats ---------------------------------------------------------------------------------------------------------


def _cast(header: dict[str, Any], events: Iterable[Event], facts: Facts | None) -> Iterator[bytes]:
    yield orjson.dumps(header) + b"\n"
    for at, code, data in events:
        yield b'[%b, "%b", %b]\n' % (at, code, data)


def _cast3(header: dict[str, Any], events: Iterable[Event], facts: Facts | None) -> Iterator[bytes]:
    term = {"cols": header.pop("width"), "rows": header.pop("height"), "type": header["env"]["TERM"]}
    yield orjson.dumps(header | {"version": 3, "term": term}) + b"\n"
    before = 0
    for at, code, data in events:
        now = _micros(at)
        yield b'[%d.%06d, "%b", %b]\n' % (*divmod(now - before, 1_000_000), code, data)
        before = now


def _micros(at: bytes) -> int:
    seconds, _, rest = at.partition(b".")
    return int(seconds) * 1_000_000 + int(rest.ljust(6, b"0")[:6])


def _json(header: dict[str, Any], events: Iterable[Event], facts: Facts | None) -> Iterator[bytes]:
    yield orjson.dumps(_about(header, facts))[:-1] + b',"events":['
    comma = b""
    for at, code, data in events:
        kind = KINDS[code].encode()
        yield b'%b\n{"event_type":"%b","data":%b,"timestamp":%d}' % (comma, kind, data, _micros(at) // 1000)
        comma = b","
    yield b"\n]}\n"


def _about(header: dict[str, Any], facts: Facts | None) -> dict[str, Any]:
    size = {"cols": header["width"], "rows": header["height"]}
    about: dict[str, Any] = {"metadata": {"title": header.get("title", ""), "initial_size": size}}
    if facts is not None:
        session = facts["session"]
        about |= {
            "id": facts["id"], "sessionId": session, "terminal_id": session, "status": facts["status"],
            "start_time": _iso(facts["started_at"]), "end_time": _iso(facts["ended_at"]),
            "durationMs": facts["duration_ms"], "truncated": facts["truncated"], "size": facts["size_bytes"],
            "compressed": False,
        }  # fmt: skip
    return about


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _text(header: dict[str, Any], events: Iterable[Event], facts: Facts | None) -> Iterator[bytes]:
    plain = Plain()
    for event in events:
        if event.code == b"o" and (text := plain.feed(orjson.loads(event.data))):
            yield text.encode(errors="replace")
    yield plain.rest().encode(errors="replace")


_WRITERS = {"cast": _cast, "cast3": _cast3, "json": _json, "text": _text}


# --- redaction -------------------------------------------------------------------------------------------------------


class _Queue:
    """Events whose end may be the beginning of a key. Texts are UTF-8."""

    def __init__(self) -> None:
        self._events: list[tuple[bytes, bytes, bytes]] = []
        self.size = 0

    def put(self, at: bytes, code: bytes, text: bytes) -> None:
        self._events.append((at, code, text))
        self.size += len(text) + 32

    def take(self, *, everything: bool) -> Iterator[Event]:
        """All that is sure, and what is not yet but has become too much."""
        most = self.size > MOST_BYTES
        cuts = {
            b"o": self._redact(b"o", 0 if everything else TAIL_BYTES, most),
            b"i": self._redact(b"i", 0 if everything or most else TAIL_BYTES, most),
        }
        events, self._events = self._events, []
        self.size = 0
        is_over = False
        for at, code, text in events:
            cut = cuts.get(code)
            if is_over or (cut is not None and len(text) > cut):
                head = b"" if is_over or cut is None else text[:cut]
                if head:
                    yield Event(at, code, orjson.dumps(head.decode()))
                is_over = True
                self.put(at, code, text[len(head) :])
                continue
            if cut is not None:
                cuts[code] = cut - len(text)
            if text or code not in cuts:
                yield Event(at, code, orjson.dumps(text.decode()) if code in cuts else text)

    def _redact(self, code: bytes, tail: int, most: bool) -> int:
        """Take keys out of the texts of one kind; how much of them, from the first on, is sure."""
        numbers = [number for number, event in enumerate(self._events) if event[1] == code]
        whole = b"".join(self._events[number][2] for number in numbers)
        found = spans(whole)
        sure = max(0, len(whole) - tail)
        while 0 < sure < len(whole) and whole[sure] & 0xC0 == 0x80:
            sure -= 1
        if not found:
            return sure
        for start, end in found:
            if start < sure < end or (start < sure == end == len(whole) and tail):  # it may go on
                sure = end if most else start
        return self._replace(numbers, found, sure)

    def _replace(self, numbers: list[int], found: list[tuple[int, int]], sure: int) -> int:
        """What lies in `found` and begins before `sure`; the mark stands in the event where the key begins."""
        begin, shift = 0, 0
        waiting = [span for span in found if span[0] < sure]
        for number in numbers:
            at, code, text = self._events[number]
            end, parts, position = begin + len(text), [], begin
            while waiting and waiting[0][0] < end:
                first, last = waiting[0]
                parts.append(text[position - begin : max(first, begin) - begin])
                if first >= begin:
                    parts.append(REDACTED.encode())
                position = min(last, end)
                if last > end:
                    break
                waiting.pop(0)
            parts.append(text[position - begin :])
            fresh = b"".join(parts)
            if begin < sure:
                shift += len(fresh) - len(text)
            self._events[number] = at, code, fresh
            begin = end
        return sure + shift


def redacted(events: Iterable[Event]) -> Iterator[Event]:
    """The same events without what looks like a key in output and input."""
    queue = _Queue()
    due = TOGETHER_BYTES
    for at, code, data in events:
        queue.put(at, code, orjson.loads(data).encode(errors="replace") if code in b"oi" else data)
        if queue.size >= due:
            yield from queue.take(everything=False)
            due = max(TOGETHER_BYTES, 2 * queue.size)
    yield from queue.take(everything=True)
