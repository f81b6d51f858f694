"""`agterm doctor`: what is there, what is missing, and how to mend it."""

import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import click

from agents import registry, services
from agterm import config as configuration
from agterm import page
from agterm.config import Config
from core.errors import HostUnavailable
from runner import client
from runner.sandbox import mounts

MIN_FREE_BYTES = 1 << 30
_MARKS = {"good": ("ok  ", "green"), "note": ("note", "yellow"), "bad": ("FAIL", "red")}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `cure` says what to do about it."""

    verdict: Literal["good", "note", "bad"]
    what: str
    cure: str = ""


@click.command()
def doctor() -> None:
    """Check this machine; the exit status is 1 when something must be mended."""
    config = configuration.load()
    findings = list(examine(config))
    for finding in findings:
        mark, color = _MARKS[finding.verdict]
        click.echo(f"{click.style(mark, fg=color)}  {finding.what}")
        if finding.cure:
            click.echo(f"      → {finding.cure}")
    raise SystemExit(any(finding.verdict == "bad" for finding in findings))


def examine(config: Config) -> Iterator[Finding]:
    """Every check, in the order in which a failure explains the next ones."""
    yield _platform()
    yield from _home(config)
    yield _page()
    yield _runner(config)
    yield _port(config)
    yield _sessions_user(config)
    yield _box()
    for agent in registry.all():
        yield _agent(services.describe(agent, config))


def _platform() -> Finding:
    text = f"Python {platform.python_version()} on {platform.system()} {platform.release()} ({platform.machine()})"
    if sys.platform != "linux":
        return Finding("bad", text, "Sessions need Linux today; use a Linux machine, a container or a virtual machine.")
    return Finding("good", text)


def _home(config: Config) -> Iterator[Finding]:
    home = config.home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / ".doctor"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield Finding("bad", f"{home} can't be written: {error.strerror}", "Set AGTERM_HOME to a folder of yours.")
        return
    free = shutil.disk_usage(home).free
    text = f"Data in {home}, {free / 1e9:.1f} GB free"
    yield Finding("good", text) if free > MIN_FREE_BYTES else Finding("note", text, "Free some space.")
    if home.stat().st_mode & 0o077 and (home / "secret.key").exists() and (home / "secret.key").stat().st_mode & 0o077:
        yield Finding("bad", "The signing key can be read by others", f"chmod 600 {home / 'secret.key'}")


def _page() -> Finding:
    if page.context()["page"]["script"]:
        return Finding("good", "The page is built")
    return Finding("bad", "The page is not built", "Run: make ui")


def _runner(config: Config) -> Finding:
    try:
        hello = client.hello(config.runner_address)
        count = len(client.call(config.runner_address, "list"))
    except HostUnavailable:
        return Finding("note", "No runner is running", "`agterm serve` starts one; its log is runner.log in the home.")
    return Finding("good", f"Runner {hello['version']} (pid {hello['pid']}) holds {count} session(s)")


def _port(config: Config) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in config.bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as error:
            text = f"{config.bind}:{config.port} can't be listened on: {error.strerror}"
            return Finding("note", text, "Fine if AGTerm is running; else choose another with AGTERM_PORT.")
    return Finding("good", f"{config.bind}:{config.port} is free")


def _sessions_user(config: Config) -> Finding:
    if os.geteuid() != 0:
        text = "Sessions run as your own user: they can read your files and signal your processes"
        return Finding(
            "note", text, "For several people run AGTerm as root: each session then has a user id of its own."
        )
    if (closed := mounts.closed_ancestor(config.home / "workspaces" / "x")) is None:
        return Finding("good", "Every session gets a user id of its own")
    try:
        mounts.can_mount()
    except OSError as error:
        text = f"{closed} is closed to the sessions' users and mounting is not allowed here ({error.strerror})"
        return Finding("bad", text, "Set AGTERM_HOME to a folder others may enter, e.g. /var/lib/agterm.")
    return Finding("good", f"Every session gets a user id of its own and sees of {closed} only its own folders")


def _box() -> Finding:
    return Finding("note", "Sessions are not boxed in: network and machine are open to them (isolation level none)")


def _agent(facts: dict[str, object]) -> Finding:
    name = str(facts["name"])
    if facts["available"]:
        return Finding("good", f"{name} {facts['version'] or ''}".strip() + f" at {facts['cliPath']}")
    if not facts["enabled"]:
        return Finding("note", f"{name} is disabled", "AGTERM_DISABLED_AGENTS names it.")
    if not facts["cliExists"]:
        return Finding("note", f"{name} is not installed", str(facts["installHint"]))
    missing = facts["missingEnvVars"]
    assert isinstance(missing, list)
    return Finding("note", f"{name} has no credentials", f"Set {', '.join(missing)} for the server.")
