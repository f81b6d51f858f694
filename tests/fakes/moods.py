"""What a prompt may ask of the fake provider, in words, so that it works by hand as well as in tests.

| words in the prompt | what happens |
| --- | --- |
| please be slow | the answer is long and comes piece by piece, over some ten seconds |
| please think | thoughts come first, piece by piece, over some ten seconds |
| please be silent | a minute passes before the first byte |
| please run `make test` | a tool call that runs this command; the CLI asks for permission first |
| please ask | the same with a harmless command |
| please write | a tool call that writes the file `asked.txt` |
| please question | a tool call that asks the person to choose (of CLIs that have no such tool: `please ask`) |
| please limit | 429, rate limited; with `for good`: the day's quota is used up, no use to try again |
| please bill | 402, the budget is used up |
| please overload | 529 (Anthropic) or 503, overloaded |

Only what the person said last counts: the call that brings a tool's result gets a plain answer.
"""

import re
from dataclasses import dataclass
from typing import Literal

PIECE_PAUSE_S = 0.15
SILENCE_S = 60.0
REFUSALS: tuple[Literal["limit", "overload", "bill"], ...] = ("limit", "overload", "bill")
HARMLESS = "date > asked.txt"
COMMAND = re.compile(r"please run `([^`]*)`", re.IGNORECASE)
SENTENCES = (
    "The fake provider takes its time with this answer.",
    "It lists the files of the project, one after the other.",
    "Then it says which of them it would change and why.",
    "Nothing of this is true, but it comes as slowly as the truth does.",
)


@dataclass(frozen=True)
class Tool:
    """`run`: `text` is a command; `write`: `text` becomes `asked.txt`; `question`: `text` is put to the person."""

    kind: Literal["run", "write", "question"]
    text: str


@dataclass(frozen=True)
class Mood:
    """How a prompt is to be answered."""

    thoughts: str = ""
    more: str = ""  # said after the usual answer
    tool: Tool | None = None
    refusal: Literal["limit", "overload", "bill"] | None = None
    is_final: bool = False  # a refusal that says: do not try again
    delay_s: float = 0.0
    pause_s: float = 0.0


def mood_of(prompt: str) -> Mood:
    said = prompt.lower()
    is_slow, thinks = "please be slow" in said, "please think" in said
    return Mood(
        thoughts=" ".join(SENTENCES) if thinks else "",
        more="\n\n" + "\n\n".join(SENTENCES * 2) if is_slow else "",
        tool=_tool(prompt),
        refusal=next((kind for kind in REFUSALS if f"please {kind}" in said), None),
        is_final="for good" in said,
        delay_s=SILENCE_S if "please be silent" in said else 0.0,
        pause_s=PIECE_PAUSE_S if is_slow or thinks else 0.0,
    )


def _tool(prompt: str) -> Tool | None:
    said = prompt.lower()
    if command := COMMAND.search(prompt):
        return Tool("run", command[1])
    if "please ask" in said:
        return Tool("run", HARMLESS)
    if "please write" in said:
        return Tool("write", "asked\n")
    return Tool("question", "Which colour shall it be?") if "please question" in said else None
