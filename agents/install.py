"""Fetches an agent's pinned CLI from npm into AGTERM_HOME, whole or not at all, without root and without Django."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from agents import discovery, node, registry
from agents.declaration import Agent, Package
from agents.discovery import RECORD, Found
from agents.node import InstallError, Node, Report, open_to_all, tail
from runner.sandbox import mounts

__all__ = ["InstallError", "install", "uninstall"]

NOBODY = 65534
TIMEOUT_S = 1800
PROGRESS_S = 2.0
CHECK_TIMEOUT_S = 120
MODULES = "node_modules"
UNREACHABLE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET")
UNKNOWN = re.compile(r"\bE404\b|ETARGET|EBADPLATFORM")
FULL = re.compile(r"ENOSPC|EDQUOT")
NPM_OPTIONS = (
    "--ignore-scripts", "--omit=optional", "--omit=peer", "--no-audit", "--no-fund", "--no-update-notifier",
    "--no-package-lock", "--no-bin-links", "--loglevel=error", "--fetch-retries=2", "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000", "--fetch-timeout=60000",
)  # fmt: skip


def install(agent_id: str, home: Path, report: Report = print) -> Found:
    """Fetch, check and put in place the version that the agent's declaration pins; replaces an older one.

    `report` gets one line at a time, for a person. Raises `AgentNotFound` and `InstallError`; a failed install leaves
    what was there before as it was.
    """
    agent = registry.get(agent_id)
    package = _package(agent)
    folder = discovery.install_folder(home, agent.id)
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.parent.chmod(0o755)
    with _only_one(folder.parent / ".lock", report):
        with_node = node.obtain(home, report)
        with _stage(folder) as stage:
            _fetch(package, with_node, stage, report)
            visible = [str(stage), *([str(discovery.node_folder(home))] if with_node.is_ours else [])]
            _record(agent, package, with_node, stage, visible, report)
            _put_in_place(stage, folder)
    discovery.forget()
    found = discovery.installed(agent.id, home)
    if found is None:
        raise InstallError(f"{agent.name} was put into {folder}, but does not stand there; is something removing it?")
    report(f"{agent.name} {found.version} is in {folder}")
    return found


def uninstall(agent_id: str, home: Path) -> bool:
    """Remove what `install` made; says whether there was anything."""
    folder = discovery.install_folder(home, registry.get(agent_id).id)
    with contextlib.suppress(FileNotFoundError):
        (folder / RECORD).unlink()
    existed = folder.exists()
    shutil.rmtree(folder, ignore_errors=True)
    discovery.forget()
    return existed


def _package(agent: Agent) -> Package:
    platform = discovery.this_platform()
    if platform not in agent.packages:
        known = ", ".join(agent.packages) or "none"
        raise InstallError(f"{agent.name} can't be installed by AGTerm on {platform} (platforms it knows: {known})")
    return agent.packages[platform]


@contextlib.contextmanager
def _only_one(path: Path, report: Report) -> Iterator[None]:
    """Wait for another install to end, of any agent: they share Node."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Waiting for another install to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """A folder beside the final one; whatever is in it at the end, or was left by a killed install, is thrown away."""
    for stale in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)
        stage = Path(path, "stage")
        stage.mkdir(mode=0o755)
        yield stage


def _fetch(package: Package, with_node: Node, stage: Path, report: Report) -> None:
    report(f"Fetching {' '.join(package.specs)}")
    (stage / "package.json").write_text('{"private": true}')
    cache = stage.parent / "cache"
    options = [*NPM_OPTIONS, "--cache", str(cache), "--prefix", str(stage)]
    with tempfile.TemporaryFile("w+") as said:
        npm = subprocess.Popen(
            [*with_node.npm, "install", *options, *package.specs],
            cwd=stage,
            env=_npm_environment(with_node),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            code = _watch(npm, stage.parent, report)
        finally:
            npm.kill()
            npm.wait()
        said.seek(0)
        if code:
            raise InstallError(_npm_problem(said.read()))


def _npm_environment(with_node: Node) -> dict[str, str]:
    """The caller's own, so that proxies and npm's configuration count; Node's folder first, for npm's own use."""
    path = os.pathsep.join([str(Path(with_node.path).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path}


def _watch(npm: "subprocess.Popen[bytes]", folder: Path, report: Report) -> int:
    """Wait for npm, telling every few seconds how much there is; returns its exit code."""
    end = time.monotonic() + TIMEOUT_S
    told = 0
    while time.monotonic() < end:
        try:
            return npm.wait(PROGRESS_S)
        except subprocess.TimeoutExpired:
            size = _size_bytes(folder) // 1_000_000
            if size != told:
                report(f"  {size} MB")
            told = size
    raise InstallError(f"npm did not end within {TIMEOUT_S // 60} minutes")


def _size_bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total


def _npm_problem(said: str) -> str:
    if UNREACHABLE.search(said):
        advice = "The npm registry can't be reached; check the network and npm's proxy settings"
    elif UNKNOWN.search(said):
        advice = "The npm registry does not have this version for this machine"
    elif FULL.search(said):
        advice = "The disk is full"
    else:
        advice = "npm could not install it"
    return f"{advice}. npm says: {tail(said)}"


def _record(agent: Agent, package: Package, with_node: Node, stage: Path, visible: list[str], report: Report) -> None:
    """Check that the program runs and write down what it is; the record is what makes a folder an install."""
    executable = stage / MODULES / package.executable
    if not executable.is_file():
        raise InstallError(f"{' '.join(package.specs)} holds no {package.executable}")
    executable.chmod(0o755)
    open_to_all(stage)
    report("Checking that it runs")
    argv = [with_node.path, str(executable)] if agent.needs_node else [str(executable)]
    record = {"version": _version(argv, visible), "executable": f"{MODULES}/{package.executable}"}
    if agent.needs_node:
        record["node"] = with_node.path
    (stage / RECORD).write_text(json.dumps(record, indent=2))
    (stage / RECORD).chmod(0o644)


def _version(argv: list[str], visible: list[str]) -> str:
    """What `--version` says."""
    try:
        run = _run_as_nobody([*argv, "--version"], visible)
    except (OSError, subprocess.SubprocessError) as error:
        raise InstallError(f"It was fetched but does not start: {error}") from None
    version = re.search(r"\d+\.\d+\.\d+\S*", run.stdout)
    if run.returncode or not version:
        raise InstallError(f"It was fetched but does not run (exit {run.returncode}): {tail(run.stderr or run.stdout)}")
    return version[0]


def _run_as_nobody(argv: list[str], visible: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run it with nothing of ours in the environment; if we are root, as an ordinary user who sees `visible`."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        if is_root:
            os.chown(home, NOBODY, NOBODY)
        return subprocess.run(
            argv,
            env={"HOME": home, "TMPDIR": home, "PATH": os.defpath},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CHECK_TIMEOUT_S,
            preexec_fn=_as_a_session_would(visible) if is_root else None,
            check=False,
        )


def _as_a_session_would(visible: list[str]) -> Callable[[], None]:
    def become() -> None:
        with contextlib.suppress(OSError):  # where we may not mount it must do as it is
            mounts.OwnMounts().reveal([(path, False) for path in visible])
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)

    return become


def _put_in_place(stage: Path, folder: Path) -> None:
    """Two renames; a running session keeps the files it has open."""
    old = stage.parent / "old"
    with contextlib.suppress(FileNotFoundError):
        folder.rename(old)
    try:
        stage.rename(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            old.rename(folder)
        raise InstallError(f"{folder} can't be made: {error.strerror}") from None
