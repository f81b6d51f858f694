"""Finds agent CLIs on the runner's machine: installed by us, or on a search path. No Django, starts no program."""

import functools
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.declaration import Agent

CACHE_S = 2.0
RECORD = "installed.json"
SHELLS = ("bash", "zsh", "fish", "sh")
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Found:
    """A CLI that can be started.

    `readable`: files and folders the session's user must be able to read. `path_prefix`: folders its PATH begins with.
    """

    path: str
    version: str | None = None
    node: str | None = None
    readable: tuple[str, ...] = ()
    path_prefix: tuple[str, ...] = ()


def install_folder(home: Path, agent_id: str) -> Path:
    return home / "agents" / agent_id


def node_folder(home: Path) -> Path:
    return home / "node"


def this_platform() -> str:
    """npm's name of the machine, e.g. `linux-x64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"


def search_path() -> list[str]:
    """PATH without our own virtual environment, whose programs are the server's, not the sessions'."""
    own = str(Path(sys.prefix, "bin")) if sys.prefix != sys.base_prefix else None
    return [folder for folder in os.get_exec_path() if folder != own]


def find(agent: Agent, folders: Sequence[str], home: Path) -> Found | None:
    """The agent's CLI: in the first `folders` that has it, else installed in `home`; None when it is nowhere.

    `folders` may hold `""` to mark where the installed one comes in between (before PATH, after AGTERM_AGENT_PATH).
    The answer is at most `CACHE_S` old.
    """
    return _find(agent.id, agent.executables, agent.needs_node, tuple(folders), home, int(time.monotonic() / CACHE_S))


def forget() -> None:
    """Make the next question look at the disk again."""
    _find.cache_clear()


@functools.lru_cache(maxsize=256)
def _find(
    agent_id: str, names: tuple[str, ...], needs_node: bool, folders: tuple[str, ...], home: Path, _tick: int
) -> Found | None:
    for name in names:
        for folder in folders:
            found = _in_folder(name, needs_node, folder, folders) if folder else installed(agent_id, home)
            if found:
                return found
    return None


def installed(agent_id: str, home: Path) -> Found | None:
    """What our installer has put into `home`, judged by its own record and by the files being there."""
    folder = install_folder(home, agent_id)
    try:
        record = json.loads((folder / RECORD).read_text())
        executable, node = (folder / record["executable"]).resolve(), record.get("node")
        version = str(record["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not is_program(node or executable) or not executable.is_file():
        return None
    ours = node is not None and Path(node).is_relative_to(node_folder(home))
    of_node = (str(node_folder(home)),) if ours else _of_node(node)
    prefix = (str(Path(node).parent),) if ours else ()
    return Found(str(executable), version, node, (str(folder.resolve()), *of_node), prefix)


def _in_folder(name: str, needs_node: bool, folder: str, folders: Sequence[str]) -> Found | None:
    path = Path(folder, name)
    if not path.is_absolute() or not is_program(path):
        return None
    real = path.resolve()
    if "node_modules" not in real.parts:
        return Found(str(path), readable=tuple(sorted({str(path), str(real)})))
    node = find_node(folders)  # the program may be a script that names `node` in its first line
    modules = Path(*real.parts[: real.parts.index("node_modules") + 1])
    return Found(str(real), _version_above(real), node if needs_node else None, (str(modules), *_of_node(node)))


def _of_node(node: str | None) -> tuple[str, ...]:
    return tuple(sorted({node, str(Path(node).resolve())})) if node else ()


def find_node(folders: Sequence[str]) -> str | None:
    return next((str(p) for f in folders if f and is_program(p := Path(f, "node")) and p.is_absolute()), None)


def shells(folders: Sequence[str]) -> list[str]:
    """Absolute paths of the shells there are, each name once, in the order a person would choose."""
    places = [f for f in folders if Path(f).is_absolute()]
    found = (next((str(p) for f in places if is_program(p := Path(f, name))), None) for name in SHELLS)
    return [path for path in found if path]


def is_program(path: str | Path) -> bool:
    return Path(path).is_file() and os.access(path, os.X_OK)


def _version_above(program: Path) -> str | None:
    """The version in the package that holds `program`."""
    for folder in program.parents:
        if folder.name == "node_modules":
            break
        try:
            record: dict[str, Any] = json.loads((folder / "package.json").read_text())
        except (OSError, ValueError):
            continue
        if isinstance(record.get("version"), str):
            return record["version"]  # type: ignore[no-any-return]
    return None
