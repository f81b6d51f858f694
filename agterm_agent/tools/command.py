"""The tool that runs a command line in the workspace, streams what it prints and leaves no process behind."""

import asyncio
import codecs
import json
import os
import re
import shutil
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agterm_agent import providers
from agterm_agent.policy import Safety
from agterm_agent.tools import dangers, minder
from agterm_agent.tools.arguments import schema
from agterm_agent.tools.declaration import Arguments, Tool, ToolContext, ToolOutput
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.text import MAX_CHARACTERS, counted, cut_notice, flowing, printed, trimmed, visible

DEFAULT_S = 120
MAX_S = 600
MAX_COMMAND = 100_000  # characters; the kernel takes 128 KiB as one argument
MAX_PRINTED = 64 * 2**20  # bytes; a command that prints more is ended
MAX_EMITTED = 256 * 2**10  # characters of one command that are shown while it runs
KEPT = 2 * MAX_CHARACTERS  # of the beginning and of the end, escape sequences included
FLUSH_S = 0.05
END_LIMIT_S = 10.0  # for the minder to end everything
_UNFINISHED = re.compile(r"(?:\r|\x1b[^\x1b]{0,64})\Z")
# Programs that would page, ask or open an editor do not: nobody is at the keyboard.
_QUIET = {
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "MANPAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "DEBIAN_FRONTEND": "noninteractive",
    "TERM": "dumb",
}


@dataclass
class _Printed:
    """What a command prints: shown in pieces as it comes, kept in its beginning and its end."""

    emit: Callable[[str], None]
    size: int = 0
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )
    _head: list[str] = field(default_factory=list)
    _head_room: int = KEPT
    _tail: deque[str] = field(default_factory=deque)
    _tail_size: int = 0
    _left_out: int = 0
    _pending: str = ""
    _emitted: int = 0
    _timer: asyncio.TimerHandle | None = None

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        text = self._decoder.decode(data)
        if self._emitted < MAX_EMITTED:
            self._pending += text
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self._flush)
        head = text[: self._head_room]
        self._head_room -= len(head)
        self._head.append(head)
        self._tail.append(text[len(head) :])
        self._tail_size += len(self._tail[-1])
        while self._tail_size - len(self._tail[0]) >= KEPT:
            gone = len(self._tail.popleft())
            self._tail_size -= gone
            self._left_out += gone

    def _flush(self, *, whole: bool = False) -> None:
        self._timer = None
        unfinished = None if whole else _UNFINISHED.search(self._pending)
        end = unfinished.start() if unfinished else len(self._pending)
        piece, self._pending = flowing(self._pending[:end]), self._pending[end:]
        room = MAX_EMITTED - self._emitted
        self._emitted += len(piece)
        if len(piece) > room:
            piece = piece[:room] + "\n[… more is printed, and not shown …]\n"
            self._pending = ""
        if piece:
            self.emit(piece)

    def finish(self) -> str:
        """All of it as the model is told."""
        self.feed(b"")
        if self._timer is not None:
            self._timer.cancel()
        self._flush(whole=True)
        middle = [f"\n{cut_notice(self._left_out)}\n"] if self._left_out else []
        return trimmed(printed("".join([*self._head, *middle, *self._tail])), MAX_CHARACTERS - 2_000)


async def _run_command(arguments: Arguments, context: ToolContext) -> ToolOutput:
    command = _checked(arguments["command"])
    folder = context.places.resolve(arguments.get("folder", "."))
    if not folder.is_dir():
        raise ToolError(f"{context.places.shown(folder)} is no folder.")
    limit_s = arguments.get("timeout_s", DEFAULT_S)
    output = _Printed(context.emit)
    try:
        report, timed_out = await _minded(command, folder, limit_s, output)
    finally:
        text = output.finish()
    notes = [_ending(report, limit_s if timed_out else None, flooded=output.size > MAX_PRINTED)]
    if report.get("count") and not timed_out and report.get("code") is not None:
        names = ", ".join(visible(str(name)) for name in report["left"][:5])
        left = counted(report["count"], "process", "processes")
        notes.append(f"[{left} left running ({names}), and ended: none outlives its call]")
    return ToolOutput("\n".join([*([text.rstrip("\n")] if text.strip() else []), *notes]), ok=report.get("code") == 0)


