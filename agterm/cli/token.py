"""`agterm token`: a log-in link for the browser, or an access token for scripts."""

import click

from agterm.cli import django


@click.command()
@click.option("--user", default=None, help="Whose; the first start's user by default.")
@click.option("--access", is_flag=True, help="Print an access token for scripts instead of a link.")
@click.option("--url", default=None, help="Address of the server in the link.")
def token(user: str | None, access: bool, url: str | None) -> None:
    """Print a one-time log-in link, good for five minutes."""
    config = django.setup()
    django.migrate()
    from django.contrib.auth.models import User

    from accounts import services

    services.ensure_first_user(config)
    found = User.objects.filter(username=user or config.admin_user, is_active=True).first()
    if found is None:
        raise SystemExit(f"agterm token: there is no active user {user or config.admin_user}")
    if access:
        click.echo(services.issue_tokens(services.start(found, kind="api")).access)
        return
    base = url or config.public_url or f"http://{config.bind}:{config.port}"
    click.echo(f"{base.rstrip('/')}/login/{services.create_login_link(found)}")
