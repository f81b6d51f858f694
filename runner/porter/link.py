"""The runner's hold on the porter process: starts it, hands connections over, and starts another when it dies."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import runner
from core.errors import HostUnavailable
from runner.porter.placing import Hidden, hidden_now

COMMAND = [sys.executable, "-P", "-s", "-m", "runner.porter"]
ENVIRONMENT = {
    "PYTHONPATH": str(Path(runner.__file__).parents[1]),
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MALLOC_ARENA_MAX": "2",  # else each thread keeps memory of its own
}
START_LIMIT_S = 30.0
RETRY_FIRST_S, RETRY_MAX_S = 0.05, 5.0
REAP_INTERVAL_S, END_LIMIT_S = 0.01, 2.0

logger = logging.getLogger(__name__)


class Porter:
    """Owns the porter process. Lives on one event loop; `start` first. `hidden`: our own folders, see `placing`."""

    def __init__(self, hidden: Sequence[Path]) -> None:
        self.hidden: list[Hidden] = []
        self._hidden_paths = hidden
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._up = asyncio.Event()
        self._turn = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process at present, for those who watch it."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Know our own folders. The process is started for whoever is the first to need it."""
        self.hidden = hidden_now(self._hidden_paths)

    async def carry(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Hand these over, the caller's connection first; the porter's are duplicates. Raises `HostUnavailable`."""
        line = json.dumps(request | {"descriptors": len(descriptors)}).encode() + b"\n"
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="porter")
        await self._wait_until_up()
        async with self._turn:
            if (link := self._link) is None:
                raise HostUnavailable("The porter has just died; try again")
            try:
                sent = await _send(link, line, descriptors)
                if sent < len(line):
                    await asyncio.get_running_loop().sock_sendall(link, line[sent:])
            except OSError:
                raise HostUnavailable("The porter has just died; try again") from None

    async def aclose(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    # --- the process ---------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        pause_s = RETRY_FIRST_S
        try:
            while True:
                try:
                    await self._serve()
                    pause_s = RETRY_FIRST_S
                except (OSError, TimeoutError) as error:
                    logger.error("the porter did not start: %s", error)
                await self._bury()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, RETRY_MAX_S)
        finally:
            await self._bury()

    async def _serve(self) -> None:
        """Start one and wait until it is gone. All that it ever says is that it is there."""
        loop = asyncio.get_running_loop()
        self._link, theirs = socket.socketpair()
        self._link.setblocking(False)
        with theirs:
            self._process = _spawn(theirs.fileno())
        async with asyncio.timeout(START_LIMIT_S):
            if not await loop.sock_recv(self._link, 1):
                raise OSError("it died at once")
        self._up.set()
        try:
            await loop.sock_recv(self._link, 1)
        except ConnectionError:
            pass
        logger.warning("the porter has died; what it carried is broken off, another one is started")

    async def _bury(self) -> None:
        """Whatever became of the process, it is gone after this."""
        self._up.clear()
        if (link := self._link) is not None:
            self._link = None
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)  # who waits until it takes more learns that it never will
            async with self._turn:
                link.close()
        if self._process is not None:
            patience = asyncio.get_running_loop().time() + END_LIMIT_S
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
            raise HostUnavailable("The porter, which carries files, can't be started") from None


async def _send(link: socket.socket, line: bytes, descriptors: Sequence[int]) -> int:
    """How much of the line went, with the descriptors."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return socket.send_fds(link, [line], list(descriptors))
        except BlockingIOError:
            free = asyncio.Event()
            loop.add_writer(link.fileno(), free.set)
            try:
                await free.wait()
            finally:
                loop.remove_writer(link.fileno())


def _spawn(descriptor: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, str(descriptor)],
        stdin=subprocess.DEVNULL,
        pass_fds=[descriptor],
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl-C at the runner's terminal is for the runner
    )
