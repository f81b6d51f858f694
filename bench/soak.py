"""Known output, readers that misbehave and go, a web process that is killed: no byte is wrong and nothing leaks."""

import argparse
import asyncio
import random
import secrets
import tempfile
import time
from pathlib import Path

from bench.agterm_server import AgtermServer
from bench.protocols import COLS, ROWS
from bench.results import Verdict, conclude
from bench.soak_census import LASTING, Census
from bench.soak_journal import look
from bench.soak_reader import Ledger, Reader, Web
from bench.soak_stream import Check, Text

READERS_PER_SESSION = 1.2
KILL_WEB_EVERY_S = (60.0, 180.0)
SAMPLE_EVERY_S = 5.0
SETTINGS = {"journal_bytes": str(1 << 20), "scrollback_lines": "1000"}  # full soon, so that a leak shows


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seed", type=int, help="of all that is random; one is chosen and printed when not given")


async def run(chosen: argparse.Namespace) -> int:
    """The exit status is 1 on any failure."""
    seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}, {chosen.sessions} sessions, {chosen.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="agterm-soak-") as name, AgtermServer(**SETTINGS) as server:
        soak = Soak(server, Text(Path(name), seed), random.Random(seed), chosen.minutes * 60)  # noqa: S311
        await soak.run(chosen.sessions)
        return soak.report(seed)


class Soak:
    """One run from the first session to the last one's end."""

    def __init__(self, server: AgtermServer, text: Text, source: random.Random, seconds: float) -> None:
        self._server, self._text, self._random, self._seconds = server, text, source, seconds
        self._ledger = Ledger()
        self._checks: dict[str, Check] = {}
        self._stopping, self._web = asyncio.Event(), Web()
        self._web.up.set()
        server.delete_session(server.start_session())  # whatever is only made once
        self._census = Census(server)

    async def run(self, sessions: int) -> None:
        for number in range(sessions):
            session_id = self._server.start_session(args=self._text.program(), cols=COLS, rows=ROWS)
            self._checks[session_id] = Check(self._text, steady=number % 2 == 0)
        readers = [self._reader() for _ in range(max(2, round(sessions * READERS_PER_SESSION)))]
        await asyncio.gather(*readers, self._kill_web(), self._watch(), self._stop_after())
        self._note("after the last reader", self._census.lives())
        self._note("memory", self._census.judge_growth())
        for session_id, check in self._checks.items():
            self._check_journal(session_id, check)
        await asyncio.to_thread(self._end)

    async def _reader(self) -> None:
        source = random.Random(self._random.random())  # noqa: S311
        await Reader(self._server.socket_url, self._checks, self._ledger, source).run(self._stopping, self._web)

    async def _stop_after(self) -> None:
        await asyncio.sleep(self._seconds)
        self._stopping.set()

    async def _watch(self) -> None:
        while not self._stopping.is_set():
            await asyncio.to_thread(self._census.sample)
            await self._pause(SAMPLE_EVERY_S)

    async def _kill_web(self) -> None:
        """kill -9, then a new one on the same port; the last is left in peace so that its end can be looked at."""
        began = time.monotonic()
        while not self._stopping.is_set():
            await self._pause(min(self._random.uniform(*KILL_WEB_EVERY_S), self._seconds / 3))
            if self._stopping.is_set() or time.monotonic() - began > self._seconds * 0.9:
                return
            self._web.kills += 1
            self._web.up.clear()
            await asyncio.to_thread(self._server.kill_web)
            await asyncio.to_thread(self._server.start_web)
            self._web.up.set()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            pass

    # --- the end -------------------------------------------------------------------------------------------------

    def _check_journal(self, session_id: str, check: Check) -> None:
        """What the runner itself still holds, past web and sockets, and the screen it would show."""
        try:
            info = self._server.ask("get", id=session_id)
            if info["status"] != "running":
                raise RuntimeError(f"its program is {info['status']}: {info['code']} {info['signal']}")
            look(self._server.runner, session_id, info["start"], check)
            if check.base is None or not check.bytes:
                raise RuntimeError("nothing of it was ever read")
        except Exception as error:
            self._ledger.failures[f"session {session_id}, at the end: {error}"] += 1

    def _end(self) -> None:
        for session_id in self._checks:
            self._server.delete_session(session_id)
        left = [f"the runner still knows {len(known)} sessions"] if (known := self._server.ask("list")) else []
        self._note("after the last session", left + self._census.compare() + self._census.lives())
        self._note("in a log", self._census.complaints())

    def _note(self, when: str, problems: list[str]) -> None:
        self._ledger.failures.update(f"{when}: {problem}" for problem in problems)

    def report(self, seed: int) -> int:
        counts, failures = self._ledger.counts, self._ledger.failures
        total = sum(check.bytes for check in self._checks.values())
        screens = sum(check.screens for check in self._checks.values())
        print(f"\nThe web process was killed {self._web.kills} times.")
        print(f"{total / 1e6:,.0f} MB and {screens:,} repaints compared with what was printed")
        print("\n".join(f"  {number:>8,} × {what}" for what, number in sorted(counts.items())))
        for role in (*LASTING, "web"):
            before, after = self._census.growth(role)
            print(f"  {role}: {before:.0f} → {after:.0f} MB from the second quarter to the last")
        print("\n".join(f"FAILED {number} × {failure}" for failure, number in failures.items()))
        verdict = Verdict("failures", failures.total(), 0)
        return conclude(
            "soak", [verdict], seed=seed, bytes=total, repaints=screens, counts=counts, failures=failures,
            memory=self._census.memory,
        )  # fmt: skip
