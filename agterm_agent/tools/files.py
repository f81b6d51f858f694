"""The tools that read and write files: read_file, list_files, write_file, edit_file."""

import asyncio
import codecs
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agterm_agent.policy import Safety
from agterm_agent.tools.arguments import schema
from agterm_agent.tools.changes import MAX_FILE_BYTES
from agterm_agent.tools.declaration import Arguments, Tool, ToolContext, ToolOutput
from agterm_agent.tools.diffs import unified
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.text import MAX_CHARACTERS, counted, on_one_line, visible

MAX_LINES = 2_000
MAX_LINE = 2_000  # characters of one line
MAX_ENTRIES = 1_000
_MARKS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]


@dataclass(frozen=True)
class Text:
    """A file's text, and how to write it so that every byte that is not changed stays."""

    text: str
    mark: bytes = b""
    encoding: str = "utf-8"

    @classmethod
    def of(cls, data: bytes, shown: str) -> "Text":
        mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
        if encoding == "utf-8" and b"\0" in data:
            raise ToolError(f"{shown} is a binary file of {counted(len(data), 'byte')}, not text.")
        try:
            return cls(data[len(mark) :].decode(encoding, _errors(encoding)), mark, encoding)
        except UnicodeDecodeError as error:
            raise ToolError(f"{shown} is no valid {encoding} text: {error.reason}.") from None

    def bytes_of(self, text: str) -> bytes:
        return self.mark + text.encode(self.encoding, _errors(self.encoding))


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding == "utf-8" else "strict"


async def _read_file(arguments: Arguments, context: ToolContext) -> ToolOutput:
    real = context.places.resolve(arguments["path"])
    return await asyncio.to_thread(
        _numbered, context, real, arguments.get("offset", 1), arguments.get("limit", MAX_LINES)
    )


def _numbered(context: ToolContext, real: Path, first: int, limit: int) -> ToolOutput:
    shown = context.places.shown(real)
    content = context.places.read(real, MAX_FILE_BYTES)
    lines = Text.of(content.data, shown).text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        return ToolOutput(f"{shown} is empty.")
    if first > len(lines):
        return ToolOutput(f"{shown} has only {counted(len(lines), 'line')}.", ok=False)
    told: list[str] = []
    room = MAX_CHARACTERS - 500
    for number in range(first, min(first + limit, len(lines) + 1)):
        line = f"{number:6}\t{_cut(lines[number - 1])}"
        room -= len(line) + 1
        if room < 0:
            break
        told.append(line)
    last = first + len(told) - 1
    if last < len(lines):
        told.append(f"[… lines {last + 1} to {len(lines)} left out: read on with offset {last + 1} …]")
    if content.cut:
        told.append(f"[… only the first {MAX_FILE_BYTES} bytes are seen here: use grep for the rest …]")
    return ToolOutput("\n".join(told))


def _cut(line: str) -> str:
    shown = visible(line.removesuffix("\r")[: MAX_LINE + 1])
    return shown if len(line) <= MAX_LINE else f"{shown[:MAX_LINE]} [… line of {len(line)} characters …]"


async def _list_files(arguments: Arguments, context: ToolContext) -> ToolOutput:
    real = context.places.resolve(arguments.get("path", "."))
    return await asyncio.to_thread(_listed, context, real)


def _listed(context: ToolContext, real: Path) -> ToolOutput:
    lines: list[str] = []
    with context.places.folder(real) as folder, os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count == MAX_ENTRIES:
                lines.append(f"[… more than {MAX_ENTRIES} entries: use glob with a pattern …]")
                break
            lines.append(_entry(entry, folder))
    shown = context.places.shown(real)
    return ToolOutput("\n".join(sorted(lines)) if lines else f"{shown} is an empty folder.")


def _entry(entry: os.DirEntry[str], folder: int) -> str:
    name = on_one_line(entry.name)
    try:
        found = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(found.st_mode):
            return f"{name} -> {on_one_line(os.readlink(entry.name, dir_fd=folder))}"
    except OSError:
        return name
    if stat.S_ISDIR(found.st_mode):
        return f"{name}/"
    return f"{name} ({counted(found.st_size, 'byte')})" if stat.S_ISREG(found.st_mode) else f"{name} (no file)"


@dataclass(frozen=True)
class _Edit:
    """A file that is to be written: where, what, and the diff that shows it."""

    real: Path
    data: bytes
    diff: str
    told: str


async def _write_file(arguments: Arguments, context: ToolContext) -> ToolOutput:
    return _done(_written(arguments, context), "write_file", context)


async def _edit_file(arguments: Arguments, context: ToolContext) -> ToolOutput:
    return _done(_edited(arguments, context), "edit_file", context)


async def _preview_write(arguments: Arguments, context: ToolContext) -> str:
    return _written(arguments, context).diff


