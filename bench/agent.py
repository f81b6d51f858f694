"""Our own agent beside Claude Code, Codex and OpenCode: start, a headless answer, memory, size of its first request."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import usage
from bench.results import Verdict, conclude

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))  # the fake provider, real CLIs and sessions of the tests

from fakes.dialects import Answer, Call  # noqa: E402
from fakes.provider import DIALECTS, Provider  # noqa: E402
from support.agents import installed_home  # noqa: E402
from support.seats import Seat  # noqa: E402
from support.server import AgtermServer  # noqa: E402
from support.sockets import RunnerReader  # noqa: E402

OURS = "agterm"
PROMPT = "Say ping"
HEADLESS = {
    OURS: ["-p", PROMPT],
    "claude": ["-p", PROMPT],
    "codex": ["exec", "--skip-git-repo-check", PROMPT],
    "opencode": ["run", PROMPT],
}
MODEL = {name: {"provider": "anthropic", "model": "claude-sonnet-4-5"} for name in (OURS, "claude", "opencode")}
BYTES_OF_A_TOKEN = 4
REST_S = 4.0  # until what an agent still loads behind its prompt is loaded
MOST_START_MS = 1500.0
MEASURES = {
    "prompt ms": "until its prompt, ms",
    "headless ms": "headless answer, ms",
    "idle MB": "memory at the prompt, MB",
    "used MB": "after an answer, MB",
    "tokens": "first request, tokens",
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="starts of each, both ways")


async def run(chosen: argparse.Namespace) -> int:
    """Each in real sessions of one server, in turns, after a round that is not counted: the first start reads disks."""
    return await asyncio.to_thread(_measured, chosen.rounds)


class Measured(Provider):
    """A fake provider that knows the size of what it was asked last."""

    size = 0

    def answer(self, call: Call) -> Answer | None:
        """Small calls beside the real one, for a title say, don't count."""
        dialect = next((dialect for dialect in DIALECTS.values() if dialect.matches(call.route)), None)
        if dialect and PROMPT in dialect.asked(call):
            self.size = max(self.size, call.size)
        return super().answer(call)


def _measured(rounds: int) -> int:
    figures: dict[str, dict[str, list[float]]] = {name: {measure: [] for measure in MEASURES} for name in HEADLESS}
    with Measured() as provider, _server(provider) as server:
        for number in range(rounds + 1):
            for name in HEADLESS:
                took = _one(server, provider, name)
                if number:
                    for measure, figure in took.items():
                        figures[name][measure].append(figure)
    return _present(figures)


@contextmanager
def _server(provider: Provider) -> Iterator[AgtermServer]:
    server = AgtermServer(provider.environment)
    os.symlink(installed_home(*(name for name in HEADLESS if name != OURS)) / "agents", server.home / "agents")
    with server:
        yield server


def _one(server: AgtermServer, provider: Measured, name: str) -> dict[str, float]:
    headless_ms = _headless_ms(server, name)
    began = time.perf_counter()
    seat = Seat(server, name, **MODEL.get(name, {})).ready()
    try:
        prompt_ms = (time.perf_counter() - began) * 1000
        seat.rest(REST_S)
        idle = _memory(seat)
        provider.size = 0
        seat.say(PROMPT)
        seat.see("PONG")
        seat.rest(1)
        tokens = (provider.size - len(PROMPT)) / BYTES_OF_A_TOKEN
        return {
            "prompt ms": prompt_ms, "headless ms": headless_ms, "idle MB": idle, "used MB": _memory(seat),
            "tokens": tokens,
        }  # fmt: skip
    finally:
        seat.close()


def _headless_ms(server: AgtermServer, name: str) -> float:
    """From asking for the session to the end of its program."""
    began = time.perf_counter()
    session = server.start_session(name, args=HEADLESS[name], **MODEL.get(name, {}))
    with RunnerReader(server.runner_address) as reader:
        reader.ask("attach", id=session, since=0, control=False)
        reader.output.start = 0
        ended = reader.event("exited")
        took = (time.perf_counter() - began) * 1000
        said = bytes(reader.output.data).decode(errors="replace")
    assert (ended["code"], "PONG" in said) == (0, True), f"{name} did not answer: {said[-2000:]}"
    server.api.delete(f"/api/sessions/{session}")
    return took


def _memory(seat: Seat) -> float:
    program = int(seat.row["pid"])
    return usage.pss_bytes([program, *usage.below(program)]) / 1e6


def _present(figures: dict[str, dict[str, list[float]]]) -> int:
    print("\n| | " + " | ".join(MEASURES.values()) + " |\n|" + " --- |" * (len(MEASURES) + 1))
    for name, taken in figures.items():
        print(f"| {name} | " + " | ".join(_cell(taken[measure]) for measure in MEASURES) + " |")
    middle: dict[str, Any] = {
        name: {measure: median(values) for measure, values in taken.items()} for name, taken in figures.items()
    }
    fewest = min(middle[name]["tokens"] for name in HEADLESS if name != OURS)
    return conclude(
        "agent",
        [
            Verdict("until its prompt", middle[OURS]["prompt ms"], MOST_START_MS, unit=" ms"),
            Verdict("tokens beside the fewest of the others", middle[OURS]["tokens"], fewest),
        ],
        figures=figures,
    )


def _cell(values: list[float]) -> str:
    return f"{median(values):.0f} ({min(values):.0f}–{max(values):.0f})"
