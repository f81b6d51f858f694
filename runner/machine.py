"""The machine's own figures and the runner's: what it is, how busy it is, how much room is left. No session's names."""

import os
import platform
import shutil
import socket
import time
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from runner.processes import MAX_ARGV_BYTES, TICKS_PER_S, Usage, now, read_file, read_stat


class Machine:
    """Looked at from time to time; CPU percentages are those since the look before."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._usage = Usage()
        self._measure(now(), _runner())

    def _measure(self, moment: float, own: Mapping[str, Any]) -> Mapping[Hashable, float | None]:
        return self._usage.measure(moment, {"machine": (busy_s(), 0.0), "runner": (own["cpu_s"], own["started"])})

    def look(self) -> dict[str, Any]:
        """`{info, metrics}`. Best called in a thread: a home on a network disk may keep `statvfs` waiting."""
        return {"info": self.info(), "metrics": self.metrics()}

    def info(self) -> dict[str, Any]:
        """What does not change while it runs."""
        return {
            "hostname": socket.gethostname(),
            "platform": platform.system().lower(),
            "arch": platform.machine(),
            "os": _system_name(),
            "kernel": platform.release(),
            "cpu_count": os.cpu_count(),
            "home": str(self._home),
            "pid": os.getpid(),
        }

    def metrics(self) -> dict[str, Any]:
        """What does: some files of /proc and one statvfs, under a millisecond on a local disk."""
        moment, own = now(), _runner()
        percents = self._measure(moment, own)
        busy = percents["machine"]
        return {
            "uptime_s": int(moment),
            "load": list(os.getloadavg()),
            "cpu_percent": None if busy is None else min(100.0, round(busy / (os.cpu_count() or 1), 1)),
            "memory": memory(),
            "disk": disk(self._home),
            "runner": {
                "memory_bytes": own["memory_bytes"],
                "cpu_percent": percents["runner"],
                "cpu_s": round(own["cpu_s"], 2),
                "open_files": len(os.listdir("/proc/self/fd")) - 1,  # one is this look's own
                "started_at": round(time.time() - moment + own["started"], 2),
            },
        }


def busy_s() -> float:
    """Seconds all processors together have worked since the machine's start; waiting for a disk is no work."""
    first = read_file("/proc/stat", MAX_ARGV_BYTES).partition(b"\n")[0].split()
    user, nice, system, _idle, _waiting, irq, softirq, stolen = map(int, first[1:9])
    return (user + nice + system + irq + softirq + stolen) / TICKS_PER_S


def memory() -> dict[str, int | None]:
    """Of the machine; `limit_bytes` is what the control group (a container, a service) allows us, if it says so."""
    lines = (line.split() for line in read_file("/proc/meminfo", 8192).splitlines())
    kib = {words[0]: int(words[1]) for words in lines if len(words) > 1}
    total, available = kib.get(b"MemTotal:"), kib.get(b"MemAvailable:")
    return {
        "total_bytes": None if total is None else total * 1024,
        "available_bytes": None if available is None else available * 1024,
        "used_bytes": None if total is None or available is None else (total - available) * 1024,
        "limit_bytes": _memory_limit(),
    }


def _memory_limit() -> int | None:
    line = read_file("/proc/self/cgroup", MAX_ARGV_BYTES).partition(b"0::/")[2].partition(b"\n")[0]
    group = Path("/sys/fs/cgroup") / os.fsdecode(line)
    limits = [
        int(said)
        for folder in (group, *group.parents)
        if folder.is_relative_to("/sys/fs/cgroup") and (said := read_file(f"{folder}/memory.max", 32)).strip().isdigit()
    ]
    return min(limits, default=None)


def disk(folder: Path) -> dict[str, int | None]:
    """The disk that holds `folder`; `free_bytes` is what we may use."""
    try:
        total, used, free = shutil.disk_usage(folder)
    except OSError:
        return {"total_bytes": None, "used_bytes": None, "free_bytes": None}
    return {"total_bytes": total, "used_bytes": used, "free_bytes": free}


def _runner() -> dict[str, Any]:
    """This process and its helpers, the spawner and the screen worker; a session's supervisor is below the spawner."""
    own = read_stat(os.getpid())
    assert own is not None
    children = read_file(f"/proc/self/task/{own.pid}/children", MAX_ARGV_BYTES).split()
    helpers = [stat for pid in children if (stat := read_stat(int(pid))) is not None]
    return {
        "cpu_s": own.cpu_s + sum(stat.cpu_s for stat in helpers),
        "memory_bytes": own.memory_bytes + sum(stat.memory_bytes for stat in helpers),
        "started": own.started,
    }


def _system_name() -> str | None:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        return None
