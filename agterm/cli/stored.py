"""What the database holds of keys and log-ins, for commands that must do without one as well."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agents import services
from agents.declaration import Agent
from agterm.cli import django
from agterm.config import Config

if TYPE_CHECKING:
    from providers.credentials import Credential

MOST_NAMES = 3


class Stored:
    """Whom agents can be started for, by what the environment says and what is stored."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._for_all: Mapping[str, Credential] | None = None  # None: as the environment says
        self._users: dict[str, tuple[Mapping[str, Credential], frozenset[str]]] = {}
        self.lost = ""
        if config.database_path.exists():
            self._look()

    def _look(self) -> None:
        django.setup()
        from django.contrib.auth.models import User
        from django.db import DatabaseError

        from agents import logins
        from agents.models import StoredLogin
        from providers import credentials
        from providers.models import StoredKey

        try:
            owners = {
                *StoredKey.objects.values_list("owner", flat=True),
                *StoredLogin.objects.values_list("owner", flat=True),
            }
            self._for_all = credentials.held_by(None)
            self._users = {
                user.username: (credentials.held_by(user.pk), logins.agents_of(user.pk))
                for user in User.objects.filter(pk__in=owners - {None}, is_active=True).order_by("username")
            }
            self.lost = lost()
        except DatabaseError:  # of a version before this one: the first start brings it up to date
            return

    def describe(self, agent: Agent) -> dict[str, Any]:
        """`agents.services.describe` for everybody; `users`: who can start it though not everybody can."""
        facts = services.describe(agent, self._config, self._for_all)
        able = [name for name, (held, logged_in) in self._users.items()
                if services.describe(agent, self._config, held, logged_in)["available"]]  # fmt: skip
        return facts | {"users": [] if facts["available"] else able}


def named(users: list[str]) -> str:
    more = f" and {len(users) - MOST_NAMES} more" if len(users) > MOST_NAMES else ""
    return ", ".join(users[:MOST_NAMES]) + more


def lost() -> str:
    """What is stored encrypted and can't be opened, in a sentence; empty when all is well. Needs the database."""
    from agents import logins
    from agents.models import StoredLogin
    from providers import services as providers
    from providers.models import StoredKey

    keys = sum(not providers.is_usable(row) for row in StoredKey.objects.all())
    kept = sum(not logins.is_usable(row) for row in StoredLogin.objects.exclude(sealed=""))
    if not keys + kept:
        return ""
    return f"{keys} stored key(s) and {kept} log-in(s) can't be opened: another encryption key sealed them"


CURE = (
    "Put encryption.key back into the home from a backup, or give the old key behind the new one in "
    "AGTERM_ENCRYPTION_KEY, and start again; else store them again."
)


def wanted(facts: dict[str, Any]) -> str:
    """The variables that the agent lacks, of the first provider that it can ask."""
    others = " or another provider's key" if len(facts["providers"]) > 1 else ""
    return ", ".join(facts["missingEnvVars"]) + others
