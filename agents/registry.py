"""Which agents there are: the built-in ones and those that installed plug-ins declare.

A plug-in is any Python package with an entry point in the group `agterm.agents` that names an `Agent`. The built-in
agents go through the very same hook, as entry points made from the modules of `agents.builtin`.
"""

import functools
import logging
import pkgutil
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from agents import builtin
from agents.declaration import Agent
from core.errors import AgentNotFound

GROUP = "agterm.agents"
log = logging.getLogger(__name__)


def get(agent_id: str) -> Agent:
    """Raises `AgentNotFound`."""
    try:
        return _agents()[agent_id]
    except KeyError:
        raise AgentNotFound(f"There is no agent {agent_id!r}; there are: {', '.join(_agents())}") from None


def all() -> list[Agent]:
    """Every agent, the built-in ones first."""
    return list(_agents().values())


def reload() -> None:
    """Look for plug-ins again at the next question."""
    _agents.cache_clear()


@functools.cache
def _agents() -> dict[str, Agent]:
    return collect([*_built_in(), *sorted(entry_points(group=GROUP), key=lambda e: e.name)])


def _built_in() -> list[EntryPoint]:
    names = [module.name for module in pkgutil.iter_modules(builtin.__path__)]
    return [EntryPoint(name, f"{builtin.__name__}.{name}:AGENT", GROUP) for name in names]


def collect(points: Iterable[EntryPoint]) -> dict[str, Agent]:
    """Load the agents that `points` name; a broken or second one of the same id is logged and left out."""
    found: dict[str, Agent] = {}
    for point in points:
        agent = _load(point)
        if agent and agent.id in found:
            log.error("agent plug-in %s: there already is an agent %r", point.value, agent.id)
        elif agent:
            found[agent.id] = agent
    return found


def _load(point: EntryPoint) -> Agent | None:
    """A stranger's code must not take the server down, so any failure is logged."""
    try:
        agent = point.load()
    except Exception:
        log.exception("agent plug-in %s can't be loaded", point.value)
        return None
    if isinstance(agent, Agent):
        return agent
    log.error("agent plug-in %s is not an agents.declaration.Agent", point.value)
    return None
