"""People in the admin site: users with their roles, log-ins, API tokens and links; never a secret."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import nudges, running, services, users
from accounts.models import ApiToken, Login, LoginLink
from accounts.permissions import Role, role
from core.admin import Page, ReadOnly, badge, by_user
from core.happenings import tell

if TYPE_CHECKING:
    DjangosUsers = UserAdmin[User]
else:  # generic in the stubs only
    DjangosUsers = UserAdmin

LINK_MINUTES = 24 * 60


class ByRole(admin.SimpleListFilter):
    title = parameter_name = "role"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, str]]:
        return [("admin", "Administrator"), ("member", "Member"), ("viewer", "Viewer")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        chosen = {
            "admin": Q(as_viewer=None, is_staff=True),
            "member": Q(as_viewer=None, is_staff=False),
            "viewer": Q(as_viewer__isnull=False),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


admin.site.unregister([User, Group])
admin.site.register(Group, GroupAdmin)


@admin.register(User)
class People(Page, DjangosUsers):
    """Django's own page, but what is changed here counts at once, and the last administrator stays one."""

    heading = "Users"
    words = "An administrator sees and changes everything, a member their own things; a viewer only looks."
    list_display = ("username", "role", "state", "log_ins", "last_login", "date_joined")
    list_filter = ("is_active", ByRole)
    list_select_related = ("as_viewer",)
    date_hierarchy = "date_joined"
    search_fields = ("username", "first_name", "last_name", "email")
    actions = (
        "make_admin", "make_member", "make_viewer", "lock_out", "let_in", "end_log_ins", "link", "remove", "export_csv",
    )  # fmt: skip
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    buttons = {"link": "Log-in link", "end_log_ins": "End log-ins", "lock_out": "Lock out…", "remove": "Delete…"}

    def facts_of(self, request: HttpRequest, rows: list[User]) -> dict[Any, int]:
        live = Login.objects.filter(user__in=rows, revoked_at=None, expires_at__gt=datetime.now(UTC)).order_by()
        return {each["user"]: each["count"] for each in live.values("user").annotate(count=Count("pk"))}

    @admin.display(description="Role")
    def role(self, row: User) -> SafeString:
        found = role(row)
        return badge(found, "ok" if found == "admin" else "quiet")

    @admin.display(description="State", ordering="is_active")
    def state(self, row: User) -> SafeString:
        return badge("active", "ok") if row.is_active else badge("locked out", "danger")

    @admin.display(description="Live log-ins")
    def log_ins(self, row: User) -> int:
        return getattr(row, "facts", None) or 0

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        with transaction.atomic():
            if change and not (obj.is_active and obj.is_staff and obj.is_superuser):
                users.ensure_another_admin(obj)
            super().save_model(request, obj, form, change)
            if not obj.is_active:
                services.log_out_everywhere(obj)
        nudges.user(obj.pk)
        self._tell_what_runs_on(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A password set here ends the user's log-ins, as it does everywhere else."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            services.log_out_everywhere(User.objects.get(pk=id))
        return response

    # --- actions -------------------------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        power = () if self.has_rule_permission(request) else ("is_staff", "is_superuser", "groups", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *power)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An administrator's name or password is as good as the power itself."""
        is_above = obj is not None and obj.is_superuser and not self.has_rule_permission(request)
        return not is_above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the action alone: who is named in the ledger is locked out and stays there."""
        return False

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("auth.delete_user"))

    def has_rule_permission(self, request: HttpRequest) -> bool:
        """Roles and links are power over everything; who may only edit some users gives none away."""
        user = request.user
        return bool(user.is_active and getattr(user, "is_superuser", False))

    @admin.action(description="Make administrators", permissions=["rule"])
    def make_admin(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._give_role(request, rows, "admin")

    @admin.action(description="Make members", permissions=["rule"])
    def make_member(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._give_role(request, rows, "member")

    @admin.action(description="Make viewers, who only look", permissions=["rule"])
    def make_viewer(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._give_role(request, rows, "viewer")

    def _give_role(self, request: HttpRequest, rows: QuerySet[User], wanted: Role) -> None:
        change = partial(users.change, role=wanted)
        self.act(request, rows, "user.change", change, f"{wanted} now", role=wanted)

    @admin.action(description="Lock out, and end their log-ins", permissions=["rule"])
    def lock_out(self, request: HttpRequest, rows: QuerySet[User]) -> HttpResponse | None:
        question = "Lock these users out?"
        if asked := self.ask_first(request, rows, "lock_out", question, "Lock out", self._offer(request, rows)):
            return asked
        self.act(request, rows, "user.change", partial(self._lock_out, request), "locked out", isActive=False)
        return None

    def _lock_out(self, request: HttpRequest, row: User) -> None:
        users.change(row, is_active=False)
        self._stop_if_wanted(request, row)

    def _offer(self, request: HttpRequest, rows: QuerySet[User]) -> str:
        """What is asked of the sessions that run; "": nothing, since there are none, or it is not for this caller."""
        live = running.count(row.pk for row in rows).total() if self._may_stop(request) else 0
        return f"Stop their running sessions as well ({live}); screens and workspaces stay" if live else ""

    def _may_stop(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agterm_sessions.delete_session"))

    def _stop_if_wanted(self, request: HttpRequest, row: User) -> None:
        """Once the user is locked out, which stands whatever becomes of this."""
        if self.is_also_wanted(request) and self._may_stop(request):
            found, name = running.stop(row.pk, actor=request.user, via="admin"), row.get_username()
            if ended := sum(one.failure is None for one in found):
                self.message_user(request, f"Sessions of {name} that were stopped: {ended}.", messages.SUCCESS)
            for one in found:
                if one.failure is not None:
                    told = f"{name}: {one.name} could not be stopped: {one.failure.message}"
                    self.message_user(request, told, messages.ERROR)
        self._tell_what_runs_on(request, row)

    def _tell_what_runs_on(self, request: HttpRequest, row: User) -> None:
        if not row.is_active and (live := running.count([row.pk])[row.pk]):
            told = f"Sessions of {row.get_username()} that run on: {live}. “Lock out…” can stop them."
            self.message_user(request, told, messages.WARNING)

    @admin.action(description="Let in again", permissions=["rule"])
    def let_in(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.act(request, rows, "user.change", partial(users.change, is_active=True), "let in again", isActive=True)

    @admin.action(description="End all their log-ins and tokens", permissions=["rule"])
    def end_log_ins(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.act(request, rows, "user.log-out", services.log_out_everywhere, "logged out everywhere")

    @admin.action(description="Make a link that logs one user in, once", permissions=["rule"])
    def link(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        chosen = list(rows[:2])
        if len(chosen) != 1 or not chosen[0].is_active:
            self.message_user(request, "Choose one user, who is not locked out.", messages.ERROR)
            return
        address = request.build_absolute_uri(f"/login/{services.create_login_link(chosen[0], LINK_MINUTES)}")
        tell("user.login-link", actor=request.user, via="admin", target=f"user:{chosen[0].pk}", name=str(chosen[0]))
        told = format_html("Logs {} in, once, within a day; it is not shown again: <code>{}</code>", chosen[0], address)
        self.message_user(request, told, messages.SUCCESS)

    @admin.action(description="Delete the selected users", permissions=["remove"])
    def remove(self, request: HttpRequest, rows: QuerySet[User]) -> HttpResponse | None:
        question = "Delete these users?"
        if asked := self.ask_first(request, rows, "remove", question, "Delete", self._offer(request, rows)):
            return asked
        self.act(request, rows, "user.delete", partial(self._remove, request), "deleted or locked out")
        return None

    def _remove(self, request: HttpRequest, row: User) -> None:
        name = row.get_username()
        users.ensure_may_rule(cast("User", request.user), row)
        if kept := users.remove(row):
            told = f"{name} is locked out, not deleted: {', '.join(kept)} go on naming them."
            self.message_user(request, told, messages.WARNING)
            self._stop_if_wanted(request, row)


@admin.register(Login)
class LoginAdmin(ReadOnly):
    heading = "Log-ins"
    words = "One for each browser, script and API token. Revoking one ends its open windows too."
    list_display = ("user", "kind", "state", "created_at", "last_used_at", "expires_at", "user_agent")
    list_filter = ("kind", by_user("user", "user"))
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    search_fields = ("user__username", "user_agent")
    exclude = ("refresh_id",)
    actions = ("revoke", "export_csv")
    buttons = {"revoke": "Revoke"}

    @admin.display(description="State")
    def state(self, row: Login) -> SafeString:
        return _state(row)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.delete_login"))

    @admin.action(description="Revoke: end these log-ins now", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Login]) -> None:
        self.act(request, queryset, "login.revoke", services.log_out, "ended")


def _state(row: Login) -> SafeString:
    if row.revoked_at:
        return badge("ended")
    if row.expires_at <= datetime.now(UTC):
        return badge("expired")
    return badge("live", "ok") if row.user.is_active else badge("locked out", "danger")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    heading = "API tokens"
    words = "Log-ins for programs. Users make their own in the workspace; a secret is shown to nobody again."
    list_display = ("name", "user", "scoped", "state", "created", "last_used", "expires")
    list_filter = (by_user("login__user", "user"),)
    list_select_related = ("login__user",)
    search_fields = ("name", "login__user__username")
    ordering = ("-login__created_at",)
    exclude = ("secret_hash",)
    actions = ("revoke", "export_csv")
    buttons = {"revoke": "Revoke"}

    @admin.display(description="User", ordering="login__user__username")
    def user(self, row: ApiToken) -> str:
        return row.login.user.get_username()

    @admin.display(description="Good for")
    def scoped(self, row: ApiToken) -> str:
        return ", ".join(row.scopes)

    @admin.display(description="State")
    def state(self, row: ApiToken) -> SafeString:
        return _state(row.login)

    @admin.display(description="Made", ordering="login__created_at")
    def created(self, row: ApiToken) -> datetime:
        return row.login.created_at

    @admin.display(description="Last used", ordering="login__last_used_at")
    def last_used(self, row: ApiToken) -> datetime | None:
        return row.login.last_used_at if row.login.last_used_at > row.login.created_at else None

    @admin.display(description="Expires", ordering="login__expires_at")
    def expires(self, row: ApiToken) -> datetime:
        return row.login.expires_at

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.delete_apitoken"))

    @admin.action(description="Revoke: refuse these tokens now", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        self.act(request, queryset, "token.revoke", lambda row: services.log_out(row.login), "revoked")


@admin.register(LoginLink)
class LoginLinkAdmin(ReadOnly):
    heading = "Log-in links"
    words = "Each logs its user in once. Make one on a user's page."
    list_display = ("user", "created_at", "expires_at", "used_at")
    list_filter = (by_user("user", "user"),)
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    search_fields = ("user__username",)
    exclude = ("token_hash",)
