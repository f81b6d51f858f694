"""Keeps secrets out of what is kept: exact values out of a stream of bytes, and what looks like a key out of a text.

Neither sees a secret that a program prints in another form: encoded (base64, hex, URL quoting), or with a line break or
an escape sequence in the middle, as a full-screen program writes it at the edge of its window.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

import re2

REDACTED = "[redacted]"
MIN_SECRET_BYTES = 8  # shorter values are words of everybody, and a recording full of holes hides nothing
MAX_SECRET_BYTES = 16 * 1024  # of longer ones the beginning
_MEMORY_BYTES = 256 * 1024 * 1024  # at most, of thousands of secrets; a few take some KiB
FEW = 8  # so many are looked for one by one, which is faster than by a pattern, and as fast whatever they are
_MARK = REDACTED.encode()


class Exact:
    """Takes `secrets` out of a stream, wherever its pieces end; those shorter than 8 bytes are left in.

    The result doesn't depend on where the pieces end. Of two secrets that overlap in the stream the first is taken out
    whole, and what the other has beyond it stays.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        found = {form for secret in secrets for form in _forms(secret)}
        self._sorted = sorted(found)
        self._longest = max(map(len, self._sorted), default=0)
        self._heads = {secret[:MIN_SECRET_BYTES] for secret in self._sorted}
        self._starts: re.Pattern[bytes] | None = None
        self._pattern = None
        if self._sorted:
            firsts = sorted({secret[:1] for secret in self._sorted})
            self._starts = re.compile(b"[" + b"".join(re.escape(first) for first in firsts) + b"]")
            self._pattern = _any_of(self._sorted) if len(self._sorted) > FEW else None
        self._held = b""

    def fresh(self) -> "Exact":
        """Another stream with the same secrets, which are not prepared again."""
        other = Exact(())
        other._sorted, other._longest, other._heads = self._sorted, self._longest, self._heads
        other._starts, other._pattern = self._starts, self._pattern
        return other

    @property
    def held_bytes(self) -> bytes:
        """What is held back."""
        return self._held

    def feed(self, data: bytes) -> bytes:
        """What is sure by now; the end is held back where it may be the beginning of a secret."""
        if self._starts is None:
            return data
        whole = self._held + data if self._held else data
        cut = self._beginning(whole, 0)
        parts: list[bytes] = []
        position = 0
        for start, end in self._found(whole):
            if start >= cut:  # it may be the beginning of a longer one
                break
            parts += (whole[position:start], _MARK)
            position = end
        if position > cut:
            cut = self._beginning(whole, position)
        self._held = whole[cut:]
        if not parts:
            return whole[:cut] if self._held else whole
        return b"".join((*parts, whole[position:cut]))

    def flush(self) -> bytes:
        """The rest, when the stream ends."""
        held, self._held = self._held, b""
        return self._without(held)

    def text(self, text: str) -> str:
        """A text of its own, such as a title."""
        if self._starts is None:
            return text
        return self._without(text.encode(errors="replace")).decode()

    def _without(self, data: bytes) -> bytes:
        parts: list[bytes] = []
        position = 0
        for start, end in self._found(data):
            parts += (data[position:start], _MARK)
            position = end
        return b"".join((*parts, data[position:]))

    def _found(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Where secrets stand, from the first on, of those that begin together the longest; none overlapping."""
        if len(self._sorted) > FEW:
            assert self._pattern is not None
            yield from (match.span() for match in self._pattern.finditer(data))
            return
        places = {secret: at for secret in self._sorted if (at := data.find(secret)) >= 0}
        while places:
            start, size = min((at, -len(secret)) for secret, at in places.items())
            end = start - size
            yield start, end
            for secret in [each for each, at in places.items() if at < end]:
                if (at := data.find(secret, end)) >= 0:
                    places[secret] = at
                else:
                    del places[secret]

    def _beginning(self, data: bytes, least: int) -> int:
        """Where the longest end of `data` begins that a secret begins with; its length when there is none."""
        assert self._starts is not None
        for match in self._starts.finditer(data, max(least, len(data) - self._longest + 1)):
            start = match.start()
            if len(data) - start >= MIN_SECRET_BYTES and data[start : start + MIN_SECRET_BYTES] not in self._heads:
                continue
            end = data[start:]
            index = bisect_left(self._sorted, end)
            if self._sorted[index : index + 1] == [end]:
                index += 1
            if index < len(self._sorted) and self._sorted[index].startswith(end):
                return start
        return len(data)


def _forms(secret: str) -> set[bytes]:
    """As it is, and as a terminal prints its lines."""
    data = secret.encode(errors="replace").strip()[:MAX_SECRET_BYTES]
    if len(data) < MIN_SECRET_BYTES:
        return set()
    return {data, data.replace(b"\r\n", b"\n"), re.sub(rb"\r?\n", b"\r\n", data)}


def _any_of(secrets: Iterable[bytes]) -> "re2._Regexp[bytes]":
    """Longer ones first: of two that begin alike, the longer is meant where it is there."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.max_mem = _MEMORY_BYTES
    longest_first = sorted(secrets, key=len, reverse=True)
    return re2.compile(b"|".join(re2.escape(secret) for secret in longest_first), options)


_EDGE = r"(?:\b|\x1b\[[0-9;:?]*[A-Za-z])"  # a colour ends with a letter
_KEYS = (
    r"sk-[A-Za-z0-9_-]{20,}",  # OpenAI, Anthropic, OpenRouter and those who follow them
    r"gh[opsur]_[A-Za-z0-9]{30,}",
    r"github_pat_[A-Za-z0-9_]{40,}",
    r"(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"AIza[A-Za-z0-9_-]{35}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"glpat-[A-Za-z0-9_.-]{20,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"npm_[A-Za-z0-9]{36}",
    r"agt-[A-Za-z0-9_-]{16,}",
    r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",  # a JSON Web Token
)
_PRIVATE = (
    r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----(?:\s*(?:Proc-Type|DEK-Info): [^\r\n]*)*[^-]*"
    r"(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?"
)
_NAMES = (  # what stands before the secret stays
    r"(?i:authorization)[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?i:bearer|basic|token)\s+",
    r"[Bb]earer\s+",
    r"(?i:aws_secret_access_key|secretaccesskey)[\"']?\s{0,3}[:=]\s{0,3}[\"']?",
    r"[A-Z][A-Z0-9_]*(?:API_KEY|ACCESS_KEY|SECRET|TOKEN|PASSWORD)=[\"']?",
)
_EXPRESSIONS = (  # the first group is what is taken out
    rf"{_EDGE}({'|'.join(_KEYS)})",
    rf"({_PRIVATE})",
    rf"{_EDGE}(?:{'|'.join(_NAMES)})([^\s\"'\\,;\x1b]{{12,}})",
    rf"{_EDGE}[a-z][a-z0-9+.-]*://[^\s/:@\x1b]*:([^\s/@\x1b]+)@",
)


def _compiled(expression: str) -> "re2._Regexp[bytes]":
    options = re2.Options()
    options.log_errors = False
    return re2.compile(expression.encode(), options)


_patterns = [_compiled(expression) for expression in _EXPRESSIONS]


def spans(data: bytes) -> list[tuple[int, int]]:
    """Where in this text (UTF-8) something looks like a key: of the common kinds, in a header, a variable or a URL.

    In order, none overlapping; in linear time.
    """
    found = sorted(match.span(1) for pattern in _patterns for match in pattern.finditer(data))
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def patterns(text: str) -> str:
    """`text` with a mark in each place that `spans` finds."""
    data = text.encode(errors="replace")
    parts: list[bytes] = []
    position = 0
    for start, end in spans(data):
        parts += (data[position:start], _MARK)
        position = end
    return text if not parts else b"".join((*parts, data[position:])).decode()
