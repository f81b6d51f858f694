"""`agterm agents`: which agent CLIs are there, and how to get the ones that are not."""

from typing import Any

import click

from agents import registry
from agents.install import InstallError, install
from agterm import config as configuration
from agterm.cli.stored import Stored, named, wanted
from core.errors import AgentNotFound


@click.group()
def agents() -> None:
    """List and install agent CLIs."""


@agents.command("list")
def list_agents() -> None:
    """Say which agents can be started, and what the others lack."""
    stored = Stored(configuration.load())
    for agent in registry.all():
        facts = stored.describe(agent)
        state = (
            "ready"
            if facts["available"]
            else f"ready for {named(facts['users'])}"
            if facts["users"]
            else _missing(facts)
        )
        click.echo(f"{facts['id']:8} {facts['name']:14} {facts['version'] or '-':12} {state}")


def _missing(facts: dict[str, Any]) -> str:
    if not facts["enabled"]:
        return "disabled"
    if not facts["cliExists"]:
        return f"not installed. {facts['installHint']}"
    return f"no credentials: set {wanted(facts)}, store a key{' or log in' if facts['canLogIn'] else ''} on the page"


@agents.command("install")
@click.argument("agent_ids", nargs=-1, required=True, metavar="AGENT...")
def install_agents(agent_ids: tuple[str, ...]) -> None:
    """Fetch the pinned version of each AGENT into the home folder; needs no root."""
    config = configuration.load()
    for agent_id in agent_ids:
        try:
            install(agent_id, config.home, click.echo)
        except (InstallError, AgentNotFound) as error:
            raise SystemExit(f"agterm agents install {agent_id}: {error}") from None
