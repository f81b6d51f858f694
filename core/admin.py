"""What all pages of the admin site share: rows to look at, actions that tell what failed, short counts, CSV files."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from core.errors import AgtermError
from core.happenings import tell

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    Pages = Paginator[Any]
else:  # generic in the stubs only
    ModelAdmin, Pages = admin.ModelAdmin, Paginator

MOST_COUNTED = 10_000
MOST_EXPORTED = 10_000
MOST_ACTED_ON = 200  # at once: to end a program may take its whole grace
MOST_NAMES = 30  # offered by a filter; the others are found by searching
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a program
TONES = {"ok", "warn", "danger", "quiet"}


class ShortPaginator(Pages):
    """Counts no further than a person turns pages: counting a million lines takes longer than showing a hundred."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[Any]", self.object_list).order_by()[:MOST_COUNTED].count()


class PageWithFacts(ChangeList):
    """A list that asks once for what all rows of its page show besides: `facts_of` of its admin."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = cast("Page", self.model_admin).with_facts(request, list(self.result_list))


class Page(ModelAdmin):
    """A list and the pages of its rows, whatever the number of rows there are.

    `heading` is the page's title and `words` a sentence below it. `facts_of(request, rows)`, by primary key, is what a
    page of rows shows besides its columns; the admin's columns find it as `row.facts`. `buttons` names the actions that
    a row's own page offers, with the word on each.
    """

    heading = ""
    words = ""
    show_full_result_count = False
    paginator = ShortPaginator
    list_per_page = 50
    actions: Sequence[Any] | None = ("export_csv",)
    buttons: Mapping[str, str] = {}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PageWithFacts

    def facts_of(self, request: HttpRequest, rows: list[Any]) -> Mapping[Any, Any]:
        return {}

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        """Where a row's own page leads: addresses of ours, and the words for them."""
        return []

    def with_facts(self, request: HttpRequest, rows: list[Any]) -> list[Any]:
        facts = self.facts_of(request, rows)
        for row in rows:
            row.facts = facts.get(row.pk)
        return rows

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"title": self.heading, "words": self.words} if self.heading else {}
        return super().changelist_view(request, shown | (extra_context or {}))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row = context.get("original")
        if row is not None:
            allowed = self.get_actions(request)
            context["row_buttons"] = [(name, word) for name, word in self.buttons.items() if name in allowed]
            context["row_links"] = self.links_of(row)
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the services refuse although the form let it pass is said, not an error page."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except AgtermError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.path)

    @admin.action(description="Save the selected rows as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """The columns of the list, as they are shown there."""
        columns = [column for column in self.get_list_display(request) if column not in ("action_checkbox", "open_it")]
        rows = self.with_facts(request, list(queryset[:MOST_EXPORTED]))
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}.csv"'
        writer = csv.writer(answer)
        writer.writerow([str(label_for_field(column, self.model, model_admin=self)) for column in columns])
        writer.writerows([[self._cell(column, row) for column in columns] for row in rows])
        return answer

    def _cell(self, column: Any, row: Any) -> str:
        _field, _attribute, value = lookup_field(column, row, self)
        if value is None:
            return ""
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        text = strip_tags(text) if isinstance(value, SafeString) else text
        return f"'{text}" if text.startswith(FORMULA) else text

    # --- what is done with the chosen rows -----------------------------------------------------------------------

    def act(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        action: str,
        do: Callable[[Any], object],
        done: str,
        **details: Any,
    ) -> None:
        """`do` it with each row, tell the audit log of it as `action` ("session.stop"), and the page what failed.

        `done` says how the page tells of it: "stopped".
        """
        chosen = list(rows[: MOST_ACTED_ON + 1])
        if len(chosen) > MOST_ACTED_ON:
            self.message_user(request, f"Only the first {MOST_ACTED_ON}; do it again for the rest.", messages.WARNING)
        succeeded, kind = [], action.split(".")[0]
        for row in chosen[:MOST_ACTED_ON]:
            name, key = str(row), row.pk  # a deleted row has lost its key
            try:
                do(row)
            except AgtermError as error:
                self.message_user(request, f"{name}: {error.message}", messages.ERROR)
                continue
            tell(action, actor=request.user, via="admin", target=f"{kind}:{key}", name=name, **details)
            succeeded.append(name)
        if succeeded:
            what = succeeded[0] if len(succeeded) == 1 else str(len(succeeded))
            self.message_user(request, f"{what}: {done}.", messages.SUCCESS)

    def ask_first(
        self, request: HttpRequest, rows: QuerySet[Any], action: str, question: str, yes: str, also: str = ""
    ) -> TemplateResponse | None:
        """The page that asks whether it is meant, with all that is chosen; None once it was said to be.

        `also`: what more can be done in the same act, for a box to be ticked or not; see `is_also_wanted`.
        """
        if request.POST.get("post") == "yes":
            return None
        chosen = list(rows[:MOST_ACTED_ON])
        context = {
            **self.admin_site.each_context(request),
            "title": question,
            "rows": chosen,
            "action": action,
            "yes": yes,
            "also": also,
            "opts": self.opts,
            "heading": self.heading,
        }
        return TemplateResponse(request, "admin/ask_first.html", context)

    @staticmethod
    def is_also_wanted(request: HttpRequest) -> bool:
        return request.POST.get("also") == "yes"


class ReadOnly(Page):
    """Rows that only the product itself writes; what can be done with them are actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# --- filters ---------------------------------------------------------------------------------------------------------


class Since(admin.SimpleListFilter):
    """The newest by an indexed time; subclasses name the column as `parameter_name`."""

    SPANS = (("1", "Last 24 hours"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("365", "Last 365 days"))

    def lookups(self, _request: HttpRequest, _model_admin: object) -> Sequence[tuple[str, str]]:
        return self.SPANS

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.SPANS):
            return queryset
        return queryset.filter(
            **{f"{self.parameter_name}__gte": datetime.now(UTC) - timedelta(days=int(str(self.value())))}
        )


def since(column: str, title: str) -> type[Since]:
    return type("Since", (Since,), {"parameter_name": column, "title": title})


class ByUser(admin.SimpleListFilter):
    """By the name of a user; offers the users who were here last, and takes any."""

    title = parameter_name = "owner"
    path = "owner"

    def lookups(self, _request: HttpRequest, _model_admin: object) -> list[tuple[str, str]]:
        newest = User.objects.order_by("-last_login", "pk").values_list("username", flat=True)[:MOST_NAMES]
        names = sorted({*newest, *filter(None, [self.value()])})
        return [(name, name) for name in names]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.path}__username": self.value()}) if self.value() else queryset


def by_user(path: str, title: str = "owner") -> type[ByUser]:
    """The filter for rows whose user is found at `path`."""
    return type("ByUser", (ByUser,), {"path": path, "title": title, "parameter_name": title})


# --- what columns show -----------------------------------------------------------------------------------------------


def badge(text: str, tone: str = "quiet") -> SafeString:
    """A word with a colour of its own: ok, warn, danger or quiet."""
    assert tone in TONES
    return format_html('<span class="badge badge-{}">{}</span>', tone, text)


def link(address: str, text: str) -> SafeString:
    """A link to a page of ours."""
    assert address.startswith("/")
    return format_html('<a href="{}">{}</a>', address, text)


def size(count: int) -> str:
    """Bytes for people."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"


def span(seconds: float) -> str:
    """A time for people: its two largest units."""
    whole = max(0, int(seconds))
    days, hours, minutes = whole // 86_400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