async def _minded(command: str, folder: Path, limit_s: float, output: _Printed) -> tuple[dict[str, Any], bool]:
    """Runs it below a minder; what the minder reported, and whether the time was up. All has ended then."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours:
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", minder.__file__, shutil.which("bash") or "/bin/sh", "-c", command),
                stdin=theirs.fileno(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
                cwd=folder, env=_environment(), start_new_session=True,
            )  # fmt: skip
        reporting = asyncio.ensure_future(loop.sock_recv(ours, 65536))
        reading = asyncio.ensure_future(_read(process, output, ours))
        try:
            await asyncio.wait({reporting}, timeout=limit_s)
            timed_out = not reporting.done()
        finally:
            await asyncio.shield(asyncio.ensure_future(_ended(process, ours, reporting, reading)))
        return _reported(reporting), timed_out


async def _ended(
    process: asyncio.subprocess.Process,
    ours: socket.socket,
    reporting: "asyncio.Future[bytes]",
    reading: "asyncio.Future[None]",
) -> None:
    _end(ours)
    await asyncio.wait({reporting}, timeout=END_LIMIT_S)
    await asyncio.wait({reading}, timeout=1.0)  # somebody who is no child of the command may hold its output open
    for task in (reporting, reading):
        task.cancel()
    await asyncio.gather(reporting, reading, return_exceptions=True)
    with suppress(ProcessLookupError):
        process.kill()


async def _read(process: asyncio.subprocess.Process, output: _Printed, ours: socket.socket) -> None:
    assert process.stdout is not None
    while data := await process.stdout.read(65536):
        if output.size <= MAX_PRINTED:
            output.feed(data)
            if output.size > MAX_PRINTED:
                _end(ours)


def _end(ours: socket.socket) -> None:
    """Tells the minder that it is time."""
    with suppress(OSError):
        ours.shutdown(socket.SHUT_WR)


def _reported(reporting: "asyncio.Future[bytes]") -> dict[str, Any]:
    if reporting.cancelled() or reporting.exception() is not None:
        return {}
    with suppress(ValueError):
        report = json.loads(reporting.result())
        if isinstance(report, dict):
            return report
    return {}


def _ending(report: dict[str, Any], limit_s: float | None, *, flooded: bool) -> str:
    if "error" in report:
        return f"[could not be started: {report['error']}]"
    if flooded:
        return f"[ended: it printed more than {MAX_PRINTED // 2**20} MiB]"
    if limit_s is not None:
        return f"[ended: it ran longer than {limit_s:g} s. For more give timeout_s, at most {MAX_S}]"
    code = report.get("code")
    if not isinstance(code, int):
        return "[ended; its exit code is not known]"
    if code < 0:
        with suppress(ValueError):
            return f"[ended by {signal.Signals(-code).name}]"
    return f"[exit code {code}]"


def _checked(command: str) -> str:
    if not command.strip():
        raise ToolError("command is empty.")
    if "\0" in command:
        raise ToolError("command has a zero byte in it.")
    try:
        size = len(command.encode())
    except UnicodeEncodeError:
        raise ToolError("command has half characters (lone surrogates) in it.") from None
    if size > MAX_COMMAND:
        raise ToolError(f"command is longer than {MAX_COMMAND} bytes: write it to a file with write_file and run that.")
    return command


def _environment() -> dict[str, str]:
    """That of the agent without its own settings and without the keys that it may talk to providers with."""
    return {name: value for name, value in os.environ.items() if not providers.is_own(name)} | _QUIET


async def _preview(arguments: Arguments, context: ToolContext) -> str:
    folder = context.places.resolve(arguments.get("folder", "."))
    where = "" if folder == context.workspace else f"(in {context.places.shown(folder)}) "
    return f"{where}$ {visible(_checked(arguments['command']))}"


TOOLS = [
    Tool(
        name="run_command",
        description="Runs a command line in a shell (bash where there is one), without keyboard or terminal, and gives "
        "what it printed and its exit code. Every process it started is ended with it, so a server has to be started "
        "and tried in one call.",
        parameters=schema(
            {"command": {"type": "string", "description": "The command line."}},
            {
                "folder": {"type": "string", "description": "Where it runs; the workspace if not given."},
                "timeout_s": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_S,
                    "description": f"When it is ended, in seconds; {DEFAULT_S} if not given.",
                },
            },
        ),
        run=_run_command,
        safety=Safety.MUTATING,
        preview=_preview,
        safety_of=lambda arguments: dangers.safety_of(arguments["command"]),
        always_covers=lambda arguments: dangers.always_covers(arguments["command"]),
    )
]
