"""Sessions and their shares in the admin site: live, stopped, restarted, opened and deleted there."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin import ReadOnly, badge, by_user, link, span
from costs import budgets, ledger
from costs.figures import Figures
from costs.money import usd
from sessions import lifecycle, services, shares
from sessions.models import LIVE, Session, Share, Status
from sessions.payloads import Restart

TONES = {"needs_input": "warn", "rate_limited": "warn", "over_budget": "danger", "lost": "danger", "working": "ok"}
WORDS = {"needs_input": "needs input", "rate_limited": "rate limited", "over_budget": "over budget"}


class ByState(admin.SimpleListFilter):
    """As last stored: the newest state is in the list itself."""

    title = parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, str]]:
        return [(state, WORDS.get(state, state)) for state in ("working", "idle", "needs_input", "rate_limited")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return queryset.filter(status__in=LIVE, state=self.value()) if self.value() else queryset


class Facts(NamedTuple):
    """What a row of the list shows besides its columns."""

    spent: Figures
    is_blocked: bool


@admin.register(Session)
class SessionAdmin(ReadOnly):
    heading = "Sessions"
    words = "As their runner says this moment. Stopping keeps the workspace; deleting asks first."
    list_display = ("name", "open_it", "doing", "agent", "owner", "dollars", "walls", "active_at")
    list_filter = ("status", ByState, "kind", "agent", by_user("owner"))
    list_select_related = ("owner",)
    date_hierarchy = "created_at"
    search_fields = ("id", "name", "owner__username", "workspace")
    search_help_text = "Name, id, owner or workspace"
    actions = ("stop", "restart", "end_and_delete", "export_csv")
    exclude = ("recipe",)  # its variables may hold secrets
    buttons = {"stop": "Stop", "restart": "Restart", "end_and_delete": "Delete…"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).defer("recipe")

    def facts_of(self, request: HttpRequest, rows: list[Session]) -> dict[Any, Facts]:
        """What they have cost; and the rows themselves become what their runners say, one question each."""
        self._look_at(request, rows)
        spent = ledger.totals_of([row.pk for row in rows])
        blocked = budgets.blocked([row.pk for row in rows if row.status in LIVE])
        return {row.pk: Facts(spent[row.pk], row.pk in blocked) for row in rows}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Session | None:
        row: Session | None = super().get_object(request, object_id, from_field)
        self._look_at(request, [row] if row else [])
        return row

    def _look_at(self, request: HttpRequest, rows: list[Session]) -> None:
        if services.look_at([row for row in rows if row.status in LIVE]):
            self.message_user(request, "The runner does not answer: this is what it said last.", messages.WARNING)

    def links_of(self, row: Session) -> list[tuple[str, str]]:
        return [(f"/sessions/{row.pk}", "Open in the workspace")]

    # --- columns -------------------------------------------------------------------------------------------------

    @admin.display(description="State", ordering="state")
    def doing(self, row: Session) -> SafeString:
        if row.status in LIVE:
            since = span((datetime.now(UTC) - row.state_since).total_seconds())
            facts: Facts | None = getattr(row, "facts", None)
            state = "over_budget" if facts and facts.is_blocked else row.state
            word = WORDS.get(state, state) if row.status == Status.RUNNING else row.status
            return format_html("{} <small>{}</small>", badge(word, TONES.get(state, "quiet")), since)
        if row.status == Status.LOST:
            return badge("lost", "danger")
        how = row.ended_by or (f"signal {row.exit_signal}" if row.exit_signal else f"code {row.exit_code}")
        return format_html("{} <small>{}</small>", badge("exited"), how)

    @admin.display(description="Cost")
    def dollars(self, row: Session) -> str:
        facts: Facts | None = getattr(row, "facts", None)
        return f"${usd(facts.spent.billed.cost_picousd)}" if facts and facts.spent.billed.requests else "–"

    @admin.display(description="Isolation")
    def walls(self, row: Session) -> str:
        """Level and network, as the runner said when it started the program."""
        return " · ".join(filter(None, (row.isolation.get("level"), row.isolation.get("network"))))

    @admin.display(description="")
    def open_it(self, row: Session) -> SafeString:
        return link(f"/sessions/{row.pk}", "Open")

    # --- actions -------------------------------------------------------------------------------------------------

    def has_end_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agterm_sessions.delete_session"))

    def has_start_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agterm_sessions.change_session"))

    @admin.action(description="Stop the selected sessions; their workspaces stay", permissions=["end"])
    def stop(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        self.act(request, whole(rows), "session.stop", lifecycle.stop, "stopped")

    @admin.action(description="Restart the selected sessions", permissions=["start"])
    def restart(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        self.act(
            request, whole(rows), "session.restart", lambda row: lifecycle.restart(row, Restart()), "started again"
        )

    @admin.action(description="End the selected sessions and remove their workspaces", permissions=["end"])
    def end_and_delete(self, request: HttpRequest, rows: QuerySet[Session]) -> HttpResponse | None:
        question = "End these sessions and remove their workspaces?"
        if asked := self.ask_first(request, rows, "end_and_delete", question, "End and remove"):
            return asked
        self.act(request, whole(rows), "session.delete", services.delete, "deleted")
        return None


def whole(rows: QuerySet[Session]) -> QuerySet[Session]:
    """The rows with all that it takes to start them again."""
    return rows.defer(None).select_related("owner")


@admin.register(Share)
class ShareAdmin(ReadOnly):
    heading = "Shares"
    words = "Who else may look at a session or type in it. Taking one back ends its open windows at once."
    list_display = ("session", "with_whom", "mode", "created_by", "created_at", "expires_at", "used")
    list_filter = ("mode", by_user("created_by", "maker"))
    list_select_related = ("session", "user", "created_by")
    date_hierarchy = "created_at"
    search_fields = ("id", "session__name", "user__username", "created_by__username")
    exclude = ("secret_hash",)
    actions = ("take_back", "export_csv")
    buttons = {"take_back": "Take back"}

    @admin.display(description="With")
    def with_whom(self, row: Share) -> str:
        user: User | None = row.user
        return user.username if user else "whoever has the link"

    @admin.display(description="Used")
    def used(self, row: Share) -> str:
        return f"{row.uses} of {row.max_uses}" if row.max_uses else str(row.uses)

    def has_take_back_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agterm_sessions.delete_share"))

    @admin.action(description="Take these shares back now", permissions=["take_back"])
    def take_back(self, request: HttpRequest, rows: QuerySet[Share]) -> None:
        self.act(request, rows, "share.delete", lambda row: shares.take_back(row.session, str(row.pk)), "taken back")
