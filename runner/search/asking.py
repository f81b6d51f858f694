"""What somebody asks the index for, in its own language and as a pattern to find it again in a text. Pure.

Words, all of which must be there; "several in a row"; -without; the beginning of one with a star behind it.
Letters are the same with and without accents, large and small.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from core.errors import InvalidRequest

MAX_TERMS = 32
MIN_PREFIX = 2
NO_WORDS = 'The query needs at least one word; "-" before a word leaves out what has it'
_TERM = re.compile(r'(-?)"([^"]*)"?(\*?)|(-?)([^\s"]+)')
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Term:
    """Words in a row. `is_prefix`: the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_not: bool = False

    @property
    def match(self) -> str:
        return f'"{" ".join(self.words)}"' + "*" * self.is_prefix

    @property
    def pattern(self) -> str:
        """With its letters first, and then what must not be before them: `re` looks for letters ten times as fast."""
        first = self.words[0]
        end = r"[^\W_]*" if self.is_prefix else r"(?![^\W_])"
        return rf"{first}(?<![^\W_]{first})" + "".join(rf"[\W_]+{word}" for word in self.words[1:]) + end


@dataclass(frozen=True)
class Query:
    terms: tuple[Term, ...]

    @property
    def match(self) -> str:
        """An expression of FTS5 for its column `text`."""
        wanted = " AND ".join(term.match for term in self.terms if not term.is_not)
        unwanted = " OR ".join(term.match for term in self.terms if term.is_not)
        return f"(text : ({wanted}))" + (f" NOT (text : ({unwanted}))" if unwanted else "")

    @cached_property
    def found(self) -> "re.Pattern[str]":
        """In a `plain` text."""
        return re.compile("|".join(term.pattern for term in self.terms if not term.is_not))


def parse(text: str) -> Query:
    """Raises `InvalidRequest`."""
    terms = []
    for match in _TERM.finditer(unicodedata.normalize("NFC", text)):
        minus, phrase, star = match[1] or match[4] or "", match[2], match[3]
        if phrase is None:
            phrase, star = match[5].rstrip("*"), "*" * match[5].endswith("*")
        words = tuple(WORD.findall(plain(phrase)))
        if not words:
            continue
        if star and len(words[-1]) < MIN_PREFIX:
            raise InvalidRequest(f"The beginning of a word needs at least {MIN_PREFIX} letters before its star")
        terms.append(Term(words, bool(star), bool(minus)))
    if all(term.is_not for term in terms):
        raise InvalidRequest(NO_WORDS)
    if len(terms) > MAX_TERMS:
        raise InvalidRequest(f"The query may have {MAX_TERMS} words at most")
    return Query(tuple(terms))


def plain(text: str) -> str:
    """`text` with each letter small and bare, as long as it was."""
    if text.isascii():
        return text.lower()
    return "".join(map(_bare, text))


def _bare(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    low = unicodedata.normalize("NFD", letter)[0].lower()
    return low if len(low) == 1 else letter
