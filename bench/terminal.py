"""Terminal throughput and echo latency through the browser's protocol, AGTerm beside terminado in the same minutes."""

import argparse
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bench import report
from bench.candidates import Candidate, attached, raw_pty
from bench.client import echo, throughput
from bench.corpora import Corpus, make

RAW = "raw PTY"
Samples = dict[str, dict[str, list[float]]]  # measure → candidate → one figure a round


@dataclass(frozen=True)
class Plan:
    """How much to measure. One round is every candidate once, one after the other."""

    rounds: int = 5
    megabytes: float = 30
    keys: int = 300

    @classmethod
    def quick(cls) -> Self:
        return cls(rounds=2, megabytes=5, keys=50)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="two rounds of small files: shows that it works, no more")
    parser.add_argument("--rounds", type=int, help="rounds instead of the usual five")
    parser.add_argument("--only", default="", help="measure just the candidates whose name contains this, and the peer")


async def run(chosen: argparse.Namespace) -> int:
    """Measure, print, keep; the exit status is 0 when the targets are met."""
    plan = Plan.quick() if chosen.quick else Plan()
    plan = replace(plan, rounds=chosen.rounds or plan.rounds)
    samples: Samples = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as name:
        corpora = make(Path(name), plan.megabytes)
        async with attached(chosen.only) as candidates:
            await _round(candidates, corpora, 20, defaultdict(lambda: defaultdict(list)))  # warms up, is not counted
            for number in range(plan.rounds):
                print(f"round {number + 1} of {plan.rounds}", flush=True)
                await _round(candidates, corpora, plan.keys, samples)
    return report.present(samples, plan)


async def _round(candidates: dict[str, Candidate], corpora: list[Corpus], keys: int, samples: Samples) -> None:
    for corpus in corpora:
        samples[f"{corpus.name} MB/s"][RAW].append(raw_pty(corpus))
        for name, candidate in candidates.items():
            await _throughput(name, candidate, corpus, samples)
    for name, candidate in candidates.items():
        for quantile, value in (await echo(candidate.client, keys)).items():
            samples[f"echo {quantile} ms"][name].append(value)


async def _throughput(name: str, candidate: Candidate, corpus: Corpus, samples: Samples) -> None:
    before = await candidate.cpu_ms()
    figures = await throughput(candidate.client, corpus, len(samples[f"{corpus.name} MB/s"][name]))
    after = await candidate.cpu_ms()
    for figure, value in figures.items():
        samples[f"{corpus.name} {figure}"][name].append(value)
    for role, spent in after.items():
        per_megabyte = (spent - before.get(role, 0.0)) / (corpus.size / 1e6)
        samples[f"{corpus.name} CPU ms/MB: {role}"][name].append(per_megabyte)
