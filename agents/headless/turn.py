"""One turn as it is told, whoever tells it: keeps the trail as `agterm_agent.events` wants it, whatever comes."""

import re
import time
from collections.abc import Callable
from typing import Any

from agents.headless import lines
from agents.headless.declaration import CONVERSATION_PATTERN
from agterm_agent import events
from agterm_agent.events import Event, Status

MAX_NOISE_LINES, MAX_NOISE_CHARACTERS = 40, 400
MAX_WHOLE_CHARACTERS = 1_000_000  # of one answer or thought put together from pieces
MAX_OPEN_CALLS, MAX_ID_CHARACTERS = 1000, 200
NO_RESULT = "The agent ended before it told the result of this call."
SIGNALLED = {130: "interrupted", 143: "told to stop"}  # as a shell tells SIGINT and SIGTERM
BUDGET = re.compile(r"\b402\b|\bbudget\b.*\bused up\b|quota exceeded|insufficient_quota", re.IGNORECASE | re.DOTALL)


class _Whole:
    """A text put together from pieces, cut short where it is longer than anybody reads."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._room = MAX_WHOLE_CHARACTERS

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, piece: str) -> None:
        if self._room:
            self._pieces.append(piece[: self._room])
            self._room -= len(self._pieces[-1])

    def take(self) -> str:
        whole, self._pieces, self._room = "".join(self._pieces), [], MAX_WHOLE_CHARACTERS
        return whole


class Turn:
    """What a translator has told so far. Its methods give the events that follow from what it hears.

    Text comes in pieces (`says`) and whole (`said`), or only in one of these ways; each answer becomes one
    `assistant_message`. A result without its call is left out, as is a call that is already open, or one too many.
    What it remembers is bounded, however much a hostile program says.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._conversation: str | None = None
        self.usage: dict[str, Any] | None = None
        self._clock = clock
        self._calls: dict[str, float] = {}
        self._pieces = _Whole()
        self._thoughts = _Whole()
        self._answer = ""
        self._noise: list[str] = []

    @property
    def conversation(self) -> str | None:
        return self._conversation

    @conversation.setter
    def conversation(self, name: str | None) -> None:
        """What can't be the name of one is none."""
        self._conversation = name if name and CONVERSATION_PATTERN.fullmatch(name) else None

    # --- what is heard -----------------------------------------------------------------------------------------------

    def noise(self, line: str) -> None:
        """A line that tells nothing of the turn; the last ones say why, when the program just ends."""
        if said := lines.plain(line[: 4 * MAX_NOISE_CHARACTERS]):
            self._noise = [*self._noise, said[:MAX_NOISE_CHARACTERS]][-MAX_NOISE_LINES:]

    def says(self, text: str) -> list[Event]:
        if not text:
            return []
        begun = self._end_thought()
        self._pieces.add(text)
        return [*begun, events.assistant_delta(text)]

    def thinks(self, text: str) -> list[Event]:
        if not text:
            return []
        begun = self.said() if self._pieces else []
        self._thoughts.add(text)
        return [*begun, events.assistant_thought_delta(text)]

    def said(self, text: str = "") -> list[Event]:
        """The answer as a whole, or that what came in pieces is one."""
        told = self._pieces.take()
        whole = text or told
        if not whole.strip():
            return self._end_thought()
        self._answer = whole
        return [*self._end_thought(), events.assistant_message(whole)]

    def thought(self, text: str = "") -> list[Event]:
        return self._end_thought(text)

    def calls(self, call_id: str, name: str, arguments: dict[str, Any]) -> list[Event]:
        is_fit = 0 < len(call_id) <= MAX_ID_CHARACTERS and len(self._calls) < MAX_OPEN_CALLS
        if not is_fit or call_id in self._calls:
            return []
        before = self.said()
        self._calls[call_id] = self._clock()
        return [*before, events.tool_call(call_id, name or "?", arguments)]

    def prints(self, call_id: str, text: str) -> list[Event]:
        return [events.tool_output(call_id, text)] if text and call_id in self._calls else []

    def results(
        self, call_id: str, result: Any, *, ok: bool, duration_ms: int | None = None, diff: str | None = None
    ) -> list[Event]:
        begun = self._calls.pop(call_id, None)
        if begun is None:
            return []
        measured = max(0, round((self._clock() - begun) * 1000)) if duration_ms is None else duration_ms
        return [events.tool_result(call_id, result, ok=ok, duration_ms=measured, diff=diff)]

    def is_open(self, call_id: str) -> bool:
        return call_id in self._calls

    def _end_thought(self, text: str = "") -> list[Event]:
        told = self._thoughts.take()
        whole = text or told
        return [events.assistant_thought(whole)] if whole.strip() else []

    # --- the end -----------------------------------------------------------------------------------------------------

    def close(self, status: Status, *, result: str = "", reason: str | None = None, **facts: Any) -> list[Event]:
        """The last events. `result`: the answer as the program tells it at its end, where it does."""
        last = self.said()
        for call_id in list(self._calls):
            last += self.results(call_id, NO_RESULT, ok=False)
        if result and result != self._answer and status is Status.DONE:
            last += self.said(result)
        if status is Status.FAILED and reason:
            last.append(events.error(reason))
        if self.usage is not None:
            last.append(events.usage(**self.usage))
        told = {"usage": self.usage, "cost_usd": (self.usage or {}).get("cost_usd")}
        facts = {**told, "conversation_id": self.conversation, **facts}
        return [*last, events.done(status, self._answer, reason=reason, **facts)]

    def failed(self, reason: str, *, by_limit: bool = False) -> list[Event]:
        """The last events of a turn that did not succeed.

        Where a provider, or our door before it, refused because no money is left, that is a limit and no failure.
        """
        return self.close(Status.LIMIT if by_limit or BUDGET.search(reason) else Status.FAILED, reason=reason)

    def broken_off(self, exit_code: int | None, reason: str | None = None) -> list[Event]:
        """The last events of a program that ended without telling how."""
        code = -exit_code + 128 if exit_code is not None and exit_code < 0 else exit_code
        if code in SIGNALLED:
            return self.close(Status.CANCELLED, reason=f"The agent was {SIGNALLED[code]}.")
        how = "ended" if code is None else f"ended with exit code {code}"
        return self.close(Status.FAILED, reason=reason or f"The agent {how} and told no result.{self._last_words()}")

    def _last_words(self) -> str:
        return " It said: " + " | ".join(self._noise[-5:]) if self._noise else ""
