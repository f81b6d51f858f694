"""Recordings in the admin site: to play, to save as a file and to delete; everything else happens through the API."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin import ReadOnly, badge, by_user, link, size, span
from recordings import services
from recordings.models import Recording

TONES = {"recording": "ok", "failed": "danger"}


@admin.register(Recording)
class RecordingAdmin(ReadOnly):
    heading = "Recordings"
    words = "What sessions printed, to play again. Deleting one takes its file with it."
    list_display = ("called", "owner", "agent", "standing", "length", "weight", "started_at", "open_it")
    list_filter = ("status", "agent", by_user("owner"))
    list_select_related = ("owner",)
    date_hierarchy = "started_at"
    search_fields = ("id", "session_key", "session_name", "title", "owner__username")
    ordering = ("-started_at",)
    actions = ("delete_with_files", "export_csv")
    buttons = {"delete_with_files": "Delete…"}

    @admin.display(description="Recording", ordering="session_name")
    def called(self, row: Recording) -> str:
        return row.title or row.session_name

    @admin.display(description="State", ordering="status")
    def standing(self, row: Recording) -> SafeString:
        shown = badge(row.status, TONES.get(row.status, "quiet"))
        return format_html("{} <small>{}</small>", shown, f"limit of {row.truncated}") if row.truncated else shown

    @admin.display(description="Length", ordering="duration_ms")
    def length(self, row: Recording) -> str:
        return span(row.duration_ms / 1000)

    @admin.display(description="Size", ordering="size_bytes")
    def weight(self, row: Recording) -> str:
        return size(row.size_bytes)

    @admin.display(description="")
    def open_it(self, row: Recording) -> SafeString:
        return format_html(
            "{} · {}", link(f"/recordings/{row.pk}", "Play"), link(f"/api/recordings/{row.pk}/cast", "File")
        )

    def links_of(self, row: Recording) -> list[tuple[str, str]]:
        return [(f"/recordings/{row.pk}", "Play"), (f"/api/recordings/{row.pk}/cast", "As an asciicast file")]

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("agterm_recordings.delete_recording"))

    @admin.action(description="Delete the selected recordings with their files", permissions=["remove"])
    def delete_with_files(self, request: HttpRequest, rows: QuerySet[Recording]) -> HttpResponse | None:
        question = "Delete these recordings with their files?"
        if asked := self.ask_first(request, rows, "delete_with_files", question, "Delete"):
            return asked
        self.act(request, rows, "recording.delete", services.remove, "deleted")
        return None
