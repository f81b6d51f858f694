"""What is looked up, or done, in a session's folders beside its program: for the next agent, for git, for the page."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from core.errors import InvalidRequest, SessionNotFound
from runner import beside, protocol, review
from runner.errands import Outcome, Round, Turns
from runner.specification import AT_MARK
from runner.terminal import Terminal
from runner.workspace import home_files
from runner.workspace.folders import Folders

Looking = Callable[[str, str | None], AbstractAsyncContextManager[tuple[Folders, Terminal | None, Round]]]


class Looks:
    """`looking`: `Engine.looking`; `spec`: of a program in a session's box that reaches nothing outside."""

    def __init__(
        self, looking: Looking, spec: Callable[[protocol.Launch, Folders], dict[str, Any]], private: Path
    ) -> None:
        self._looking, self._spec, self._private = looking, spec, private
        self._turns = Turns()

    async def review(self, params: protocol.Review) -> dict[str, Any]:
        """`{screen, started_at, workspace}` (`runner.review.workspace`): what the next agent should know.

        For a session of an earlier runner, screen and start are None; raises `SessionNotFound` when it left no folders.
        One that ends the session meanwhile ends the review as well.
        """
        async with self._looking(params.id, params.cwd) as (place, terminal, errands):
            facts = await _facts(terminal)

            async def run(argv: Sequence[str], limit_bytes: int) -> Outcome:
                spec = self._spec(protocol.Launch(argv=list(argv), env=review.ENVIRONMENT), place)
                return await errands.run(spec, timeout_s=review.TIMEOUT_S, limit_bytes=limit_bytes)

            return facts | {"workspace": await review.workspace(run)}

    async def errand(self, params: beside.Errand) -> dict[str, Any]:
        """`{code, output, errors, whole}` (`beside.Errand`) of a program in the session's box.

        Raises `SessionNotFound`, also when the session is deleted meanwhile, `Conflict` when it is ended meanwhile,
        `IsolationTooWeak`, and `HostUnavailable` when too many are under way.
        """
        launch = protocol.Launch(
            argv=[_plain(word) for word in params.argv],
            env={name: _plain(value) for name, value in params.env.items()},
            isolation_minimum=params.isolation_minimum,
        )
        try:
            given = base64.b64decode(params.input, validate=True)
        except binascii.Error:
            raise InvalidRequest("input is not base64") from None
        async with self._turns.one(params.id), self._looking(params.id, params.cwd) as (place, _terminal, errands):
            outcome = await errands.run(
                self._spec(launch, place),
                timeout_s=params.timeout_ms / 1000,
                limit_bytes=params.limit_bytes,
                given=given,
            )
        return {
            "code": outcome.code,
            "output": base64.b64encode(outcome.output).decode(),
            "errors": outcome.errors.decode("utf-8", "replace"),
            "whole": outcome.whole,
        }

    async def home_files(self, params: protocol.HomeFiles) -> dict[str, Any]:
        """`runner.workspace.home_files.read`, whether the session runs or not; raises `SessionNotFound`."""
        if not (home := self._private / params.id / "home").is_dir():
            raise SessionNotFound
        return await asyncio.to_thread(home_files.read, home, params.patterns, params.since, params.max_bytes)


def _plain(word: str) -> str:
    """So that nothing in it is taken for a mark (`runner.specification`)."""
    return word.replace("@", AT_MARK)


async def _facts(terminal: Terminal | None) -> dict[str, Any]:
    if terminal is None:
        return {"screen": None, "started_at": None}
    return {
        "screen": review.last_lines(await terminal.text(review.SCREEN_LINES)),
        "started_at": terminal.started_at,
    }
