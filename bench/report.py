"""The figures of the terminal benchmark as tables, and its targets."""

from collections.abc import Mapping
from dataclasses import asdict
from statistics import median
from typing import Any

from bench.results import Verdict, conclude

PEER, RAW, BEST = "terminado", "raw PTY", "uvicorn"
MEASURES = ("plain MB/s", "coloured MB/s", "echo p50 ms", "echo p95 ms", "echo p99 ms")
# mode, measure, the least ratio, to whom
RATIOS = (
    ("binary", "plain MB/s", 0.9, RAW), ("binary", "coloured MB/s", 0.9, RAW),
    ("binary", "plain MB/s", 1.5, PEER), ("binary", "coloured MB/s", 2.5, PEER),
    ("json", "plain MB/s", 1.2, PEER), ("json", "coloured MB/s", 1.5, PEER),
)  # fmt: skip
ECHO = (("echo p50 ms", 1.0), ("echo p99 ms", 5.0))

Samples = Mapping[str, Mapping[str, list[float]]]


def present(samples: Samples, plan: Any) -> int:
    """Print and keep; 0 when every target is met on the default server."""
    for measure in MEASURES:
        _print_measure(measure, samples[measure])
    for content in ("plain", "coloured"):
        _print_cpu(content, samples)
    print("\nNo byte was lost or doubled in any run.")
    return conclude("terminal", _judge(samples), plan=asdict(plan), samples=samples)


def _print_measure(measure: str, by_candidate: Mapping[str, list[float]]) -> None:
    raw = by_candidate.get(RAW)
    print(f"\n{measure:<18}{'median':>9}{'from':>9}{'to':>9}{'× terminado':>13}{'  × raw PTY' if raw else ''}")
    for name, figures in by_candidate.items():
        line = f"  {name:<16}{median(figures):>9.2f}{min(figures):>9.2f}{max(figures):>9.2f}"
        line += f"{ratio(figures, by_candidate[PEER]):>12.2f}×"
        print(line + (f"{ratio(figures, raw):>10.2f}×" if raw else ""))


def _print_cpu(content: str, samples: Samples) -> None:
    """A table of medians, a row for each candidate, a column for each role."""
    start = f"{content} CPU ms/MB: "
    by_role = {name.removeprefix(start): figures for name, figures in samples.items() if name.startswith(start)}
    roles = [role for role, figures in by_role.items() if any(median(values) >= 0.05 for values in figures.values())]
    names = list(dict.fromkeys(name for figures in by_role.values() for name in figures))
    print(f"\n{content}, CPU ms per MB  " + "".join(f"{role:>15}" for role in roles) + f"{'all':>9}")
    for name in names:
        spent = [median(by_role[role][name]) if name in by_role[role] else None for role in roles]
        cells = "".join(f"{'' if figure is None else format(figure, '.1f'):>15}" for figure in spent)
        print(f"  {name:<20}{cells}{sum(figure or 0 for figure in spent):>9.1f}")


def ratio(figures: list[float], others: list[float]) -> float:
    """Median of the ratios inside each round: what else the machine does changes from one round to the next."""
    return median(one / other for one, other in zip(figures, others, strict=True))


def _judge(samples: Samples) -> list[Verdict]:
    """One verdict per target and server; only the default server's count."""
    verdicts = []
    for candidate in (name for name in samples[MEASURES[0]] if name not in (PEER, RAW)):
        server, mode = candidate.split()
        counts = server == BEST
        for measure, limit, other in (target[1:] for target in RATIOS if target[0] == mode):
            figure = ratio(samples[measure][candidate], samples[measure][other])
            text = f"{candidate}: {measure} beside {other}"
            verdicts.append(Verdict(text, figure, limit, at_most=False, unit="×", counts=counts))
        verdicts += [
            Verdict(f"{candidate}: {measure}", median(samples[measure][candidate]), limit, unit=" ms", counts=counts)
            for measure, limit in ECHO
        ]
    return verdicts
