"""Who asks at the door: the session that the relay vouches for, and whether the key shown is that session's."""

import asyncio
import hmac
import logging
import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from django.db import Error as DatabaseError
from django.db import connection

from core.errors import AgtermError
from gateway.headers import Headers, keys_in
from gateway.refusals import Refusal
from runner.addresses import socket_path
from sessions import keys

SESSION, PROOF = b"x-agterm-session", b"x-agterm-relay"
RELAY_KEY_BYTES = 32
PROOF_COUNTS_S, MOST_DIGITS = 60, 12

Holder = tuple[uuid.UUID, int]  # of a key: the session, and which of its starts

log = logging.getLogger("agterm.gateway")


def vouched_for(headers: Headers, runner: str) -> uuid.UUID:
    """The session whose door the request came through; only the relay, which has the key, can say so.

    The relay holds each session's listener, so nothing that runs in one can pass for another, whatever keys it found.
    Its proof counts for a minute only, should one ever be seen by somebody else.
    """
    named = [value for name, value in headers if name == SESSION]
    proofs = [value for name, value in headers if name == PROOF]
    secret = _relay_key(runner)
    if secret is None or len(named) != 1 or len(proofs) != 1:
        raise Refusal(403, "this door is for sessions only")
    if not _proves(proofs[0], secret, named[0]):
        raise Refusal(403, "this door is for sessions only")
    try:
        return uuid.UUID(named[0].decode("latin-1"))
    except ValueError:
        raise Refusal(403, "this door is for sessions only") from None


def _proves(proof: bytes, secret: bytes, session: bytes) -> bool:
    """`<unix seconds>.<HMAC of "<session>.<unix seconds>">`."""
    at, _, shown = proof.partition(b".")
    if not at.isdigit() or len(at) > MOST_DIGITS or abs(time.time() - int(at)) > PROOF_COUNTS_S:
        return False
    return hmac.compare_digest(hmac.new(secret, session + b"." + at, "sha256").hexdigest().encode(), shown)


def _relay_key(runner: str) -> bytes | None:
    """The secret beside that runner's socket, read when it has changed: one that is started anew may make another."""
    path = _key_file(runner)
    try:
        found = os.stat(path)
    except OSError:
        return None
    return _read_key(path, found.st_ino, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _key_file(runner: str) -> str:
    return str(socket_path(runner).with_name("relay.key"))


@lru_cache(maxsize=8)
def _read_key(path: str, *_edition: int) -> bytes | None:
    try:
        secret = bytes.fromhex(Path(path).read_text().strip())
    except (OSError, ValueError):
        return None
    return secret if len(secret) == RELAY_KEY_BYTES else None


def key_of(headers: Headers, query: bytes) -> tuple[uuid.UUID, int]:
    """Session and start that the request's key is for; raises `Refusal` when it shows none of ours."""
    for shown in keys_in(headers, query):
        if (read := keys.read(shown)) is not None:
            return read
    raise Refusal(401, "the key is none that this server gave to a session")


class Standing:
    """Whether keys count, as the database says each time; those asked for at the same time are looked up together."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="standing")  # with a connection that it keeps
        self._asked: dict[Holder, asyncio.Future[int | Refusal]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def check(self, session_id: uuid.UUID, serial: int) -> int:
        """The session's owner. Raises `Refusal` for a key that counts no more."""
        holder = (session_id, serial)
        if holder not in self._asked:
            self._asked[holder] = asyncio.get_running_loop().create_future()
        answer = self._asked[holder]
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        found = await asyncio.shield(answer)
        if isinstance(found, Refusal):
            raise Refusal(found.status, found.message, retry_after_s=found.retry_after_s)
        return found

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while self._asked:
            asked, self._asked = self._asked, {}
            found = await loop.run_in_executor(self._thread, _looked_up, list(asked))
            for holder, answer in asked.items():
                if not answer.done():
                    answer.set_result(found[holder])


def _looked_up(holders: list[Holder]) -> dict[Holder, int | Refusal]:
    for is_last in (False, True):
        try:
            found = keys.owners(holders)
        except DatabaseError as error:
            connection.close()  # it may have been ended from there while nobody asked
            if is_last:
                log.error("keys can't be looked up: %s", error)
        else:
            return {holder: _said(answer) for holder, answer in found.items()}
    return dict.fromkeys(holders, Refusal(503, "keys can't be looked up at present", retry_after_s=5))


def _said(answer: int | AgtermError) -> int | Refusal:
    return Refusal(answer.status, answer.message) if isinstance(answer, AgtermError) else answer
