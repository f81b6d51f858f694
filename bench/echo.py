"""How soon a key comes back: alone, beside floods, downloads and repaints, beside a fork bomb and a memory hog."""

import argparse
import shlex
import tempfile
from pathlib import Path
from typing import Any

from bench.agterm_server import AgtermServer
from bench.client import Client, echo_times, quantiles
from bench.corpora import make
from bench.load import Load
from bench.protocols import Agterm
from bench.results import Verdict, conclude

IDLE_P50_MS, IDLE_P99_MS, LOADED_P50_MS = 1.0, 5.0, 2.0
HOSTILE_P99_MS = 50.0
BATCH = 300  # keys
BOMB = "import os\nwhile True:\n try: os.fork()\n except OSError: pass"
HOG = "held = []\nwhile True: held.append(bytearray(1 << 24))"
HOSTILE = {"a neighbour is a fork bomb": BOMB, "a neighbour takes all the memory it gets": HOG}
IDLE = "nothing else"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keys", type=int, default=1500, help="keys in each scene, one every 10 ms")
    parser.add_argument("--megabytes", type=float, default=1000, help="size of the download beside which is typed")
    parser.add_argument("--only", default="", help="just the scenes whose name contains this")


async def run(chosen: argparse.Namespace) -> int:
    """The client that types has a process of its own; so has the load."""
    figures: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as name, AgtermServer() as server:
        plain = make(Path(name), 30)[0]
        client = await Client.open(server.socket_url, Agterm(server.start_session()))
        await echo_times(client, 50)  # warms up
        for scene, what in _scenes(f"cat:{plain.path}:{chosen.megabytes}", chosen.megabytes).items():
            if chosen.only in scene:
                figures[scene] = await _beside(server, client, what, chosen.keys)
        client.close()
    return _present(figures)


def _scenes(download: str, megabytes: float) -> dict[str, str]:
    """What goes on meanwhile: nothing, a flood that nobody looks at, or the load of `bench.load`."""
    return {
        IDLE: "",
        "a neighbour floods, nobody looks": "unattended",
        "a neighbour floods, a client shows it": "flood",
        f"a client downloads {megabytes:g} MB": download,
        "repaints with 1,000 lines, without end": "repaints:1000",
        "repaints with 10,000 lines, without end": "repaints:10000",
        **{scene: f"run:{program}" for scene, program in HOSTILE.items()},
    }


async def _keys(client: Client, count: int, load: Load | None = None) -> list[float]:
    """So many keys, in batches; further ones as long as a download goes on."""
    times: list[float] = []
    while len(times) < count or (load is not None and load.running):
        times += await echo_times(client, min(BATCH, count))
    return times


async def _beside(server: AgtermServer, client: Client, what: str, keys: int) -> dict[str, Any]:
    if not what:
        return quantiles(await _keys(client, keys))
    session_id = server.start_session()
    try:
        if what == "unattended":
            server.ask("write", id=session_id, data="yes 'the quick brown fox jumps over the lazy dog'\r")
            return quantiles(await _keys(client, keys))
        if what.startswith("run:"):
            server.ask("write", id=session_id, data=f"python3 -c {shlex.quote(what[4:])}\r")
            return quantiles(await _keys(client, keys))
        with Load(server.socket_url, session_id, what) as load:
            times = await _keys(client, keys, load if what.startswith("cat:") else None)
        return quantiles(times) | {"keys": len(times), "load": load.report}
    finally:
        server.delete_session(session_id)


def _present(figures: dict[str, dict[str, Any]]) -> int:
    print("\n| beside | p50 ms | p95 ms | p99 ms | the load's client |\n| --- | --- | --- | --- | --- |")
    verdicts = []
    for scene, figure in figures.items():
        load = figure.get("load")
        done = f"{load['MB']:.0f} MB, {load['repaints']} repaints in {load['seconds']:.0f} s" if load else ""
        print(f"| {scene} | {figure['p50']:.2f} | {figure['p95']:.2f} | {figure['p99']:.2f} | {done} |")
        if scene in HOSTILE:
            verdicts.append(Verdict(f"{scene}: p99", figure["p99"], HOSTILE_P99_MS, unit=" ms"))
            continue
        verdicts.append(
            Verdict(f"{scene}: p50", figure["p50"], IDLE_P50_MS if scene == IDLE else LOADED_P50_MS, unit=" ms")
        )
        if scene == IDLE:
            verdicts.append(Verdict(f"{scene}: p99", figure["p99"], IDLE_P99_MS, unit=" ms"))
    return conclude("echo", verdicts, scenes=figures)
