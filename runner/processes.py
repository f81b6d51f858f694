"""What runs in a session: its process tree with CPU and memory, what has the terminal, and which agent it is.

Read from /proc by ourselves: three small files a process, 25 µs; psutil takes 160 µs for the same. Memory is the
resident set (RSS), so pages that two processes share count twice in a sum; the proportional set needs a walk of the
page tables, 13 ms for a process of 500 MB. CPU is in percent of one core, measured between two looks.
"""

import asyncio
import os
import re
import time
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_ARGV_BYTES = 4096
MAX_LISTED = 500  # of one session; its totals and its count cover all of them
FEW_SESSIONS = 8  # for so many we walk their trees; for more it is cheaper to read all of /proc once
MIN_WINDOW_S = 0.5  # the kernel counts in 10 ms: over less time a percentage would be noise
MAX_WINDOW_S = 60.0  # and over more it would say nothing about now
TURN_S = 0.0005
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGESIZE")
STATES = {
    "R": "running", "S": "sleeping", "D": "disk-sleep", "T": "stopped", "t": "tracing-stop", "Z": "zombie",
    "X": "dead", "I": "idle",
}  # fmt: skip

# --- agents ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marks:
    """How an agent shows in an argv: names of its program, and packages whose entry an interpreter runs."""

    programs: tuple[str, ...]
    packages: tuple[str, ...] = ()


AGENTS: Mapping[str, Marks] = {
    "claude": Marks(("claude", r"claude/versions/[\d.]+"), ("@anthropic-ai/claude-code", "claude-code")),
    "codex": Marks(("codex",), ("@openai/codex",)),
    "gemini": Marks(("gemini",), ("@google/gemini-cli", "gemini-cli")),
    "agterm-agent": Marks(("agterm-agent",)),
    "aider": Marks(("aider",), ("aider-chat",)),
    "amp": Marks(("amp",), ("@sourcegraph/amp",)),
    "copilot": Marks(("copilot",), ("@github/copilot",)),
    "crush": Marks(("crush",), ("@charmland/crush",)),
    "cursor-agent": Marks(("cursor-agent",), (r"cursor-agent/versions/[\w.-]+",)),
    "droid": Marks(("droid",)),
    "goose": Marks(("goose",)),
    "opencode": Marks(("opencode",), ("opencode-ai",)),
    "qwen": Marks(("qwen",), ("@qwen-code/qwen-code",)),
}
_INTERPRETER = re.compile(
    r"(?:node(?:js)?|(?:python|pypy)[\d.]*|(?:ba|da|z|k)?sh|bun|deno|npm|npx|pnpm|pnpx|bunx|uvx?|pipx)"
)
_PACKAGE_RUNNERS = {"npm", "npx", "pnpm", "pnpx", "bun", "bunx", "deno", "uv", "uvx", "pipx"}
_SUBCOMMANDS = {"exec", "run", "x", "dlx", "tool"}
_CODE = {"-c", "-e", "--eval", "--print"}  # what follows is a program text, no file
_WITH_VALUE = {"-r", "--require", "--import", "--loader", "-C", "--conditions", "-X", "-W", "-p", "--package", "--from"}
_ENTRY = r"(?:/(?:bin|dist|bundle))?(?:/(?:cli|index|main|npm-loader|{agent})\.[cm]?js)?"
_VERSION = re.compile(r"(?<=[\w-])@[^/@]*$")  # of a package: npm exec @google/gemini-cli@latest


def _pattern() -> re.Pattern[str]:
    """One expression for all agents; the group that matched is the agent's number."""
    every = []
    for agent, marks in AGENTS.items():
        packages = [name + _ENTRY.format(agent=agent) for name in marks.packages]
        programs = [rf"{name}(?:\.exe)?" for name in marks.programs]
        every.append(f"({'|'.join([*programs, *packages])})")
    return re.compile(rf"(?:^|/)(?:{'|'.join(every)})$")


_AGENT = _pattern()
_NAMES = tuple(AGENTS)


