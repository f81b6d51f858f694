"""Targets said as met or missed, and every figure kept as a JSON file in bench/results/."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Verdict:
    """A figure beside its limit; `counts`: whether missing it makes the benchmark fail."""

    text: str
    figure: float
    limit: float
    at_most: bool = True
    unit: str = ""
    counts: bool = True

    @property
    def met(self) -> bool:
        return self.figure <= self.limit if self.at_most else self.figure >= self.limit

    def __str__(self) -> str:
        bound = "at most" if self.at_most else "at least"
        verdict = "met   " if self.met else "MISSED"
        return f"{verdict} {self.text}: {self.figure:.2f}{self.unit} ({bound} {self.limit:g})"


def conclude(name: str, verdicts: Sequence[Verdict], **kept: Any) -> int:
    """Print the verdicts, keep them with the figures; 0 when all that count are met."""
    print("\nTargets:")
    for verdict in verdicts:
        print(f"  {verdict}")
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()}
    path.write_text(json.dumps({"machine": machine, "targets": [_plain(v) for v in verdicts], **kept}, indent=1))
    print(f"\nFigures: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    return 0 if all(verdict.met for verdict in verdicts if verdict.counts) else 1


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {"text": verdict.text, "figure": verdict.figure, "limit": verdict.limit, "met": verdict.met}
