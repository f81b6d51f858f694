"""How the living part is laid out: what is still coming, the question or the input, completions or the status line."""

from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import Completion
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.formatted_text import ANSI, AnyFormattedText
from prompt_toolkit.layout import ConditionalContainer, Dimension, HSplit, Layout, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.processors import AfterInput, ConditionalProcessor

from agterm_agent.screen.text import clean_line, cut, paint

if TYPE_CHECKING:
    from agterm_agent.screen.program import Program

INPUT_LINES = 10
MENU_LINES = 6
QUEUED_LINES = 3
OTHER_LINES = 6  # the rules, the status line, the progress line, and two that stay empty
PLACEHOLDER = "Ask anything · / commands · @ files"
MARK = "❯ "


class Face:
    """The windows of a program; all that they show is asked of it when it is drawn."""

    def __init__(self, program: "Program") -> None:
        self._program = program
        self._drawn: tuple[tuple[int, int, int], list[str]] = ((-1, 0, 0), [])
        is_asked = Condition(lambda: program.question is not None)
        is_empty = Condition(lambda: not program.buffer.text)
        has_menu = Condition(lambda: bool(self._menu()))
        placeholder = ConditionalProcessor(AfterInput(self._placeholder), is_empty)
        self._input = BufferControl(program.buffer, input_processors=[placeholder], focusable=True)
        self._question = FormattedTextControl(lambda: _ansi(self._asked()), focusable=True, show_cursor=False)
        rule = Window(char="─", height=Dimension(min=0, max=1, preferred=1), style="fg:ansibrightblack")
        body = HSplit(
            [
                _lines(self._living),
                ConditionalContainer(
                    Window(self._question, height=lambda: _height(self._asked()), dont_extend_height=True), is_asked
                ),
                ConditionalContainer(
                    HSplit(
                        [
                            rule,
                            Window(
                                self._input,
                                height=lambda: Dimension(min=1, max=self._input_lines()),
                                wrap_lines=True,
                                dont_extend_height=True,
                                get_line_prefix=_prefix,
                            ),
                            rule,
                            ConditionalContainer(_lines(self._menu), has_menu),
                            ConditionalContainer(_lines(lambda: [program.status(self._columns)]), ~has_menu),
                        ]
                    ),
                    ~is_asked,
                ),
                Window(height=Dimension(min=0, preferred=0)),  # whatever room is left
            ]
        )
        self.layout = Layout(body, focused_element=self._input)
        self.is_typing = has_focus(program.buffer) & ~is_asked

    def focus(self) -> None:
        """The keys go to the question while there is one."""
        self.layout.focus(self._question if self._program.question is not None else self._input)

    @property
    def _columns(self) -> int:
        return get_app().output.get_size().columns

    @property
    def _rows(self) -> int:
        return get_app().output.get_size().rows

    def _input_lines(self) -> int:
        return max(1, min(INPUT_LINES, self._rows - OTHER_LINES))

    def _placeholder(self) -> AnyFormattedText:
        return [("fg:ansibrightblack", cut(PLACEHOLDER, self._columns - len(MARK) - 1))]

    def _living(self) -> list[str]:
        """What lives above the input, made once for each drawing."""
        drawing = get_app().render_counter, self._columns, self._rows
        if self._drawn[0] != drawing:
            self._drawn = drawing, self._alive()
        return self._drawn[1]

    def _alive(self) -> list[str]:
        """The end of what is still coming, how long it takes, and what will be said after it."""
        program, columns = self._program, self._columns
        if program.trail is None:
            return ["", *self._queued(columns)]
        below = program.question.shown(columns) if program.question else []
        room = self._rows - OTHER_LINES - (len(below) or min(program.buffer.document.line_count, INPUT_LINES))
        lines = program.trail.live(max(room - QUEUED_LINES, 0))
        if program.question is not None:
            return [*lines, ""]
        return [*lines, "", program.trail.progress(), *self._queued(columns)]

    def _queued(self, columns: int) -> list[str]:
        return [paint(cut(f"  queued: {clean_line(text)}", columns), "dim") for text in self._program.queued()][
            :QUEUED_LINES
        ]

    def _asked(self) -> list[str]:
        question = self._program.question
        return question.shown(self._columns) if question else []

    def _menu(self) -> list[str]:
        """The completions around the one that is chosen; without a choice the first counts as chosen."""
        state = self._program.buffer.complete_state
        if state is None or not state.completions or self._program.question is not None:
            return []
        chosen = state.complete_index or 0
        room = max(1, min(MENU_LINES, self._rows - OTHER_LINES))
        first = max(0, min(chosen - room // 2, len(state.completions) - room))
        shown = list(enumerate(state.completions))[first : first + room]
        wide = min(max(len(completion.display_text) for _, completion in shown), self._columns // 2)
        return [_entry(completion, number == chosen, wide, self._columns) for number, completion in shown]


def _entry(completion: Completion, is_chosen: bool, wide: int, columns: int) -> str:
    name, meaning = clean_line(completion.display_text), clean_line(completion.display_meta_text)
    line = cut(f"  {name:<{wide}}  {meaning}" if meaning else f"  {name}", columns)
    return paint(line, "cyan", "bold") if is_chosen else paint(line, "dim")


def _prefix(line: int, wraps: int) -> AnyFormattedText:
    return [("bold" if not line and not wraps else "", MARK if not line and not wraps else " " * len(MARK))]


def _lines(ask: "Lines") -> Window:
    return Window(
        FormattedTextControl(lambda: _ansi(ask()), show_cursor=False),
        height=lambda: _height(ask()),
        dont_extend_height=True,
    )


def _height(lines: list[str]) -> Dimension:
    return Dimension(min=0, max=len(lines), preferred=len(lines))


def _ansi(lines: list[str]) -> AnyFormattedText:
    return ANSI("\n".join(lines))


if TYPE_CHECKING:
    from collections.abc import Callable

    Lines = Callable[[], list[str]]
