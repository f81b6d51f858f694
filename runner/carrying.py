"""Hands a caller's connection over to the porter, with all that it must know to serve him."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

from core.errors import InvalidRequest
from runner import beside
from runner.engine import Engine
from runner.options import RunnerOptions
from runner.porter import placing


async def _dialled(engine: Engine, params: beside.Carry) -> socket.socket:
    """To the port of the session that the request names."""
    session = params.params.get("session")
    if params.port is None or not isinstance(session, str):
        raise InvalidRequest("A preview is of a port of a session")
    return await engine.dial(session, params.port)


EXTRAS: dict[str, Callable[[Engine, beside.Carry], Awaitable[socket.socket]]] = {"preview": _dialled}
"""Works that need a further socket, which the runner makes: it is passed along, and closed here."""

NAMES_ONLY = frozenset({"files.dirs"})
"""Works that tell nothing but names of folders: they may look wherever a session's cwd may lie."""

OWN: dict[str, Callable[[RunnerOptions], dict[str, str]]] = {
    "recordings.read": lambda options: {"folder": str(options.recordings)},
    "search.query": lambda options: {"index": str(options.search_index)},
    "search.suggest": lambda options: {"index": str(options.search_index)},
    "search.clear": lambda options: {"index": str(options.search_index)},
}
"""What the runner itself says to a work, whatever the caller says."""


async def hand_over(engine: Engine, number: int | str | None, params: beside.Carry, caller: int) -> None:
    """`caller`: the descriptor of the connection; the porter has one of its own from then on.

    Raises what the caller is to see when he can't be handed over.
    """
    place = None if params.place is None else await _found(engine, params.what, params.place)
    own = OWN[params.what](engine.options) if params.what in OWN else {}
    request = {"id": number, "what": params.what, "place": place, "params": params.params | own}
    with ExitStack() as held:
        extras = []
        if (make := EXTRAS.get(params.what)) is not None:
            extras.append(held.enter_context(await make(engine, params)))
        await engine.porter.carry(request, [caller, *(each.fileno() for each in extras)])


async def _found(engine: Engine, what: str, place: beside.Place) -> dict[str, Any]:
    options, hidden = engine.options, engine.porter.hidden
    if place.root is not None:
        roots = options.allowed_roots if what in NAMES_ONLY else options.file_roots
        return placing.of_root(place.root, roots, hidden)
    assert place.session is not None
    if place.session in engine.terminals:
        return placing.of_session(await engine.place(place.session, place.cwd), hidden)
    async with engine.looking(place.session, place.cwd) as (folders, _terminal, _errands):  # not while it is removed
        return placing.of_session(folders, hidden)
