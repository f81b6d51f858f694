"""`agterm serve`: everything in one command: database, runner, web server, log-in link."""

import ctypes
import logging
import os
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import click

from agterm.cli import django
from agterm.cli.runner import ensure_runner, is_running, stop_runner
from agterm.config import Config
from core.errors import AgtermError

log = logging.getLogger("agterm.serve")

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
MAX_SOCKET_FRAME_BYTES = 4 * 1024 * 1024  # over the protocol's 1 MiB, so that larger frames get an error, not a cut


@click.command()
@click.option("--stop-sessions", is_flag=True, help="End every session and the runner when the server stops.")
def serve(stop_sessions: bool) -> None:
    """Start AGTerm. Sessions stay alive when the server stops; `agterm runner stop` ends them."""
    config = django.setup()
    listener = listen(config)
    django.migrate()
    started = ensure_runner(config) if not config.runner else not is_running(config.runner_address)
    announce(config, listener, started)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)  # uvicorn handles them while it runs, then raises them again
    threading.Thread(target=_keep_agreeing, args=(config,), daemon=True, name="reconcile").start()
    keep_buffers()
    try:
        _SERVERS[config.server](config, listener)
    finally:
        if stop_sessions:
            click.echo(f"Ended {stop_runner(config.runner_address)} session(s) and the runner.")
        else:
            click.echo(f"The server has stopped; sessions go on. `{own_command()} runner stop` ends them.")


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def listen(config: Config) -> socket.socket:
    """The listening socket; a taken port or a foreign address is one clear message."""
    family = socket.AF_INET6 if ":" in config.bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.bind, config.port))
        listener.listen(2048)
    except OSError as error:
        hint = "Stop what uses it, or choose another with AGTERM_PORT (0: any free one)."
        raise SystemExit(f"agterm: can't listen on {config.bind}:{config.port}: {error.strerror}. {hint}") from None
    return listener


def announce(config: Config, listener: socket.socket, runner_started: bool) -> None:
    """Print the address and a log-in link; the first start makes the user."""
    from accounts import services

    user = services.ensure_first_user(config)
    host, port = listener.getsockname()[:2]
    base = config.public_url.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"Runner: {'started' if runner_started else 'found, its sessions are alive'}")
    click.echo(f"AGTerm: {base}")
    click.echo(f"Log in as {user.username} (once, within 5 minutes): {base}/login/{services.create_login_link(user)}")
    click.echo(f"Another link: {own_command()} token")


def keep_buffers() -> None:
    """Let freed memory up to 16 MiB stay with the process, where the C library can be told so.

    A flood's frames become texts of a megabyte; by default each comes from the kernel and goes back to it, page by
    page, which took as long as all the rest of the JSON mode.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024)
        mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024)


def own_command() -> str:
    """What to type for this very `agterm`: its name when it is on PATH, else its path."""
    installed = Path(sys.prefix) / "bin" / "agterm"
    if shutil.which("agterm") == str(installed) or not installed.exists():
        return "agterm"
    return str(installed.relative_to(Path.cwd()) if installed.is_relative_to(Path.cwd()) else installed)


def _keep_agreeing(config: Config) -> None:
    """Compare rows with the runner every few seconds, and start a runner that is gone."""
    from django.db import connection

    from sessions import services

    while True:
        try:
            if not config.runner:
                ensure_runner(config)
            services.reconcile()
        except (AgtermError, SystemExit) as error:
            log.warning("%s", error)
        except Exception:
            log.exception("comparing sessions with the runner failed")
        connection.close()
        time.sleep(config.reconcile_seconds)


def _run_uvicorn(config: Config, listener: socket.socket) -> None:
    import uvicorn

    settings = uvicorn.Config(
        "agterm.asgi:application",
        loop="uvloop",
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=MAX_SOCKET_FRAME_BYTES,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(settings).run(sockets=[listener])


def _run_daphne(config: Config, listener: socket.socket) -> None:
    from agterm.asgi import application
    from agterm.cli.daphne_server import PacedServer

    listener.set_inheritable(True)
    PacedServer(
        application=application,
        endpoints=[f"fd:fileno={os.dup(listener.fileno())}"],
        signal_handlers=True,
        websocket_timeout=-1,
        websocket_max_message_size=MAX_SOCKET_FRAME_BYTES,
        websocket_max_frame_size=MAX_SOCKET_FRAME_BYTES,
        verbosity=0,
    ).run()


_SERVERS = {"uvicorn": _run_uvicorn, "daphne": _run_daphne}
