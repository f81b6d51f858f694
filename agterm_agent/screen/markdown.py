"""Markdown on the screen: a whole text as coloured lines, and an answer that is shown while it still comes.

An answer is settled block by block: as soon as the next block begins, the one before can't change any more.
"""

import io
import itertools
from collections.abc import Iterable

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, HorizontalRule, Markdown
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
from rich.theme import Theme

from agterm_agent.screen.text import clean, fold, has_colours

CODE_THEME = "ansi_dark"  # the sixteen colours of the terminal's own scheme
LIVE_LINES, LIVE_CHARACTERS = 80, 4000  # of a block that still comes only the end is looked at: no screen shows more
THEME = Theme(
    {
        "markdown.code": "cyan",
        "markdown.h1": "bold underline",
        "markdown.h2": "bold",
        "markdown.h3": "bold",
        "markdown.link": "blue",
        "markdown.link_url": "dim",
        "markdown.item.bullet": "dim",
        "markdown.item.number": "dim",
        "markdown.block_quote": "italic",
        "markdown.hr": "dim",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
    },
)


class _Code(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        yield Syntax(code, self.lexer_name, theme=self.theme, word_wrap=True, padding=(0, 0, 0, 2))


class _Heading(Heading):
    LEVEL_ALIGN = {}


class _Rule(HorizontalRule):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Rule(style=console.get_style("markdown.hr"), characters="─")


class _Document(Markdown):
    """Rich's Markdown, in which HTML is text like any other instead of being left out."""

    elements = {
        **Markdown.elements,
        "fence": _Code,
        "code_block": _Code,
        "heading_open": _Heading,
        "hr": _Rule,
    }

    def __init__(self, markup: str) -> None:
        super().__init__("", code_theme=CODE_THEME, hyperlinks=False)
        self.markup, self.parsed = markup, _parser().parse(markup)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


def shown(markup: str, width: int) -> list[str]:
    """Markdown as lines of at most this width: each block, with a blank line between two."""
    lines: list[str] = []
    for block in blocks(clean(markup)):
        lines += [*([""] if lines else []), *_block(block, width)]
    return lines


def blocks(markup: str) -> list[str]:
    """The text cut where a block of the outermost level begins."""
    rows = markup.split("\n")
    starts = sorted({token.map[0] for token in _parser().parse(markup) if token.level == 0 and token.map})
    if not starts:
        return [markup] if markup.strip() else []
    edges = [0, *starts[1:], len(rows)]
    return ["\n".join(rows[start:end]) for start, end in itertools.pairwise(edges)]


def _block(markup: str, width: int) -> list[str]:
    try:
        lines = list(_rendered(markup, width))
    except Exception:  # whatever a model makes up, its words must show
        return fold(markup.strip("\n"), width)
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines or fold(markup.strip("\n"), width)  # such as the definition of a link


def _rendered(markup: str, width: int) -> Iterable[str]:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        legacy_windows=False,
        color_system="standard",
        theme=THEME,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for line in console.render_lines(_Document(markup), pad=False):
        yield _ansi(_without_end(Segment.adjust_line_length(line, width, pad=False)))


def _without_end(line: list[Segment]) -> list[Segment]:
    """The line without the blanks at its end."""
    line = [segment for segment in line if not segment.control]
    while line and not line[-1].text.strip():
        line = line[:-1]
    return [*line[:-1], Segment(line[-1].text.rstrip(), line[-1].style)] if line else line


def _ansi(line: list[Segment]) -> str:
    keeps = has_colours()
    return "".join(_painted(text, style, keeps) for text, style, _ in line)


def _painted(text: str, style: Style | None, keeps_colours: bool) -> str:
    if style is None:
        return text
    style = style.update_link(None) if keeps_colours else style.update_link(None).without_color
    return style.render(text)


class Stream:
    """An answer as it comes: `take` gives what is settled, `live` what still may change."""

    def __init__(self) -> None:
        self._received = ""  # all of it, as it came
        self._settled = 0  # characters of it that are on the screen for good
        self._has_shown = False
        self._live: tuple[str, int, list[str]] = ("", 0, [])

    @property
    def is_empty(self) -> bool:
        return not self._received

    def take(self, piece: str, width: int) -> list[str]:
        """One more piece; the lines that are settled by it."""
        self._received += piece
        if "\n" not in piece:
            return []
        coming = self._received[self._settled :]
        # A line that is not whole can become anything. Carriage returns count as blanks here, so that lengths agree.
        whole = coming[: coming.rfind("\n") + 1].replace("\r", " ")
        found = blocks(whole)
        if len(found) < 2:
            return []
        ended = sum(len(block) + 1 for block in found[:-1])
        return self._settle(coming[:ended], ended, width)

    def finish(self, text: str | None, width: int) -> list[str]:
        """The end of the answer: all that is not yet settled. `text`: the whole of it, where that is known."""
        if text is not None and not text.startswith(self._received[: self._settled]):
            rest, self._received, self._settled = text, text, 0  # not what was streamed: the whole counts
        else:
            self._received = self._received if text is None else text
            rest = self._received[self._settled :]
        return self._settle(rest, len(rest), width)

    def _settle(self, markup: str, length: int, width: int) -> list[str]:
        self._settled += length
        lines = shown(markup, width)
        if lines and self._has_shown:
            lines = ["", *lines]
        self._has_shown = self._has_shown or bool(lines)
        return lines

    def live(self, width: int) -> list[str]:
        """What is not settled yet, as it looks now."""
        coming = self._received[self._settled :]
        if self._live[:2] != (coming, width):
            lines = shown(_end_of(coming), width) if coming.strip() else []
            self._live = coming, width, lines
        lines = self._live[2]
        return ["", *lines] if lines and self._has_shown else lines


def _end_of(markup: str) -> str:
    """The end of a long block; of a code block it stays code."""
    rows = markup.strip("\n").split("\n")
    end = "\n".join(rows[-LIVE_LINES:])[-LIVE_CHARACTERS:]
    if len(end) >= len(markup.strip("\n")):
        return markup
    fence = rows[0] if rows[0].lstrip().startswith(("```", "~~~")) else None
    return f"{fence}\n{end}" if fence else end.partition(" ")[2] or end
