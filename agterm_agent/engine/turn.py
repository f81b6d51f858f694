"""One turn: the model is asked and its tools are run until it has answered, with every step told as an event.

Imports the engine; `conversation` loads it with the first prompt. Whatever happens, the last event is `done`, each tool
call has its result, and the conversation is left so that it can go on.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from agterm_agent import events
from agterm_agent.engine import compaction, context
from agterm_agent.engine.limits import Meter, Reached, Totals
from agterm_agent.engine.models import Talker, failure_of, with_calls_of_its_own
from agterm_agent.events import Event, Status
from agterm_agent.tools.declaration import Approval, Decision, NeedsInput, ToolOutput

if TYPE_CHECKING:
    from agterm_agent.engine.conversation import Conversation

RETRIES = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
CLOSING_S = 30.0
INTERRUPTED = "[interrupted by the person]"
NOT_RUN = "Not run: the turn ended before this call."
CLOSING = """\
[This turn ends here: {reached}. Call no tools. Say in a few sentences what is done, what is not, and what is next.]"""
sleep = asyncio.sleep
T = TypeVar("T")


class TurnFailedError(Exception):
    """The turn can't go on; the message is for people."""


class OutOfBudgetError(TurnFailedError):
    """The provider, or whoever pays it, lets no more be spent."""


@dataclass(frozen=True)
class Outcome:
    status: Status
    result: str = ""
    reason: str | None = None


