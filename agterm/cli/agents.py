"""`agterm agents`: which agent CLIs are there, and how to get the ones that are not."""

import click

from agents import registry, services
from agents.install import InstallError, install
from agterm import config as configuration
from core.errors import AgentNotFound


@click.group()
def agents() -> None:
    """List and install agent CLIs."""


@agents.command("list")
def list_agents() -> None:
    """Say which agents can be started, and what the others lack."""
    config = configuration.load()
    for agent in registry.all():
        facts = services.describe(agent, config)
        state = "ready" if facts["available"] else _missing(facts)
        click.echo(f"{facts['id']:8} {facts['name']:14} {facts['version'] or '-':12} {state}")


def _missing(facts: dict[str, object]) -> str:
    if not facts["enabled"]:
        return "disabled"
    if not facts["cliExists"]:
        return f"not installed. {facts['installHint']}"
    return f"no credentials: set {', '.join(facts['missingEnvVars'])}"  # type: ignore[arg-type]


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
