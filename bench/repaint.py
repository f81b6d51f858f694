"""How long one waits for the screen after attaching without `since`: alone, with history, kept and drawn anew."""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.agterm_server import ROOT, AgtermServer
from bench.client import Client, quantiles, shown_after
from bench.corpora import make
from bench.protocols import Agterm
from bench.results import Verdict, conclude

STREAMS = ROOT / "tests" / "data" / "streams"
INLINE, FULL_SCREEN = "agent", "vim"  # recorded programs: one that scrolls, one that does not
LIMITS_MS = {0: 20.0, 1000: 60.0}  # lines of history → the most a repaint may take
MEGABYTES = 0.3  # thousands of lines


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=20, help="repaints of each kind")


async def run(chosen: argparse.Namespace) -> int:
    """Screens of 120×40. From sending `session:attach` on an open socket until the whole repaint is there."""
    figures: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as name, AgtermServer() as server:
        for content, path in _contents(Path(name)).items():
            for history in LIMITS_MS:
                figures |= await _measure(server, content, path, history, chosen.times)
    return _present(figures)


def _contents(folder: Path) -> dict[str, Path]:
    """Files to `cat` by what is in them."""
    plain, coloured = make(folder, MEGABYTES)
    found = {"plain text": plain.path, "coloured text": coloured.path}
    for name, stream, times in (("a TUI that scrolls", INLINE, 20), ("a full-screen TUI", FULL_SCREEN, 1)):
        path = found[name] = folder / f"{stream}.txt"
        path.write_bytes(recorded(stream) * times)
    return found


def recorded(stream: str) -> bytes:
    """What a recorded program printed, without its resizes."""
    lines = (STREAMS / f"{stream}.cast").read_text().splitlines()[1:]
    return b"".join(data.encode("utf-8", "surrogateescape") for _, code, data in map(json.loads, lines) if code == "o")


async def _measure(server: AgtermServer, content: str, path: Path, history: int, times: int) -> dict[str, Any]:
    session_id = server.start_session()
    typist = await Client.open(server.socket_url, Agterm(session_id, history=0))
    await shown_after(typist, f"cat {path}; echo do''ne\r", b"done")
    protocol = Agterm(session_id, mode="view", history=history)
    reader = await Client.open(server.socket_url, protocol)
    anew, kept = [], []
    for number in range(times):
        key = "abcdefghij"[number % 10]
        await shown_after(typist, key, key.encode())  # the screen is another
        anew.append(await attach_ms(reader))
        kept.append(await attach_ms(reader))
    typist.close()
    reader.close()
    server.delete_session(session_id)
    facts = {"history": history, "bytes": protocol.painted_bytes}
    return {
        f"{content}, drawn anew, {history} lines": quantiles(anew) | facts,
        f"{content}, kept, {history} lines": quantiles(kept) | facts,
    }


async def attach_ms(client: Client) -> float:
    """Milliseconds from asking to the whole repaint."""
    assert isinstance(client.protocol, Agterm)
    shown = client.expect_repaint()
    began = time.perf_counter()
    client.send(client.protocol.attach_again(since=None))
    return (await asyncio.wait_for(shown, 60) - began) * 1000


def _present(figures: dict[str, dict[str, Any]]) -> int:
    print("\n| repaint | p50 ms | p95 ms | p99 ms | KiB |\n| --- | --- | --- | --- | --- |")
    verdicts = []
    for name, figure in figures.items():
        cells = " | ".join(f"{figure[f'p{q}']:.1f}" for q in (50, 95, 99))
        print(f"| {name} | {cells} | {figure['bytes'] / 1024:.0f} |")
        verdicts.append(Verdict(f"{name}: p50", figure["p50"], LIMITS_MS[figure["history"]], unit=" ms"))
    return conclude("repaint", verdicts, repaints=figures)
