"""The tools that look for files: glob by name, grep by content."""

import json
import shutil
from pathlib import Path
from typing import Any

from agterm_agent.policy import Safety
from agterm_agent.tools import children, searcher
from agterm_agent.tools.arguments import schema
from agterm_agent.tools.declaration import Arguments, Tool, ToolContext, ToolOutput
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.text import MAX_CHARACTERS, visible

MAX_FOUND = 500
MAX_SHOWN = 400  # characters of a line
LIMIT_S = 20.0
LIMIT_BYTES = 4 * 2**20


async def _glob(arguments: Arguments, context: ToolContext) -> ToolOutput:
    folder = _folder(arguments, context)
    request = {"do": "glob", "root": str(folder), "glob": arguments["pattern"]}
    outcome = await _searched(request)
    return _told(outcome, [_placed(line, folder, context) for line in _lines(outcome)], "No file matches.")


async def _grep(arguments: Arguments, context: ToolContext) -> ToolOutput:
    place = context.places.resolve(arguments.get("path", "."))
    if not place.is_dir() and not place.is_file():
        raise ToolError(f"{context.places.shown(place)} is no folder and no file.")
    files_only = arguments.get("files_only", False)
    program = shutil.which("rg")
    if program:
        folder, what = (place, ".") if place.is_dir() else (place.parent, place.name)
        outcome = await children.run(
            [program, *_ripgrep_options(arguments), "--", what], limit_s=LIMIT_S, limit_bytes=LIMIT_BYTES, folder=folder
        )
    else:
        folder = place
        request = {"do": "grep", "root": str(place), "pattern": arguments["pattern"], "files_only": files_only}
        request |= {"glob": arguments.get("glob"), "ignore_case": arguments.get("ignore_case", False)}
        outcome = await _searched(request)
    lines = []
    for line in _lines(outcome):
        path, zero, rest = line.partition("\0")
        if files_only:
            lines.append(_placed(path, folder, context))
        elif zero:
            number, _, text = rest.partition(":")
            lines.append(f"{_placed(path, folder, context)}:{number}: {_cut(text)}")
    return _told(outcome, lines, "Nothing matches.")


def _ripgrep_options(arguments: Arguments) -> list[str]:
    options = ["--no-config", "--null", "--line-number", "--no-heading", "--with-filename", "--color=never", "--hidden"]
    options += [
        "--no-messages",
        "--crlf",
        "--max-columns=2000",
        "--max-columns-preview",
        "--max-filesize=20M",
        "--max-count=2000",
        "--threads=2",
    ]
    options += [part for name in sorted(searcher.SKIPPED) for part in ("--glob", f"!**/{name}/**")]
    options += ["--glob", arguments["glob"]] if arguments.get("glob") else []
    options += ["--ignore-case"] if arguments.get("ignore_case") else []
    options += ["--files-with-matches"] if arguments.get("files_only") else []
    return [*options, "--regexp", arguments["pattern"]]


async def _searched(request: dict[str, Any]) -> children.Outcome:
    given = json.dumps(request).encode()
    return await children.run(children.script(searcher.__file__), given=given, limit_s=LIMIT_S, limit_bytes=LIMIT_BYTES)


def _folder(arguments: Arguments, context: ToolContext) -> Path:
    folder = context.places.resolve(arguments.get("path", "."))
    if not folder.is_dir():
        raise ToolError(f"{context.places.shown(folder)} is no folder.")
    return folder


def _lines(outcome: children.Outcome) -> list[str]:
    return [line for line in outcome.data.decode(errors="replace").split("\n") if line]


def _placed(path: str, folder: Path, context: ToolContext) -> str:
    path = path.removeprefix("./")
    return visible(context.places.shown(folder / path if path else folder))


def _cut(line: str) -> str:
    shown = visible(line.removesuffix("\r")[:MAX_SHOWN])
    return shown if len(line) <= MAX_SHOWN else shown + " …"


def _told(outcome: children.Outcome, lines: list[str], none: str) -> ToolOutput:
    failed = outcome.code not in (0, 1) and not outcome.timed_out and not outcome.cut
    if not lines and (failed or outcome.error):
        raise ToolError(f"The search failed: {visible(outcome.error.decode(errors='replace')).strip()[-1000:]}")
    lines.sort(key=_order)
    told, room = [], MAX_CHARACTERS - 500
    for line in lines[:MAX_FOUND]:
        room -= len(line) + 1
        if room < 0:
            break
        told.append(line)
    if outcome.timed_out:
        told.append(f"[… not all was searched: it took longer than {LIMIT_S:g} s. Search in a smaller folder …]")
    if len(lines) > len(told) or outcome.cut:
        told.append("[… there is more than is shown: narrow the search …]")
    return ToolOutput("\n".join(told) or none)


def _order(line: str) -> tuple[str, int]:
    path, _, rest = line.partition(":")
    number = rest.partition(":")[0]
    return path, int(number) if number.isdigit() else 0


_PATH = {"type": "string", "description": "Where to look; the whole workspace if not given."}

TOOLS = [
    Tool(
        name="glob",
        description="Finds files by name: * within a name, ** over folders, {a,b} for choices. A pattern without a "
        "slash is looked for in every folder.",
        parameters=schema({"pattern": {"type": "string"}}, {"path": _PATH}),
        run=_glob,
        safety=Safety.READ_ONLY,
    ),
    Tool(
        name="grep",
        description="Searches the contents of files for a regular expression and shows each line that has it.",
        parameters=schema(
            {"pattern": {"type": "string", "description": "A regular expression."}},
            {
                "path": _PATH,
                "glob": {"type": "string", "description": "Only files that match, such as *.py."},
                "ignore_case": {"type": "boolean"},
                "files_only": {"type": "boolean", "description": "Only the names of the files."},
            },
        ),
        run=_grep,
        safety=Safety.READ_ONLY,
    ),
]
