"""The tools that agterm-agent has: its own, and those that the caller's registered documents become."""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from agterm_agent.engine import memory
from agterm_agent.tools.names import unique
from agterm_agent.tools.toolbox import Toolbox
from runs import documents

Tool = dict[str, Any]


def of(user: User) -> list[Tool]:
    """`name description parameters safety provenance source` of each; a name is given out once, as the agent does."""
    found = {tool["name"]: tool for tool in _own()}
    for row in documents.listed(user):
        for tool in row.tools:
            name = tool["name"] if tool["name"] not in found else unique(f"{row.name}_{tool['name']}", found)
            found[name] = tool | {"name": name}
    return list(found.values())


@cache
def _own() -> list[Tool]:
    nowhere = Path("/")  # nothing is called here
    return Toolbox(nowhere, nowhere, extra=[memory.tool(memory.Memory(nowhere))]).declare()


def schema(user: User) -> dict[str, Any]:
    """The registered documents and the actions they offer, as appctl shows its one."""
    rows = list(documents.listed(user))
    resources = [{"name": row.name, "baseUrl": documents.base_url(row), "actions": row.tools} for row in rows]
    return {"version": 1, "source": "openapi" if rows else None, "resources": resources}
