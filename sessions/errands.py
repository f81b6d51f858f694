"""Runs a short program beside a session's own: in its box, as its user, in its workspace, with no network.

So does whatever looks at a workspace by a tool that obeys what lies in it, as git does.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import AgtermError, HostUnavailable, TooLarge
from runner import client
from runner.beside import MAX_ERRAND_BYTES as MAX_ERRAND_BYTES
from runner.errands import PATIENCE_S
from sessions import isolation, lifecycle
from sessions.models import Session

MAX_INPUT_BYTES = 5 * 1024 * 1024  # as base64 it must fit into one request to the runner
START_AND_END_S = 45.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code`: None when it was ended, because it took too long, said too much, or was killed.

    `whole`: nothing of the output is missing. `errors`: the beginning of what it said on standard error.
    """

    code: int | None
    output: bytes
    errors: str
    whole: bool


def run(
    row: Session,
    argv: Sequence[str],
    *,
    input: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout_s: float = 30,
    limit_bytes: int = 1 << 20,
) -> Outcome:
    """Run `argv` in the session's box, whether its own program runs or not; of a run, in that of its home session.

    At most `MAX_ERRAND_BYTES` of output. Raises `SessionNotFound`,
    `HostUnavailable`, `IsolationTooWeak`, `TooLarge` for more input than `MAX_INPUT_BYTES`, `InvalidRequest` for a
    program that is not there, and `Conflict` when the session is ended meanwhile.
    """
    if len(input) > MAX_INPUT_BYTES:
        raise TooLarge(f"At most {MAX_INPUT_BYTES >> 20} MiB at a time can be given to a program in a workspace")
    asked = _asked(row, argv, env, timeout_s, limit_bytes) | {
        "input": base64.b64encode(input).decode(),
        "isolation_minimum": isolation.minimum(),
    }
    return _outcome(client.call(home_of(row).runner, "errand", reply_timeout_s=_patience_s(timeout_s), **asked))


@dataclass(frozen=True, slots=True)
class Order:
    """What to run beside which session, for `run_each`."""

    row: Session
    argv: Sequence[str]
    env: Mapping[str, str]


def run_each(orders: Sequence[Order], *, timeout_s: float, limit_bytes: int) -> list[Outcome | AgtermError]:
    """The same for several sessions at the same time: each one's outcome, or why there is none."""
    results: dict[int, Outcome | AgtermError] = {}
    minimum = isolation.minimum()
    by_runner: dict[str, list[int]] = {}
    for number, order in enumerate(orders):
        by_runner.setdefault(home_of(order.row).runner, []).append(number)
    for address, numbers in by_runner.items():
        asked = [
            _asked(orders[number].row, orders[number].argv, orders[number].env, timeout_s, limit_bytes)
            | {"isolation_minimum": minimum}
            for number in numbers
        ]
        try:
            replies = client.call_many(address, "errand", asked, reply_timeout_s=_patience_s(timeout_s))
        except HostUnavailable as error:
            results |= dict.fromkeys(numbers, error)
        else:
            results |= {number: _result(reply) for number, reply in zip(numbers, replies, strict=True)}
    return [results[number] for number in range(len(orders))]


def home_of(row: Session) -> Session:
    """In whose folders it runs."""
    return row if row.within is None else row.within


def _asked(
    row: Session, argv: Sequence[str], env: Mapping[str, str] | None, timeout_s: float, limit_bytes: int
) -> dict[str, Any]:
    home = home_of(row)
    return {
        "id": str(home.pk),
        "cwd": lifecycle.folder_of(home),
        "argv": list(argv),
        "env": dict(env or {}),
        "timeout_ms": int(timeout_s * 1000),
        "limit_bytes": limit_bytes,
    }


def _patience_s(timeout_s: float) -> float:
    return timeout_s + PATIENCE_S + START_AND_END_S


def _result(reply: dict[str, Any]) -> Outcome | AgtermError:
    try:
        return _outcome(client.result_of(reply))
    except AgtermError as error:
        return error


def _outcome(said: dict[str, Any]) -> Outcome:
    return Outcome(said["code"], base64.b64decode(said["output"]), said["errors"], said["whole"])