class Turn:
    """Runs once. `interrupt` ends it from outside."""

    def __init__(self, conversation: "Conversation", talker: Talker, emit: Callable[[Event], None]) -> None:
        self._conversation, self._talker, self._tell = conversation, talker, emit
        self._meter = Meter(conversation.settings.limits)
        self._said = ""  # of the answer that is coming
        self._result = ""  # the last whole answer
        self._unanswered: list[ToolCallPart] = []
        self._returns: list[ToolReturnPart] = []
        self._room = 0  # characters that the results of one answer may still have
        self._open: tuple[str, float] | None = None
        self._is_running_tool = self._is_interrupted = False
        self._work: asyncio.Future[Any] | None = None

    def interrupt(self) -> None:
        """The first time a running tool may end by itself."""
        again, self._is_interrupted = self._is_interrupted, True
        self._conversation.toolbox.interrupt()
        if self._work and (again or not self._is_running_tool):
            self._work.cancel()

    async def run(self, prompt: str) -> None:
        """The whole turn but its first two events."""
        try:
            self._conversation.add([ModelRequest(parts=[UserPromptPart(content=prompt)])])
            outcome = await self._interruptible(self._answer())
        except asyncio.CancelledError:
            outcome = Outcome(Status.CANCELLED, reason="interrupted")
        except OutOfBudgetError as error:
            outcome = Outcome(Status.LIMIT, reason=str(error))
        except TurnFailedError as error:
            outcome = Outcome(Status.FAILED, reason=str(error))
        except Exception as error:
            outcome = Outcome(Status.FAILED, reason=failure_of(error).words)
        self._end(outcome)

    async def run_compaction(self) -> str | None:
        """Only make the conversation shorter. Returns why that has failed."""
        words = None
        try:
            await self._interruptible(self.compact())
        except asyncio.CancelledError:
            words = "interrupted"
        except Exception as error:
            words = failure_of(error).words
        with suppress(Exception):
            self._conversation.keep_totals()
        return words

    async def _interruptible(self, work: Coroutine[Any, Any, T]) -> T:
        """In a task of its own, so that an interrupt ends the work and nothing around it."""
        self._work = task = asyncio.ensure_future(work)
        if self._is_interrupted:
            task.cancel()
        try:
            return await task
        finally:
            if not task.done():  # it is the caller who was cancelled
                task.cancel()
                await asyncio.wait({task})

    def _emit(self, event: Event) -> None:
        if event["kind"] == "assistant_delta":
            self._said += event["text"]
        self._tell(event)

    # --- steps ---

    async def _answer(self) -> Outcome:
        is_empty = False
        while True:
            if reached := self._meter.reached():
                return await self._stop_at(reached)
            try:
                async with asyncio.timeout(self._meter.seconds_left):
                    await self._make_room()
                    self._meter.iterations += 1
                    response = await self._request()
            except TimeoutError:
                return self._stopped(self._meter.out_of_time())
            if response.tool_calls:
                is_empty = False
                if needed := await self._run(response.tool_calls):
                    return Outcome(Status.NEEDS_INPUT, self._result, needed)
                if self._is_interrupted:
                    return Outcome(Status.CANCELLED, self._result, "interrupted")
            elif response.text:
                if response.finish_reason == "length":
                    self._emit(events.context_notice("The answer was cut at the most that the model says at once"))
                return Outcome(Status.DONE, response.text)
            elif response.finish_reason == "content_filter":
                raise TurnFailedError("the provider's filter has withheld the answer")
            elif is_empty:
                raise TurnFailedError("the model has answered nothing")
            else:
                is_empty = True
                self._emit(events.context_notice("The model has answered nothing; it is asked again"))

    async def _request(self, *, may_call: bool = True) -> ModelResponse:
        """One answer, told and kept."""
        conversation, has_compacted = self._conversation, False
        while True:
            try:
                response = await self._tried(
                    lambda: self._talker.ask(
                        conversation.history(),
                        instructions=conversation.instructions(),
                        tools=conversation.tools(),
                        may_call=may_call,
                        emit=self._emit,
                        count=self._count,
                    )
                )
            except Exception as error:
                if has_compacted or not failure_of(error).is_overflow:
                    raise
                has_compacted = await self.compact()
                if not has_compacted:
                    raise
                continue
            if not may_call:
                response.parts = [part for part in response.parts if not isinstance(part, ToolCallPart)]
            response = with_calls_of_its_own(response, conversation.history())
            text, self._said = response.text, ""
            if text:
                self._result = text
                self._emit(events.assistant_message(text))
            self._unanswered = list(response.tool_calls)
            if response.parts:
                conversation.add([response])
            conversation.keep_totals()
            self._emit(conversation.usage())
            return response

    def _count(self, used: Totals) -> None:
        self._meter.count(used)
        if self._conversation.count(used) and self._meter.cannot_hold_cost():
            self._emit(events.context_notice("Nobody knows what this model costs: the limit in dollars can't be held"))

    async def _tried(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` gives, tried again for as long as there is hope."""
        for attempt in range(1, RETRIES + 2):
            try:
                return await ask()
            except Exception as error:
                failure = failure_of(error)
                if failure.is_overflow:
                    raise
                if failure.is_budget:
                    raise OutOfBudgetError(failure.words) from error
                wait = FIRST_WAIT_S * 2 ** (attempt - 1) * random.uniform(1, 1.25)  # noqa: S311
                wait = wait if failure.wait_s is None else failure.wait_s
                if not failure.may_retry or attempt > RETRIES:
                    raise TurnFailedError(failure.words) from error
                left = self._meter.seconds_left
                if wait > LONGEST_WAIT_S or (left is not None and wait > left):
                    raise TurnFailedError(f"{failure.words} (to be tried again in {wait:.0f} s)") from error
                self._said = ""
                words = f"{failure.words}; trying again in {wait:.1f} s"
                self._emit(events.context_notice(words, attempt=attempt, wait_ms=int(wait * 1000)))
                await sleep(wait)
        raise AssertionError

    # --- tools ---

    async def _run(self, calls: list[ToolCallPart]) -> str | None:
        """Run the calls in their order. Returns what a person is needed for, if nobody can be asked."""
        self._room = context.room_for_results(self._conversation.window)
        for call in calls:
            if self._is_interrupted or self._meter.is_out_of_time:
                break
            try:
                output = await self._run_one(call)
            except NeedsInput as needed:
                self._close(call, ToolOutput(f"Not run: {needed}", ok=False))
                self._answer_all()
                return str(needed)
            self._close(call, output)
        self._answer_all()
        return None

    async def _run_one(self, call: ToolCallPart) -> ToolOutput:
        box, call_id = self._conversation.toolbox, call.tool_call_id
        arguments = call.args_as_dict()
        try:
            call.args_as_dict(raise_if_invalid=True)
            problem = None
        except (ValueError, AssertionError):
            problem = f"{call.tool_name}: the arguments are no whole JSON object. Say them again."
        safety = box.safety_of(call.tool_name, arguments)
        self._emit(events.tool_call(call_id, call.tool_name, arguments, safety=safety.value if safety else None))
        self._open = (call_id, time.monotonic())
        if problem:
            return ToolOutput(problem, ok=False)
        self._is_running_tool = True
        try:
            return await box.call(
                call_id,
                call.tool_name,
                arguments,
                modes=self._conversation.modes,
                approve=self._approve if self._conversation.approve else None,
                emit=lambda text: self._emit(events.tool_output(call_id, text)),
            )
        finally:
            self._is_running_tool = False

    async def _approve(self, approval: Approval) -> Decision:
        ask = self._conversation.approve
        if ask is None:
            raise NeedsInput(f"{approval.tool} needs approval.")
        choices = [choice.value for choice in approval.choices]
        self._emit(events.awaiting_input(approval.call_id, approval.question, choices))
        try:
            async with asyncio.timeout(self._meter.seconds_left):
                return await ask(approval)
        except TimeoutError:
            raise NeedsInput(f"{approval.tool} needs approval, which did not come in time.") from None

    def _close(self, call: ToolCallPart, output: ToolOutput) -> None:
        """A call has its result."""
        text = output.text
        limit = context.room_for_result(self._conversation.window, self._room)
        if len(text) > limit:
            text = context.cut(text, limit)
            message = f"The result of {call.tool_name} was cut to what has room"
            self._emit(events.context_notice(message, before_characters=len(output.text), after_characters=len(text)))
        self._room -= len(text)
        _, since = self._open or ("", time.monotonic())
        self._open = None
        self._unanswered.remove(call)
        outcome = {} if output.ok else {"outcome": "failed"}
        self._returns.append(
            ToolReturnPart(tool_name=call.tool_name, content=text, tool_call_id=call.tool_call_id, **outcome)  # type: ignore[arg-type]
        )
        took = int((time.monotonic() - since) * 1000)
        self._emit(events.tool_result(call.tool_call_id, text, ok=output.ok, duration_ms=took, diff=output.diff))

    def _answer_all(self) -> None:
        """Every call of the last answer has a return in the conversation, also those that did not run."""
        for call in list(self._unanswered):
            if self._open and self._open[0] == call.tool_call_id:
                self._close(call, ToolOutput("Cancelled by the user." if self._is_interrupted else NOT_RUN, ok=False))
            else:
                self._unanswered.remove(call)
                self._returns.append(
                    ToolReturnPart(
                        tool_name=call.tool_name, content=NOT_RUN, tool_call_id=call.tool_call_id, outcome="failed"
                    )
                )
        returns, self._returns = self._returns, []
        if returns:
            self._conversation.add([ModelRequest(parts=returns)])

    # --- room ---

    async def _make_room(self) -> None:
        used, window = self._conversation.context_use()
        if used >= window * self._conversation.settings.compact_at:
            await self.compact()

    async def compact(self) -> bool:
        """Make the conversation shorter; False: there is nothing that could be."""
        conversation = self._conversation
        before, window = conversation.context_use()
        messages = conversation.messages()
        kept_from = compaction.split(messages, before, window)
        if not kept_from:
            return False
        order = compaction.order(messages[:kept_from], window)
        question: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart(content=order)])]
        response = await self._tried(
            lambda: self._talker.ask(question, instructions=compaction.INSTRUCTIONS, count=self._count)
        )
        if not response.text:
            raise TurnFailedError("the model has made no summary of the conversation")
        conversation.replace(compaction.compacted(messages, kept_from, response.text))
        after, _ = conversation.context_use()
        words = f"The conversation was compacted: {before} → {after} tokens"
        self._emit(events.context_notice(words, before_tokens=before, after_tokens=after))
        self._emit(conversation.usage())
        return True

    # --- ends ---

    async def _stop_at(self, reached: Reached) -> Outcome:
        """Where it stands, in the model's words if there is room for one request more."""
        if reached.leaves_room:
            request = ModelRequest(parts=[UserPromptPart(content=CLOSING.format(reached=reached.words))])
            self._conversation.add([request])
            with suppress(Exception):
                async with asyncio.timeout(CLOSING_S):
                    response = await self._request(may_call=False)
                    return Outcome(Status.LIMIT, response.text or "", reached.words)
        return self._stopped(reached)

    def _stopped(self, reached: Reached) -> Outcome:
        """Where it stands, in our own words; an answer that broke off stays before them."""
        files = self._conversation.toolbox.changes.changed_files()
        changed = f"Changed so far: {', '.join(files)}." if files else "No files were changed."
        words = f"I had to stop: {reached.words}. {changed} Ask me to go on, or raise the limit."
        said, self._said = f"{self._said}\n\n{words}".strip(), ""
        self._emit(events.assistant_message(said))
        self._conversation.add([ModelResponse(parts=[TextPart(content=said)])])
        return Outcome(Status.LIMIT, said, reached.words)

    def _end(self, outcome: Outcome) -> None:
        """Leave everything in order and tell the end."""
        problem = None
        try:
            self._answer_all()
            if outcome.status is Status.CANCELLED or self._said:
                mark = INTERRUPTED if outcome.status is Status.CANCELLED else "[the answer broke off]"
                said = f"{self._said}\n\n{mark}".strip()
                self._conversation.add([ModelResponse(parts=[TextPart(content=said)])])
            self._conversation.keep_totals()
        except Exception as error:  # a full disk, say
            problem = str(error)
        if outcome.status is Status.FAILED:
            self._emit(events.error(outcome.reason or ""))
        if problem and problem != outcome.reason:
            self._emit(events.error(problem))
        used = self._meter.used
        self._tell(
            events.done(
                outcome.status,
                outcome.result or self._result,
                reason=outcome.reason,
                usage={name: value for name, value in used.figures().items() if name != "cost_usd"},
                cost_usd=used.figures()["cost_usd"],
                conversation_id=self._conversation.id,
                changed_files=self._conversation.toolbox.changes.changed_files(),
            )
        )
