"""What is kept apart on this machine, said openly: level, mechanisms, promises, what is missing and how to mend it."""

import os
import pwd
from collections.abc import Sequence
from typing import Any

from runner.attacks.catalogue import ATTACKS, Conditions
from runner.options import RunnerOptions
from runner.sandbox import cgroups, levels
from runner.sandbox.cgroups import Delegation
from runner.sandbox.levels import Chosen
from runner.screens.pool import ScreenPool

GIB = 1024**3

_HIDDEN = {"namespaces": "hidden", "landlock": "closed", "landlock-files": "closed", "none": "open"}
_SIGNALS = {"namespaces": "isolated", "landlock": "isolated", "landlock-files": "open", "none": "open"}


class Isolation:
    """The level that was chosen when the runner started, and what follows from it."""

    def __init__(
        self, options: RunnerOptions, chosen: Chosen, delegation: Delegation | None, screens: ScreenPool
    ) -> None:
        self._options, self._chosen, self._screens = options, chosen, screens
        self._no_cgroup = cgroups.why_not() if delegation is None else None
        self._own_user = os.geteuid() == 0

    def of_session(self, network: str, allow: Sequence[str]) -> dict[str, Any]:
        """`{level, network, allow, notes}` for what is said of a session."""
        notes = ["private HOME and temporary folder", "clean environment", "no new privileges", "no core dumps"]
        if self._own_user:
            notes.append("a user id of the session's own")
        elif self._chosen.level == "none":
            notes.append("runs as the server's own user: it can read that user's files and signal its processes")
        enforced = self._enforces_network(network)
        notes.append(_network_note(network) if enforced else f"network policy {network} is not enforced at this level")
        notes.append(self._memory_note())
        return {"level": self._chosen.level, "network": network, "allow": list(allow), "notes": notes}

    def report(self) -> dict[str, Any]:
        """`{level, wanted, run_as, mechanisms, promises, missing, refused_levels, open_attacks, verified}`."""
        level = self._chosen.level
        return {
            "level": level,
            "wanted": self._chosen.wanted,
            "run_as": "a user id for each session" if self._own_user else f"{_user_name()} (shared by all sessions)",
            "mechanisms": self._mechanisms(),
            "promises": self._promises(),
            "missing": self._missing(),
            "refused_levels": [refused.as_dict() for refused in self._chosen.refused],
            "open_attacks": self._open_attacks(),
            "verified": levels.last_attack_run(self._options.home, level),
        }

    def _mechanisms(self) -> dict[str, Any]:
        level = self._chosen.level
        return {
            "bubblewrap": self._chosen.tools[0] if self._chosen.tools else None,
            "user_namespaces": level == "namespaces",
            "landlock_abi": self._chosen.landlock_abi,
            "landlock": level.startswith("landlock"),
            "seccomp": True,
            "no_new_privileges": True,
            "cgroup": self._no_cgroup is None,
            "own_user": self._own_user,
        }

    def _promises(self) -> dict[str, Any]:
        level, options = self._chosen.level, self._options
        files = "closed by user id" if level == "none" and self._own_user else _HIDDEN[level]
        return {
            "other_files": files,
            "secrets": files,
            "signals": "isolated" if self._own_user else _SIGNALS[level],
            "ipc": "isolated" if level != "none" else "open",
            "network": options.network if self._enforces_network(options.network) else "open",
            "kill_tree": self._kill(),
            "process_limit": options.session_processes if level == "namespaces" or self._own_user else None,
            "memory_limit": options.session_memory_bytes or None,
            "disk_limit": None,
        }

    def _kill(self) -> str:
        if self._chosen.level == "namespaces":
            return "certain (process namespace)"
        if self._no_cgroup is None:
            return "certain (cgroup)"
        if self._own_user:
            return "certain (user id)"
        return "certain (Landlock scope)" if self._chosen.level == "landlock" else "likely (process tree)"

    def _missing(self) -> list[dict[str, str]]:
        missing = [
            {
                "what": "disk_limit",
                "why": "an ordinary user can't set quotas",
                "fix": "set a project quota on AGTERM_HOME",
            }
        ]
        if not self._options.session_memory_bytes:
            missing.append(
                {"what": "memory_limit", "why": "AGTERM_SESSION_MEMORY_MB is 0", "fix": "set AGTERM_SESSION_MEMORY_MB"}
            )
        elif self._no_cgroup is not None:
            why = f"{self._no_cgroup}; memory is watched every two seconds and the session ended instead"
            missing.append(
                {"what": "memory_limit", "why": why, "fix": "run the runner as a systemd service with Delegate=yes"}
            )
        if not self._own_user and self._chosen.level != "namespaces":
            why = "sessions share a user id, whose processes the kernel counts together"
            missing.append(
                {"what": "process_limit", "why": why, "fix": "get a stronger level: `agterm doctor` says how"}
            )
        if not self._enforces_network(self._options.network):
            missing.append(
                {
                    "what": "network",
                    "why": "needs namespaces, or Landlock ABI 4",
                    "fix": "get a stronger level: `agterm doctor` says how",
                }
            )
        missing += [
            {"what": "screen_worker", "why": note, "fix": "use a newer kernel"} for note in self._screens.box_notes
        ]
        return missing

    def _open_attacks(self) -> list[str]:
        """What is not promised at this level, of all that `agterm doctor --attack` tries."""
        now = Conditions(
            self._chosen.level, self._options.network, own_users=self._own_user, landlock_abi=self._chosen.landlock_abi
        )
        return [attack.name for attack in ATTACKS if attack.known(now) and not attack.shut]

    def _enforces_network(self, network: str) -> bool:
        level = self._chosen.level
        return network == "open" or level == "namespaces" or (level != "none" and self._chosen.landlock_abi >= 4)

    def _memory_note(self) -> str:
        limit = self._options.session_memory_bytes
        if not limit:
            return f"at most {self._options.session_processes} processes, no memory limit"
        how = "watched" if self._no_cgroup is not None else "by the kernel"
        return f"at most {self._options.session_processes} processes and {limit / GIB:g} GiB of memory ({how})"


def _network_note(network: str) -> str:
    return {
        "none": "no network",
        "gateway": "network: the providers' door only",
        "proxy": "network: the providers' door, and the public internet through a proxy",
        "open": "network: everything that this machine reaches, its own services among it",
    }[network]


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
