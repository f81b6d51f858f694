"""The slash commands."""

import re
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agterm_agent import VERSION
from agterm_agent.engine.memory import Memory, MemoryRefusedError
from agterm_agent.engine.store import Store, StoreError
from agterm_agent.screen import status
from agterm_agent.screen.keys import KEYS_HELP
from agterm_agent.screen.text import block, clean, clean_line, cut, fold, paint, short_number, trimmed
from agterm_agent.screen.trail import notice
from agterm_agent.settings import Settings
from agterm_agent.tools.errors import ToolError

if TYPE_CHECKING:
    from agterm_agent.engine.conversation import Conversation
    from agterm_agent.screen.program import Program

SHOWN_CONVERSATIONS = 20
RECAP_PARTS = 12
PROMPT_LINES = 20
COMMAND = re.compile(r"/[a-z]+(?=\s|$)")


@dataclass(frozen=True)
class Command:
    """`run` gets what follows the name. `is_immediate`: also in the middle of a turn."""

    name: str
    meaning: str
    run: "Callable[[Program, str], Awaitable[None]]"
    is_immediate: bool = False


def is_command(text: str) -> bool:
    """Whether it is one, known or not: `/usr/bin/env` is none."""
    return COMMAND.match(text) is not None


def is_immediate(text: str) -> bool:
    command = _found(text)
    return command is not None and command.is_immediate


def run_immediate(program: "Program", text: str) -> None:
    program.print(["", *said(text, program.width)])
    program.keep(run(program, text))


async def run(program: "Program", text: str) -> None:
    command = _found(text)
    if command is None:
        program.say(f"There is no command {text.split()[0]}: /help lists them.", "red")
        return
    try:
        await command.run(program, _rest(text))
    except (StoreError, MemoryRefusedError, ToolError) as error:
        program.say(str(error), "red")
    except OSError as error:
        program.say(f"That could not be done: {error.strerror or error}", "red")


def names() -> Iterable[tuple[str, str]]:
    return [(command.name, command.meaning) for command in COMMANDS]


def arguments(program: "Program", command: str) -> list[tuple[str, str]]:
    """What can follow a command, with its meaning."""
    if command == "/model":
        return [(name, "") for name in program.settings.models]
    if command == "/memory":
        return [("add ", "a note"), ("edit ", "a note's number and its new text"), ("delete ", "a note's number")]
    if command == "/resume":
        return [(each.id, each.title) for each in Store(program.settings.state_folder).all()[:SHOWN_CONVERSATIONS]]
    return []


def _found(text: str) -> Command | None:
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    return next((command for command in COMMANDS if command.name == word), None)


def _rest(text: str) -> str:
    return text.partition(" ")[2].strip() if " " in text else ""


# --- the commands ----------------------------------------------------------------------------------------------------


async def _help(program: "Program", rest: str) -> None:
    rows = [(command.name, command.meaning) for command in COMMANDS]
    program.print(["", *_table(rows, program.width), "", *_table(list(KEYS_HELP), program.width)])


async def _model(program: "Program", rest: str) -> None:
    conversation = _conversation(program)
    if rest:
        conversation.use_model(rest)
        program.say(f"The model is {conversation.model} from now on.")
        return
    known = dict.fromkeys([conversation.model, *program.settings.models])
    rows = [("❯" if name == conversation.model else "", name) for name in known]
    program.print(["", *_table(rows, program.width)])
    program.say("/model NAME changes it.", "dim")


async def _clear(program: "Program", rest: str) -> None:
    _conversation(program).clear()
    program.say("Cleared: the model knows nothing of what was said before.", "dim")


async def _compact(program: "Program", rest: str) -> None:
    event = await _conversation(program).compact()
    if event["kind"] == "error":
        program.say(event["message"], "red")
    else:
        program.print(["", *notice(event, program.width)])


async def _cost(program: "Program", rest: str) -> None:
    conversation = _conversation(program)
    totals = conversation.totals
    used, window = conversation.context_use()
    rows = [
        ("Cost", status.dollars(totals.cost_usd)),
        ("Requests", str(totals.requests)),
        ("Input", f"{short_number(totals.input_tokens)} tokens"),
        ("From cache", f"{short_number(totals.cache_read_tokens)} tokens"),
        ("Into cache", f"{short_number(totals.cache_write_tokens)} tokens"),
        ("Output", f"{short_number(totals.output_tokens)} tokens"),
        ("Context", f"{short_number(used)} of {short_number(window)} tokens"),
    ]
    program.print(["", *_table(rows, program.width)])


async def _memory(program: "Program", rest: str) -> None:
    memory = Memory(program.settings.state_folder)
    verb, _, text = rest.partition(" ")
    number, _, new = text.strip().partition(" ")
    if not rest:
        notes = memory.all()
        rows = [(str(note.number), note.text) for note in notes]
        if rows:
            program.print(["", *_table(rows, program.width)])
        else:
            program.say("Nothing is remembered of this folder yet.")
        program.say("/memory add TEXT, /memory edit NUMBER TEXT, /memory delete NUMBER", "dim")
    elif verb == "add":
        program.say(f"Remembered as {memory.add(text).number}.")
    elif verb == "edit" and number.isdecimal():
        program.say(f"Changed {memory.edit(int(number), new).number}.")
    elif verb == "delete" and number.isdecimal():
        program.say(f"Forgotten: {memory.delete(int(number)).text}")
    else:
        program.say("/memory, /memory add TEXT, /memory edit NUMBER TEXT or /memory delete NUMBER", "red")


