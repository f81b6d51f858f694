"""A real runner that is fed garbage through a real terminal, and what must stay true meanwhile."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import usage

NEIGHBOUR = "stty -echo; while read -r line; do echo heard $line; done"
POUR = "stty raw -echo; {command}; exec sleep 100000"
# What a runner and its screen worker may hold, whatever is printed: a screen's history may take 64 MiB by itself,
# and bursts wait for the screen up to 32 MiB.
CAPS_BYTES = {"runner": 250_000_000, "screen worker": 400_000_000}
ANSWER_LIMIT_S, POUR_LIMIT_S = 10.0, 120.0


class Broken(AssertionError):
    """Something that must stay true did not."""


Meanwhile = Callable[[str], None]


def _nothing(_session_id: str) -> None: ...


class Victim:
    """`ask(op, **params)` reaches the runner. Use `pour` and `check`, then `end` what was started."""

    def __init__(self, ask: Callable[..., Any], runner: int) -> None:
        self.ask, self.runner = ask, runner
        self.poured = 0
        self.slowest_answer_s = 0.0
        self.most = dict.fromkeys(CAPS_BYTES, 0)
        self._neighbour = self.start(NEIGHBOUR)
        self._asked = 0

    def start(self, script: str, cols: int = 80, rows: int = 24) -> str:
        session_id = str(uuid.uuid4())
        self.ask("create", id=session_id, launch={"argv": ["/bin/bash", "-c", script]}, cols=cols, rows=rows)
        return session_id

    def pour(
        self, what: Path | str, size: int, *, cols: int = 80, rows: int = 24, meanwhile: Meanwhile = _nothing
    ) -> str:
        """Let a file or a command print its `size` bytes; the session's id when the screen has drawn the last of them.

        `meanwhile(id)` is called again and again until the program has printed all.
        """
        command = f"cat {what}" if isinstance(what, Path) else what
        session_id = self.start(POUR.format(command=command), cols, rows)
        deadline = time.monotonic() + POUR_LIMIT_S
        while (arrived := self.ask("get", id=session_id)["offset"]) < size:
            if time.monotonic() > deadline:
                raise Broken(f"after {POUR_LIMIT_S:g} s only {arrived} of {size} bytes have arrived")
            self.check()
            meanwhile(session_id)
            time.sleep(0.02)
        self.poured += size
        self.ask("text", id=session_id, history=0)
        self.check()
        return session_id

    def check(self) -> None:
        """The runner lives, its memory and the worker's are bounded, a neighbour's program answers."""
        members = usage.family(self.runner)
        for role, cap in CAPS_BYTES.items():
            size = sum(map(usage.rss_bytes, members.get(role, [])))
            self.most[role] = max(self.most[role], size)
            if size > cap:
                raise Broken(f"the {role} holds {size / 1e6:.0f} MB, {cap / 1e6:.0f} is its cap")
        self._neighbour_answers()

    def _neighbour_answers(self) -> None:
        """Looks at its offset, not its screen: an echo must not wait for any screen."""
        before = self.ask("get", id=self._neighbour)["offset"]
        began = time.monotonic()
        self._asked += 1
        self.ask("write", id=self._neighbour, data=f"{self._asked}\n")
        while self.ask("get", id=self._neighbour)["offset"] == before:
            if time.monotonic() - began > ANSWER_LIMIT_S:
                raise Broken(f"a neighbour has not answered for {ANSWER_LIMIT_S:g} s")
            time.sleep(0.002)
        self.slowest_answer_s = max(self.slowest_answer_s, time.monotonic() - began)

    def worker(self) -> list[int]:
        """Its process id; another one after a death."""
        return usage.family(self.runner).get("screen worker", [])

    def end(self, session_id: str) -> None:
        """Removed, and no process of it is left."""
        pid = self.ask("get", id=session_id)["pid"]
        tree = [pid, *usage.below(pid)] if pid else []
        self.ask("remove", id=session_id)
        if left := [each for each in tree if usage.is_alive(each)]:
            raise Broken(f"after its end {left} of the session are left")

    def close(self) -> None:
        self.end(self._neighbour)
