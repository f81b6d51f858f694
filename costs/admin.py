"""The money in the admin site: the ledger and its sessions to look at, budgets to set."""

import uuid
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.admin import MOST_COUNTED, Page, ReadOnly, badge, by_user, since
from costs import budgets, charts, ledger
from costs.figures import Figures
from costs.models import Budget, DailyTotal, Entry, MeteredSession, Scope
from costs.money import MAX_USD, picousd, usd

if TYPE_CHECKING:
    BudgetModelForm = forms.ModelForm[Budget]
else:  # generic in the stubs only
    BudgetModelForm = forms.ModelForm

COLUMNS = {"limit_usd": "limit_picousd"}


class Named(admin.SimpleListFilter):
    """Filters by the column `title`, offering the values of the daily totals; the ledger is too long to be asked."""

    title: str

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, str]]:
        names = DailyTotal.objects.order_by(self.title).values_list(self.title, flat=True).distinct()
        return [(name, name) for name in names]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.title: self.value()}) if self.value() else queryset


class ByProvider(Named):
    title = parameter_name = "provider"


class ByModel(Named):
    title = parameter_name = "model"


class ByAgent(Named):
    title = parameter_name = "agent"


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    heading = "Ledger"
    words = "Every call that was paid for. Nobody changes or deletes a line; the database refuses it."
    list_display = ("at", "owner", "session", "agent", "provider", "model", "tokens", "dollars", "basis", "outcome")
    list_filter = (
        since("at", "time"), "basis", "source", "kind", "outcome", ByProvider, ByModel, ByAgent, by_user("owner"),
    )  # fmt: skip
    list_select_related = ("owner", "session")
    search_fields = ("request_id",)
    search_help_text = "A provider's request or response id, or a session's id: all of it"
    ordering = ("-at", "-pk")
    sortable_by = ("at",)

    @admin.display(description="Tokens")
    def tokens(self, row: Entry) -> int:
        return row.input_tokens + row.cache_read_tokens + row.cache_write_tokens + row.output_tokens

    @admin.display(description="US dollars")
    def dollars(self, row: Entry) -> str:
        return "unpriced" if row.source == "unpriced" else usd(row.cost_picousd)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """Exact ids only, each by an index of its own."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            return queryset.filter(session=uuid.UUID(term)), False
        except ValueError:
            found = [*Entry.objects.filter(request_id=term).values_list("pk", flat=True)[:MOST_COUNTED]]
            found += Entry.objects.filter(response_id=term).values_list("pk", flat=True)[:MOST_COUNTED]
            return queryset.filter(pk__in=found), False


@admin.register(MeteredSession)
class MeteredSessionAdmin(ReadOnly):
    heading = "Costs by session"
    words = "All sessions that ever were, deleted ones too."
    list_display = ("name", "agent", "owner", "created_at", "requests", "dollars", "equivalent", "unpriced")
    list_filter = (ByAgent, by_user("owner"))
    list_select_related = ("owner",)
    search_fields = ("name", "owner__username")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    def facts_of(self, request: HttpRequest, rows: list[MeteredSession]) -> dict[Any, Figures]:
        return ledger.totals_of([row.pk for row in rows])

    @staticmethod
    def _total(row: MeteredSession) -> Figures:
        found: Figures = getattr(row, "facts", None) or Figures()
        return found

    @admin.display(description="Requests")
    def requests(self, row: MeteredSession) -> int:
        return self._total(row).billed.requests

    @admin.display(description="US dollars")
    def dollars(self, row: MeteredSession) -> str:
        return usd(self._total(row).billed.cost_picousd)

    @admin.display(description="By subscription, at the API's prices")
    def equivalent(self, row: MeteredSession) -> str:
        return usd(self._total(row).equivalent.cost_picousd)

    @admin.display(description="Unpriced requests")
    def unpriced(self, row: MeteredSession) -> int:
        return self._total(row).unpriced_requests


class BudgetForm(BudgetModelForm):
    """A budget with its limit in dollars; what does not go together is told beside the form."""

    limit_usd = forms.DecimalField(label="Limit, US dollars", min_value=0, max_value=MAX_USD, decimal_places=12)

    class Meta:
        model = Budget
        fields = (
            "name", "scope", "owner", "session", "agent", "limit_usd", "period", "time_zone", "soft_percent", "action",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.limit_picousd is not None:
            self.initial["limit_usd"] = usd(self.instance.limit_picousd)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        session = found.get("session")
        if session and found.get("scope") != Scope.SESSION:
            self.add_error("session", "Only a budget of scope session is for one session.")
        elif session and found.get("owner") not in (None, session.owner):
            self.add_error("owner", "The session is not that user's.")
        if found.get("time_zone") and found["time_zone"] not in available_timezones():
            self.add_error("time_zone", "There is no such time zone.")
        return found

    @property
    def changes(self) -> dict[str, Any]:
        """What was filled in, by the names of the columns."""
        found = dict(self.cleaned_data)
        session = found["session"]
        limit = picousd(found.pop("limit_usd"))
        return found | {"limit_picousd": limit, "owner": session.owner if session else found["owner"]}


@admin.register(Budget)
class BudgetAdmin(Page):
    """Every change goes through the services, so that the counters follow."""

    heading = "Budgets"
    words = "Limits on what calls may cost. A raised limit counts from the next call on."
    form = BudgetForm
    list_display = ("__str__", "scope", "owner", "session", "agent", "period", "limit", "spent", "action", "created_by")
    list_filter = ("scope", "period", "action", by_user("owner"))
    list_select_related = ("owner", "session", "created_by")
    raw_id_fields = ("session",)
    autocomplete_fields = ("owner",)
    search_fields = ("name", "owner__username")

    def facts_of(self, request: HttpRequest, rows: list[Budget]) -> dict[Any, list[budgets.Status]]:
        return budgets.statuses_of(rows)

    @admin.display(description="Limit, US dollars")
    def limit(self, row: Budget) -> str:
        return usd(row.limit_picousd)

    @admin.display(description="Spent in this period")
    def spent(self, row: Budget) -> SafeString:
        """Of the fullest counter, if each user, session or agent has one."""
        found: list[budgets.Status] = getattr(row, "facts", [])
        if not found:
            return badge("nothing")
        tone = "danger" if found[0].is_used_up else "warn" if found[0].percent >= row.soft_percent else "quiet"
        return badge(f"${charts.about(found[0].spent_picousd)}, {found[0].percent} %", tone)

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        by = cast(User, request.user)
        if change:
            changed = {COLUMNS.get(name, name) for name in form.changed_data}
            if "session" in changed:
                changed.add("owner")
            changes = {name: value for name, value in form.changes.items() if name in changed}
            made = budgets.change(Budget.objects.get(pk=obj.pk), by, **changes)
        else:
            wanted = form.changes
            session = wanted.pop("session")
            made = budgets.create(by, **wanted, session_id=session.pk if session else None)
        obj.pk, obj._state.adding = made.pk, False

    def delete_model(self, request: HttpRequest, obj: Budget) -> None:
        budgets.delete(obj, cast(User, request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Budget]) -> None:
        for row in queryset:
            self.delete_model(request, row)
