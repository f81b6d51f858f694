"""What a tool is, what it is given, what it gives back, and how a person is asked whether it may run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from agterm_agent.policy import Provenance, Safety
from agterm_agent.tools.changes import Changes
from agterm_agent.tools.errors import NeedsInput, ToolError
from agterm_agent.tools.places import Places

__all__ = [
    "Approval",
    "Approve",
    "Arguments",
    "Decision",
    "NeedsInput",
    "PlanItem",
    "Tool",
    "ToolContext",
    "ToolError",
    "ToolOutput",
]

Arguments = dict[str, Any]


@dataclass
class ToolOutput:
    """`text`: what the model is told; `diff`: what changed in files (in a dry run: what would have)."""

    text: str
    ok: bool = True
    diff: str | None = None


@dataclass
class PlanItem:
    """One step of the model's plan; `status`: pending, in_progress or done."""

    text: str
    status: str = "pending"


@dataclass
class ToolContext:
    """What a running call knows of its surroundings."""

    places: Places
    changes: Changes
    emit: Callable[[str], None]
    cancelled: asyncio.Event
    call_id: str = ""
    plan: list[PlanItem] = field(default_factory=list)

    @property
    def workspace(self) -> Path:
        return self.places.workspace


Run = Callable[[Arguments, ToolContext], Awaitable[ToolOutput]]
Preview = Callable[[Arguments, ToolContext], Awaitable[str | None]]


@dataclass(frozen=True)
class Tool:
    """A tool as the model sees it (`parameters` is a JSON schema), and how it is run."""

    name: str
    description: str
    parameters: dict[str, Any]
    run: Run
    safety: Safety
    provenance: Provenance = Provenance.DECLARED
    source: str = "builtin"
    preview: Preview | None = None  # what the call would do: a unified diff if it `edits_files`, else a line of words
    edits_files: bool = False
    safety_of: Callable[[Arguments], Safety] | None = None  # where it depends on the arguments
    always_covers: Callable[[Arguments], str] | None = None  # what "always" allows, if not every call of the tool


class Decision(StrEnum):
    """What a person can answer."""

    ONCE = "once"
    ALWAYS = "always"
    NO = "no"


@dataclass(frozen=True)
class Approval:
    """A question to a person. `preview`: a diff or a command line; `again`: the second time, for a destructive call."""

    call_id: str
    tool: str
    arguments: Arguments
    safety: Safety
    preview: str | None = None
    again: bool = False
    covers: str = ""  # what "always" would allow from now on

    @property
    def choices(self) -> list[Decision]:
        """Destructive calls are allowed one by one."""
        if self.safety is Safety.DESTRUCTIVE:
            return [Decision.ONCE, Decision.NO]
        return [Decision.ONCE, Decision.ALWAYS, Decision.NO]

    @property
    def question(self) -> str:
        if self.again:
            return f"{self.tool} is destructive: what it removes cannot be had back. Run it all the same?"
        return f"Allow {self.tool} ({self.safety})?"


Approve = Callable[[Approval], Awaitable[Decision]]
