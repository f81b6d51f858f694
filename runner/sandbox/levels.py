"""Which walls a session gets on this machine: chosen by really starting them, never by what a setting suggests."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from core.errors import IsolationTooWeak
from runner.protocol import Level
from runner.sandbox import bubblewrap, landlock, seccomp

LEVELS: tuple[Level, ...] = get_args(Level)  # from weak to strong
SCOPED_ABI = 6  # of Landlock: from here on it keeps signals apart, not only files
PROBE_TIMEOUT_S = 20.0
PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_FIXES = {
    "not installed": "install bubblewrap (Debian, Ubuntu, Fedora: the package `bubblewrap`) and util-linux",
    "No permissions to creat": "allow user namespaces: in Docker `--security-opt seccomp=unconfined --security-opt "
    "systempaths=unconfined` (Podman: `--security-opt unmask=ALL`); on Ubuntu 24.04 and later an AppArmor profile for "
    "bwrap with `userns`; elsewhere `sysctl kernel.unprivileged_userns_clone=1`",
    "setting up uid map": "on Ubuntu 24.04 and later give bwrap an AppArmor profile with `userns`",
    "mount proc": "unmask /proc: Docker `--security-opt systempaths=unconfined`, Podman `--security-opt unmask=ALL`",
    "ABI": "use Linux 6.12 or later, with landlock in the kernel's list of security modules",
    "": "see docs/security.md",
}


@dataclass(frozen=True)
class Refused:
    """A level that can't be had here, the reason in the machine's own words, and what to do about it."""

    level: Level
    why: str

    @property
    def fix(self) -> str:
        return next(fix for part, fix in _FIXES.items() if part in self.why)

    def as_dict(self) -> dict[str, str]:
        return {"level": self.level, "why": self.why, "fix": self.fix}


@dataclass(frozen=True)
class Chosen:
    """`level` is what sessions get. When the one that was asked for by name does not start, `refused` holds it too."""

    level: Level
    wanted: str = "auto"
    refused: tuple[Refused, ...] = ()
    tools: tuple[str, ...] = ()  # bubblewrap and setsid
    landlock_abi: int = 0

    def check(self, minimum: str) -> None:
        """Raises `IsolationTooWeak` when sessions are kept apart less well than `minimum`, or than was asked for."""
        broken = next((r for r in self.refused if r.level == self.wanted), None)
        if broken is not None:
            raise IsolationTooWeak(
                f"The isolation level {self.wanted} does not start here: {broken.why}. To mend it: {broken.fix}.",
                details=self._details(minimum),
            )
        if LEVELS.index(self.level) < LEVELS.index(minimum):
            reasons = "; ".join(f"{r.level}: {r.why} (to mend it: {r.fix})" for r in self.refused)
            because = f" Why it is no better: {reasons}." if reasons else " AGTERM_ISOLATION asks for no more."
            raise IsolationTooWeak(
                f"Sessions must be isolated at least at level {minimum}; this machine gives {self.level}.{because}",
                details=self._details(minimum),
            )

    def _details(self, minimum: str) -> dict[str, Any]:
        return {"level": self.level, "minimum": minimum, "refused": [r.as_dict() for r in self.refused]}


def choose(wanted: str, uid: int | None) -> Chosen:
    """The strongest level that starts, or the one named. `uid`: whom sessions run as, None: us."""
    refused: list[Refused] = []
    abi = landlock.abi()
    tools: tuple[str, ...] = ()
    for level in reversed(LEVELS):
        if wanted not in ("auto", level):
            continue
        try:
            tools = _try(level, abi, uid)
        except OSError as error:
            refused.append(Refused(level, error.strerror or str(error)))
            continue
        return Chosen(level, wanted, tuple(refused), tools, abi)
    return Chosen("none", wanted, tuple(refused), (), abi)


def _try(level: Level, abi: int, uid: int | None) -> tuple[str, ...]:
    """The tools of the level once it has started; raises `OSError` with the reason when it does not."""
    if level == "namespaces":
        return _try_bubblewrap(uid)
    if level == "landlock" and abi < SCOPED_ABI:
        raise OSError(0, f"the kernel has Landlock ABI {abi}, and {SCOPED_ABI} is needed")
    if level == "landlock-files" and abi == 0:
        raise OSError(0, "the kernel has no Landlock ABI at all")
    if level != "none":
        code = "import sys; from runner.sandbox import probe; probe.main(*sys.argv[1:])"
        _run([sys.executable, "-P", "-c", code, level], None)
    return ()


def _try_bubblewrap(uid: int | None) -> tuple[str, ...]:
    tools = bubblewrap.tools()
    filter_ = seccomp.as_descriptor(seccomp.program())
    try:
        with tempfile.TemporaryDirectory(dir="/tmp", prefix="agterm-probe-") as folder:
            if uid is not None:
                os.chown(folder, uid, uid)
            own = dict.fromkeys(("cwd", "home", "temporary"), folder)
            told = bubblewrap.arguments(
                {**own, "readable": [], "sources": [], "network": "none", "data": [], "env": {"PATH": os.defpath}}
            )
            _run([tools[0], *told, "--seccomp", str(filter_), "--", "true"], uid, pass_fds=(filter_,))
    finally:
        os.close(filter_)
    return tools


def _run(command: list[str], uid: int | None, pass_fds: tuple[int, ...] = ()) -> None:
    who: dict[str, Any] = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
    environment = {"PATH": os.defpath, "PYTHONPATH": str(PACKAGE_ROOT)}
    where: dict[str, Any] = {"env": environment, "cwd": "/", "pass_fds": pass_fds}
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_TIMEOUT_S, check=False, **where, **who)
    except subprocess.TimeoutExpired:
        raise OSError(0, f"{command[0]} did not come to an end") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(0, said[-1][:300] if said else f"{command[0]} ended with status {done.returncode}")


def last_attack_run(home: Path, level: str) -> dict[str, Any] | None:
    """What `agterm doctor --attack` found the last time at this level."""
    try:
        found = json.loads((home / "attacks.json").read_text())
        names = ("at", "level", "attacks", "open", "unverified", "ms")
        return {name: found[name] for name in names} if found["level"] == level else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
