"""The question whether a tool call may run: what the person sees of it, and which keys answer it.

A destructive call is asked about twice, and the second time a word has to be typed: a finger that is too quick must not
be what deletes something.
"""

import asyncio
import json
from time import monotonic

from agterm_agent.policy import Safety
from agterm_agent.screen import diffs
from agterm_agent.screen.calls import DIFF_LINES
from agterm_agent.screen.text import block, clean, clean_line, cut, fold, is_printable, paint, trimmed
from agterm_agent.tools.declaration import Approval, Decision

WORDS = ("yes", "delete")
PAUSE_S = 0.7  # who was typing when the question came has to pause this long before keys count
PREVIEW_LINES = 40
KEYS = {
    **dict.fromkeys(("1", "y", "Y"), Decision.ONCE),
    **dict.fromkeys(("2", "a", "A"), Decision.ALWAYS),
    **dict.fromkeys(("3", "n", "N"), Decision.NO),
}
CHOICES = {Decision.ONCE: "1. Yes, once", Decision.ALWAYS: "2. Yes, always", Decision.NO: "3. No"}
HINTS = {Decision.ONCE: "(y)", Decision.ALWAYS: "(a)", Decision.NO: "(n, esc)"}
TOLD = {Decision.ONCE: "Allowed once", Decision.ALWAYS: "Allowed from now on", Decision.NO: "Not allowed"}


class Question:
    """One question, until `answer` is done. `was_typing`: keys meant for the prompt may still be on their way."""

    def __init__(self, approval: Approval, *, was_typing: bool = False) -> None:
        self.approval = approval
        self.answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._choices = approval.choices
        self._chosen = 0
        self._typed = ""
        self._keys_count_from = monotonic() + PAUSE_S if was_typing else 0.0

    # --- keys --------------------------------------------------------------------------------------------------------

    def key(self, character: str) -> None:
        """A key that puts a character on the screen."""
        if self._is_too_early():
            return
        if self.approval.again:
            self._typed += character if is_printable(character) and len(self._typed) < 20 else ""
        elif KEYS.get(character) in self._choices:
            self.decide(KEYS[character])

    def move(self, step: int) -> None:
        self._chosen = (self._chosen + step) % len(self._choices)

    def backspace(self) -> None:
        self._typed = self._typed[:-1]

    def enter(self) -> None:
        if self._is_too_early():
            return
        if self.approval.again:
            self.decide(Decision.ONCE if self._typed.strip().lower() in WORDS else Decision.NO)
        else:
            self.decide(self._choices[self._chosen])

    def decide(self, decision: Decision) -> None:
        if not self.answer.done():
            self.answer.set_result(decision)

    def _is_too_early(self) -> bool:
        if not self.is_guarded:
            return False
        self._keys_count_from = monotonic() + PAUSE_S
        return True

    # --- on the screen -----------------------------------------------------------------------------------------------

    def shown(self, width: int) -> list[str]:
        """The question with its answers; the call itself is settled above it."""
        lines = [paint(line, "bold", "yellow") for line in fold(clean_line(self.approval.question), width - 1)]
        if self.approval.again:
            lines += fold(_INSTRUCTION, width - 1)
            lines.append(paint("❯ ", "bold") + self._typed + paint(" ", "reverse"))
        else:
            if self.approval.safety is Safety.DESTRUCTIVE:
                lines += fold("It is destructive, so you are asked twice.", width - 1)
            lines += [self._choice(number, choice, width - 2) for number, choice in enumerate(self._choices)]
        lines += [paint(cut(_WAIT, width - 1), "yellow")] if self.is_guarded else []
        return [f" {line}" for line in lines]

    @property
    def is_guarded(self) -> bool:
        """Whether keys still go by unheard."""
        return monotonic() < self._keys_count_from

    def _choice(self, number: int, choice: Decision, width: int) -> str:
        words = CHOICES[choice]
        if choice is Decision.ALWAYS:
            words += f" for {clean_line(self.approval.covers or self.approval.tool)}"
        line = cut(f"{'❯' if number == self._chosen else ' '} {words} {HINTS[choice]}", width)
        return paint(line, "cyan") if number == self._chosen else line

    def preview(self, width: int) -> list[str]:
        """What exactly is asked for: a diff, a command line, or the arguments."""
        text = self.approval.preview
        if text is None:
            text = json.dumps(self.approval.arguments, indent=1, ensure_ascii=False, default=str)
        if diffs.is_diff(text):
            lines = diffs.shown(text, width - 4)
            lines = trimmed(lines, DIFF_LINES)
        else:
            lines = [paint(line, "cyan") for line in trimmed(fold(clean(text), width - 4), PREVIEW_LINES, 10)]
        return block("    ", "    ", lines)

    def is_asked_again(self, decision: Decision) -> bool:
        """Whether this answer brings the second question about a destructive call."""
        return self.approval.safety is Safety.DESTRUCTIVE and not self.approval.again and decision is Decision.ONCE

    def told(self, decision: Decision, width: int) -> list[str]:
        """What became of it."""
        words = TOLD[decision]
        if decision is Decision.ALWAYS:
            words += f": {clean_line(self.approval.covers or self.approval.tool)}"
        return [paint(cut(f"  └ {words}", width), "dim")]


_INSTRUCTION = f"Type {' or '.join(WORDS)} and Enter to run it; all else is no. /undo does not bring it back."
_WAIT = "You were typing: keys count after a short pause."
