"""`agterm audit`: look whether the audit log is whole, and write it out."""

import sys

import click

from agterm.cli import django


@click.group()
def audit() -> None:
    """Look whether the audit log is whole, and export it."""


@audit.command()
def verify() -> None:
    """Go through the chain of hashes; ends with 1 where it is broken."""
    django.setup()
    django.migrate()
    from audit import chain

    found = chain.verify()
    if not found.ok:
        raise SystemExit(f"agterm audit: broken at event {found.broken_at}: {found.reason}")
    click.echo(f"{found.events} events, all as they were written; the newest hash is {found.head}")


@audit.command()
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def export(kind: str) -> None:
    """Write all of it to standard output, the oldest first."""
    django.setup()
    django.migrate()
    from audit import export as exporting

    for piece in exporting.pieces(kind, {}):
        sys.stdout.write(piece)
