"""Pages about the machine: how well it walls sessions in, and which agents it can start. To look at only."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from agents import services as agents
from core.errors import AgtermError
from providers import credentials
from sessions import isolation
from sessions.models import LIVE, Session


def isolation_page(request: HttpRequest) -> HttpResponse:
    """The report of `/api/isolation`, as a page."""
    try:
        found: dict[str, Any] = {"report": isolation.report()}
    except AgtermError as error:
        found = {"silence": error.message}
    return _page(request, "isolation", "Isolation", found)


def agents_page(request: HttpRequest) -> HttpResponse:
    """Every declared agent as this server finds it, with the keys that are for everybody."""
    described = agents.describe_all(settings.AGTERM, credentials.held_by(None))
    counted = Session.objects.filter(status__in=LIVE).order_by().values("agent").annotate(count=Count("pk"))
    live = {each["agent"]: each["count"] for each in counted}
    rows = [each | {"live": live.get(each["id"], 0), "why": _why_not(each)} for each in described]
    rows.sort(key=lambda each: (not each["available"], each["name"].lower()))
    return _page(request, "agents", "Agents", {"agents": rows, "usable": sum(each["available"] for each in rows)})


def _why_not(agent: dict[str, Any]) -> str:
    """What has to be done before it can be started; empty when nothing has."""
    if not agent["enabled"]:
        return "Disabled by AGTERM_DISABLED_AGENTS"
    if not agent["cliExists"]:
        return agent["installHint"] or "Not installed"
    missing = ", ".join(agent.get("missingEnvVars") or ())
    return f"No key: store one, or set {missing}" if missing else ""


def _page(request: HttpRequest, name: str, title: str, found: dict[str, Any]) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **found}
    return TemplateResponse(request, f"admin/machine/{name}.html", context)
