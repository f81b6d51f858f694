"""Terminal throughput and echo latency through the browser's protocol, AGTerm beside terminado in the same minutes."""

import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bench import report
from bench.candidates import attached, raw_pty
from bench.client import Client, echo, throughput
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

    def with_rounds(self, rounds: int) -> Self:
        return replace(self, rounds=rounds)


async def run(plan: Plan, only: str = "") -> int:
    """Measure, print, keep; the exit status is 0 when the targets are met."""
    samples: Samples = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as name:
        corpora = make(Path(name), plan.megabytes)
        async with attached(only) as clients:
            await _round(clients, corpora, 20, defaultdict(lambda: defaultdict(list)))  # warms up, is not counted
            for number in range(plan.rounds):
                print(f"round {number + 1} of {plan.rounds}", flush=True)
                await _round(clients, corpora, plan.keys, samples)
    return report.present(samples, plan)


async def _round(clients: dict[str, Client], corpora: list[Corpus], keys: int, samples: Samples) -> None:
    for corpus in corpora:
        samples[f"{corpus.name} MB/s"][RAW].append(raw_pty(corpus))
        for name, client in clients.items():
            for figure, value in (await throughput(client, corpus, len(samples["echo p50 ms"][name]))).items():
                samples[f"{corpus.name} {figure}"][name].append(value)
    for name, client in clients.items():
        for quantile, value in (await echo(client, keys)).items():
            samples[f"echo {quantile} ms"][name].append(value)