def agent_of(argv: Sequence[str]) -> str | None:
    """The known agent that a process with this argv is; None for anything else, `git checkout claude` included."""
    words = [word for word in argv if word]
    if len(words) == 1 and not words[0].startswith("/"):
        words = words[0].split()  # a title that the program gave itself: `npm exec @google/gemini-cli`
    for _ in range(4):  # a Python shim may run a node that runs a script
        if not words:
            return None
        if found := _AGENT.search(_VERSION.sub("", words[0])):
            return _NAMES[(found.lastindex or 1) - 1]
        program = words[0].rpartition("/")[2].removeprefix("-")
        if not _INTERPRETER.fullmatch(program):
            return None
        words = _what_it_runs(words[1:], runs_packages=program in _PACKAGE_RUNNERS)
    return None


def _what_it_runs(words: Sequence[str], *, runs_packages: bool) -> list[str]:
    """An interpreter's arguments from its script on; empty when it runs none."""
    rest = iter(words)
    for word in rest:
        if word in _CODE:
            return []
        if word == "-m":
            return [next(rest, "").partition(".")[0].replace("_", "-")]
        if word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-") and not (runs_packages and word in _SUBCOMMANDS):
            return [word, *rest]
    return []


# --- one process -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stat:
    """What /proc/<pid>/stat says; times in seconds; `started` and `seen` since the machine's start."""

    pid: int
    comm: str
    state: str
    ppid: int
    group: int
    terminal_group: int  # the group in the foreground of its terminal, what tcgetpgrp says; -1: it has no terminal
    cpu_s: float
    children_cpu_s: float  # of those that ended and were waited for, and of theirs
    started: float
    memory_bytes: int
    seen: float

    @property
    def key(self) -> tuple[int, float]:
        """Tells the process from a later one with its number."""
        return self.pid, self.started

    @property
    def is_alive(self) -> bool:
        return self.state not in "ZX"


def read_stat(pid: int) -> Stat | None:
    """The process, or None when it is gone."""
    raw = read_file(f"/proc/{pid}/stat", MAX_ARGV_BYTES)
    name, _, rest = raw.partition(b"(")[2].rpartition(b")")
    fields = rest.split()
    if len(fields) < 22:
        return None
    return Stat(
        pid=pid,
        comm=_printable(name.decode("utf-8", "replace")),
        state=fields[0].decode(),
        ppid=int(fields[1]),
        group=int(fields[2]),
        terminal_group=int(fields[5]),
        cpu_s=(int(fields[11]) + int(fields[12])) / TICKS_PER_S,
        children_cpu_s=(int(fields[13]) + int(fields[14])) / TICKS_PER_S,
        started=int(fields[19]) / TICKS_PER_S,
        memory_bytes=int(fields[21]) * PAGE_BYTES,
        seen=now(),
    )


def read_argv(pid: int) -> list[str]:
    """The arguments as the process shows them: 4 KiB at most, cut with `…`; nothing in them can steer a terminal."""
    raw = read_file(f"/proc/{pid}/cmdline", MAX_ARGV_BYTES + 1)
    text = raw[:MAX_ARGV_BYTES].rstrip(b"\0").decode("utf-8", "replace")
    parts = [_printable(part) for part in text.split("\0")] if text else []
    if len(raw) > MAX_ARGV_BYTES:
        parts[-1:] = [(parts[-1] if parts else "") + "…"]
    return parts


def read_file(path: str, limit_bytes: int) -> bytes:
    """The first bytes of a file of /proc; empty when its process is gone or hidden from us."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, limit_bytes)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _printable(text: str) -> str:
    """Control characters as their pictures (␊), all else that would not show, bidi marks included, as �."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else chr(0x2400 + ord(c)) if ord(c) < 32 else "\ufffd" for c in text)


