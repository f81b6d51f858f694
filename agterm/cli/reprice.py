"""`agterm reprice`: give prices to calls that had none when they were made, or put wrong ones right."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from agterm.cli import django

if TYPE_CHECKING:
    from costs.reprice import Repriced


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Only calls from this day on (UTC).")
@click.option("--model", default=None, help="Only calls of this model, as the ledger names it.")
@click.option("--all", "everything", is_flag=True, help="Also calls that have a price, if ours and not the provider's.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def reprice(since: datetime | None, model: str | None, everything: bool, dry_run: bool) -> None:
    """Price calls by the price lists as they are now. The old figures stay; the differences are added to the ledger."""
    django.setup()
    django.migrate()
    from costs.reprice import reprice as go_through

    start = since.replace(tzinfo=UTC) if since else None
    groups: dict[tuple[str, str], list[Repriced]] = defaultdict(list)
    for one in go_through(since=start, model=model, everything=everything, is_dry=dry_run):
        groups[one.provider, one.model].append(one)
    for (provider, name), found in sorted(groups.items()):
        click.echo(f"{provider} {name}: {_told(found)}")
    changed = sum(one.is_changed for found in groups.values() for one in found)
    click.echo(f"{changed} call(s) {'would get' if dry_run else 'got'} another price.")


def _told(found: "list[Repriced]") -> str:
    from costs.money import usd

    changed = [one for one in found if one.is_changed]
    unpriced = sum(one.new is None for one in found)
    parts = []
    if changed:
        old = sum(one.old.cost_picousd for one in changed)
        difference = sum(one.difference_picousd for one in changed)
        parts.append(f"{len(changed)} call(s) from ${usd(old)} to ${usd(old + difference)}")
    if unpriced:
        parts.append(f"{unpriced} call(s) without a price, as before")
    return "; ".join(parts) or "nothing changes"
