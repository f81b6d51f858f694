"""Makes readable text of an HTML page: a small program of its own, since a page can be made to be slow to parse.

Standard library alone: python -I -S readable.py URL, with the page on standard input.
"""

import re
import resource
import sys
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urljoin

MAX_MEMORY = 2**30
_SILENT = {"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "select", "nav"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "div", "dl", "dd", "dt", "fieldset", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Reader(HTMLParser):
    """Collects the text, with a mark for headings, list items, links and code."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.parts: list[str] = []
        self.title = ""
        self._silent = ""
        self._depth = 0
        self._pre = 0
        self._in_title = False
        self._links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent:
            self._depth += tag == self._silent
            return
        if tag in _SILENT:
            self._silent, self._depth = tag, 1
            return
        self._in_title = tag == "title"
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "br":
            self.parts.append("\n")
        elif re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n" + "#" * int(tag[1]) + " ")
        elif tag == "li":
            self.parts.append("- ")
        elif tag in ("td", "th"):
            self.parts.append(" | ")
        elif tag == "pre":
            self._pre += 1
            self.parts.append("```\n")
        elif tag == "a":
            self._links.append(dict(attrs).get("href"))

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._depth -= tag == self._silent
            if not self._depth:
                self._silent = ""
            return
        self._in_title = False
        if tag == "pre" and self._pre:
            self._pre -= 1
            self.parts.append("\n```")
        elif tag == "a" and self._links:
            self._close_link(self._links.pop())
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._in_title:
            self.title += data
        else:
            self.parts.append(data if self._pre else re.sub(r"\s+", " ", data))

    def _close_link(self, href: str | None) -> None:
        if href and not href.startswith(("#", "javascript:", "data:")):
            try:
                self.parts.append(f" ({urljoin(self.url, href)})")
            except ValueError:
                return


def readable(page: str, url: str) -> str:
    reader = Reader(url)
    reader.feed(page)
    reader.close()
    lines = [line.strip(" ") if line.strip() else "" for line in "".join(reader.parts).split("\n")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    title = " ".join(reader.title.split())
    return f"{title}\n\n{body}" if title else body


if __name__ == "__main__":
    with suppress(ValueError, OSError):  # it may be less already
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    text = readable(sys.stdin.buffer.read().decode(errors="replace"), sys.argv[1])
    sys.stdout.buffer.write(text.encode(errors="replace"))
