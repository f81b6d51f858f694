"""Answers to approval questions, from standard input, as lines of JSON: `{"id": "…", "decision": "once|always|no"}`."""

import asyncio
import json
import os
import threading
from typing import Any

from agterm_agent.tools.declaration import Approval, Decision, NeedsInput

MAX_LINE_BYTES = 65_536
STDIN = 0
ENDED = "nobody is there to allow it: standard input has ended"


class Answers:
    """Reads on in a thread, because standard input may be anything: a pipe, a terminal, a file.

    An answer counts only while its question is open: what comes before it, or twice, allows nothing.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Decision]] = {}
        self._has_ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, call_id: str) -> None:
        """The question about this call has been printed: from now on it can be answered."""
        self._asked.add(call_id)

    async def approve(self, approval: Approval) -> Decision:
        """What was answered. Raises `NeedsInput` when no answer can come any more."""
        if self._has_ended:
            raise NeedsInput(ENDED)
        answer: asyncio.Future[Decision] = self._loop.create_future()
        self._waiting[approval.call_id] = answer
        try:
            return await answer
        finally:
            del self._waiting[approval.call_id]
            self._asked.discard(approval.call_id)

    def _read(self) -> None:
        held = b""
        while piece := _read_some():
            *lines, held = (held + piece).split(b"\n")
            for line in lines:
                self._tell(self._take, line)
            held = held[-MAX_LINE_BYTES:]
        self._tell(self._end)

    def _tell(self, what: Any, *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(what, *arguments)
        except RuntimeError:  # the turn is over
            return

    def _take(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            call_id, decision = said["id"], Decision(said["decision"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return  # whoever wrote it sees that the question stays open
        answer = self._waiting.get(call_id) if isinstance(call_id, str) and call_id in self._asked else None
        if answer is not None and not answer.done():
            answer.set_result(decision)

    def _end(self) -> None:
        self._has_ended = True
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(NeedsInput(ENDED))


def _read_some() -> bytes:
    """Not by `sys.stdin`: Python would wait for its lock when the program ends."""
    try:
        return os.read(STDIN, MAX_LINE_BYTES)
    except OSError:
        return b""
