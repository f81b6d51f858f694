"""The providers' door beside a direct call and LiteLLM's proxy: first byte, calls a second, a stream, a flood."""

import argparse
import asyncio
import os
import statistics
from collections.abc import Mapping
from typing import Any

from bench.door_stage import DIALECTS, DIRECT, DOOR, LITELLM, SESSION, WAYS, Stage
from bench.results import Verdict, conclude

MOST_ADDED_FIRST_MS, MOST_ADDED_CHUNK_MS = 3.0, 2.0
LEAST_RATIO, AIM, MOST_MEMORY = 6.0, 10.0, 1 / 3
CLIENTS = 20
STREAM = (10_000, 100)  # bytes of an event, events a second: 1 MB/s
FLOODS = {"events of 200 B": (200, 8), "events of 10 kB": (10_000, 60)}  # bytes of an event, megabytes
USUAL = "bench usual"

Figures = dict[str, dict[str, Any]]  # by way


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rounds", type=int, default=5, help="of everything, each way in turn; one more is not counted"
    )
    parser.add_argument("--calls", type=int, default=100, help="of one client, a round")
    parser.add_argument(
        "--seconds", type=float, default=4, help="of twenty clients, a round; also of the steady stream"
    )
    parser.add_argument("--without-peer", action="store_true", help="leave LiteLLM out")


async def run(chosen: argparse.Namespace) -> int:
    """The clients are programs of their own, so nothing here needs the loop."""
    return await asyncio.to_thread(_measure, chosen)


def _measure(chosen: argparse.Namespace) -> int:
    ways = tuple(way for way in WAYS if way != LITELLM or not chosen.without_peer)
    one: dict[str, Figures] = {}
    many: dict[str, Figures] = {}
    load = [os.getloadavg()[0]]
    with Stage(ways) as stage:
        for dialect in DIALECTS:
            one[dialect] = _rounds(stage, ways, chosen.rounds, dialect, USUAL, clients=1, calls=chosen.calls)
            amount = {"clients": CLIENTS, "seconds": chosen.seconds}
            many[dialect] = _rounds(stage, ways, chosen.rounds, dialect, USUAL, **amount)
        memory = stage.memory()
        size, pace = STREAM
        paced = f"bench paced {round(pace * chosen.seconds)} {size} {pace}"
        steady = _rounds(stage, ways, chosen.rounds, "anthropic", paced, clients=1, calls=1)
        floods = {
            name: _rounds(stage, ways, chosen.rounds, "anthropic", _flood(*what), clients=1, calls=1)
            for name, what in FLOODS.items()
        }
    load.append(os.getloadavg()[0])
    print(f"\nLoad of the machine before and after, ours included: {load[0]:.1f}, {load[1]:.1f}")
    return _present(one, many, memory, steady, floods)


def _flood(size: int, megabytes: float) -> str:
    return f"bench flood {round(megabytes * 1e6 / size)} {size}"


def _rounds(
    stage: Stage, ways: tuple[str, ...], rounds: int, dialect: str, prompt: str, **amount: float
) -> dict[str, dict[str, Any]]:
    """Each way in turn; the first round only warms up. Times are put together, rates are one a round."""
    found: Figures = {way: {"first": [], "total": [], "delays": [], "calls/s": [], "MB/s": []} for way in ways}
    for number in range(rounds + 1):
        for way, of in found.items():
            taken = stage.measure(way, dialect, prompt, **amount)
            if number:
                of["first"] += taken["first_ms"]
                of["total"] += taken["total_ms"]
                of["delays"] += taken["delays_ms"]
                of["calls/s"].append(taken["calls"] / taken["seconds"])
                of["MB/s"].append(taken["bytes"] / taken["seconds"] / 1e6)
    return {
        way: {
            "first ms": _quantiles(of["first"]), "total ms": _quantiles(of["total"]),
            "delay ms": _quantiles(of["delays"]), "calls/s": of["calls/s"], "MB/s": of["MB/s"],
        }
        for way, of in found.items()
    }  # fmt: skip


