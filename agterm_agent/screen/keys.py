"""What each key does."""

from typing import TYPE_CHECKING

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from agterm_agent.tools.declaration import Decision

if TYPE_CHECKING:
    from agterm_agent.screen.program import Program

KEYS_HELP = (
    ("Enter", "send"),
    ("Alt-Enter, Ctrl-J, \\ Enter", "new line"),
    ("Esc", "interrupt the turn, also a running command"),
    ("Ctrl-C", "clear the input; interrupt; twice: exit"),
    ("Ctrl-D", "exit"),
    ("Up, Down", "what was typed before"),
    ("Tab", "complete a command or an @file"),
    ("Ctrl-L", "clear the window"),
)


def bindings(program: "Program") -> KeyBindings:
    """The bindings of a program."""
    made = KeyBindings()
    is_asked = Condition(lambda: program.question is not None)
    _typing(made, program)
    _answering(made, program, is_asked)

    @made.add("c-z")
    @made.add("c-z", filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        """Nothing: below AGTerm no shell waits that could wake the program again."""

    return made


def _typing(made: KeyBindings, program: "Program") -> None:
    is_typing, buffer = program.face.is_typing, program.buffer
    has_menu = Condition(lambda: buffer.complete_state is not None and bool(buffer.complete_state.completions))

    @made.add("enter", filter=is_typing)
    def _(event: KeyPressEvent) -> None:
        if buffer.document.current_line_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        elif not (has_menu() and program.accept_completion()):
            program.submit()

    @made.add("escape", "enter", filter=is_typing)
    @made.add("c-j", filter=is_typing)
    def _(event: KeyPressEvent) -> None:
        buffer.newline(copy_margin=False)

    @made.add("tab", filter=is_typing)
    def _(event: KeyPressEvent) -> None:
        if has_menu():
            program.complete()
        else:
            buffer.start_completion()

    @made.add("escape", filter=is_typing)
    def _(event: KeyPressEvent) -> None:
        if has_menu():
            buffer.cancel_completion()
        else:
            program.interrupt()

    @made.add("c-c")
    @made.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        program.control_c()

    @made.add("c-d", filter=is_typing)
    def _(event: KeyPressEvent) -> None:
        if buffer.text:
            buffer.delete()
        else:
            program.exit()


def _answering(made: KeyBindings, program: "Program", is_asked: Condition) -> None:
    @made.add(Keys.Any, filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        if program.question is not None:
            program.question.key(event.data)

    @made.add(Keys.BracketedPaste, filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        """Nothing: what is pasted was not meant as an answer."""

    @made.add("enter", filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        if program.question is not None:
            program.question.enter()

    @made.add("escape", filter=is_asked)
    @made.add("c-d", filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        if program.question is not None:
            program.question.decide(Decision.NO)

    @made.add("backspace", filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        if program.question is not None:
            program.question.backspace()

    @made.add("up", filter=is_asked)
    @made.add("down", filter=is_asked)
    def _(event: KeyPressEvent) -> None:
        if program.question is not None:
            program.question.move(-1 if event.key_sequence[0].key == Keys.Up else 1)
