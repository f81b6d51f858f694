"""The runner's hold on the egress process: starts it, tells it of the sessions, and starts another when it dies."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import runner
from core.errors import HostUnavailable
from runner.egress.delivery import DOOR_PORT, PROXY_PORT, Delivery
from runner.egress.destinations import Private
from runner.egress.server import KEY_NAME, MAX_LINE_BYTES, SOCKET_NAME

COMMAND = [sys.executable, "-P", "-s", "-m", "runner.egress"]
ENVIRONMENT = {
    "PYTHONPATH": str(Path(runner.__file__).parents[1]),
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}
KEY_BYTES, TOKEN_BYTES = 32, 16
START_LIMIT_S = 30.0
RETRY_FIRST_S, RETRY_MAX_S = 0.05, 5.0
REAP_INTERVAL_S, END_LIMIT_S = 0.01, 2.0
LOOPBACK, BACKLOG = "127.0.0.1", 128

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doorway:
    """Where a session finds its ways out, on 127.0.0.1; a port that is 0 is not there.

    `token` and `address` are for a `Delivery` of the session's supervisor; empty when the listeners are ours.
    """

    door_port: int
    proxy_port: int
    token: str = ""
    address: str = ""


@dataclass(eq=False)
class _Session:
    rules: dict[str, Any]
    own: Delivery | None = None  # of listeners on the machine's own loopback


class Egress:
    """Owns the egress process. Lives on one event loop; `start` first.

    `run`: the folder for its socket and the key of the door; `logs`: for what was reached.
    `private`: what else than public addresses may be reached.
    Raises `ValueError` when that cannot be read.
    """

    def __init__(self, *, run: Path, logs: Path, private: Sequence[str]) -> None:
        Private.parse(private)
        self._run, self._logs, self._private = run, logs, list(private)
        self._sessions: dict[str, _Session] = {}
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._up = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process at present, for those who watch it."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the process and wait until it serves. Raises `HostUnavailable`."""
        make_relay_key(self._run)
        self._keeper = asyncio.create_task(self._keep(), name="egress")
        await self._wait_until_up()

    async def open(self, session_id: str, network: str, allow: Sequence[str], *, delivered: bool) -> Doorway:
        """Let a session out as its network policy says; one that is open already gets the new rules.

        `allow`: hosts to which its proxy is narrowed, () for any public one. `delivered`: its supervisor will hand over
        listeners of the session's own network; otherwise they are made here, at ports that the kernel chooses.
        Raises `HostUnavailable` when the egress process cannot be started.
        """
        self._let_go(session_id)
        if network == "none":
            await self._forget(session_id)
            return Doorway(0, 0)
        token = secrets.token_hex(TOKEN_BYTES)
        rules = {"session": session_id, "token": token, "network": network, "allow": list(allow)}
        session = self._sessions[session_id] = _Session(rules)
        try:
            await self._tell("open", **rules)
            address = str(self._run / SOCKET_NAME)
            if delivered:
                return Doorway(DOOR_PORT, PROXY_PORT if network == "proxy" else 0, token, address)
            listeners = _listeners(network)
            session.own = Delivery(address, token, listeners)
            session.own.connect()
            ports = {name: each.getsockname()[1] for name, each in listeners.items()}
            return Doorway(ports["door"], ports.get("proxy", 0))
        except BaseException:
            self._let_go(session_id)
            raise

    async def close(self, session_id: str) -> None:
        """End all that the session has open; nothing happens for one that is not known."""
        if session_id in self._sessions:
            self._let_go(session_id)
            await self._forget(session_id)

    async def reached(self, session_id: str) -> list[dict[str, Any]]:
        """Where the session went through the proxy, newest last.

        Each {at, host, port, verdict, reason, sent, received, count}; verdicts: allowed, refused, failed.
        The same again within a minute is counted.
        """
        reached: list[dict[str, Any]] = await self._tell("reached", session_id=session_id)
        return reached

    async def aclose(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        for session_id in tuple(self._sessions):
            self._let_go(session_id)

    def _let_go(self, session_id: str) -> None:
        session = self._sessions.pop(session_id, None)
        if session is not None and session.own is not None:
            session.own.close()

    async def _forget(self, session_id: str) -> None:
        """A process that is gone has forgotten it already, and a new one is not told of it."""
        if self._up.is_set():
            with contextlib.suppress(ConnectionError):
                await self._ask("close", session=session_id)

    # --- the process ---------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        pause_s = RETRY_FIRST_S
        try:
            while True:
                try:
                    await self._serve()
                    pause_s = RETRY_FIRST_S
                except (OSError, TimeoutError, ValueError) as error:
                    logger.error("the egress process did not start: %s", error)
                await self._bury()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, RETRY_MAX_S)
        finally:
            await self._bury()

    async def _serve(self) -> None:
        """Start one and listen to it until it is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _spawn(theirs.fileno())
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE_BYTES)
        told = set(self._sessions)
        sessions = [session.rules for session in self._sessions.values()]
        self._say(0, op="start", run=str(self._run), logs=str(self._logs), private=self._private, sessions=sessions)
        async with asyncio.timeout(START_LIMIT_S):
            if not await reader.readline():
                raise OSError("it died at once")
        self._up.set()
        for session_id in told - self._sessions.keys():  # closed meanwhile
            self._say(0, op="close", session=session_id)
        for session in self._sessions.values():
            if session.own is not None:
                session.own.lost()
                session.own.connect()
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                answer = json.loads(line)
                waiting = self._waiting.pop(answer["id"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer["result"])
        logger.warning("the egress process has died; sessions are offline until the next one is up")

    async def _bury(self) -> None:
        """Whatever became of the process, it is gone after this."""
        self._up.clear()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            if not each.done():
                each.set_exception(ConnectionError("the egress process has died"))
        if self._process is not None:
            patience = asyncio.get_running_loop().time() + END_LIMIT_S  # it has a log to write
            while self._process.poll() is None:
                if asyncio.get_running_loop().time() > patience:
                    self._process.kill()
                await asyncio.sleep(REAP_INTERVAL_S)
            self._process = None

    async def _wait_until_up(self) -> None:
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await self._up.wait()
        except TimeoutError:
            raise HostUnavailable("The egress process, which lets sessions out, can't be started") from None

    async def _tell(self, op: str, **params: Any) -> Any:
        """The answer, of another process if the present one dies over it."""
        while True:
            await self._wait_until_up()
            with contextlib.suppress(ConnectionError):
                return await self._ask(op, **params)

    async def _ask(self, op: str, **params: Any) -> Any:
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._say(number, op=op, **params)
        return await answer

    def _say(self, number: int, **message: Any) -> None:
        assert self._writer is not None
        self._writer.write(json.dumps({"id": number, **message}).encode() + b"\n")


def make_relay_key(run: Path) -> bytes:
    """The key that proves a session's name to the web side; made when there is none yet, or no whole one."""
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = run / KEY_NAME
    with contextlib.suppress(FileNotFoundError, ValueError):
        key = bytes.fromhex(path.read_text())
        if len(key) == KEY_BYTES:
            return key
    fresh = run / f"{KEY_NAME}.new"
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_hex(KEY_BYTES))
    fresh.replace(path)
    return bytes.fromhex(path.read_text())


def _listeners(network: str) -> dict[str, socket.socket]:
    return {
        name: socket.create_server((LOOPBACK, 0), backlog=BACKLOG)
        for name in (("door", "proxy") if network == "proxy" else ("door",))
    }


def _spawn(descriptor: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, str(descriptor)],
        stdin=subprocess.DEVNULL,
        pass_fds=[descriptor],
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl-C at the runner's terminal is for the runner
    )
