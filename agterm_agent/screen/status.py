"""The line below the input: model, context in use, cost, modes and folder; what has no room is left out."""

import os
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

from agterm_agent.policy import Modes
from agterm_agent.screen.text import clean_line, cut, width_of

MODE_WORDS = {"read_only": "read-only", "dry_run": "dry run", "confirm": "confirm", "strict": "strict"}
SEPARATOR = " · "


def mode_words(modes: Modes) -> str:
    """The modes that are on; with none, everything runs unasked."""
    words = [MODE_WORDS[each.name] for each in fields(modes) if getattr(modes, each.name)]
    return "+".join(words) or "runs unasked"


def folder(workspace: Path) -> str:
    home = os.path.expanduser("~")
    path = str(workspace)
    is_below = path == home or path.startswith(home.rstrip("/") + "/")
    return clean_line("~" + path[len(home.rstrip("/")) :] if is_below and home != "/" else path)


def dollars(cost: Decimal | None) -> str:
    """An amount as a person wants it: cents, and of less than a cent its first digits."""
    if cost is None:
        return "cost unknown"
    return f"${cost:.2f}" if cost >= Decimal("0.1") or not cost else f"${cost:.4f}"


def context(used: int, window: int) -> str:
    return f"{min(100 * used // window, 999) if window else 0}% context"


def line(parts: Iterable[tuple[int, str]], width: int) -> str:
    """The parts that fit, in their order; of those that do not, the ones with the highest number go first."""
    kept = [(rank, text) for rank, text in parts if text]
    while len(kept) > 1 and width_of(SEPARATOR.join(text for _, text in kept)) > width:
        kept.remove(max(kept, key=lambda part: part[0]))
    return cut(SEPARATOR.join(text for _, text in kept), width)
