"""What CLIs told of themselves, in the admin site: calls from transcripts, and how much of a plan is used up."""

from django.contrib import admin
from django.utils.safestring import SafeString

from core.admin import ReadOnly, badge, by_user, since
from transcripts.models import PlanUsage, Told

NEARLY = 80  # percent


@admin.register(PlanUsage)
class PlanUsageAdmin(ReadOnly):
    heading = "Subscriptions"
    words = "How much of their plans is used up, as their transcripts said last."
    list_display = ("owner", "agent", "window", "used", "resets_at", "seen_at")
    list_filter = ("agent", by_user("owner"))
    list_select_related = ("owner",)
    search_fields = ("owner__username", "agent")
    ordering = ("-seen_at",)

    @admin.display(description="Used", ordering="used_percent")
    def used(self, row: PlanUsage) -> SafeString:
        tone = "danger" if row.used_percent >= 100 else "warn" if row.used_percent >= NEARLY else "quiet"
        return badge(f"{row.used_percent:.0f} %", tone)


@admin.register(Told)
class ToldAdmin(ReadOnly):
    heading = "Transcripts"
    words = "Calls that agents wrote down themselves: the second source, beside what passed the providers' door."
    list_display = ("at", "session", "agent", "model", "total_tokens", "is_billed", "request_id")
    list_filter = (since("at", "time"), "agent", "is_billed", by_user("session__owner"))
    list_select_related = ("session",)
    search_fields = ("=request_id", "=response_id", "session__name")
    ordering = ("-pk",)
