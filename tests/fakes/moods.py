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
| please die | the answer breaks off in the middle, and the connection with it |
| please pour 200 pieces of 1000 bytes every 1 ms | such an answer |
| please use input=1000 output=50 | billed like that; also cache_read, cache_write, cache_write_1h, reasoning |

With `once`, a refusal or a death comes only when these words are said for the first time: whoever tries again is
answered. Only what the person said last counts: the call that brings a tool's result gets a plain answer, and so does
one that only looks for a title.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

PIECE_PAUSE_S = 0.15
SILENCE_S = 60.0
REFUSALS: tuple[Literal["limit", "overload", "bill"], ...] = ("limit", "overload", "bill")
HARMLESS = "date > asked.txt"
COMMAND = re.compile(r"please run `([^`]*)`", re.IGNORECASE)
POUR = re.compile(r"please pour (\d+) pieces of (\d+) bytes every ([\d.]+) ms", re.IGNORECASE)
USE = re.compile(r"please use((?:\s+[a-z_1]+=\d+)+)", re.IGNORECASE)
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
    dies: bool = False
    is_once: bool = False
    delay_s: float = 0.0
    pause_s: float = 0.0
    piece: int = 0  # bytes of a part of a stream; 0: as usual
    use: dict[str, int] = field(default_factory=dict)


USUAL = Mood()


def mood_of(prompt: str) -> Mood:
    said = prompt.lower()
    if "please " not in said:
        return USUAL
    is_slow, thinks, poured = "please be slow" in said, "please think" in said, POUR.search(prompt)
    more = "\n\n" + "\n\n".join(SENTENCES * 2) if is_slow else ""
    if poured:
        more = "." * (int(poured[1]) * int(poured[2]))
    return Mood(
        thoughts=" ".join(SENTENCES) if thinks else "",
        more=more,
        tool=_tool(prompt),
        refusal=next((kind for kind in REFUSALS if f"please {kind}" in said), None),
        is_final="for good" in said,
        dies="please die" in said,
        is_once=re.search(r"\bonce\b", said) is not None,
        delay_s=SILENCE_S if "please be silent" in said else 0.0,
        pause_s=float(poured[3]) / 1000 if poured else PIECE_PAUSE_S if is_slow or thinks else 0.0,
        piece=int(poured[2]) if poured else 0,
        use=_use(said),
    )


def _use(said: str) -> dict[str, int]:
    found = USE.search(said)
    return {name: int(count) for name, _, count in (p.partition("=") for p in found[1].split())} if found else {}


def _tool(prompt: str) -> Tool | None:
    said = prompt.lower()
    if command := COMMAND.search(prompt):
        return Tool("run", command[1])
    if "please ask" in said:
        return Tool("run", HARMLESS)
    if "please write" in said:
        return Tool("write", "asked\n")
    return Tool("question", "Which colour shall it be?") if "please question" in said else None
