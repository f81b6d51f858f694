"""`agterm runner`: run the engine in the foreground; `stop` ends it and every session, `status` says what runs."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

import click
import uvloop

from agterm import config as configuration
from agterm.config import Config
from agterm.version import VERSION
from core.errors import AgtermError, HostUnavailable
from core.memory import keep_buffers
from runner import client
from runner.addresses import socket_path
from runner.options import RunnerOptions
from runner.server import Server, is_claimed

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 60.0
MAX_LOG_BYTES = 4 * 1024 * 1024


@click.group(invoke_without_command=True)
@click.option("--log", type=click.Path(path_type=Path), help="Log to this file, which is kept small.")
@click.pass_context
def runner(context: click.Context, log: Path | None) -> None:
    """Run the process that owns the terminals, in the foreground."""
    if context.invoked_subcommand is None:
        run(configuration.load(), log)


@runner.command()
def stop() -> None:
    """End every session of this machine, then the runner."""
    address = configuration.load().runner_address
    try:
        count = stop_runner(address)
    except HostUnavailable:
        raise SystemExit("No runner is running.") from None
    click.echo(f"Ended {count} session(s) and the runner.")


@runner.command()
def status() -> None:
    """Say whether a runner is running, and its sessions."""
    address = configuration.load().runner_address
    try:
        hello, terminals = client.hello(address), client.call(address, "list")
    except HostUnavailable:
        raise SystemExit(f"No runner is running at {address}.") from None
    click.echo(f"Runner {hello['version']}, pid {hello['pid']}, {len(terminals)} session(s)")
    click.echo(walls(address))
    for info in terminals:
        click.echo(f"  {info['id']}  {info['status']:8}  pid {info['pid'] or '-'}  {info['workspace']}")


def run(config: Config, log: Path | None = None) -> None:
    """Serve terminals until told to stop. The home is made here as `serve` makes it: closed to other users."""
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_log(log, config.log_level)
    keep_buffers()
    server = Server(options(config))

    def ready() -> None:
        click.echo(f"Runner ready at {config.runner_address}")

    try:
        uvloop.run(server.run(ready))
    except AgtermError as error:
        raise SystemExit(f"agterm runner: {error.message}") from None


def keep_log(path: Path | None, level: str) -> None:
    """Log to `path`, of which one older part is kept, or to the terminal."""
    handler: logging.Handler = logging.StreamHandler()
    if path is not None:
        handler = RotatingFileHandler(path, maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8")
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level.upper(), format=form, handlers=[handler])


def options(config: Config) -> RunnerOptions:
    """The runner's share of the configuration."""
    return RunnerOptions(
        home=config.home,
        socket_path=socket_path(config.runner_address),
        version=VERSION,
        journal_bytes=config.journal_bytes,
        scrollback_lines=config.scrollback_lines,
        stop_grace_s=config.stop_grace_ms / 1000,
        idle_s=config.idle_minutes * 60,
        allowed_roots=config.roots,
        isolation=config.isolation,
        network=config.network,
        network_allow=config.network_allow,
        network_private=config.network_private,
        session_memory_bytes=config.session_memory_mb * 1024 * 1024,
        session_processes=config.session_processes,
        sandbox_readable=tuple(Path(folder).expanduser() for folder in config.sandbox_readable),
        file_roots=config.file_roots,
        search=config.search,
        search_max_bytes=config.search_max_mb * 1024 * 1024,
    )


def ensure_runner(config: Config) -> bool:
    """Start a runner in the background unless one answers; True when one was started.

    It is a process group of its own, so it outlives the server, its terminal and its Ctrl-C.
    """
    if is_running(config.runner_address):
        return False
    log_path = config.home / "runner.log"
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "agterm", "runner", "--log", str(log_path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=environment_of_runner(os.environ),
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if is_running(config.runner_address):
            return True
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise SystemExit(f"agterm: the runner did not start; {log_path} says why")


def environment_of_runner(ours: Mapping[str, str]) -> dict[str, str]:
    """What the runner needs of our environment; no key of a provider, no key of ours, nothing else at all."""
    secret = {f"{configuration.PREFIX}{name.upper()}{end}" for name in configuration.SECRETS for end in ("", "_FILE")}
    wanted = ("PATH", "HOME", "LANG", "TZ", "PYTHONPATH")
    return {
        name: value
        for name, value in ours.items()
        if name in wanted or (name.startswith(configuration.PREFIX) and name not in secret)
    }


def is_running(address: str) -> bool:
    try:
        client.hello(address)
    except HostUnavailable:
        return False
    return True


def walls(address: str) -> str:
    """How well that runner's sessions are walled in, as a line; when there is a better level, what keeps it from us."""
    try:
        report = client.call(address, "isolation")
    except AgtermError as error:
        return f"Isolation: not known ({error.message})"
    refused = report["refused_levels"]
    is_broken = any(each["level"] == report["wanted"] for each in refused)
    said = "Isolation: " + ("no session starts" if is_broken else report["level"])
    if not refused:
        return said
    return f"{said}; {refused[0]['level']} does not start here: {refused[0]['why']}. To mend it: {refused[0]['fix']}."


def stop_runner(address: str) -> int:
    """End every session and the runner; returns how many sessions there were. Raises `HostUnavailable`."""
    count: int = sum(info["status"] != "exited" for info in client.call(address, "list"))
    client.call(address, "shutdown")
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while is_claimed(socket_path(address)):
        if time.monotonic() > deadline:
            raise SystemExit("agterm: the runner did not stop")
        time.sleep(0.05)
    return count
