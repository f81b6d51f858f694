"""Garbage from programs for as long as one likes: the runner lives, memory is bounded, neighbours are answered."""

import argparse
import random
import secrets
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench import garbage
from bench.agterm_server import AgtermServer
from bench.fuzzing import CAPS_BYTES, Broken, Victim
from bench.results import Verdict, conclude

SIZES = (100_000, 1_000_000, 4_000_000, 16_000_000)
KEEP = 8  # sessions that stay, so that a dead worker has something to rebuild
DEATH, GIVEN_UP = "; its screens are rebuilt", "killed its worker twice"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, help="of all that is random; one is chosen and printed when not given")


async def run(chosen: argparse.Namespace) -> int:
    """The exit status is 1 on any failure; the file that caused it is named by its kind and seed."""
    seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}, {chosen.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="agterm-fuzz-") as name, AgtermServer() as server:
        campaign = Campaign(Victim(server.ask, server.runner_pid), Path(name), random.Random(seed))  # noqa: S311
        failures = campaign.run(time.monotonic() + chosen.minutes * 60)
        log = (server.home / "runner.log").read_text()
        return _present(campaign, failures, log, seed)


class Campaign:
    """One file after another into sessions of random sizes, which are resized while it comes."""

    def __init__(self, victim: Victim, folder: Path, source: random.Random) -> None:
        self.victim, self._folder, self._random = victim, folder, source
        folder.chmod(0o755)  # sessions have users of their own
        self.fed: Counter[str] = Counter()
        self._sessions: list[str] = []

    def run(self, until: float) -> list[str]:
        """What broke; a runner that is gone ends it."""
        failures: list[str] = []
        while time.monotonic() < until:
            kind, seed = self._random.choice(list(garbage.KINDS)), self._random.randrange(1 << 32)
            size = self._random.choice(SIZES)
            try:
                self._one(kind, seed, size)
            except Exception as error:
                failures.append(f"{kind!r}, seed {seed}, {size} bytes: {error!r}")
                if not isinstance(error, Broken) or len(failures) >= 10:
                    return failures
        try:
            while self._sessions:
                self.victim.end(self._sessions.pop())
            self.victim.close()
        except Exception as error:
            failures.append(f"at the end: {error!r}")
        return failures

    def _one(self, kind: str, seed: int, size: int) -> None:
        path = self._folder / "garbage"
        path.write_bytes(garbage.take(kind, seed, size))
        cols, rows = self._size()
        self._sessions.append(self.victim.pour(path, size, cols=cols, rows=rows, meanwhile=self._resize))
        self.fed[kind] += size
        while len(self._sessions) > KEEP:
            self.victim.end(self._sessions.pop(0))

    def _resize(self, session_id: str) -> None:
        if self._random.random() < 0.3:
            cols, rows = self._size()
            self.victim.ask("resize", id=session_id, cols=cols, rows=rows)

    def _size(self) -> tuple[int, int]:
        return self._random.choice(((80, 24), (120, 40), (2, 2), (1000, 2), (2, 1000), (300, 100)))


def _present(campaign: Campaign, failures: list[str], log: str, seed: int) -> int:
    victim, deaths, given_up = campaign.victim, log.count(DEATH), log.count(GIVEN_UP)
    by_kind = ", ".join(f"{size / 1e6:.0f} MB {kind}" for kind, size in campaign.fed.items())
    print(f"\n{victim.poured / 1e6:,.0f} MB: {by_kind}")
    print(f"the screen worker died {deaths} times and was rebuilt; {given_up} screens went to the next emulator")
    print(f"slowest answer of a neighbour: {victim.slowest_answer_s * 1000:.0f} ms")
    print("\n".join(f"FAILED {failure}" for failure in failures))
    verdicts = [Verdict("failures", len(failures), 0)] + [
        Verdict(f"most memory of the {role}", victim.most[role] / 1e6, cap / 1e6, unit=" MB")
        for role, cap in CAPS_BYTES.items()
    ]
    return conclude(
        "fuzz", verdicts, seed=seed, bytes=victim.poured, fed=campaign.fed, deaths=deaths, given_up=given_up,
        failures=failures, slowest_answer_s=victim.slowest_answer_s,
    )  # fmt: skip
