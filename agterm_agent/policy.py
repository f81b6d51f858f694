"""What may run: how safe a tool call is, the modes that tighten the rules, and what becomes of the call under them."""

from dataclasses import dataclass, fields
from enum import StrEnum


class Safety(StrEnum):
    """What a call can do to the world."""

    READ_ONLY = "read_only"
    MUTATING = "mutating"
    DESTRUCTIVE = "destructive"  # what is lost cannot be had back


class Provenance(StrEnum):
    """Who says how safe a tool is."""

    DECLARED = "declared"
    INFERRED = "inferred"  # nobody said so: an MCP tool without annotations, an OpenAPI operation judged by its method


@dataclass(frozen=True)
class Modes:
    """The safety modes; all off means: whatever the model asks for is done."""

    read_only: bool = False
    dry_run: bool = False
    confirm: bool = False
    strict: bool = False

    def tightened(self, other: "Modes") -> "Modes":
        """These modes and those of `other`: a mode that one side has set, stays set."""
        return Modes(**{each.name: getattr(self, each.name) or getattr(other, each.name) for each in fields(self)})


class Verdict(StrEnum):
    """What becomes of a call."""

    RUN = "run"
    ASK = "ask"
    ASK_AGAIN = "ask_again"  # destructive: a person says yes twice
    SIMULATE = "simulate"
    REFUSE = "refuse"


def decide(safety: Safety, provenance: Provenance, modes: Modes) -> Verdict:
    """What becomes of a call of this safety; the tightest mode wins."""
    if modes.strict and (safety is Safety.DESTRUCTIVE or provenance is Provenance.INFERRED):
        return Verdict.REFUSE
    if safety is Safety.READ_ONLY:
        return Verdict.RUN
    if modes.read_only:
        return Verdict.REFUSE
    if modes.dry_run:
        return Verdict.SIMULATE
    if modes.confirm:
        return Verdict.ASK_AGAIN if safety is Safety.DESTRUCTIVE else Verdict.ASK
    return Verdict.RUN


def refusal(safety: Safety, provenance: Provenance, modes: Modes) -> str:
    """Why `decide` refused, in words for the model."""
    if modes.strict and provenance is Provenance.INFERRED:
        return "Refused: strict mode allows no tool whose safety nobody has declared."
    if modes.strict and safety is Safety.DESTRUCTIVE:
        return "Refused: strict mode allows no destructive calls."
    return f"Refused: read-only mode allows no {safety} calls. Nothing was changed."