async def _preview_edit(arguments: Arguments, context: ToolContext) -> str:
    return _edited(arguments, context).diff


def _done(edit: _Edit, tool: str, context: ToolContext) -> ToolOutput:
    context.changes.write(edit.real, edit.data, call_id=context.call_id, tool=tool)
    return ToolOutput(edit.told, diff=edit.diff)


def _written(arguments: Arguments, context: ToolContext) -> _Edit:
    real = context.places.resolve(arguments["path"])
    shown = context.places.shown(real)
    data = _encoded(arguments["content"], "content")
    old = context.places.read_if_there(real, MAX_FILE_BYTES)
    if old is not None and old.cut:
        raise ToolError(f"{shown} is larger than {MAX_FILE_BYTES} bytes, too large to replace.")
    before = None if old is None else old.data.decode(errors="replace")
    told = f"{'Created' if old is None else 'Replaced'} {shown}: {counted(len(data), 'byte')}."
    return _Edit(real, data, unified(shown, before, arguments["content"]), told)


def _edited(arguments: Arguments, context: ToolContext) -> _Edit:
    real = context.places.resolve(arguments["path"])
    shown = context.places.shown(real)
    content = context.places.read(real, MAX_FILE_BYTES)
    if content.cut:
        raise ToolError(f"{shown} is larger than {MAX_FILE_BYTES} bytes, too large to edit.")
    file = Text.of(content.data, shown)
    old, new = arguments["old_text"], arguments["new_text"]
    _encoded(old, "old_text")
    _encoded(new, "new_text")
    if not old:
        raise ToolError("old_text is empty. To make a new file, use write_file.")
    if old == new:
        raise ToolError("old_text and new_text are the same.")
    if "\r\n" in file.text and file.text.count("\r\n") == file.text.count("\n"):  # the model sees and writes \n alone
        old, new = (text.replace("\r\n", "\n").replace("\n", "\r\n") for text in (old, new))
    count = file.text.count(old)
    if count == 0:
        raise ToolError(f"old_text is not in {shown}. Read the file: every space and line break must be the same.")
    if count > 1 and not arguments.get("replace_all", False):
        raise ToolError(
            f"old_text is in {shown} {count} times. Give more of the lines around it, or set replace_all to change all."
        )
    if len(file.text) + count * max(0, len(new) - len(old)) > MAX_FILE_BYTES:
        raise ToolError(f"{shown} would become larger than {MAX_FILE_BYTES} bytes.")
    after = file.text.replace(old, new)
    try:
        data = file.bytes_of(after)
    except UnicodeEncodeError:
        raise ToolError(f"new_text has characters that {file.encoding} cannot hold.") from None
    return _Edit(real, data, unified(shown, file.text, after), f"Edited {shown}: {counted(count, 'replacement')}.")


def _encoded(text: str, name: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise ToolError(f"{name} has half characters (lone surrogates) in it, which no file can hold.") from None
    if len(data) > MAX_FILE_BYTES:
        raise ToolError(f"{name} is larger than {MAX_FILE_BYTES} bytes.")
    return data


_PATH = {"type": "string", "description": "Path, relative to the workspace or absolute in it."}


def _field(kind: str, description: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": description, **more}


TOOLS = [
    Tool(
        name="read_file",
        description="Reads a text file. Lines come numbered, with a tab after the number that is not part of the file.",
        parameters=schema(
            {"path": _PATH},
            {
                "offset": _field("integer", "First line to read, counted from 1.", minimum=1),
                "limit": _field("integer", "How many lines at most.", minimum=1, maximum=MAX_LINES),
            },
        ),
        run=_read_file,
        safety=Safety.READ_ONLY,
    ),
    Tool(
        name="list_files",
        description="Lists what is in a folder, with sizes. Folders end with a slash.",
        parameters=schema({}, {"path": _PATH}),
        run=_list_files,
        safety=Safety.READ_ONLY,
    ),
    Tool(
        name="write_file",
        description="Writes a whole file: makes a new one, with its folders, or replaces what is there. "
        "Prefer edit_file for a change in a file.",
        parameters=schema({"path": _PATH, "content": _field("string", "The whole text of the file.")}),
        run=_write_file,
        safety=Safety.MUTATING,
        preview=_preview_write,
        edits_files=True,
    ),
    Tool(
        name="edit_file",
        description="Replaces a piece of text in a file by another. old_text must be exactly as in the file, "
        "without line numbers, and occur once, unless replace_all is set.",
        parameters=schema(
            {
                "path": _PATH,
                "old_text": _field("string", "What is to be replaced, exactly."),
                "new_text": _field("string", "What comes in its place; empty to remove it."),
            },
            {"replace_all": _field("boolean", "Replace every occurrence.")},
        ),
        run=_edit_file,
        safety=Safety.MUTATING,
        preview=_preview_edit,
        edits_files=True,
    ),
]
