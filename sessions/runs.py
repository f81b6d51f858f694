"""Headless runs: a program that does what one message says, in a session of its own or within another one's workspace.

A run within a session (`Session.within`) has its own program, box, key and entry in the ledger, and that session's
workspace, HOME and budgets. It ends with that session, when that one is deleted; a stop or another start of it leaves
the run alone. One that stands alone is a session with a workspace, in which later runs may stand.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError

from agents.headless import Ask
from core.envelope import parse
from core.errors import Conflict, SessionNotFound
from costs import ledger
from costs.figures import Figures
from sessions import defaults, isolation, lifecycle, programs, services
from sessions.models import Kind, Session, Status
from sessions.payloads import CreateSession

COLS, ROWS = 200, 50  # of a terminal that nobody looks at
INHERITED = ("cwd", "env")


def start(
    owner: User,
    *,
    agent: str,
    ask: Ask,
    provider: str | None = None,
    model: str | None = None,
    within: Session | None = None,
    name: str = "",
    limit_picousd: int | None = None,
) -> Session:
    """Start the agent with what is asked of it. What it prints comes as it is written: no echo, no carriage returns.

    `within`: in whose workspace, and with whose variables and network; its owner is the run's.
    `limit_picousd`: a budget of the run's own, beside all others that hold. Raises as `services.create`, and
    `SessionNotFound` when `within` is gone.
    """
    home = within if within is None or within.within is None else within.within
    row = Session(
        owner=owner if home is None else home.owner,
        kind=Kind.RUN,
        within=home,
        agent=agent,
        provider=provider or "",
        model=model or "",
        runner=settings.AGTERM.runner_address if home is None else home.runner,
        cols=COLS,
        rows=ROWS,
        recipe=_recipe(home, agent),
        key_serial=1,
        repo={} if home is None else home.repo,
        searchable=home is None or home.searchable,
    )
    row.color = defaults.color_of(row.pk) if home is None else home.color
    box = isolation.asked(row, agent)
    launch = services.prepared(row, ask)
    isolation.check_way(row, launch)
    row.by_subscription = launch.by_subscription
    row.name = services.clean_name(name)[:200] or f"{launch.agent_name} run"
    row.provider, row.model = launch.provider or "", launch.model or ""
    program = programs.program(agent, launch, box=box, raw=True)
    place = {} if home is None else {"within": str(home.pk), "cwd": lifecycle.folder_of(home)}
    try:
        return services.begin(row, program, limit_picousd, **place)
    except IntegrityError:  # it was deleted just now
        raise SessionNotFound from None


def _recipe(home: Session | None, agent: str) -> dict[str, Any]:
    own: dict[str, Any] = {"agent": agent}
    if home is not None:
        own |= {"network": home.recipe.get("network"), "networkAllow": home.recipe.get("network_allow") or []}
        names = INHERITED if home.agent != agent else (*INHERITED, "credentials")
        own |= {name: home.recipe[name] for name in names if home.recipe.get(name) is not None}
    return services.recipe(parse(CreateSession, own))


def end(row: Session) -> None:
    """End the run's program with all that it started, for certain; its output stays. One that has ended stays as it is.

    Raises `HostUnavailable` when its runner is down, `Conflict` when something could not be ended or it is just being
    started, and `SessionNotFound` when it was deleted.
    """
    try:
        lifecycle.stop(row)
    except Conflict:
        if row.status != Status.LOST:  # of which there is nothing left to end
            raise


def finish(row: Session) -> Figures:
    """`end`, for whoever has read the output, and what the run's own calls have cost (`costs.ledger.totals_of`).

    A run within another session is gone then, with its output; its workspace is the other one's. One that stands alone
    stays, as a session that has exited. Raises as `end`; may be called again.
    """
    session_id = row.pk
    if row.within_id is None:
        end(row)
    else:
        services.delete(row)
        row.pk = session_id  # which the deletion took from it
    return ledger.totals_of([session_id])[session_id]
