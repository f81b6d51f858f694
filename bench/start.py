"""How long until a program's first output: on a bare PTY, and in a session at each level of isolation, in turns."""

import argparse
import os
import statistics
import subprocess
import time
import uuid
from contextlib import ExitStack

from bench.agterm_server import AgtermServer
from bench.results import Verdict, conclude

LEVELS = ("none", "landlock", "namespaces")
BARE = "bare PTY"
PROGRAM = ["/bin/sh", "-c", "echo up; exec sleep 1000"]
LOOK_S = 0.0005
MOST_OVER_BARE_MS = 60.0


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=40, help="starts of each kind")


async def run(chosen: argparse.Namespace) -> int:
    """Through the runner's socket, so that what is measured is the start and not the web before it."""
    times: dict[str, list[float]] = {name: [] for name in (BARE, *LEVELS)}
    with ExitStack() as stack:
        servers = {level: stack.enter_context(AgtermServer(isolation=level)) for level in LEVELS}
        for _ in range(chosen.rounds):
            times[BARE].append(_bare())
            for level, server in servers.items():
                times[level].append(_session(server))
    return _present(times)


def _bare() -> float:
    began = time.perf_counter()
    master, slave = os.openpty()
    program = subprocess.Popen(PROGRAM, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    os.read(master, 100)
    took = time.perf_counter() - began
    program.kill()
    program.wait()
    os.close(master)
    return took


def _session(server: AgtermServer) -> float:
    session_id = str(uuid.uuid4())
    began = time.perf_counter()
    server.ask("create", id=session_id, launch={"argv": PROGRAM}, cols=80, rows=24)
    while not server.ask("get", id=session_id)["offset"]:
        time.sleep(LOOK_S)
    took = time.perf_counter() - began
    server.ask("remove", id=session_id)
    return took


def _present(times: dict[str, list[float]]) -> int:
    print("\n| start | p50 ms | p95 ms |\n| --- | --- | --- |")
    figures = {}
    for name, taken in times.items():
        figures[name] = {"p50": statistics.median(taken) * 1000, "p95": statistics.quantiles(taken, n=20)[-1] * 1000}
        print(f"| {name} | {figures[name]['p50']:.1f} | {figures[name]['p95']:.1f} |")
    over = figures["namespaces"]["p50"] - figures[BARE]["p50"]
    verdict = Verdict("namespaces over a bare PTY: p50", over, MOST_OVER_BARE_MS, unit=" ms")
    return conclude("start", [verdict], starts=figures)
