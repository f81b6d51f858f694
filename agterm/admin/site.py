"""The admin site: its own order of things, a front page with figures, and pages that are about no table."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from agterm.admin import front, machine


class Place(NamedTuple):
    """A page in the list of all pages: of a model, by its label, or one of our own, by the name of its URL."""

    of: str
    name: str


SECTIONS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "Work",
        (
            Place("agterm_sessions.session", "Sessions"),
            Place("agterm_sessions.share", "Shares"),
            Place("runs.run", "Headless runs"),
            Place("agterm_recordings.recording", "Recordings"),
            Place("profiles.profile", "Profiles"),
        ),
    ),
    (
        "Money",
        (
            Place("costs.entry", "Ledger"),
            Place("costs.meteredsession", "Costs by session"),
            Place("costs.budget", "Budgets"),
            Place("transcripts.planusage", "Subscriptions"),
            Place("transcripts.told", "Transcripts"),
        ),
    ),
    (
        "Agents and providers",
        (
            Place("admin:machine_agents", "Agents"),
            Place("agents.storedlogin", "Agents' log-ins"),
            Place("providers.storedkey", "Providers and keys"),
        ),
    ),
    (
        "People",
        (
            Place("auth.user", "Users"),
            Place("auth.group", "Groups"),
            Place("accounts.login", "Log-ins"),
            Place("accounts.apitoken", "API tokens"),
            Place("accounts.loginlink", "Log-in links"),
        ),
    ),
    (
        "Server",
        (
            Place("admin:machine_isolation", "Isolation"),
            Place("agterm_audit.auditevent", "Audit log"),
        ),
    ),
)


class Site(admin.AdminSite):
    site_header = site_title = "AGTerm"
    index_title = "Overview"
    empty_value_display = "–"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own: list[URLResolver | URLPattern] = [
            path("machine/agents/", self.admin_view(machine.agents_page), name="machine_agents"),
            path("machine/isolation/", self.admin_view(machine.isolation_page), name="machine_isolation"),
        ]
        return own + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Sections of what the caller may see, in our order; models that stand in none of them come last."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        known = {model["model"]._meta.label_lower: model for app in apps for model in app["models"]}
        found = [_section(name, [_shown(request, place, known) for place in places]) for name, places in SECTIONS]
        if known:
            found.append(_section("More", list(known.values())))
        return [section for section in found if section["models"]]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**front.figures(request), **(extra_context or {})})


def _section(name: str, models: list[Any]) -> dict[str, Any]:
    shown = [model for model in models if model]
    return {"name": name, "app_label": name.lower().replace(" ", "-"), "app_url": "", "models": shown}


def _shown(request: HttpRequest, place: Place, known: dict[str, Any]) -> dict[str, Any] | None:
    """What the list shows of that place; None when the caller may not see it, or it is not there."""
    if place.of.startswith("admin:"):
        address = reverse(place.of)
        return {
            "name": place.name,
            "object_name": place.of[6:],
            "admin_url": address,
            "add_url": None,
            "view_only": True,
        }
    model = known.pop(place.of, None)
    return model and {**model, "name": place.name}