def _quantiles(times: list[float]) -> dict[str, float]:
    if len(times) < 2:
        return dict.fromkeys(("p50", "p99"), times[0] if times else 0.0)
    return {"p50": statistics.median(times), "p99": statistics.quantiles(times, n=100, method="inclusive")[-1]}


# --- what is said of it ------------------------------------------------------------------------------------------


def _present(
    one: Mapping[str, Figures],
    many: Mapping[str, Figures],
    memory: Figures,
    steady: Figures,
    floods: Mapping[str, Figures],
) -> int:
    verdicts: list[Verdict] = []
    for dialect, by_way in one.items():
        _print_times(f"One client, {dialect}", by_way, ("first ms", "total ms"))
        added = by_way[DOOR]["first ms"]["p50"] - by_way[DIRECT]["first ms"]["p50"]
        verdicts.append(Verdict(f"{dialect}: added to the first byte, p50", added, MOST_ADDED_FIRST_MS, unit=" ms"))
        added = by_way[SESSION]["first ms"]["p50"] - by_way[DIRECT]["first ms"]["p50"]
        verdicts.append(
            Verdict(f"{dialect}: the same from a session", added, MOST_ADDED_FIRST_MS, unit=" ms", counts=False)
        )
    for dialect, by_way in many.items():
        _print_times(f"{CLIENTS} clients, {dialect}", by_way, ("first ms", "total ms"), rate="calls/s")
        verdicts += _beside_peer(dialect, by_way)
    print("\n| memory, MB | PSS | RSS |\n| --- | --- | --- |")
    for name, of in memory.items():
        print(f"| {name} | {of['PSS']:.0f} | {of['RSS']:.0f} |")
    if LITELLM in memory:
        share = sum(of["PSS"] for name, of in memory.items() if name != LITELLM) / memory[LITELLM]["PSS"]
        verdicts.append(Verdict("memory beside LiteLLM", share, MOST_MEMORY, unit="×"))
    _print_times("A stream of 1 MB/s: how late a chunk comes", steady, ("delay ms",))
    added = steady[DOOR]["delay ms"]["p99"] - steady[DIRECT]["delay ms"]["p99"]
    verdicts.append(Verdict("added to a chunk of the stream, p99", added, MOST_ADDED_CHUNK_MS, unit=" ms"))
    for name, by_way in floods.items():
        print(f"\n| A flood, {name} | MB/s |\n| --- | --- |")
        for way, of in by_way.items():
            print(f"| {way} | {_spread(of['MB/s'])} |")
    print("\nAfter every run the ledger had exactly the provider's calls, tokens and dollars.")
    kept = {"one": one, "many": many, "memory": memory, "steady": steady, "floods": floods}
    return conclude("door", verdicts, **kept)


def _beside_peer(dialect: str, by_way: Figures) -> list[Verdict]:
    if LITELLM not in by_way:
        return []
    pairs = zip(by_way[DOOR]["calls/s"], by_way[LITELLM]["calls/s"], strict=True)
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    text = f"{dialect}: calls a second beside LiteLLM"
    return [
        Verdict(text, ratio, LEAST_RATIO, at_most=False, unit="×"),
        Verdict(f"{text}, what we aim at", ratio, AIM, at_most=False, unit="×", counts=False),
    ]


def _print_times(title: str, by_way: Figures, measures: tuple[str, ...], rate: str = "") -> None:
    heads = [f"{measure.removesuffix(' ms')} {part}" for measure in measures for part in ("p50", "p99 ms")]
    heads += [rate] if rate else []
    print(f"\n| {title} | " + " | ".join(heads) + " |\n" + "| --- " * (len(heads) + 1) + "|")
    for way, of in by_way.items():
        cells = [f"{of[measure][part]:.2f}" for measure in measures for part in ("p50", "p99")]
        print(f"| {way} | " + " | ".join([*cells, *([_spread(of[rate])] if rate else [])]) + " |")


def _spread(figures: list[float]) -> str:
    return f"{statistics.median(figures):.0f} ({min(figures):.0f}–{max(figures):.0f})"
