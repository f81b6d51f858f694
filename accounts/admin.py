"""The accounts in Django's admin: log-ins to look at and revoke, links to look at; never a secret."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import services
from accounts.models import Login, LoginLink


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows that only the product itself writes."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


class People(UserAdmin):  # type: ignore[type-arg]
    """Django's own page, but a password set here ends the user's log-ins, as it does everywhere else."""

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            services.log_out_everywhere(User.objects.get(pk=id))
        return response


admin.site.unregister(User)
admin.site.register(User, People)


@admin.register(Login)
class LoginAdmin(ReadOnly):
    list_display = ["user", "kind", "created_at", "last_used_at", "expires_at", "revoked_at", "user_agent"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user_agent"]
    exclude = ["refresh_id"]
    actions = ["revoke"]

    @admin.action(description="Revoke: end these log-ins now", permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Login]) -> None:
        ended = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{ended} log-ins ended.")


@admin.register(LoginLink)
class LoginLinkAdmin(ReadOnly):
    list_display = ["user", "created_at", "expires_at", "used_at"]
    list_select_related = ["user"]
    exclude = ["token_hash"]

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False
