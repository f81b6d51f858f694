"""The `agterm` command: one module a subcommand."""

import click

from agterm.cli.agents import agents
from agterm.cli.doctor import doctor
from agterm.cli.runner import runner
from agterm.cli.serve import serve
from agterm.cli.token import token
from agterm.config import ConfigError
from agterm.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def command() -> None:
    """Run AI agents in workspaces of their own and reach them from a browser."""


for subcommand in (serve, runner, doctor, token, agents):
    command.add_command(subcommand)


def main() -> None:
    """Entry point; a configuration that can't be read is one clear message, not a traceback."""
    try:
        command()
    except ConfigError as error:
        raise SystemExit(f"agterm: {error}") from None
