"""Word of money: a session's cost has changed, a budget warns, holds or was changed; told to every web process.

Nothing here says figures: by the runner's feed each web process hears which sessions it is about, and looks itself.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save

from core.errors import AgtermError
from costs import budgets, ledger
from costs.calls import Settled
from costs.counters import BudgetNews
from costs.models import Basis, Budget, MeteredSession, Scope
from costs.money import PICO, usd
from costs.refusals import Refused
from runner import client
from sessions.models import Session, Status

log = logging.getLogger("agterm.money")

INTERVAL_S = 0.5
REPLY_TIMEOUT_S = 3.0
News = dict[str, Any]  # what `runner.protocol.Publish` takes


def settled(done: Settled) -> None:
    """A call's entry is written (`costs.desk.Desk`). Neither waits nor fails; any thread may say it."""
    news = [_of_budget(one) for one in done.warnings]
    is_over = any(one.kind == "exceeded" for one in done.warnings)
    cost = done.entry.cost_picousd if done.entry.basis == Basis.BILLED else 0
    held = done.session_id if is_over else None
    _publisher.tell([cost_of(done.session_id), *news], held=held, added={done.session_id: cost} if cost else {})


def refused(refusal: Refused) -> None:
    """A budget has refused a call of the session; as `settled`."""
    _publisher.tell([_of_budget(one) for one in refusal.news], held=refusal.session_id)


def changed(session_ids: Iterable[UUID]) -> None:
    """What these sessions cost has changed otherwise, by a transcript or a new price; as `settled`."""
    _publisher.tell([cost_of(session_id) for session_id in session_ids])


def cost_of(session_id: UUID) -> News:
    return {"id": str(session_id), "event": "cost"}


def _of_budget(news: BudgetNews) -> News:
    return {"id": str(news.session_id), "event": f"budget_{news.kind}", "budget": str(news.status.budget.pk)}


class Publisher:
    """Tells the runner's feed, twice a second at most; what comes in between is told once, and always the last.

    Its thread is there only while there is something to tell.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: dict[tuple[Any, ...], News] = {}
        self._held: set[UUID] = set()
        self._added: Counter[UUID] = Counter()
        self._is_telling = False

    def tell(self, news: Iterable[News], *, held: UUID | None = None, added: Mapping[UUID, int] | None = None) -> None:
        """`held`: a session that a budget has stopped. That may hold others as well, who are to be told, too.

        `added`: what sessions have cost since, in pico-dollars; recordings get a marker of it.
        """
        with self._lock:
            self._added.update(added or {})
            self._news |= {tuple(one.values()): one for one in news}
            self._held |= {held} if held else set()
            if not self._is_telling and (self._news or self._held):
                self._is_telling = True
                threading.Thread(target=self._work, daemon=True, name="money").start()

    def _work(self) -> None:
        while due := self._take():
            try:
                _publish(*due)
            except Exception:
                log.exception("costs were metered, but nobody could be told of them")
            finally:
                connection.close()
            time.sleep(INTERVAL_S)

    def _take(self) -> tuple[list[News], set[UUID], Mapping[UUID, int]] | None:
        with self._lock:
            news, self._news = list(self._news.values()), {}
            held, self._held = self._held, set()
            added, self._added = self._added, Counter()
            self._is_telling = bool(news or held)
            return (news, held, added) if self._is_telling else None


_publisher = Publisher()


def _publish(news: list[News], held: Iterable[UUID], added: Mapping[UUID, int] | None = None) -> None:
    by_id = {one["id"]: one for one in map(cost_of, held)}
    holding = {one.status.budget for one in budgets.blocked(list(held)).values() if one.status}
    for budget in holding:
        by_id |= {str(key): cost_of(key) for key in concerned(budget)}
    inner = MeteredSession.objects.filter(pk__in={one["id"] for one in news}, parent__isnull=False)
    by_id |= {str(key): cost_of(key) for key in inner.values_list("parent_id", flat=True)}  # it costs them as well
    _tell([*_labelled(news, added or {}), *by_id.values()])


def _labelled(news: list[News], added: Mapping[UUID, int]) -> list[News]:
    """With words for the marker of a recording, where a session has cost something since the last time."""
    totals = ledger.totals_of(added) if added else {}
    labels = {
        str(key): f"cost: ${_dollars(totals[key].billed.cost_picousd)} (+${_dollars(cost)})"
        for key, cost in added.items()
    }
    return [
        one | {"label": labels[one["id"]]} if one["event"] == "cost" and one["id"] in labels else one for one in news
    ]


def _dollars(picousd: int) -> str:
    """As people read it: four decimals, or all of an amount that is smaller than that."""
    exact = usd(picousd)
    return f"{Decimal(exact):.4f}" if picousd >= PICO // 10_000 else exact


def concerned(budget: Budget) -> list[UUID]:
    """The sessions that run now and that the budget may hold or let go."""
    rows = Session.objects.filter(status=Status.RUNNING)
    if budget.owner_id is not None:
        rows = rows.filter(owner=budget.owner_id)
    if budget.scope == Scope.SESSION and budget.session_id is not None:
        rows = rows.filter(Q(pk=budget.session_id) | Q(within=budget.session_id))
    if budget.agent:
        rows = rows.filter(agent=budget.agent)
    return list(rows.values_list("pk", flat=True))


def _tell(news: list[News]) -> None:
    """What is worth nothing to a runner that is down: whoever watches looks anew when it is back."""
    if news:
        with suppress(AgtermError):
            client.call_many(settings.AGTERM.runner_address, "publish", news, reply_timeout_s=REPLY_TIMEOUT_S)


# --- budgets that somebody changes -----------------------------------------------------------------------------------


def watch_budgets() -> None:
    """From now on the sessions that a budget is about are told when it is made, changed or deleted."""
    for signal in (post_save, post_delete):
        signal.connect(_on_budget, sender=Budget, dispatch_uid=f"agterm.money.{id(signal)}")


def _on_budget(instance: Budget, **_: Any) -> None:
    transaction.on_commit(lambda: _tell([cost_of(key) for key in concerned(instance)]))
