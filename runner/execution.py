"""Gives a terminal's program a text as a person would, typed or pasted and then sent, and waits for what it does.

One at a time: an execution has the terminal until its wait is over, the next one waits for its turn. What is printed
because of it is told by the shell's marks (`runner.marks`) where there are any, else by the difference between the
screen before it was sent and the screen after.
"""

import asyncio
import logging
import os
import re
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from core.errors import AgtermError, Conflict
from runner import patterns, protocol
from runner.commands import Command
from runner.marks import Mark
from runner.plain import new_lines, newest
from runner.prompt import Prompt

if TYPE_CHECKING:
    from runner.terminal import Terminal

MAX_WAITING = 4  # executions of one terminal that wait for their turn
MAX_HELD_BYTES = 64 * 1024 * 1024  # texts of all terminals that wait for their turn
READY_S = 15.0  # a program that has shown no prompt for so long after its start shows none
SETTLED_S = 0.7  # how long a program that has just been started must be quiet to be ready
MOST_PATIENCE = 4.0  # times as long, on a busy machine
PROMPT_S = 2.0  # between what was sent and the beginning of the command, and between its end and the prompt
BUSY_S = 0.3  # a command that still runs after that is not about to end
ECHO_QUIET_S, ECHO_MOST_S = 0.03, 1.0  # how long a program must be, and is waited to be, quiet after the text
ECHO_OF_KEYS_S = 5.0  # one that shows itself what is typed has not read it before: Enter would be joined to it
BEGIN_S = 3.0  # an agent that prints, but has shown no work for so long, has answered already; a shell has no command
QUIET_S = 1.5
NEVER_QUIET_S = 8.0  # a program that rests and prints all the same: a clock
ASKS_S = 0.7  # a question that is gone by then was answered by the program itself
TAKEN_S = 0.15
TICK_S = 0.1
LOOK_EVERY_S = 0.25
HISTORY_LINES = 1000
MAX_LINES = 10_000

LOOK_AT_CHARACTERS = 64 * 1024  # of a screen, for a pattern
PASTE = b"\x1b[200~"
RESTING = ("idle", "needs_input", "rate_limited")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

logger = logging.getLogger(__name__)


def typed(text: str, *, pasted: bool) -> bytes:
    """What a keyboard sends for `text`: a new line is Enter, other control characters but tabs are left out."""
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\n", "\r")
    data = clean.encode(errors="replace")
    return PASTE + data + b"\x1b[201~" if pasted else data


class _Held:
    """How much text waits in this runner, in bytes of its memory."""

    size_bytes = 0

    @classmethod
    @contextmanager
    def more(cls, size_bytes: int) -> Iterator[None]:
        if cls.size_bytes + size_bytes > MAX_HELD_BYTES:
            raise Conflict("Too much text waits for its turn in the sessions of this runner")
        cls.size_bytes += size_bytes
        try:
            yield
        finally:
            cls.size_bytes -= size_bytes