def name_of(comm: str, argv: Sequence[str]) -> str:
    """The program's name: the kernel's, in full where it was cut at 15 characters; node calls itself MainThread."""
    own = argv[0].rpartition("/")[2].removeprefix("-") if argv else ""
    return own if own and (own.startswith(comm) or comm == "MainThread") else comm


# --- CPU between two looks -------------------------------------------------------------------------------------------


class Usage:
    """CPU percentages between one look and the next; looks that come too soon get the last ones again."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._used: dict[Hashable, float] = {}
        self._percents: dict[Hashable, float | None] = {}

    def measure(self, now: float, used: Mapping[Hashable, tuple[float, float]]) -> Mapping[Hashable, float | None]:
        """From `{key: (CPU seconds so far, moment of its start)}` percent of one core; None where it can't be known.

        What began after the last look, or within the last minute, is measured from its beginning.
        """
        since, before = self._at, self._used
        if since is not None and now - since < MIN_WINDOW_S:
            return self._percents
        if since is None or now - since > MAX_WINDOW_S:
            since, before = now, {}
        self._percents = {
            key: _percent(seconds - before[key], now - since)
            if key in before
            else _percent(seconds, now - started if now - started <= MAX_WINDOW_S else 0)
            for key, (seconds, started) in used.items()
        }
        self._at, self._used = now, {key: seconds for key, (seconds, _) in used.items()}
        return self._percents


def _percent(cpu_s: float, wall_s: float) -> float | None:
    return round(max(0.0, cpu_s) / wall_s * 100, 1) if wall_s >= MIN_WINDOW_S else None


def now() -> float:
    """Seconds since the machine's start, the clock of `Stat.started`."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


# --- sessions --------------------------------------------------------------------------------------------------------


class Turn:
    """Long work on the event loop in short pieces, so that an echo waits for half a millisecond at most.

    In a thread it would wait for five: between two reads of /proc the thread takes the interpreter back at once.
    """

    def __init__(self) -> None:
        self._until = time.monotonic() + TURN_S

    async def over(self) -> None:
        """Give the loop back when the turn is over."""
        if time.monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + TURN_S


class Sampler:
    """Looks at the sessions' process trees and remembers how much CPU they had used by then."""

    def __init__(self) -> None:
        self._usages: dict[str, Usage] = {}
        self._looking = asyncio.Lock()
        self._epoch = time.time() - now()

    async def look(self, programs: Mapping[str, int | None], *, whole: bool) -> dict[str, dict[str, Any]]:
        """By session id (of `{id: pid of its program}`) what runs in it; with `whole` every single process."""
        async with self._looking:
            turn = Turn()
            seen = await snapshot([pid for pid in programs.values() if pid is not None], turn)
            return {key: await self._session(key, pid, seen, whole, turn) for key, pid in programs.items()}

    def forget_all_but(self, session_ids: Collection[str]) -> None:
        if len(self._usages) > len(session_ids):
            self._usages = {key: usage for key, usage in self._usages.items() if key in session_ids}

    async def _session(
        self, key: str, program: int | None, seen: "Snapshot", whole: bool, turn: Turn
    ) -> dict[str, Any]:
        supervisor, tree = seen.tree(program)
        if supervisor is None:
            return {"pid": None, "foreground": None, "agent": None, "count": 0, "cpu_percent": 0.0,
                    "cpu_s": None, "memory_bytes": 0, "processes": []}  # fmt: skip
        # Each counts those it waited for, so what ended between two looks, a compiler say, is not lost.
        total_s = supervisor.children_cpu_s + sum(stat.cpu_s + stat.children_cpu_s for stat in tree)
        used: dict[Hashable, tuple[float, float]] = {stat.key: (stat.cpu_s, stat.started) for stat in tree}
        used[""] = total_s, supervisor.started
        percents = self._usages.setdefault(key, Usage()).measure(supervisor.seen, used)
        processes = []
        for stat in tree:
            processes.append(self._process(stat, percents.get(stat.key)))
            await turn.over()
        foreground = _foreground(tree, processes)
        return {
            "pid": program,
            "foreground": foreground,
            "agent": _agent(foreground, processes),
            "count": len(tree),
            "cpu_percent": percents.get(""),
            "cpu_s": round(total_s, 2),
            "memory_bytes": sum(stat.memory_bytes for stat in tree),
            "processes": processes[:MAX_LISTED] if whole else [],
        }

    def _process(self, stat: Stat, cpu_percent: float | None) -> dict[str, Any]:
        argv = read_argv(stat.pid)
        return {
            "pid": stat.pid,
            "ppid": stat.ppid,
            "name": name_of(stat.comm, argv),
            "argv": argv,
            "agent": agent_of(argv) if stat.is_alive else None,
            "state": STATES.get(stat.state, "unknown"),
            "cpu_percent": cpu_percent,
            "cpu_s": round(stat.cpu_s, 2),
            "memory_bytes": stat.memory_bytes,
            "started_at": round(self._epoch + stat.started, 2),
        }


