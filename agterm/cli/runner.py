"""`agterm runner`: run the engine in the foreground; `stop` ends it and every session, `status` says what runs."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click
import uvloop

from agterm import config as configuration
from agterm.config import Config
from agterm.version import VERSION
from core.errors import AgtermError, HostUnavailable
from runner import client
from runner.addresses import socket_path
from runner.options import RunnerOptions
from runner.server import Server, is_claimed

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 60.0


@click.group(invoke_without_command=True)
@click.pass_context
def runner(context: click.Context) -> None:
    """Run the process that owns the terminals, in the foreground."""
    if context.invoked_subcommand is None:
        run(configuration.load())


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
    for info in terminals:
        click.echo(f"  {info['id']}  {info['status']:8}  pid {info['pid'] or '-'}  {info['workspace']}")


def run(config: Config) -> None:
    """Serve terminals until told to stop."""
    logging.basicConfig(level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    server = Server(options(config))

    def ready() -> None:
        click.echo(f"Runner ready at {config.runner_address}")

    try:
        uvloop.run(server.run(ready))
    except AgtermError as error:
        raise SystemExit(f"agterm runner: {error.message}") from None


def options(config: Config) -> RunnerOptions:
    """The runner's share of the configuration."""
    roots = config.allowed_roots or (() if os.geteuid() == 0 else (str(Path.home()),))
    return RunnerOptions(
        home=config.home,
        socket_path=socket_path(config.runner_address),
        version=VERSION,
        journal_bytes=config.journal_bytes,
        scrollback_lines=config.scrollback_lines,
        stop_grace_s=config.stop_grace_ms / 1000,
        allowed_roots=tuple(Path(root).expanduser().resolve() for root in roots),
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
            [sys.executable, "-P", "-m", "agterm", "runner"],
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
