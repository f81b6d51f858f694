"""Safety modes of a run: the server's come first, and a request only adds to them. Pure."""

from collections.abc import Collection
from typing import Any

from agents.declaration import Agent
from agents.headless import FLAGS, check_flags
from core.errors import Forbidden, InvalidRequest


def effective(policy: Collection[str], asked: Collection[str]) -> list[str]:
    """What holds for a run, in the order of `FLAGS`."""
    return [flag for flag in FLAGS if flag in policy or flag in asked]


def check(agent: Agent, policy: Collection[str], asked: Collection[str]) -> list[str]:
    """The modes of a run of that agent.

    Raises `InvalidRequest` for an agent that does not run headless or can't keep a mode asked for, and `Forbidden` for
    one that can't keep what this server insists on.
    """
    modes = effective(policy, asked)
    try:
        check_flags(agent.name, agent.headless, modes)
    except InvalidRequest as error:
        if agent.headless is None or agent.headless.flags.issuperset(policy):
            raise
        why = f"This server insists on {' and '.join(policy)} (AGTERM_RUN_POLICY), and {error.message}"
        raise Forbidden(why, details=error.details) from None
    return modes


def fields(modes: Collection[str]) -> dict[str, Any]:
    """As the modes stand on the wire."""
    return {flag: flag in modes for flag in FLAGS}
