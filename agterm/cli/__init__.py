"""The `agterm` command: one module a subcommand, imported when it is asked for; the runner needs no Django."""

from importlib import import_module

import click

from agterm.config import ConfigError
from agterm.version import VERSION

SUBCOMMANDS = ("serve", "runner", "doctor", "token", "agents", "prices", "reprice", "audit")


class _Subcommands(click.Group):
    """Each is the function of its name in the module of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in SUBCOMMANDS:
            return None
        found: click.Command = getattr(import_module(f"agterm.cli.{name}"), name)
        return found


@click.group(cls=_Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def command() -> None:
    """Run AI agents in workspaces of their own and reach them from a browser."""


def main() -> None:
    """Entry point; a configuration that can't be read is one clear message, not a traceback."""
    try:
        command()
    except ConfigError as error:
        raise SystemExit(f"agterm: {error}") from None
