"""The figures as a table, the issue's targets, and a JSON file for later."""

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results"
PEER, RAW, BEST = "terminado", "raw PTY", "uvicorn binary"
MEASURES = ("plain MB/s", "coloured MB/s", "echo p50 ms", "echo p95 ms", "echo p99 ms")
# measure, the least ratio to terminado (throughput) or the greatest (echo)
TARGETS = (("plain MB/s", 1.3), ("coloured MB/s", 2.0), ("echo p50 ms", 1.0))

Samples = Mapping[str, Mapping[str, list[float]]]


def present(samples: Samples, plan: Any) -> int:
    """Print and keep; 0 when every target is met by AGTerm's binary mode on its default server."""
    for measure in MEASURES:
        _print_measure(measure, samples[measure])
    verdicts = _judge(samples)
    print("\nTargets (binary, against terminado):")
    for verdict in verdicts:
        print(f"  {'met   ' if verdict['met'] else 'MISSED'} {verdict['text']}")
    print(f"\nNo byte was lost or doubled in any run. Figures: {_keep(samples, plan, verdicts)}")
    return 0 if all(verdict["met"] for verdict in verdicts if verdict["candidate"] == BEST) else 1


def _print_measure(measure: str, by_candidate: Mapping[str, list[float]]) -> None:
    raw = by_candidate.get(RAW)
    print(f"\n{measure:<18}{'median':>9}{'from':>9}{'to':>9}{'× terminado':>13}{'  of raw PTY' if raw else ''}")
    for name, figures in by_candidate.items():
        line = f"  {name:<16}{median(figures):>9.2f}{min(figures):>9.2f}{max(figures):>9.2f}"
        line += f"{_ratio(figures, by_candidate[PEER]):>12.2f}×"
        print(line + (f"{_ratio(figures, raw):>12.0%}" if raw else ""))


def _ratio(figures: list[float], others: list[float]) -> float:
    """Median of the ratios inside each round: what else the machine does changes from one round to the next."""
    return median(one / other for one, other in zip(figures, others, strict=True))


def _judge(samples: Samples) -> list[dict[str, Any]]:
    """One verdict per target and server."""
    verdicts = []
    for measure, limit in TARGETS:
        for candidate, figures in samples[measure].items():
            if not candidate.endswith("binary"):
                continue
            ratio = _ratio(figures, samples[measure][PEER])
            at_most = measure.startswith("echo")
            met = ratio <= limit if at_most else ratio >= limit
            text = f"{candidate}: {measure} {ratio:.2f}× ({'at most' if at_most else 'at least'} {limit}×)"
            verdicts.append({"candidate": candidate, "measure": measure, "ratio": ratio, "met": met, "text": text})
    return verdicts


def _keep(samples: Samples, plan: Any, verdicts: Any) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("terminal-%Y%m%d-%H%M%S.json")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()}
    kept = {"plan": asdict(plan), "machine": machine, "targets": verdicts, "samples": samples}
    path.write_text(json.dumps(kept, indent=1))
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
