"""What an attack run found, in a form that can be kept and shown."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from runner.attacks.catalogue import Attack, Conditions

FILE_NAME = "attacks.json"
Outcome = Literal["open", "closed", "unverified"]


@dataclass(frozen=True, slots=True)
class Result:
    """How one attack ended. `known`: why it is no surprise that it is open under these conditions; else empty."""

    attack: Attack
    outcome: Outcome
    detail: str
    known: str = ""

    @property
    def is_surprise(self) -> bool:
        return self.outcome == "open" and not self.known

    def as_dict(self) -> dict[str, str]:
        attack = self.attack
        words = {"id": attack.id, "group": attack.group, "name": attack.name, "outcome": self.outcome}
        return words | {"detail": self.detail, "known": self.known}


@dataclass(frozen=True)
class Report:
    """A whole run under `conditions`, in `ms` milliseconds."""

    conditions: Conditions
    results: Sequence[Result]
    ms: int
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def of(self, outcome: Outcome) -> list[Result]:
        return [result for result in self.results if result.outcome == outcome]

    @property
    def surprises(self) -> list[Result]:
        """What is open though the level promises that it is not."""
        return [result for result in self.results if result.is_surprise]

    def as_dict(self) -> dict[str, Any]:
        """`attacks`: how many were made; `unverified`: how many could not be, those on what is not built included."""
        unverified = len(self.of("unverified"))
        return {
            "at": self.at,
            **asdict(self.conditions),
            "attacks": len(self.results) - unverified,
            "open": len(self.of("open")),
            "unverified": unverified,
            "ms": self.ms,
            "results": [result.as_dict() for result in self.results],
        }

    def save(self, home: Path) -> None:
        """Keep it in the home folder, where the runner looks for what was verified last."""
        beside = home / f".{FILE_NAME}.{os.getpid()}"
        beside.write_text(json.dumps(self.as_dict(), indent=1))
        beside.replace(home / FILE_NAME)
