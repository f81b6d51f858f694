"""Finds every endpoint that the document is about: all that `agterm.urls` leads to under /api, and what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from core.described import Description, description_of

METHODS = ("get", "post", "put", "patch", "delete")
ALSO_OURS = ("uploads/",)  # beside /api
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Endpoint:
    """One method of one URL; `description` is None when nobody described it."""

    path: str  # as the document has it: /api/sessions/{sessionId}
    route: str  # as Django has it: api/sessions/<str:session_id>
    method: str
    view: type
    description: Description | None

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """`(name, kind)` of what the path names, by its Django name: session_id, str."""
        return [(found["name"], found["kind"] or "str") for found in _PART.finditer(self.route)]

    @property
    def is_stream(self) -> bool:
        """One that REST framework does not serve; these take `?token=` as well (`accounts.streams`)."""
        return not issubclass(self.view, APIView)

    @property
    def is_open(self) -> bool:
        return not self.is_stream and not getattr(self.view, "permission_classes", True)

    @property
    def is_for_some(self) -> bool:
        """Whether more is asked than to be logged in."""
        asked = getattr(self.view, "permission_classes", ())
        return bool(asked) and tuple(asked) != tuple(APIView.permission_classes)

    @property
    def area(self) -> str:
        return self.view.__module__.partition(".")[0]


def all_of_them() -> list[Endpoint]:
    """In the order of the URLs."""
    return [
        Endpoint(document_path(route), route, method, view, description_of(view, method))
        for route, view in _views(get_resolver().url_patterns, "")
        for method in METHODS
        if _answers(view, method)
    ]


def _answers(view: type, method: str) -> bool:
    return hasattr(view, method) and method in getattr(view, "http_method_names", METHODS)


def document_path(route: str) -> str:
    return "/" + _PART.sub(lambda found: f"{{{camel(found['name'])}}}", route)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _views(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, type]]:
    for pattern in patterns:
        route = before + str(getattr(pattern.pattern, "_route", ""))
        if isinstance(pattern, URLResolver):
            if _is_ours(route) or not route:
                yield from _views(pattern.url_patterns, route)
        elif _is_ours(route):
            view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
            if view is not None:
                yield route, view


def _is_ours(route: str) -> bool:
    return route.startswith(("api/", *ALSO_OURS))
