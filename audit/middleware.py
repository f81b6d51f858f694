"""Tells the audit log of every request under /api that changed something, and of those that were refused."""

from collections.abc import Mapping
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts import clients
from accounts.credentials import Credential
from audit import listening, naming
from core import envelope
from core.happenings import noted
from core.middleware import GetResponse

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
TOLD = ("name", "username", "role", "isActive", "mode", "user", "scopes", "agent", "limitUsd", "expiresAt", "status")
LOG_IN = "login.create"


class AuditMiddleware:
    """Bodies are never looked at, but for a few fields of the answer that hold no secret."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self._is_async:
            return self._answer(request)
        response: HttpResponseBase = self._get_response(request)
        if is_to_be_told(request, response):
            told(request, response)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self._get_response(request)
        if is_to_be_told(request, response):
            await sync_to_async(told)(request, response)
        return response


def is_to_be_told(request: HttpRequest, response: HttpResponseBase) -> bool:
    if not envelope.is_api(request) or _route(request) in naming.UNTOLD:
        return False
    if response.status_code == 403:
        return True
    if request.method in SAFE:
        return False
    return response.status_code < 400 or (response.status_code in (401, 429) and _action(request) == LOG_IN)


def told(request: HttpRequest, response: HttpResponseBase) -> None:
    """Sync, writes to the database."""
    action, facts, credential = _action(request), noted(request), getattr(request, "auth", None)
    known = credential if isinstance(credential, Credential) else None
    details = dict(facts)
    actor = details.pop("actor", known.login.user if known else None)
    target, shown = _thing(request, response)
    target = details.pop("target", target)
    if response.status_code >= 400:
        action = f"{action}.refused"
        details = {"method": request.method, "route": _route(request) or "?", "status": response.status_code}
        shown = {}
    listening.write(
        action,
        actor=actor,
        via=known.via if known else "api",
        target=target,
        address=clients.client_address(request),
        details=shown | _others_named(request) | details,
    )


def _action(request: HttpRequest) -> str:
    return naming.action(request.method or "?", _route(request))


def _route(request: HttpRequest) -> str | None:
    match = request.resolver_match
    return match.route if match is not None else None


def _thing(request: HttpRequest, response: HttpResponseBase) -> tuple[str, dict[str, Any]]:
    """What it was done to: what the address names first, else what was made; and harmless facts of it."""
    kind, row = _made(getattr(response, "data", None))
    facts = {name: row[name] for name in TOLD if row.get(name) is not None}
    made = f"{kind}:{row['id']}" if row else ""
    if named := _named(request):
        target = f"{named[0][0]}:{named[0][1]}"
        return target, facts | ({kind: row["id"]} if row and made != target else {})
    if session := request.GET.get("sessionId"):
        path = request.GET.get("path")
        return f"session:{session}", {"path": path} if path else {}
    return made, facts


def _made(data: Any) -> tuple[str, Mapping[str, Any]]:
    things = [(kind, row) for kind, row in data.items() if _is_thing(row)] if isinstance(data, Mapping) else []
    return things[0] if len(things) == 1 else ("", {})


def _is_thing(row: Any) -> bool:
    return isinstance(row, Mapping) and "id" in row


def _named(request: HttpRequest) -> list[tuple[str, str]]:
    match = request.resolver_match
    kwargs = match.kwargs if match is not None else {}
    return [(name.removesuffix("_id"), str(value)) for name, value in kwargs.items()]


def _others_named(request: HttpRequest) -> dict[str, str]:
    """The address may name something within something: a share of a session."""
    return dict(_named(request)[1:])
