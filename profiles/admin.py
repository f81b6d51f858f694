"""Profiles in the admin site: to look at and to delete. What may hold a secret is shown to nobody."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import Page, by_user
from profiles import services
from profiles.models import Profile


@admin.register(Profile)
class ProfileAdmin(Page):
    heading = "Profiles"
    words = "Users' named ways to start a session; their variables and arguments are shown to nobody but them."
    list_display = ("name", "owner", "agent", "path", "cwd", "updated_at")
    list_filter = ("agent", by_user("owner"))
    list_select_related = ("owner",)
    search_fields = ("id", "name", "owner__username")
    exclude = ("env", "args", "initial_command", "prompt")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Profile) -> None:
        services.forget(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Profile]) -> None:
        for row in queryset:
            services.forget(row)
