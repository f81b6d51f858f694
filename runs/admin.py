"""Runs in the admin site: to look at and to cancel; everything else happens through the API."""

from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.admin import ReadOnly, badge, by_user, span
from runs import services
from runs.models import Run

TONES = {"running": "ok", "failed": "danger", "needs_input": "warn", "limit": "warn"}
SHOWN = 80  # characters of a message in the list


@admin.register(Run)
class RunAdmin(ReadOnly):
    heading = "Headless runs"
    words = "One message to an agent each. A run stays when its session is gone, as what it cost does."
    list_display = ("said", "agent", "model", "owner", "standing", "session_name", "started_at", "took")
    list_filter = ("status", "agent", by_user("owner"))
    list_select_related = ("owner",)
    date_hierarchy = "started_at"
    search_fields = ("id", "session_id", "message", "owner__username")
    ordering = ("-started_at",)
    exclude = ("idempotency", "asked", "snapshot", "follower", "followed_until")
    actions = ("cancel", "export_csv")
    buttons = {"cancel": "Cancel"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Without what a list never shows and what may be long."""
        return super().get_queryset(request).defer("diff", "result", "usage", "awaiting")

    @admin.display(description="Message")
    def said(self, row: Run) -> str:
        return row.message if len(row.message) <= SHOWN else f"{row.message[:SHOWN]}…"

    @admin.display(description="State", ordering="status")
    def standing(self, row: Run) -> SafeString:
        return badge(row.status, TONES.get(row.status, "quiet"))

    @admin.display(description="Took")
    def took(self, row: Run) -> str:
        return span(((row.ended_at or datetime.now(UTC)) - row.started_at).total_seconds())

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("runs.change_run"))

    @admin.action(description="Cancel the selected runs", permissions=["cancel"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Run]) -> None:
        self.act(request, rows, "run.cancel", services.cancel, "cancelled")
