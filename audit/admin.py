"""The audit log in the admin site: to look at, to search and to save; nobody changes a line, here least of all."""

import json

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from audit import chain
from audit.models import AuditEvent
from core.admin import ReadOnly, since


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    heading = "Audit log"
    words = "Who did what. Each line is bound to the one before it by a hash, so that a changed one is noticed."
    list_display = ("seq", "at", "actor_name", "action", "target", "via", "address", "facts_told")
    list_filter = (since("at", "time"), "via")
    search_fields = ("=actor_name", "^action", "^target")
    search_help_text = "A user's whole name, or the beginning of an action or a target"
    ordering = ("-seq",)
    sortable_by = ("seq",)

    def get_urls(self) -> list[URLPattern]:
        checking = require_POST(self.admin_site.admin_view(self.verify))
        return [path("verify/", checking, name="agterm_audit_verify"), *super().get_urls()]

    def verify(self, request: HttpRequest) -> HttpResponse:
        """Goes through the whole chain and says on the list's page what came of it."""
        if not self.has_view_permission(request):
            return HttpResponseForbidden()
        found = chain.verify()
        if found.ok:
            told = f"All {found.events} events are as they were written. The newest hash is {found.head}."
            self.message_user(request, told, messages.SUCCESS)
        else:
            self.message_user(request, f"Broken at event {found.broken_at}: {found.reason}.", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:agterm_audit_auditevent_changelist"))

    @admin.display(description="Details")
    def facts_told(self, row: AuditEvent) -> str:
        return json.dumps(row.details, ensure_ascii=False) if row.details else ""
