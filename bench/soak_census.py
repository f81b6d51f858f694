"""What the soak counts from outside: memory over time, descriptors, processes, what the logs complain of."""

import math
import os
import re
import time
from dataclasses import dataclass, field
from statistics import median

from bench import usage
from bench.agterm_server import AgtermServer

LASTING = ("runner", "screen worker", "spawner")
GROWTH_LIMIT = 0.10  # of its memory, from the second quarter of the time to the last…
# …or so much, whichever is more. The worker may be 32 MiB behind at a bad moment, and keeps what it then needed.
GROWTH_LIMIT_MB = {"runner": 16.0, "screen worker": 100.0, "spawner": 4.0}
JUDGED_FROM_S = 600.0  # before, buffers still fill
LEFT_MEMORY_MB = {"runner": 50.0, "screen worker": 200.0, "spawner": 4.0}  # more than at first, all sessions gone
PATIENCE_S = 30.0
# An error's line, or what a traceback ends with.
COMPLAINT = re.compile(r"(?:ERROR|CRITICAL) .*$|(?<=\n)Traceback .*(?:\n[ ].*)*\n\S.*$", re.MULTILINE)


@dataclass
class Census:
    """Taken before the first session; `compare` and `judge` say what is wrong afterwards, nothing when all is well."""

    server: AgtermServer
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=dict)  # role → (seconds, bytes)

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self.family = self.server.family
        self._descriptors = self._count_descriptors()
        self._first_memory = self._memory()

    def _count_descriptors(self) -> dict[str, int]:
        return {role: sum(map(usage.descriptors, self.family[role])) for role in LASTING}

    def _memory(self) -> dict[str, int]:
        members = self.server.family
        return {role: sum(map(usage.rss_bytes, members.get(role, []))) for role in (*LASTING, "web")}

    def sample(self) -> None:
        for role, size in self._memory().items():
            self.memory.setdefault(role, []).append((time.monotonic() - self._began, size))

    def lives(self) -> list[str]:
        """The runner and its helpers must be the same processes as before."""
        now = self.server.family
        return [f"the {role} is another process" for role in LASTING if now.get(role) != self.family.get(role)]

    def judge_growth(self) -> list[str]:
        if time.monotonic() - self._began < JUDGED_FROM_S:
            return []
        growths = {role: self.growth(role) for role in LASTING}
        return [f"the {role} grew from {a:.0f} to {b:.0f} MB" for role, (a, b) in growths.items() if grew(role, a, b)]

    def growth(self, role: str) -> tuple[float, float]:
        """MB in the second quarter of the samples, and in the last (medians)."""
        sizes = [size / 1e6 for _, size in self.memory[role]]
        quarter = max(1, len(sizes) // 4)
        return median(sizes[quarter : 2 * quarter] or sizes), median(sizes[-quarter:])

    def compare(self) -> list[str]:
        """Every session has been deleted: nothing may be left of them."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self._leftovers()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def _leftovers(self) -> list[str]:
        now, counted = self.server.family, self._count_descriptors()
        found = [f"{len(now[role])} {role} are left" for role in ("supervisors", "programs") if now[role]]
        for role, before in self._descriptors.items():
            if counted[role] > before:
                found.append(f"the {role} has {counted[role]} descriptors, {before} before")
        for folder in ("workspaces", "sessions"):
            if names := os.listdir(self.server.home / folder):
                found.append(f"{len(names)} folders are left in {folder}")
        for role, size in self._memory().items():
            if size - self._first_memory[role] > LEFT_MEMORY_MB.get(role, math.inf) * 1e6:
                found.append(f"the {role} holds {size / 1e6:.0f} MB, {self._first_memory[role] / 1e6:.0f} before")
        return found

    def complaints(self) -> list[str]:
        """Errors and tracebacks in the logs of web and runner."""
        texts = (self.server.log.read_text(), (self.server.home / "runner.log").read_text())
        return [" … ".join(found[0].splitlines()[-3:]) for text in texts for found in COMPLAINT.finditer(text)]


def grew(role: str, before: float, after: float) -> bool:
    """Megabytes; more than is forgiven."""
    return after - before > max(GROWTH_LIMIT * before, GROWTH_LIMIT_MB[role])