async def _tools(program: "Program", rest: str) -> None:
    declared = _conversation(program).toolbox.declare()
    rows = [(tool["name"], f"{tool['safety']} · {_first_sentence(tool['description'])}") for tool in declared]
    program.print(["", *_table(rows, program.width)])


async def _undo(program: "Program", rest: str) -> None:
    paths = _conversation(program).toolbox.changes.undo_turn()
    if paths:
        program.say(f"Undone: {', '.join(paths)}")
    else:
        program.say("There is nothing to undo: the tools have written no files.", "dim")


async def _resume(program: "Program", rest: str) -> None:
    store, conversation = Store(program.settings.state_folder), program.conversation
    current = conversation.id if conversation is not None else ""
    if rest and store.find(rest) == current:
        program.say("That is the conversation you are in.", "dim")
    elif rest:
        await program.open(rest)
    elif saved := [each for each in store.all() if each.id != current]:
        rows = [(each.id[:8], f"{_ago(each.at)} · {each.title}") for each in saved[:SHOWN_CONVERSATIONS]]
        program.print(["", *_table(rows, program.width)])
        program.say("/resume ID goes on with one of them.", "dim")
    else:
        program.say("No other conversation is saved for this folder.", "dim")


async def _exit(program: "Program", rest: str) -> None:
    program.exit()


COMMANDS = (
    Command("/help", "commands and keys", _help, is_immediate=True),
    Command("/model", "show or change the model", _model),
    Command("/clear", "begin a new conversation", _clear),
    Command("/compact", "shorten what the model has to read", _compact),
    Command("/cost", "tokens and dollars so far", _cost, is_immediate=True),
    Command("/memory", "notes that are kept for this folder", _memory),
    Command("/tools", "what the model can do, and how safe it is", _tools),
    Command("/undo", "take back the last turn's changes to files", _undo),
    Command("/resume", "go on with a saved conversation", _resume),
    Command("/exit", "leave", _exit, is_immediate=True),
)


def _conversation(program: "Program") -> "Conversation":
    if program.conversation is None:
        raise StoreError("there is no conversation")
    return program.conversation


# --- lines -----------------------------------------------------------------------------------------------------------


def banner(settings: Settings, width: int) -> list[str]:
    """The first lines."""
    where = f"{settings.model or 'no model'} · {status.folder(settings.workspace)}"
    lines = [paint(cut(f"agterm-agent {VERSION}", width), "bold"), paint(cut(clean_line(where), width), "dim")]
    return [*lines, *(paint(line, "yellow") for told in settings.notices for line in fold(clean_line(told), width))]


def recap(conversation: "Conversation", width: int) -> list[str]:
    """The end of a conversation that is gone on with."""
    from agterm_agent.screen import markdown  # loads rich

    messages = conversation.messages()
    lines: list[str] = [""]
    lines.append(paint(cut(f"Going on with {conversation.id[:8]}: {len(messages)} messages", width), "dim"))
    for part in [part for message in messages for part in message.get("parts") or []][-RECAP_PARTS:]:
        content = part.get("content")
        if part.get("part_kind") == "user-prompt" and isinstance(content, str):
            lines += ["", *said(content, width)]
        elif part.get("part_kind") == "text" and isinstance(content, str) and content.strip():
            lines += ["", *block("● ", "  ", markdown.shown(content, width - 2))]
        elif part.get("part_kind") == "tool-call":
            lines.append(paint(cut(f"  └ {clean_line(str(part.get('tool_name')))}", width), "dim"))
    return lines


def said(text: str, width: int) -> list[str]:
    """What the person said, as it stays on the screen."""
    lines = trimmed(fold(clean(text), width - 2), PROMPT_LINES)
    return block(paint("❯ ", "bold"), "  ", [paint(line, "bold") for line in lines])


def farewell(conversation: "Conversation", width: int) -> list[str]:
    """How to come back to what was said; nothing when nothing was."""
    if not conversation.totals.requests:
        return []
    words = f"Go on with: agterm-agent --resume {conversation.id}"
    return ["", *(paint(line, "dim") for line in fold(words, width))]


def _table(rows: list[tuple[str, str]], width: int) -> list[str]:
    """Names and what there is to say of them; on a narrow screen below each other."""
    cleaned = [(clean_line(name), clean_line(words)) for name, words in rows]
    wide = max((len(name) for name, _ in cleaned), default=0)
    lines = []
    for name, words in cleaned:
        if width - wide - 4 < 20:
            lines += [cut(f"  {name}", width), *(f"    {paint(line, 'dim')}" for line in fold(words, width - 4))]
            continue
        for number, line in enumerate(fold(words, width - wide - 4)):
            head = paint(f"{name:<{wide}}", "cyan") if not number else " " * wide
            lines.append(f"  {head}  {line}")
    return lines


def _first_sentence(text: str) -> str:
    return re.split(r"[.;]\s", clean_line(text), maxsplit=1)[0].rstrip(".") + "."


def _ago(at: float) -> str:
    seconds = max(time.time() - at, 0)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"