class Executions:
    """Those of one terminal. It tells every mark, and `noticed` at each state and when its program ends."""

    def __init__(self, terminal: "Terminal") -> None:
        self.terminal = terminal
        self.news = asyncio.Event()
        self.rested: object = None  # the program (its watch) that has rested at least once
        self.command: Command | None = None  # the last one sent to a shell at its prompt
        self.hearing: Command | None = None  # the last one typed there, sent or not
        self.prompt = Prompt(terminal)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._opening: asyncio.Task[None] | None = None

    def noticed(self) -> None:
        watch = self.terminal.watch
        if watch is not None and watch.state in RESTING:
            self.rested = watch
        self.news.set()

    def heard(self, mark: Mark) -> None:
        """The program's next mark."""
        self.prompt.heard(mark)
        if self.hearing is not None:
            self.hearing.heard(mark)

    async def run(self, wanted: protocol.Execute) -> dict[str, Any]:
        """See `protocol.Execute`. Raises `Conflict` when the program has exited, the turn does not come in time, or
        something lies at the shell's prompt already."""
        pattern = patterns.compiled(wanted.pattern or "") if wanted.wait == "text" else None
        if self.terminal.following is not None:
            raise Conflict("The session's workspace is still being made ready")
        deadline = asyncio.get_running_loop().time() + wanted.timeout_ms / 1000
        with _Held.more(sys.getsizeof(wanted.text)):
            await self._take_turn(deadline)
        try:
            return await _Execution(self, wanted, deadline, pattern).run(wanted)
        finally:
            self._turn.release()

    async def _take_turn(self, deadline: float) -> None:
        if self._waiting >= MAX_WAITING:
            raise Conflict(f"{MAX_WAITING} executions wait for their turn in this session already")
        self._waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            raise Conflict("Another execution is under way in this session") from None
        finally:
            self._waiting -= 1

    def open(self, opening: protocol.Opening | None) -> None:
        """Execute once, in the background, as soon as the program that has just been started is ready."""
        self.close()
        self.command = self.hearing = None
        self.prompt.renew()
        if opening is not None:
            self._opening = asyncio.get_running_loop().create_task(self._open(opening))

    async def _open(self, opening: protocol.Opening) -> None:
        try:
            async with self._turn:
                await _Execution(self, opening, asyncio.get_running_loop().time() + 2 * READY_S, None).begin()
        except AgtermError as error:  # the program ended, or waits for a person: then it is not for this text
            logger.info("what session %s was to begin with was dropped: %s", self.terminal.id, error.message)
        except Exception:
            logger.exception("what session %s was to begin with could not be typed", self.terminal.id)

    def close(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None


class _Execution:
    """One text, from the wish to the answer."""

    def __init__(
        self, owner: Executions, wanted: protocol.Opening, deadline: float, pattern: patterns.Pattern | None
    ) -> None:
        self._owner, self._terminal, self._wanted = owner, owner.terminal, wanted
        self._loop = asyncio.get_running_loop()
        self._deadline, self._pattern = deadline, pattern
        self._program = owner.terminal.watch
        self._command: Command | None = None  # what a shell with marks makes of it
        self._before = ""
        self._sent_at, self._sent_s, self._printed_s = 0, 0.0, 0.0
        self._end = 0
        self._has_begun = False
        self._looked_s = 0.0
        self._match: str | None = None

    async def run(self, wanted: protocol.Execute) -> dict[str, Any]:
        await self._ready(RESTING)
        if wanted.wait == "idle" and self._terminal.marks is None:
            await self._rest()
        await self._owner.prompt.refuse_what_is_begun()
        await _uncancelled(self._send())  # whoever asked may go away: what was typed is sent all the same
        answer: dict[str, Any] = {"offset": self._sent_at, "reason": "submitted", "exit_code": None, "truncated": False}
        if wanted.wait is not None:
            answer["reason"] = await self._wait(wanted.wait)
            answer["output"], answer["truncated"] = await self._output(wanted.output_bytes)
            answer["offset"] = self._command.begins_at if self._command else self._sent_at
            answer["exit_code"] = self._exit_code(answer["reason"])
        if self._match is not None:
            answer["match"] = self._match
        return answer | {"state": self._state(answer["reason"])}

    async def begin(self) -> None:
        """For an opening: wait until the program is ready, send, and see it begin."""
        await self._ready(("idle",))
        await self._owner.prompt.refuse_what_is_begun()
        await self._send()
        until = self._loop.time() + BEGIN_S
        while self._command is None and self._state("") in RESTING and self._loop.time() < until:
            await self._news(until)

    # --- before --------------------------------------------------------------------------------------------------

    async def _ready(self, states: tuple[str, ...]) -> None:
        """Wait until the program reads what is typed; raises `Conflict` when it has ended."""
        until = min(self._deadline, self._loop.time() + self._patience_s())
        while not self._is_ready(states) and self._loop.time() < until:
            await self._news(until)
        if "needs_input" not in states and self._terminal.marks is None and self._state("") == "needs_input":
            raise Conflict("The program waits for a person")

    async def _rest(self) -> None:
        """Wait until the agent has done what it is at: its next rest is then that of this text."""
        while self._owner.rested is self._program and self._state("") == "working":
            if self._loop.time() >= self._deadline:
                raise Conflict("The program has been working all the time; nothing was sent")
            await self._news(self._deadline)

    def _patience_s(self) -> float:
        marks, before = self._terminal.marks, self._owner.command
        if marks is None or marks.last is None:
            return READY_S - (time.time() - self._terminal.started_at)
        is_taken = before is None or before.is_running or before.has_ended
        return BUSY_S if marks.last.kind == "C" and is_taken else PROMPT_S

    def _is_ready(self, states: tuple[str, ...]) -> bool:
        if self._is_over():
            raise Conflict("The session has exited")
        marks = self._terminal.marks
        if marks is not None:
            before, prompt = self._owner.command, self._owner.prompt
            return prompt.is_there and not prompt.owes_answer and (before is None or before.has_ended)
        is_quiet = time.time() - self._terminal.active_at >= _settled_s()  # Gemini shows its prompt before it reads
        return is_quiet and self._owner.rested is self._program and (len(states) > 1 or self._state("") in states)

    def _write(self, data: bytes) -> None:
        """Type for the program that this text is for, and for no other."""
        if self._is_over():
            raise Conflict("The program has ended; nothing more was typed")
        self._terminal.write(data)
        self._owner.prompt.has_unsent = False

    async def _send(self) -> None:
        terminal, wanted = self._terminal, self._wanted
        data = typed(wanted.text, pasted=await self._pastes())
        self._owner.hearing = self._command = self._new_command(data)
        self._owner.command = self._command if wanted.submit else None
        typed_at = terminal.journal.end
        await self._type(data)
        if wanted.pause_ms or self._command is None:
            await self._settle(typed_at)
        if self._command is None and isinstance(wanted, protocol.Execute) and wanted.wait is not None:
            self._before = await self._screen()
        self._sent_at, self._sent_s = terminal.journal.end, self._loop.time()
        self._end, self._printed_s = self._sent_at, self._sent_s
        if wanted.submit:
            self._write(wanted.submit.encode(errors="replace"))
            if self._command is not None:
                self._owner.prompt.sent()
            await self._see_it_taken()

    def _new_command(self, data: bytes) -> Command | None:
        """What a shell at its prompt will tell of; pasted lines are one command line where it reads keys."""
        marks, terminal = self._terminal.marks, self._terminal
        if marks is None or marks.last is None or not self._owner.prompt.is_there:
            return None
        is_pasted = data.startswith(PASTE) and not marks.reads_lines
        lines = self._wanted.submit.count("\r") + (0 if is_pasted else data.count(b"\r"))
        return Command(marks.last, terminal.journal, lines=lines)

    async def _see_it_taken(self) -> None:
        """A TUI tells pasted lines from typed ones by the time between: what comes next must not follow at once."""
        until = self._loop.time() + ECHO_MOST_S
        while self._command is None and self._loop.time() < until:
            await asyncio.sleep(TAKEN_S)
            if self._terminal.journal.end != self._sent_at:
                return

    async def _type(self, data: bytes) -> None:
        """At once; but a shell that reads lines gets the next one when it has done with the one before."""
        command = self._command
        *lines, last = data.split(b"\r") if command is not None and command.reads_lines else [data]
        is_in_step = True
        for number, line in enumerate(lines, 1):
            self._write(line + b"\r")
            until = min(self._deadline, self._loop.time() + PROMPT_S)
            while command is not None and command.prompts < number and is_in_step:
                await self._news(until)
                is_in_step = self._loop.time() < until and not self._is_over()
        self._write(last)

    async def _pastes(self) -> bool:
        if self._wanted.paste != "auto":
            return self._wanted.paste == "always"
        try:
            return bool((await self._terminal.snapshot())["modes"]["bracketedPaste"])
        except AgtermError:  # a screen that cannot be drawn any more
            return False

    async def _screen(self) -> str:
        try:
            return await self._terminal.text(HISTORY_LINES)
        except AgtermError:
            return ""

    async def _settle(self, typed_at: int) -> None:
        """Until the echo of the text has been printed; the pause counts from when it begins."""
        most_s = ECHO_OF_KEYS_S if self._terminal.edits_its_line() else ECHO_MOST_S
        until, end = self._loop.time() + most_s, typed_at
        while end == self._terminal.journal.end and self._loop.time() < until:
            await self._news(self._loop.time() + ECHO_QUIET_S)
        await asyncio.sleep(self._wanted.pause_ms / 1000)
        until = self._loop.time() + ECHO_MOST_S
        while end != self._terminal.journal.end and self._loop.time() < until:
            end = self._terminal.journal.end
            await asyncio.sleep(ECHO_QUIET_S)

    # --- the wait ------------------------------------------------------------------------------------------------

    async def _wait(self, wish: str) -> str:
        while True:
            self._owner.news.clear()
            self._note_output()
            if self._pattern is not None and await self._has_matched(self._pattern):
                return "text"
            if self._is_over() and not (self._pattern is not None and self._command and self._command.is_behind):
                return "exit"
            if wish == "idle" and self._wants_more():
                return "incomplete"
            if wish == "idle" and self._has_finished():
                return "idle"
            if self._loop.time() >= self._deadline:
                return "timeout"
            await self._news(self._deadline)

    async def _news(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(min(until, self._loop.time() + TICK_S)):
                await self._owner.news.wait()
        except TimeoutError:
            pass
        self._owner.news.clear()

    def _is_over(self) -> bool:
        return self._terminal.watch is not self._program or self._terminal.status == "exited"

    def _note_output(self) -> None:
        if self._terminal.journal.end != self._end:
            self._end, self._printed_s = self._terminal.journal.end, self._loop.time()
        self._has_begun = self._has_begun or self._state("") == "working"

    def _has_finished(self) -> bool:
        command = self._command
        if command is None or not (command.has_ended or command.is_running):
            return self._rests()
        if command.has_ended:
            return self._owner.prompt.is_there
        is_itself = self._terminal.is_program_itself()
        return self._rests() and (is_itself or self._state("") == "needs_input")  # a prompt without marks; a question

    def _wants_more(self) -> bool:
        command, terminal = self._command, self._terminal
        if command is None or not command.wants_more or not terminal.is_program_itself():
            return False
        return command.reads_lines or terminal.edits_its_line()

    def _rests(self) -> bool:
        """Whether the program has worked and rests now, or has answered before anybody could see it work.

        One that has printed nothing since it was told to begin has not begun.
        """
        state = self._state("")
        if state not in RESTING or (state != "idle" and time.time() - self._since < ASKS_S):
            return False
        if self._has_begun and self._command is None:
            return True
        since_s, quiet_s = self._loop.time() - self._sent_s, self._loop.time() - self._printed_s
        return self._end > self._sent_at and since_s >= BEGIN_S and (quiet_s >= QUIET_S or since_s >= NEVER_QUIET_S)

    @property
    def _since(self) -> float:
        return self._terminal.watch.since if self._terminal.watch is not None else 0.0

    async def _has_matched(self, pattern: patterns.Pattern) -> bool:
        now = self._loop.time()
        if self._command is None and now - self._looked_s < LOOK_EVERY_S and not self._is_over():
            return False
        self._looked_s = now
        command = self._command
        if command is None:
            text = new_lines(self._before, await self._screen())[-LOOK_AT_CHARACTERS:]
        else:
            text = command.next_text()
        self._match = await pattern.found(text) if text else None
        return self._match is not None

    # --- the answer ----------------------------------------------------------------------------------------------

    def _state(self, reason: str) -> str:
        if self._terminal.watch is None or self._terminal.status == "exited":
            return "exited"
        if reason == "incomplete":
            return "needs_input"
        is_at_prompt = reason == "idle" and self._command is not None and self._command.has_ended
        return "idle" if is_at_prompt else self._terminal.watch.state  # what is seen comes later than what is said

    def _exit_code(self, reason: str) -> int | None:
        if reason == "exit" and self._terminal.watch is self._program:
            return self._terminal.code
        return self._command.exit_code if self._command is not None and reason == "idle" else None

    async def _output(self, limit: int) -> tuple[str, bool]:
        if self._command is not None:
            text, is_cut = await self._command.output(limit, self._terminal.drawn)
        else:
            text, is_cut = new_lines(self._before, await self._screen()), False
        text, is_cut_too = newest(text, characters=limit, lines=MAX_LINES)
        return text, is_cut or is_cut_too


def _settled_s() -> float:
    """On a machine that has more to do than it can, every program pauses longer."""
    return SETTLED_S * min(MOST_PATIENCE, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


async def _uncancelled(work: Coroutine[Any, Any, None]) -> None:
    """Bring `work` to its end whatever happens to the caller."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
