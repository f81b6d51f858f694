"""Sessions in the admin site: to look at and to end; everything else happens through the API."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from core.errors import AgtermError
from sessions import services
from sessions.models import Session

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Session]
else:
    ModelAdmin = admin.ModelAdmin  # generic in the stubs only


@admin.register(Session)
class SessionAdmin(ModelAdmin):
    list_display = ("name", "agent", "owner", "status", "pid", "exit_code", "active_at", "created_at", "runner")
    list_filter = ("status", "agent", "owner")
    search_fields = ("id", "name", "workspace")
    actions = ("end_and_delete",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        """Deleting a row would leave its processes running; the action below ends them first."""
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agterm_sessions.delete_session"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        services.reconcile()
        return super().changelist_view(request, extra_context)

    @admin.action(description="End the selected sessions and remove their workspaces", permissions=["end"])
    def end_and_delete(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        for row in rows:
            try:
                services.delete(row)
            except AgtermError as error:
                self.message_user(request, f"{row}: {error.message}", messages.ERROR)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}
