"""From a host's name to a connected socket: resolved once, every address judged, and connected to just those."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from weakref import WeakValueDictionary

from runner.egress import destinations
from runner.egress.destinations import Address, Private, Refused

CONNECT_LIMIT_S, TOTAL_LIMIT_S = 10.0, 15.0
RESOLVER_THREADS = 32
QUESTIONS_PER_SESSION = 8  # one session's slow names are not to keep the others waiting


class Unreachable(Exception):
    """There is no such host, or nobody answers there; the text says which."""


class Connector:
    """Resolves and connects for all sessions. `is_own`: what tells this machine's own addresses."""

    def __init__(self, private: Private, is_own: Callable[[Address], bool] = destinations.is_own_address) -> None:
        self._private, self._is_own = private, is_own
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")
        self._questions: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()  # lives while one is asked

    async def connect(self, session_id: str, host: str, port: int, allow: Sequence[str]) -> socket.socket:
        """Raises `Refused` or `Unreachable`."""
        destinations.check_name(host, port, allow, self._private)
        try:
            async with asyncio.timeout(TOTAL_LIMIT_S):
                found = await self._resolve(session_id, host, port)
                return await self._first_of(self._allowed(host, port, found), host, port)
        except TimeoutError:
            raise Unreachable(f"{host}:{port} did not answer within {TOTAL_LIMIT_S:g} seconds.") from None

    async def _resolve(self, session_id: str, host: str, port: int) -> list[Address]:
        """A thread can't be stopped: the session's place is taken until it ends, also when nobody waits any more."""
        loop = asyncio.get_running_loop()
        places = self._questions.get(session_id)
        if places is None:
            places = self._questions[session_id] = asyncio.Semaphore(QUESTIONS_PER_SESSION)
        await places.acquire()
        asked = self._threads.submit(resolve, host, port)
        asked.add_done_callback(partial(_leave, loop, places))
        try:
            return await asyncio.wrap_future(asked)
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise Unreachable(f"{host} can't be resolved: {reason}.") from None

    def _allowed(self, host: str, port: int, found: Sequence[Address]) -> list[Address]:
        allowed: list[Address] = []
        refusal: Refused | None = None
        for address in found:
            try:
                destinations.check_address(host, address, port, self._private, self._is_own)
                allowed.append(address)
            except Refused as error:
                refusal = refusal or error
        if not allowed:
            raise refusal or Unreachable(f"{host} has no address.")
        return allowed

    async def _first_of(self, addresses: Sequence[Address], host: str, port: int) -> socket.socket:
        problem = "no answer"
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    return await _connected(address, port)
            except TimeoutError:
                problem = f"no answer within {CONNECT_LIMIT_S:g} seconds"
            except OSError as error:
                problem = os.strerror(error.errno) if error.errno else str(error)
        raise Unreachable(f"{host}:{port} can't be reached: {problem}.")


def _leave(loop: asyncio.AbstractEventLoop, places: asyncio.Semaphore, _asked: "Future[list[Address]]") -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended before the thread
        loop.call_soon_threadsafe(places.release)


def resolve(host: str, port: int) -> list[Address]:
    """Each address once, in the resolver's order. Blocks."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers))


async def _connected(address: Address, port: int) -> socket.socket:
    connection = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connection, (str(address), port))
    except BaseException:
        connection.close()
        raise
    return connection
