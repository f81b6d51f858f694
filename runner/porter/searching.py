"""Finds files by name, and lines in them, in bounded time: what stands in for ripgrep where there is none."""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from fnmatch import translate
from typing import Any, Literal

import re2
from pydantic import Field

from core.errors import InvalidRequest, TooLarge
from runner import patterns
from runner.porter import beneath, entries
from runner.porter.asked import At, shown
from runner.porter.beneath import held
from runner.porter.conversation import Conversation
from runner.porter.place import Place
from runner.porter.walking import Found, walk

TIME_LIMIT_S = 10.0
MAX_MATCHES = 1000
MAX_FILE_BYTES = 8 * 1024 * 1024  # a larger one is no text that somebody wrote
MAX_TEXT_CHARACTERS = 500
MAX_LINE_BYTES = 16 * 1024
MAX_PATH_BYTES = 4 * 1024 * 1024  # of all matches together
_PIECE_BYTES = 64 * 1024
_HEAD_BYTES = 8192
_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW
PRUNED = frozenset({b".git", b"node_modules"})


class Search(At):
    """`regex`: of RE2's syntax. `glob`: of names, or of paths when it has a slash."""

    query: str = Field(min_length=1, max_length=1000)
    kind: Literal["name", "content"] = "name"
    regex: bool = False
    case: bool = False
    glob: str | None = Field(None, min_length=1, max_length=500)
    hidden: bool = False
    limit: int = Field(200, ge=1, le=MAX_MATCHES)


class _Enough(Exception):
    pass


def search(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{matches, truncated, searched, engine}`.

    Matches are `{path, type}`, or `{path, line, column, text, matches: [[start, end]]}` of a content, where columns and
    what matched are counted in characters of `text`.
    """
    asked = Search.of(params)
    with held(entries.folder(place, asked.names)) as top:
        hunt = _Hunt(asked, time.monotonic() + TIME_LIMIT_S)
        truncated = False
        try:
            for found in walk(place, top, hidden=asked.hidden, deadline=hunt.deadline, pruned=PRUNED):
                hunt.look(found)
        except (_Enough, TooLarge):
            truncated = True
    conversation.reply(
        {"matches": hunt.matches, "truncated": truncated, "searched": hunt.searched, "engine": "builtin"}
    )


class _Hunt:
    """`searched`: how many files were looked at."""

    def __init__(self, asked: Search, deadline: float) -> None:
        self.deadline, self.matches, self.searched = deadline, list[dict[str, Any]](), 0
        self._asked = asked
        self._path_bytes = 0  # of the paths in the matches
        self._find = _finder(asked)
        self._fits = _fitting(asked.glob)

    def look(self, found: Found) -> None:
        """Raises `_Enough` when there are as many matches as were asked for, or time is up."""
        if not self._fits(found):
            return
        if self._asked.kind == "name":
            self.searched += 1
            if next(self._find(found.name), None) is not None:
                self._note(found, {"type": entries.type_of(found.facts)})
        elif stat.S_ISREG(found.facts.st_mode) and 0 < found.facts.st_size <= MAX_FILE_BYTES:
            self._read(found)

    def _note(self, found: Found, facts: dict[str, Any]) -> None:
        self._path_bytes += len(found.path)
        if len(self.matches) == self._asked.limit or self._path_bytes > MAX_PATH_BYTES:
            raise _Enough
        self.matches.append(_shown(found.path) | facts)

    def _read(self, found: Found) -> None:
        data = _text_of(found)
        self.searched += 1
        number, start = 1, 0
        while start < len(data):  # piece by piece of whole lines, so that no search of the expression takes long
            end = data.rfind(b"\n", start, start + _PIECE_BYTES) + 1 or start + _PIECE_BYTES
            piece = data[start:end]
            if time.monotonic() > self.deadline:
                raise _Enough
            if next(self._find(piece), None) is not None:
                self._note_lines(found, piece, number)
            number += piece.count(b"\n")
            start = end

    def _note_lines(self, found: Found, piece: bytes, number: int) -> None:
        for line in piece.split(b"\n"):
            spans = list(self._find(line[:MAX_LINE_BYTES])) if line else []
            if spans:
                self._note(found, {"line": number} | _line(line[:MAX_LINE_BYTES], spans))
            number += 1


def _finder(asked: Search) -> Callable[[bytes], Iterator[tuple[int, int]]]:
    """Where it is in a text; nothing that is empty."""
    flags = "" if asked.case else "(?i)"
    expression = flags + (f"(?:{asked.query})" if asked.regex else re2.escape(asked.query))
    if asked.regex:
        patterns.compiled(asked.query)  # within its bounds
    options = re2.Options()
    options.log_errors = False
    options.max_mem = patterns.MAX_MEMORY_BYTES
    try:
        compiled = re2.compile(f"(?m){expression}", options)
    except re2.error:
        raise InvalidRequest("query: not a regular expression of RE2's syntax") from None

    def find(data: bytes) -> Iterator[tuple[int, int]]:
        return (match.span() for match in compiled.finditer(data) if match.end() > match.start())

    return find


def _fitting(glob: str | None) -> Callable[[Found], bool]:
    if glob is None:
        return lambda found: True
    matches = re.compile(translate(glob).encode(), re.DOTALL).match
    return (lambda found: bool(matches(found.path))) if "/" in glob else (lambda found: bool(matches(found.name)))


def _text_of(found: Found) -> bytes:
    """b"" for what is no text, or not to be read."""
    try:
        with held(beneath.open_at(found.folder, [found.name], _OPEN, links=False)) as opened:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                return b""
            head = os.pread(opened, _HEAD_BYTES, 0)
            return b"" if b"\0" in head else head + os.pread(opened, MAX_FILE_BYTES, len(head))
    except OSError:
        return b""


def _line(line: bytes, spans: list[tuple[int, int]]) -> dict[str, Any]:
    """The part of the line that is shown begins somewhat before the first match."""
    text = line.decode(errors="replace")
    places = [(len(line[:a].decode(errors="replace")), len(line[:b].decode(errors="replace"))) for a, b in spans[:50]]
    first = places[0][0]
    start = max(0, first - MAX_TEXT_CHARACTERS // 4) if len(text) > MAX_TEXT_CHARACTERS else 0
    cut = text[start : start + MAX_TEXT_CHARACTERS]
    inside = [[a - start, min(b - start, len(cut))] for a, b in places if a - start < len(cut)]
    return {"column": first + 1, "text": cut.rstrip("\r"), "matches": inside}


def _shown(path: bytes) -> dict[str, str]:
    said = shown(path)
    return {"path": said["name"]} | ({"rawPath": said["rawName"]} if "rawName" in said else {})
