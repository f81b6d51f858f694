"""`agterm doctor`: what is there, what is missing, and how to mend it."""

import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import click

from agents import registry
from agterm import config as configuration
from agterm import page
from agterm.cli.runner import environment_of_runner
from agterm.cli.stored import CURE, Stored, named, wanted
from agterm.config import Config
from core.errors import AgtermError, HostUnavailable
from runner import client
from runner.attacks import run as attacks
from runner.attacks.decoys import AttackError
from runner.attacks.report import Outcome
from runner.protocol import Level
from runner.sandbox import levels, mounts
from runner.sandbox.levels import LEVELS, Chosen
from runner.workspace import folders

MIN_FREE_BYTES = 1 << 30
_MARKS = {"good": ("ok  ", "green"), "note": ("note", "yellow"), "bad": ("FAIL", "red")}
_OUTCOMES = {
    "closed": ("closed    ", "green"),
    "open": ("open      ", "yellow"),
    "surprise": ("OPEN      ", "red"),
    "unverified": ("unverified", "yellow"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `cure` says what to do about it."""

    verdict: Literal["good", "note", "bad"]
    what: str
    cure: str = ""


@click.command()
@click.option("--attack", is_flag=True, help="Instead, try to get out of a session in every way we know.")
@click.option("--level", type=click.Choice(["auto", *LEVELS]), help="Level to attack; else the one that is configured.")
@click.option("--all", "with_heavy", is_flag=True, help="With --attack: also what the machine feels for some seconds.")
def doctor(attack: bool, level: str | None, with_heavy: bool) -> None:
    """Check this machine; the exit status is 1 when something must be mended."""
    config = configuration.load()
    if (level or with_heavy) and not attack:
        raise click.UsageError("--level and --all go with --attack")
    if attack:
        raise SystemExit(attack_sessions(config, level or config.isolation, with_heavy=with_heavy))
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
    chosen = levels.choose(config.isolation, folders.FIRST_SESSION_UID if os.geteuid() == 0 else None)
    yield _sessions_user(config, chosen.level)
    yield from _walls(config, chosen)
    stored = Stored(config)
    if stored.lost:
        yield Finding("bad", stored.lost, CURE)
    for agent in registry.all():
        yield _agent(stored.describe(agent), is_ours=agent.is_ours)


def attack_sessions(config: Config, level: str, *, with_heavy: bool) -> bool:
    """Attack a runner of its own, print how each attack ended and keep it in the home; True when one should not work.

    Sessions that run are left alone.
    """
    command = [sys.executable, "-P", "-m", "agterm", "runner"]
    try:
        report = attacks.run(command, environment_of_runner(os.environ), level, with_heavy=with_heavy)
    except (AttackError, AgtermError) as error:
        raise SystemExit(f"agterm doctor: {error}") from None
    for result in report.results:
        mark, color = _OUTCOMES["surprise" if result.is_surprise else result.outcome]
        why = result.known or ("" if result.outcome == "closed" else result.detail)
        click.echo(f"{click.style(mark, fg=color)}  {result.attack.id:6}  {result.attack.name}{why and f': {why}'}")
    counts = ", ".join(f"{len(report.of(outcome))} {outcome}" for outcome in get_args(Outcome))
    click.echo(
        f"Level {report.conditions.level}, network {report.conditions.network}: {counts}; {report.ms / 1000:.1f} s"
    )
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    report.save(config.home)
    return bool(report.surprises)


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
    for name, key in (("signing", home / "secret.key"), ("encryption", home / "encryption.key")):
        if home.stat().st_mode & 0o077 and key.exists() and key.stat().st_mode & 0o077:
            yield Finding("bad", f"The {name} key can be read by others", f"chmod 600 {key}")


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


def _sessions_user(config: Config, level: Level) -> Finding:
    if os.geteuid() != 0:
        if level != "none":
            return Finding("good", "Sessions run as your own user, behind walls")
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


def _walls(config: Config, chosen: Chosen) -> Iterator[Finding]:
    """The level that sessions get, why no better one, and whether anybody has tried to get out."""
    if any(refused.level == chosen.wanted for refused in chosen.refused):
        text = f"No session starts: AGTERM_ISOLATION is {chosen.wanted}, and this machine does not give it"
        yield Finding("bad", text, "Mend what is said below, or set another level.")
    elif chosen.level == "namespaces":
        yield Finding("good", "Sessions are isolated at level namespaces")
    else:
        cure = "What a better one lacks is said below." if chosen.refused else "AGTERM_ISOLATION asks for no more."
        yield Finding("note", f"Sessions are isolated at level {chosen.level}: see docs/security.md", cure)
    for refused in chosen.refused:
        yield Finding("note", f"Level {refused.level} does not start here: {refused.why}", f"{refused.fix}.")
    tried = levels.last_attack_run(config.home, chosen.level)
    if tried is None:
        yield Finding("note", "Nobody has tried to get out of a session here", "Run: agterm doctor --attack")
    else:
        text = f"Of {tried['attacks']} attacks on a session {tried['open']} got out, {tried['unverified']} untried"
        yield Finding("good", f"{text} ({tried['at']})")


def _agent(facts: dict[str, Any], *, is_ours: bool) -> Finding:
    name = str(facts["name"])
    if facts["available"]:
        return Finding("good", f"{name} {facts['version'] or ''}".strip() + f" at {facts['cliPath']}")
    if not facts["enabled"]:
        return Finding("note", f"{name} is disabled", "AGTERM_DISABLED_AGENTS names it.")
    if not facts["cliExists"] and is_ours:
        return Finding("bad", f"{name} can't run in a session", str(facts["installHint"]))
    if not facts["cliExists"]:
        return Finding("note", f"{name} is not installed", str(facts["installHint"]))
    if facts["users"]:
        return Finding("good", f"{name} {facts['version'] or ''}".strip() + f", for {named(facts['users'])}")
    login = " or log in" if facts["canLogIn"] else ""
    cure = f"Set {wanted(facts)} for the server, or store a key{login} on the page."
    return Finding("note", f"{name} has no credentials", cure)
