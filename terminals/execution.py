"""Prompts for live sessions: sent as their agents take them, and waited for, in one session or in many at once."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connections

from agents import registry
from agents import services as agents
from core.errors import AgentNotFound, AgtermError, RateLimited
from runner import client
from sessions import services as sessions
from sessions import shares
from sessions.models import Session, ShareMode
from terminals.payloads import BatchExecute, BatchInput, Execute
from terminals.services import encodable

MAX_WAITS = 32  # executions of one user, in this process: each holds a thread
MAX_HELD_BYTES = 32 * 1024 * 1024  # of their prompts, once for each session: a batch of a hundred has 25 MiB at most
RETRY_AFTER_S = 5
REPLY_MARGIN_S = 20.0  # what sending a prompt may take beside the wait
OUTPUT_BYTES = 1024 * 1024
BATCH_OUTPUT_BYTES = 64 * 1024
MAX_RUNNERS_AT_ONCE = 8

Outcome = dict[str, Any] | AgtermError


def execute(user: User, row: Session, wanted: Execute) -> dict[str, Any]:
    """Send a prompt and wait as `wanted` says; what the runner answers (`runner.protocol.Execute`) and `duration_ms`.

    Raises `Conflict` when the program has exited, another execution has the terminal all the time, or something lies
    at the shell's prompt; `InvalidRequest` for a bad expression, `RateLimited` when the user has too many under way.
    """
    outcome = _execute_all(user, [row], wanted, OUTPUT_BYTES)[0]
    if isinstance(outcome, AgtermError):
        raise outcome
    return outcome


def execute_batch(user: User, wanted: BatchExecute) -> dict[str, Outcome]:
    """The same in each of the sessions, at the same time: by id, in the order asked for, each once."""
    return _in_each(user, wanted.sessionIds, lambda rows: _execute_all(user, rows, wanted, BATCH_OUTPUT_BYTES))


def write_batch(user: User, wanted: BatchInput) -> dict[str, Outcome]:
    """Type the same into each of the sessions."""
    data = {"data": encodable(wanted.data)}
    return _in_each(user, wanted.sessionIds, lambda rows: _ask_each("write", [(row, data) for row in rows]))


def _in_each(user: User, ids: Sequence[str], work: Callable[[Sequence[Session]], list[Outcome]]) -> dict[str, Outcome]:
    found = {session_id: _found(user, session_id) for session_id in dict.fromkeys(ids)}
    rows = {row.pk: row for row in found.values() if isinstance(row, Session)}  # one id may be written in many ways
    outcomes = dict(zip(rows, work(list(rows.values())), strict=True))
    return {key: outcomes[row.pk] if isinstance(row, Session) else row for key, row in found.items()}


def _found(user: User, session_id: str) -> Session | AgtermError:
    try:
        return shares.reach(user, session_id, ShareMode.CONTROL)
    except AgtermError as error:
        return error


def _execute_all(user: User, rows: Sequence[Session], wanted: Execute, output_bytes: int) -> list[Outcome]:
    asked = _asked(wanted) | {"output_bytes": output_bytes}
    start = time.monotonic()
    with _waits.one_more(user, len(asked["text"].encode()) * len(rows)):
        each = [(row, asked | how) for row, how in zip(rows, _sending(rows, wanted), strict=True)]
        _let_go_of_the_database()
        outcomes = _ask_each("execute", each, wanted.timeoutMs / 1000 + REPLY_MARGIN_S)
    took = {"duration_ms": round((time.monotonic() - start) * 1000)}
    return [outcome if isinstance(outcome, AgtermError) else outcome | took for outcome in outcomes]


def _asked(wanted: Execute) -> dict[str, Any]:
    kind, _, pattern = (wanted.waitFor or "").partition(":")
    wait = {"wait": kind or None} | ({"pattern": encodable(pattern)} if kind == "text" else {})
    return {"text": encodable(wanted.prompt), "timeout_ms": wanted.timeoutMs, **wait}


def _sending(rows: Sequence[Session], wanted: Execute) -> list[dict[str, Any]]:
    """How the prompt is sent to what runs in each of the sessions (`agents.services.sending`)."""
    inside = _agents_in_shells([row for row in rows if _is_shell(row)])
    every = [agents.sending(agents.recipe(inside.get(row.pk) or row.agent)) for row in rows]
    if wanted.submit is True:
        return every
    keys = encodable(wanted.submit) if wanted.submit else ""
    return [how | {"submit": keys} for how in every]


def _is_shell(row: Session) -> bool:
    try:
        return agents.runs_a_shell(registry.get(row.agent))
    except AgentNotFound:  # a plug-in that is gone
        return False


def _agents_in_shells(rows: Sequence[Session]) -> dict[UUID, str]:
    """Which agents have the keyboard of these shells; a runner that does not answer will say so when it is asked."""
    found: dict[UUID, str] = {}
    for address, its in _by_runner(rows).items():
        try:
            figures = client.call(address, "processes", ids=[str(row.pk) for row in its], whole=False)
        except AgtermError:
            continue
        fronts = {row.pk: figures.get(str(row.pk), {}).get("foreground") for row in its}
        found |= {key: front["agent"] for key, front in fronts.items() if front and front["agent"]}
    return found


def _ask_each(
    op: str, each: Sequence[tuple[Session, Mapping[str, Any]]], timeout_s: float = client.REPLY_TIMEOUT_S
) -> list[Outcome]:
    """Ask for all sessions at the same time: each runner over one connection, from one thread."""

    def ask(address: str) -> list[Outcome]:
        return _ask_one(address, op, [{"id": str(row.pk), **params[row.pk]} for row in groups[address]], timeout_s)

    params = {row.pk: asked for row, asked in each}
    groups = _by_runner([row for row, _ in each])
    with ThreadPoolExecutor(MAX_RUNNERS_AT_ONCE) as threads:
        answers = dict(zip(groups, threads.map(ask, groups), strict=True))
    outcomes = {row.pk: one for address in groups for row, one in zip(groups[address], answers[address], strict=True)}
    return [_told(row, outcomes[row.pk]) for row, _ in each]


def _told(row: Session, outcome: Outcome) -> Outcome:
    return sessions.as_lost(row, outcome) if isinstance(outcome, AgtermError) else outcome


def _ask_one(address: str, op: str, each: Sequence[Mapping[str, Any]], timeout_s: float) -> list[Outcome]:
    try:
        return [_outcome(reply) for reply in client.call_many(address, op, each, reply_timeout_s=timeout_s)]
    except AgtermError as error:
        return [error for _ in each]


def _outcome(reply: dict[str, Any]) -> Outcome:
    try:
        return client.result_of(reply) or {}
    except AgtermError as error:
        return error


def _by_runner(rows: Sequence[Session]) -> dict[str, list[Session]]:
    groups: dict[str, list[Session]] = {}
    for row in rows:
        groups.setdefault(row.runner, []).append(row)
    return groups


def _let_go_of_the_database() -> None:
    """A wait may take minutes, and needs no connection."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


class _Waits:
    """How many executions each user has under way, with a wait or not, and how much they hold."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[int] = Counter()
        self._bytes: Counter[int] = Counter()

    @contextmanager
    def one_more(self, user: User, size_bytes: int) -> Iterator[None]:
        """Raises `RateLimited` when there are too many, or too much is held."""
        self._add(user.pk, size_bytes)
        try:
            yield
        finally:
            self._remove(user.pk, size_bytes)

    def _add(self, user_id: int, size_bytes: int) -> None:
        with self._lock:
            if self._counts[user_id] >= MAX_WAITS or self._bytes[user_id] + size_bytes > MAX_HELD_BYTES:
                message = f"{self._counts[user_id]} executions of yours are under way"
                raise RateLimited(message, limit=MAX_WAITS, retry_after_s=RETRY_AFTER_S)
            self._counts[user_id] += 1
            self._bytes[user_id] += size_bytes

    def _remove(self, user_id: int, size_bytes: int) -> None:
        with self._lock:
            self._counts -= Counter([user_id])  # leaves no zeros
            self._bytes -= Counter({user_id: size_bytes})


_waits = _Waits()