class Snapshot:
    """Processes by number and by parent."""

    def __init__(self) -> None:
        self._stats: dict[int, Stat] = {}
        self._children: defaultdict[int, list[Stat]] = defaultdict(list)

    def add(self, pid: int) -> Stat | None:
        if (stat := read_stat(pid)) is not None:
            self._stats[pid] = stat
            self._children[stat.ppid].append(stat)
        return stat

    def tree(self, program: int | None) -> tuple[Stat | None, list[Stat]]:
        """The program's supervisor, which is its parent, and all that descends from it: the program, parents first."""
        stat = self._stats.get(program) if program is not None else None
        supervisor = self._stats.get(stat.ppid) if stat is not None else None
        if supervisor is None:
            return None, []
        found = sorted(self._children[supervisor.pid], key=lambda child: child.pid != program)
        for parent in found:  # grows as we go
            found += self._children.get(parent.pid, ())
        return supervisor, found


async def snapshot(programs: Sequence[int], turn: Turn) -> Snapshot:
    """Every process that could belong to the trees of these programs."""
    seen = Snapshot()
    if len(programs) > FEW_SESSIONS:
        waiting = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
    else:
        waiting = [stat.ppid for pid in programs if (stat := read_stat(pid)) is not None and stat.ppid > 1]
    for pid in waiting:  # grows as we go, when it is few
        if seen.add(pid) is not None and len(programs) <= FEW_SESSIONS:
            waiting += children_of(pid)
        await turn.over()
    return seen


def tree_of(program: int) -> Iterator[int]:
    """Every process of the program's session, one after the other: what descends from the program's parent."""
    stat = read_stat(program)
    waiting = children_of(stat.ppid) if stat is not None and stat.ppid > 1 else []
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children_of(pid)


def children_of(pid: int) -> list[int]:
    """The children of all threads of a process."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_bytes().split())
    except OSError:
        pass
    return found


def _foreground(tree: Sequence[Stat], processes: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The process that has the keyboard: of the terminal's foreground group the agent, else its leader, else the first.

    The group is the one the session's own terminal names; a terminal opened further down (tmux, script) comes later.
    """
    group = next((stat.terminal_group for stat in tree if stat.terminal_group > 0), None)
    members = [(stat, process) for stat, process in zip(tree, processes, strict=True) if stat.group == group]
    alive = [(stat, process) for stat, process in members if stat.is_alive]
    ranked = sorted(alive, key=lambda pair: (pair[1]["agent"] is None, pair[0].pid != group))  # stable: parents first
    return ranked[0][1] if ranked else None


def _agent(foreground: dict[str, Any] | None, processes: Sequence[dict[str, Any]]) -> str | None:
    """The agent in the foreground; else the one nearest above it, whose tool it is; else the first anywhere."""
    by_pid = {process["pid"]: process for process in processes}
    process = foreground
    while process is not None:
        if process["agent"] is not None:
            return str(process["agent"])
        process = by_pid.get(process["ppid"])
    return next((process["agent"] for process in processes if process["agent"] is not None), None)
