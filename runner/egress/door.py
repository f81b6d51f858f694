"""The door of a session: its requests for providers and tools, sent on to the web side with the session's name."""

import asyncio
import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote_to_bytes

from runner.addresses import connect_async
from runner.egress import heads
from runner.egress.flow import Opened, Problem
from runner.egress.heads import Head

CONNECT_LIMIT_S = 10.0
IDLE_S = 900.0  # a model may think for long before its first word
RETRY_AFTER_S = 2
PATHS = re.compile(rb"/(llm/.*|mcp(/.*)?)", re.DOTALL)
ABOUT_THE_CALLER = re.compile(rb"x-agterm-.*|x-forwarded-.*|forwarded|x-real-ip|host", re.DOTALL)
_CODES = {404: "NOT_FOUND", 500: "INTERNAL_ERROR", 503: "HOST_UNAVAILABLE"}


class DoorWay:
    """One session's way to the web server, whose address stands in the file `address`, read for each connection.

    `unix:/path`, which `agterm serve` writes, can be taken by nobody else; `host:port` is for one set up otherwise.
    """

    def __init__(self, session_id: str, key: bytes, address: Path, now: Callable[[], float] = time.time) -> None:
        self._session_id, self._key, self._address, self._now = session_id.encode(), key, address, now

    async def open(self, head: Head) -> Opened:
        if not is_relayed(head.target):
            raise Problem(404, "Only /llm/ and /mcp are behind this door.")
        body = head.body()
        host, connection = await _connected(self._web())
        fields = [(b"Host", host), *_passed_on(head), *self._marks(), (b"Connection", b"close")]
        first = heads.encode(head.method, head.target, head.version, fields=fields)
        return Opened(connection, first, b"", body, idle_s=IDLE_S, half_close=False, ended=lambda sent, received: None)

    def render(self, problem: Problem) -> bytes:
        error = {"code": _CODES.get(problem.status, "INVALID_REQUEST"), "message": problem.text}
        body = json.dumps({"error": error}).encode()
        fields = [(b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(body))]
        if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
            fields.append((b"Retry-After", b"%d" % RETRY_AFTER_S))
        fields.append((b"Connection", b"close"))
        phrase = HTTPStatus(problem.status).phrase.encode()
        return heads.encode(b"HTTP/1.1", b"%d" % problem.status, phrase, fields=fields) + body

    def _marks(self) -> list[tuple[bytes, bytes]]:
        """Whose request this is, and a proof of it that counts for a minute."""
        at = b"%d" % self._now()
        proof = hmac.new(self._key, self._session_id + b"." + at, hashlib.sha256).hexdigest().encode()
        return [(b"X-AGTerm-Session", self._session_id), (b"X-AGTerm-Relay", at + b"." + proof)]

    def _web(self) -> str:
        try:
            return self._address.read_text().strip()
        except (OSError, ValueError):
            raise _unknown() from None


def is_relayed(target: bytes) -> bool:
    """Whether the path is one of ours however a server may read it: no dots, no empty segments, no backslashes."""
    path = target.split(b"?", 1)[0]
    plain = unquote_to_bytes(path)
    if any(mark in plain for mark in (b"\\", b"%", b"?", b"#", b"\0")) or b"#" in target:
        return False
    segments = plain.split(b"/")[1:]
    odd = b"" in segments[:-1] or b"." in segments or b".." in segments
    return not odd and all(PATHS.fullmatch(each) for each in (path, plain))


def _passed_on(head: Head) -> list[tuple[bytes, bytes]]:
    """What the session may say of its request; who it is, it may not. Some servers take an underscore for a hyphen."""
    return [
        (name, value)
        for name, value in head.end_to_end()
        if not ABOUT_THE_CALLER.fullmatch(name.lower().replace(b"_", b"-"))
    ]


async def _connected(address: str) -> tuple[bytes, socket.socket]:
    """What the server is called in a request, and a connection to it."""
    if address.startswith("unix:/"):
        try:
            return b"agterm", await connect_async(address, CONNECT_LIMIT_S)
        except OSError:
            raise _silent() from None
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise _unknown()
    return address.encode(), await _connected_to_port(host, int(port))


async def _connected_to_port(host: str, port: int) -> socket.socket:
    connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(CONNECT_LIMIT_S):
            await asyncio.get_running_loop().sock_connect(connection, (host.strip("[]"), port))
    except OSError:  # which a timeout is too
        connection.close()
        raise _silent() from None
    except BaseException:
        connection.close()
        raise
    return connection


def _unknown() -> Problem:
    return Problem(503, "The web server has not said yet where it is; try again soon.")


def _silent() -> Problem:
    return Problem(503, "The web server does not answer at present; try again soon.")
