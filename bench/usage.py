"""What AGTerm's processes cost, read from /proc: CPU milliseconds, memory, descriptors, and who is who among them."""

import os
from collections import defaultdict
from collections.abc import Iterable

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
HELPERS = (
    ("screen worker", b"runner.screens.worker"), ("spawner", b"runner.spawner"), ("egress", b"runner.egress"),
    ("porter", b"runner.porter"), ("recorder", b"runner.recorder\0recordings"), ("index", b"runner.recorder\0index"),
)  # fmt: skip
Family = dict[str, list[int]]  # role → process ids


def family(runner: int, web: int | None = None) -> Family:
    """`runner`, its `HELPERS`, `supervisors`, `boxes` (bubblewrap) and whatever else is ours.

    `programs` is what they run.
    """
    children = _children()
    found: Family = {"runner": [runner], "web": [] if web is None else [web], "supervisors": []}
    found |= {"boxes": [], "programs": []}
    for pid in children[runner]:
        found.setdefault(_role(pid), []).append(pid)
    for spawner in found.get("spawner", []):
        found["supervisors"] += children[spawner]
    for supervisor in found["supervisors"]:
        for pid in _below(supervisor, children):
            found["boxes" if _read(f"/proc/{pid}/comm").strip() == b"bwrap" else "programs"].append(pid)
    return found


def below(pid: int) -> list[int]:
    """Every process that descends from this one."""
    return _below(pid, _children())


def ours(members: Family) -> dict[str, list[int]]:
    """Without the sessions' programs."""
    return {role: pids for role, pids in members.items() if role != "programs"}


def _role(pid: int) -> str:
    command = _read(f"/proc/{pid}/cmdline")
    return next((name for name, part in HELPERS if part in command), "other helpers")


def _children() -> dict[int, list[int]]:
    """Every live process by its parent."""
    found: dict[int, list[int]] = defaultdict(list)
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        if fields := _stat(pid):
            found[int(fields[1])].append(pid)
    return found


def _below(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [each for child in children[pid] for each in (child, *_below(child, children))]


def _stat(pid: int) -> list[bytes]:
    """The fields of /proc/PID/stat behind the name: state, parent, …; empty when the process is gone or dead."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b") ")[2].split()
    return fields if fields and fields[0] not in (b"Z", b"X") else []


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def is_alive(pid: int) -> bool:
    """False also for one that is dead and not yet collected."""
    return bool(_stat(pid))


def cpu_ms(pid: int) -> float:
    """Of all its threads so far, and of those of its children that it has collected."""
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) * TICK_MS if fields else 0.0


def cpu_by_role(members: Family) -> dict[str, float]:
    return {role: sum(map(cpu_ms, pids)) for role, pids in members.items() if pids}


def pss_bytes(pids: Iterable[int]) -> int:
    """Proportional: a page that n processes share counts 1/n in each."""
    return sum(_line_kib(f"/proc/{pid}/smaps_rollup", b"Pss:") for pid in pids) * 1024


def rss_bytes(pid: int) -> int:
    return _line_kib(f"/proc/{pid}/status", b"VmRSS:") * 1024


def _line_kib(path: str, name: bytes) -> int:
    rest = _read(path).partition(b"\n" + name)[2].split(maxsplit=1)
    return int(rest[0]) if rest else 0


def descriptors(pid: int) -> int:
    """Open ones; 0 for a process that is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0
