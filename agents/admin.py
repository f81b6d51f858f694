"""Log-ins by subscription in the admin site: who has one with which agent, and taking one back; never a token."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from agents import logins
from agents.models import StoredLogin
from core.admin import ReadOnly, badge, by_user


@admin.register(StoredLogin)
class StoredLoginAdmin(ReadOnly):
    heading = "Agents' log-ins"
    words = "By subscription, kept sealed. Running sessions keep theirs until they are deleted."
    list_display = ("agent", "owner", "state", "saved_at", "revoked_at")
    list_filter = ("agent", by_user("owner"))
    list_select_related = ("owner",)
    search_fields = ("agent", "owner__username")
    ordering = ("-saved_at",)
    fields = ("agent", "owner", "saved_at", "revoked_at")
    actions = ("revoke", "export_csv")
    buttons = {"revoke": "Revoke"}

    @admin.display(description="State")
    def state(self, row: StoredLogin) -> SafeString:
        return badge("kept", "ok") if row.sealed else badge("revoked")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agents.delete_storedlogin"))

    @admin.action(description="Revoke: forget these log-ins", permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[StoredLogin]) -> None:
        def forget(row: Any) -> None:
            logins.revoke(row.owner_id, row.agent)

        self.act(request, rows, "agent-login.revoke", forget, "revoked")
