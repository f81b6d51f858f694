"""What recording and indexing cost a program that floods its terminal, and how a long recording is exported."""

import argparse
import asyncio
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, get_args

from bench import usage
from bench.agterm_server import ROOT, AgtermServer
from bench.corpora import Corpus, make
from bench.results import Verdict, conclude
from runner import protocol, wire
from runner.addresses import connect
from runner.protocol import Kind
from runner.recorder import export

CASES = {"neither": (False, False), "recorded": (True, False), "indexed": (False, True), "both": (True, True)}
ROLES = ("runner", "screen worker", "recorder", "index")
MOST_OVERHEAD = 0.05
EXPORT_MOST_MIB = 100
EXPORT = """
import json, sys, time
from pathlib import Path
from runner.recorder import export
path, began = Path(sys.argv[1]), time.perf_counter()
for piece in export.pieces(path, sys.argv[2], None, redact="redact" in sys.argv):
    pass
speed = path.stat().st_size / 1e6 / (time.perf_counter() - began)
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"MB/s": speed, "peak MiB": peak / 1024}))
"""
HEADER = {"version": 2, "width": 120, "height": 40, "timestamp": 0, "env": {"TERM": "xterm-256color"}}
Figures = dict[str, dict[str, list[float]]]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--megabytes", type=float, default=60, help="of each flood")
    parser.add_argument(
        "--export", type=float, default=1000, help="megabytes of the recording that is exported; 0: none"
    )


async def run(chosen: argparse.Namespace) -> int:
    """One round is every case once; a program prints into a terminal with one reader, past the web process."""
    figures: Figures = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="agterm-bench-") as name:
        corpora = make(Path(name), chosen.megabytes)
        with AgtermServer() as server:
            for number in range(chosen.rounds + 1):
                print(f"round {number} of {chosen.rounds}" if number else "warming up", flush=True)
                for corpus in corpora:
                    names = list(CASES)
                    for case in names[number % len(names) :] + names[: number % len(names)]:
                        found = await asyncio.to_thread(_flood, server, corpus, *CASES[case])
                        for measure, figure in found.items() if number else ():
                            figures[f"{corpus.name} {measure}"][case].append(figure)
        exports = _exports(corpora[1], chosen.export) if chosen.export else {}
    return _present(figures, exports, vars(chosen))


def _flood(server: AgtermServer, corpus: Corpus, recorded: bool, indexed: bool) -> dict[str, float]:
    """MB/s that the reader saw, how far the recording was behind then, and CPU time by process."""
    session_id, recording = str(uuid.uuid4()), str(uuid.uuid4())
    launch = {
        "argv": ["/bin/sh", "-c", f"read line; cat {corpus.path}; read line"], "readable": [str(corpus.path.parent)],
        "searchable": indexed, "secrets": ["a-secret-of-this-session", "another-secret-of-it"],
    }  # fmt: skip
    server.ask("create", id=session_id, launch=launch, cols=120, rows=40)
    family = server.family
    before = usage.cpu_by_role(family)
    if recorded:
        server.ask("record_start", id=session_id, recording=recording)
    with connect(server.runner, 10) as connection:
        attach = {"id": 1, "op": "attach", "params": {"id": session_id, "since": 0}}
        connection.sendall(wire.encode(Kind.REQUEST, protocol.dumps(attach)))
        connection.settimeout(60)
        reader = _Reader(connection)
        reader.until(lambda: reader.is_attached)
        began = time.perf_counter()
        connection.sendall(wire.encode(Kind.INPUT, b"\r"))
        reader.until(lambda: reader.end >= len(corpus.shown))
        took = time.perf_counter() - began
    behind = 0.0
    if recorded:
        facts = server.ask("record_stop", id=session_id)
        behind = time.perf_counter() - began - took
        if facts["status"] != "stopped" or facts["size_bytes"] < corpus.size:
            raise RuntimeError(f"the recording is not whole: {facts}")
        server.ask("record_remove", recording=recording)
    after = usage.cpu_by_role(family)
    server.ask("remove", id=session_id)
    server.ask("search_forget", id=session_id)
    _rest(family["index"])
    size_mb = len(corpus.shown) / 1e6
    spent = {f"CPU ms/MB: {role}": (after[role] - before[role]) / size_mb for role in ROLES}
    return {"MB/s": size_mb / took, "s behind": behind} | spent


def _rest(pids: list[int]) -> None:
    """Until the index has written what this flood gave it, which is not the next one's cost."""
    before, now = -1.0, sum(map(usage.cpu_ms, pids))
    while now > before:
        time.sleep(0.7)
        before, now = now, sum(map(usage.cpu_ms, pids))


class _Reader:
    """Takes what comes, and acknowledges it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._decoder = connection, wire.Decoder()
        self.is_attached, self.end = False, 0

    def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            before = self.end
            for frame in self._decoder.feed(self._connection.recv(262_144)):
                self.is_attached = self.is_attached or frame.kind == Kind.REPLY
                if frame.kind == Kind.OUTPUT:
                    self.end = int.from_bytes(frame.body[:8], "big") + len(frame.body) - 8
            if self.end != before:
                self._connection.sendall(wire.encode(Kind.ACK, protocol.offset_header(self.end)))


def _exports(corpus: Corpus, megabytes: float) -> dict[str, dict[str, float]]:
    folder = Path(tempfile.mkdtemp(prefix="agterm-bench-", dir=ROOT.parent))
    try:
        path = folder / "long.cast"
        _write(path, corpus, megabytes)
        found = {}
        for form in get_args(export.Format):
            for redact in (False, True):
                command = [sys.executable, "-c", EXPORT, str(path), form, *(["redact"] if redact else [])]
                said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
                found[f"{form}{' redacted' if redact else ''}"] = json.loads(said)
        return found
    finally:
        shutil.rmtree(folder)


def _write(path: Path, corpus: Corpus, megabytes: float) -> None:
    """A flood's recording: 16 KiB an event."""
    text = corpus.shown[:1_600_000].decode(errors="ignore")
    events = [text[at : at + 12_000] for at in range(0, len(text), 12_000)]
    number = 0
    with path.open("w") as stream:
        stream.write(json.dumps(HEADER) + "\n")
        while stream.tell() < megabytes * 1e6:
            for event in events:
                number += 1
                stream.write(f'[{number / 1000:.6f}, "o", {json.dumps(event, ensure_ascii=False)}]\n')


def _present(figures: Figures, exports: dict[str, dict[str, float]], plan: dict[str, Any]) -> int:
    verdicts = []
    for measure, by_case in figures.items():
        print(f"\n{measure:<24}{'median':>9}{'from':>9}{'to':>9}{'× neither':>11}")
        for case, found in by_case.items():
            line = f"  {case:<22}{median(found):>9.2f}{min(found):>9.2f}{max(found):>9.2f}"
            if measure.endswith("MB/s"):
                ratio = median(one / other for one, other in zip(found, by_case["neither"], strict=True))
                line += f"{ratio:>10.3f}×"
                if case == "recorded":
                    verdicts.append(Verdict(f"{measure} that recording costs", 1 - ratio, MOST_OVERHEAD))
            print(line)
    for name, export_of in exports.items():
        print(f"  export {name:<18}{export_of['MB/s']:>9.0f} MB/s{export_of['peak MiB']:>9.0f} MiB")
        verdicts.append(Verdict(f"memory of export {name}", export_of["peak MiB"], EXPORT_MOST_MIB, unit=" MiB"))
    plan = {name: value for name, value in plan.items() if name != "name"}
    return conclude("recording", verdicts, plan=plan, figures=figures, exports=exports)
