"""A turn without a screen: one prompt, its events or its answer on standard output, an exit code.

Whoever started the program may end it (SIGINT, SIGTERM, SIGHUP) or stop reading; either ends the turn and what it runs.
"""

import asyncio
import json
import logging
import os
import select
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from agterm_agent import events
from agterm_agent.events import EXIT_CODES, Event, Status
from agterm_agent.opening import toolbox_of
from agterm_agent.settings import Settings
from agterm_agent.tools.text import visible

if TYPE_CHECKING:
    from agterm_agent.answers import Answers
    from agterm_agent.engine.conversation import Conversation

USAGE_ERROR = 2
STDOUT = 1
LOOK_EVERY_S = 0.5
PIECES = ("assistant_delta", "assistant_thought_delta", "tool_output")  # of what follows whole
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(settings: Settings, prompt: str, output: str, *, resume: str | None = None) -> int:
    """Ask once; `output` is text, json or stream-json. Returns the exit code."""
    logging.getLogger().addHandler(logging.NullHandler())  # what a library has to say would stand among the events
    warnings.simplefilter("ignore")
    return asyncio.run(_Run(settings, prompt, PRINTERS[output](), resume).finish())


# --- what is printed -------------------------------------------------------------------------------------------------


class StreamPrinter:
    """Every event as a line of JSON, as it comes."""

    def take(self, event: Event) -> None:
        _print(sys.stdout, as_json(event))


class JsonPrinter(StreamPrinter):
    """One object at the end: the result, and the events without the pieces of what comes whole as well."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def take(self, event: Event) -> None:
        if event["kind"] not in PIECES:
            self._events.append(event)
        if event["kind"] == "done":
            _print(sys.stdout, as_json(self._summary(event)))

    def _summary(self, done: Event) -> dict[str, Any]:
        """`diff`: what the edits changed, one after the other; in a dry run what they would have changed."""
        summary = {
            "result": done["result"],
            "status": done["status"],
            "reason": done["reason"],
            "conversationId": done.get("conversation_id"),
            "events": self._events,
            "usage": done.get("usage"),
            "costUsd": done.get("cost_usd"),
            "changedFiles": done.get("changed_files", []),
        }
        diff = "".join(event["diff"] for event in self._events if event.get("diff"))
        return {**summary, "diff": diff} if diff else summary


class TextPrinter(StreamPrinter):
    """The last answer alone; what went wrong goes to standard error."""

    def take(self, event: Event) -> None:
        if event["kind"] in ("error", "context_notice"):
            _complain(event["message"])
        if event["kind"] == "done":
            if event["result"]:
                _print(sys.stdout, visible(event["result"]))
            if event["reason"]:
                _complain(f"{event['status']}: {event['reason']}")


PRINTERS: dict[str, Callable[[], StreamPrinter]] = {
    "stream-json": StreamPrinter,
    "json": JsonPrinter,
    "text": TextPrinter,
}


def as_json(value: Any) -> str:
    """One line of pure ASCII: nothing in it can move a terminal's cursor, whatever a tool has read."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:  # NaN and its like, which some models put into arguments and JSON has no word for
        return json.dumps(json.loads(json.dumps(value), parse_constant=str))


def _print(stream: Any, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def _complain(message: str) -> None:
    with suppress(OSError):
        _print(sys.stderr, f"agterm-agent: {visible(message)}")


# --- the turn --------------------------------------------------------------------------------------------------------


class _Run:
    """One turn, from the signals' handlers to the exit code."""

    def __init__(self, settings: Settings, prompt: str, printer: StreamPrinter, resume: str | None) -> None:
        self._settings, self._prompt, self._printer, self._resume = settings, prompt, printer, resume
        self._conversation: Conversation | None = None
        self._opening: asyncio.Task[int] | None = None
        self._answers: Answers | None = None
        self._has_begun = self._is_cancelled = False
        self._has_readers = True

    async def finish(self) -> int:
        before = self._listen()
        watching = asyncio.ensure_future(self._watch_readers())
        self._opening = asyncio.ensure_future(self._turn())
        try:
            return await self._opening
        except asyncio.CancelledError:  # before there was a conversation to interrupt
            return self._without_a_turn(Status.CANCELLED, "cancelled before it began")
        except Exception as error:
            if self._has_begun:
                raise
            return self._without_a_turn(Status.FAILED, f"{type(error).__name__}: {error}")
        finally:
            watching.cancel()
            for number, handler in before.items():
                signal.signal(number, handler)

    async def _turn(self) -> int:
        from agterm_agent.engine.conversation import Conversation
        from agterm_agent.engine.store import StoreError

        await asyncio.to_thread(Conversation.warm_up, self._settings)  # seconds, in which signals are heard
        async with toolbox_of(self._settings) as toolbox:
            try:
                conversation = await Conversation.open(self._settings, toolbox, resume=self._resume)
            except StoreError as error:
                _complain(str(error))
                return USAGE_ERROR
            try:
                self._take(conversation)
                return await self._ask(conversation, [*conversation.notices, *toolbox.notices])
            finally:
                await conversation.close()

    def _take(self, conversation: "Conversation") -> None:
        self._conversation = conversation
        if self._settings.approvals == "stdin":
            from agterm_agent.answers import Answers

            self._answers = Answers()
            conversation.approve = self._answers.approve

    async def _ask(self, conversation: "Conversation", notices: list[str]) -> int:
        self._has_begun, status = True, Status.FAILED
        async for event in conversation.ask(self._prompt):
            if event["kind"] == "awaiting_input" and self._answers:
                self._answers.ask(event["id"])
            self._emit(event)
            while notices and event["kind"] == "user_prompt":
                self._emit(events.context_notice(notices.pop(0)))
            if event["kind"] == "done":
                status = Status(event["status"])
        return EXIT_CODES[status if self._has_readers else Status.CANCELLED]

    def _emit(self, event: Event) -> None:
        """Print it; when nobody reads any more, end the turn and print no further."""
        if not self._has_readers:
            return
        try:
            self._printer.take(event)
        except OSError:
            self._lose_readers()

    def _lose_readers(self) -> None:
        self._has_readers = False
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
        self._interrupt()

    async def _watch_readers(self) -> None:
        """Also while there is nothing to print: what nobody will hear of shall cost nothing."""
        output = select.poll()
        output.register(STDOUT, 0)
        while not any(state & select.POLLERR for _, state in output.poll(0)):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_S)
        self._lose_readers()

    def _without_a_turn(self, status: Status, reason: str) -> int:
        self._emit(events.user_prompt(self._prompt))
        if status is Status.FAILED:
            self._emit(events.error(reason))
        self._emit(events.done(status, reason=reason))
        return EXIT_CODES[status]

    def _listen(self) -> dict[signal.Signals, Any]:
        """Hear signals from now on. Returns what heard them before."""
        loop = asyncio.get_running_loop()

        def on_signal(number: int, frame: object) -> None:
            if self._is_cancelled:  # asked a second time: at once
                os._exit(EXIT_CODES[Status.CANCELLED])
            self._is_cancelled = True
            loop.call_soon_threadsafe(self._interrupt)

        return {number: signal.signal(number, on_signal) for number in SIGNALS}

    def _interrupt(self) -> None:
        if self._conversation is not None:
            self._conversation.interrupt()
        elif self._opening is not None:
            self._opening.cancel()
