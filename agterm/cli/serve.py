"""`agterm serve`: everything in one command: database, runner, web server, log-in link."""

import logging
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from agterm.cli import django, stored
from agterm.cli.runner import ensure_runner, is_running, stop_runner, walls
from agterm.config import Config
from core.errors import AgtermError
from core.memory import keep_buffers
from runner.addresses import short_name, socket_path

log = logging.getLogger("agterm.serve")

MAX_SOCKET_FRAME_BYTES = 4 * 1024 * 1024  # over the protocol's 1 MiB, so that larger frames get an error, not a cut


@click.command()
@click.option("--stop-sessions", is_flag=True, help="End every session and the runner when the server stops.")
def serve(stop_sessions: bool) -> None:
    """Start AGTerm. Sessions stay alive when the server stops; `agterm runner stop` ends them."""
    config = django.setup()
    listener = listen(config)
    side_door = listen_for_the_relay(config)
    django.migrate()
    if said := stored.lost():
        click.echo(f"{said}. {stored.CURE}", err=True)
    started = ensure_runner(config) if not config.runner else not is_running(config.runner_address)
    announce(config, listener, started)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)  # uvicorn handles them while it runs, then raises them again
    _keep_agreeing(config)
    keep_buffers()
    _open_many_files()
    try:
        _SERVERS[config.server](config, listener, side_door)
    finally:
        if stop_sessions:
            click.echo(f"Ended {stop_runner(config.runner_address)} session(s) and the runner.")
        else:
            click.echo(f"The server has stopped; sessions go on. `{own_command()} runner stop` ends them.")


def _open_many_files() -> None:
    """As many as may be: at the door each session may hold some hundred connections."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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


def listen_for_the_relay(config: Config) -> socket.socket:
    """Listen at a Unix socket beside the runner's, and say in the file `door` that this is where sessions' requests go.

    The port would not do: while this server is down, some session may listen there in its place.
    """
    path = socket_path(config.runner_address).with_name("web.sock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with short_name(fresh) as name:
        listener.bind(name)
    fresh.chmod(0o600)  # until it listens, nobody can connect
    listener.listen(2048)
    fresh.replace(path)
    fresh.write_text(f"unix:{path}")
    fresh.replace(path.with_name("door"))
    return listener


def announce(config: Config, listener: socket.socket, runner_started: bool) -> None:
    """Print the address and a log-in link; the first start makes the user."""
    from accounts import services

    user = services.ensure_first_user(config)
    host, port = listener.getsockname()[:2]
    base = config.public_url.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"Runner: {'started' if runner_started else 'found, its sessions are alive'}")
    click.echo(walls(config.runner_address))
    click.echo(f"AGTerm: {base}")
    click.echo(f"Log in as {user.username} (once, within 5 minutes): {base}/login/{services.create_login_link(user)}")
    click.echo(f"Another link: {own_command()} token")


def own_command() -> str:
    """What to type for this very `agterm`: its name when it is on PATH, else its path."""
    installed = Path(sys.prefix) / "bin" / "agterm"
    if shutil.which("agterm") == str(installed) or not installed.exists():
        return "agterm"
    return str(installed.relative_to(Path.cwd()) if installed.is_relative_to(Path.cwd()) else installed)


def _keep_agreeing(config: Config) -> None:
    """Every few seconds: rows agree with the runner, lost calls are settled, what is old forgotten, transcripts read.

    Transcripts have a thread of their own: how long they take is up to whoever writes them.
    """
    from costs.recovery import Watch
    from recordings import retention
    from search import services as search
    from sessions import money, services
    from transcripts import services as transcripts

    calls = Watch()

    def agree() -> None:
        if not config.runner:
            ensure_runner(config)
        services.reconcile()

    def settle() -> None:
        for settled in calls.look():
            money.settled(settled)

    agreeing = {
        "comparing sessions with the runner": agree,
        "looking for calls that were lost": settle,
        "keeping recordings": retention.sweep,
        "keeping the search index": search.sweep,
    }
    for name, works in (("reconcile", agreeing), ("transcripts", {"reading transcripts": transcripts.read_all})):
        threading.Thread(target=_again, args=(works, config.reconcile_seconds), daemon=True, name=name).start()


def _again(works: Mapping[str, Callable[[], None]], pause_s: float) -> None:
    from django.db import connection

    while True:
        for what, work in works.items():
            try:
                work()
            except (AgtermError, SystemExit) as error:
                log.warning("%s: %s", what, error)
            except Exception:
                log.exception("%s failed", what)
        connection.close()
        time.sleep(pause_s)


def _run_uvicorn(config: Config, listener: socket.socket, side_door: socket.socket) -> None:
    import uvicorn

    from agterm.asgi import application
    from gateway.entrance import Entrance
    from terminals import event_views

    class Stopping(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            event_views.end_all()
            await super().shutdown(sockets)

    settings = uvicorn.Config(
        Entrance(application),
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
    Stopping(settings).run(sockets=[listener, side_door])


def _run_daphne(config: Config, listener: socket.socket, side_door: socket.socket) -> None:
    from agterm.asgi import application
    from agterm.cli.daphne_server import PacedServer
    from gateway.entrance import Entrance

    listener.set_inheritable(True)
    PacedServer(
        side_door=side_door,
        application=Entrance(application),
        endpoints=[f"fd:fileno={os.dup(listener.fileno())}"],
        signal_handlers=True,
        websocket_timeout=-1,
        websocket_max_message_size=MAX_SOCKET_FRAME_BYTES,
        websocket_max_frame_size=MAX_SOCKET_FRAME_BYTES,
        verbosity=0,
    ).run()


_SERVERS = {"uvicorn": _run_uvicorn, "daphne": _run_daphne}
