"""A turn on the screen: each event either settles lines for good or changes what still lives below them."""

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from agterm_agent.events import Event, Status
from agterm_agent.screen.calls import RunningCall
from agterm_agent.screen.text import block, clean, clean_line, cut, fold, paint, short_number, trimmed, width_of

WORKING = "Working…"
SPINNER = "✶✷✸✹✺✹✸✷"
TURNS_PER_S = 4
CHARACTERS_OF_A_TOKEN = 4  # a guess, until the provider says how many there were
THOUGHT_LINES = 6
LIVE_THOUGHT_LINES = 4
PROBLEM_LINES = 12
MARK = "● "
RATE_LIMITED, TRYING_AGAIN = "Rate limited", "Trying again"
_LIMITS = re.compile(r"\b429\b|rate.?limit|too many requests", re.IGNORECASE)


class Trail:
    """The turn that runs. `settle` takes lines that are finished, each no wider than `width()`."""

    def __init__(self, settle: Callable[[list[str]], None], width: Callable[[], int]) -> None:
        self._settle, self._width = settle, width
        self._calls: dict[str, RunningCall] = {}
        self._answer: Any = None  # a markdown.Stream: that module is not loaded before it is needed
        self._thought = ""
        self._began_at = monotonic()
        self._problems: list[str] = []  # errors that the turn's end does not tell as its reason
        self._streamed = 0  # characters since the last figures of the provider
        self._tokens_before: int | None = None
        self._tokens = 0
        self.waits_for = ""  # "" or why the provider lets us wait
        self.is_interrupted = False  # also before the model has been asked

    # --- what happens ------------------------------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        handler = getattr(self, f"_on_{event['kind']}", None)
        if event["kind"] not in ("usage", "context_notice"):
            self.waits_for = ""
        if handler is not None:
            handler(event)

    def call(self, call_id: str) -> RunningCall | None:
        return self._calls.get(call_id)

    def close(self) -> None:
        """The turn is over, however it ended: what was still shown is settled."""
        self._end_answer(None)
        self._tell_problems()

    def _on_assistant_delta(self, event: Event) -> None:
        self._end_thought()
        self._streamed += len(event["text"])
        if self._answer is None:
            self._begin_answer()
        self._say(self._answer.take(event["text"], self._room))

    def _on_assistant_message(self, event: Event) -> None:
        self._end_thought()
        if self._answer is None and not event["text"].strip():
            return
        if self._answer is None:
            self._begin_answer()
        self._end_answer(event["text"])

    def _on_assistant_thought_delta(self, event: Event) -> None:
        self._streamed += len(event["text"])
        self._thought += event["text"]

    def _on_assistant_thought(self, event: Event) -> None:
        self._thought = event["text"]
        self._end_thought()

    def _on_tool_call(self, event: Event) -> None:
        self._end_thought()
        self._end_answer(None)
        self._calls[event["id"]] = RunningCall(event["name"], event["arguments"])

    def _on_tool_output(self, event: Event) -> None:
        if call := self._calls.get(event["id"]):
            call.take(event["text"])

    def _on_tool_result(self, event: Event) -> None:
        call = self._calls.pop(event["id"], None)
        if call is not None:
            lines = call.ended(event["result"], event["status"] == "ok", event.get("diff"), self._width())
            self._settle([*([] if call.is_titled else [""]), *lines])

    def _on_context_notice(self, event: Event) -> None:
        if event.get("attempt") is None:
            self._settle(["", *notice(event, self._width())])
            return
        self._end_answer(None)  # what came of it stays; it will be said again from the beginning
        words = clean_line(event["message"])
        self.waits_for = f"{RATE_LIMITED if _LIMITS.search(words) else TRYING_AGAIN}: {words}"

    def _on_usage(self, event: Event) -> None:
        total = int(event.get("output_tokens") or 0)
        self._tokens_before = total if self._tokens_before is None else self._tokens_before
        self._tokens, self._streamed = total - self._tokens_before, 0

    def _on_error(self, event: Event) -> None:
        self._end_answer(None)
        self._problems.append(clean(event["message"]))

    def _on_done(self, event: Event) -> None:
        self._end_thought()
        self._end_answer(None)
        words = {
            Status.CANCELLED: "Interrupted",
            Status.LIMIT: "Limit reached",
            Status.FAILED: "Failed",
            Status.NEEDS_INPUT: "Needs input",
        }.get(Status(event["status"]))
        reason = clean(event.get("reason") or "")
        self._problems = [problem for problem in self._problems if problem != reason]
        self._tell_problems()
        if words:
            told = f"{words}: {reason}" if reason and reason.lower() != words.lower() else f"{words}."
            colour = "red" if event["status"] == Status.FAILED else "yellow"
            lines = trimmed(fold(told, self._width()), PROBLEM_LINES)
            self._settle(["", *(paint(line, colour) for line in lines)])

    def _tell_problems(self) -> None:
        problems, self._problems = self._problems, []
        for problem in problems:
            lines = [paint(line, "red") for line in trimmed(fold(problem, self._width() - 2), PROBLEM_LINES)]
            self._settle(["", *block(paint("✗ ", "red"), "  ", lines)])

    # --- the answer --------------------------------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        return max(self._width() - len(MARK), 1)

    def _begin_answer(self) -> None:
        from agterm_agent.screen.markdown import Stream  # loads rich

        self._answer, self._is_begun = Stream(), False

    def _say(self, lines: list[str]) -> None:
        if lines:
            self._settle(self._marked(lines))
            self._is_begun = True

    def _marked(self, lines: list[str]) -> list[str]:
        if self._is_begun:
            return [f"  {line}" if line else "" for line in lines]
        return ["", *block(MARK, "  ", lines)]

    def _end_answer(self, text: str | None) -> None:
        if self._answer is not None:
            self._say(self._answer.finish(text, self._room))
            self._answer = None

    def _end_thought(self) -> None:
        thought, self._thought = clean(self._thought).strip(), ""
        if thought:
            lines = trimmed(fold(thought, self._width() - 2), THOUGHT_LINES)
            self._settle(["", *block(paint("∴ ", "dim"), "  ", [paint(line, "dim", "italic") for line in lines])])

    # --- what lives below --------------------------------------------------------------------------------------------

    def live(self, rows: int) -> list[str]:
        """What is not settled yet, at most so many lines: of more, the last ones."""
        lines: list[str] = []
        if self._thought.strip():
            thought = fold(clean(self._thought[-2000:]).strip(), self._width() - 2)[-LIVE_THOUGHT_LINES:]
            lines += ["", *block(paint("∴ ", "dim"), "  ", [paint(line, "dim", "italic") for line in thought])]
        if self._answer is not None and (coming := self._answer.live(self._room)):
            lines += self._marked(coming)
        for call in self._calls.values():
            lines += [*([] if call.is_titled else [""]), *call.live(self._width())]
        return lines[-rows:] if rows > 0 else []

    def progress(self) -> str:
        """The line that says that work goes on; the words in it are what AGTerm knows the state by."""
        elapsed = monotonic() - self._began_at
        spin = SPINNER[int(elapsed * TURNS_PER_S) % len(SPINNER)]
        tokens = self._tokens + self._streamed // CHARACTERS_OF_A_TOKEN
        facts = [f"{elapsed:.0f}s", f"↓ {short_number(tokens)} tokens", "esc to interrupt"]
        if not tokens or width_of(" · ".join(facts)) + len(WORKING) + 5 > self._width():
            del facts[1]
        told = f"({' · '.join(facts)})"
        words = cut(self.waits_for or WORKING, max(self._width() - width_of(told) - 3, len(WORKING)))
        return paint(spin, "magenta") + " " + cut(f"{words} {told}", self._width() - 2)


def notice(event: Event, width: int) -> list[str]:
    """What the context engine did, with its sizes."""
    words = clean(event["message"])
    before, after = event.get("before_tokens"), event.get("after_tokens")
    if before is not None and after is not None and "→" not in words:
        words += f" ({short_number(before)} → {short_number(after)} tokens)"
    return [paint(line, "dim") for line in block("· ", "  ", trimmed(fold(words, width - 2), 8))]
