"""Base of our middlewares: works in a sync and in an async chain without hopping to a thread."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], Any]


class Middleware:
    """Looks at a request before and at its response after; both hooks only compute, they never block.

    Django's own `MiddlewareMixin` sends each hook through a thread under ASGI; ours run in place.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer(request)
        response: HttpResponseBase = self.before(request) or self.get_response(request)
        return self.after(request, response)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.before(request) or await self.get_response(request)
        return self.after(request, response)

    def before(self, _request: HttpRequest) -> HttpResponseBase | None:
        """A response ends the request here; None lets it through."""
        return None

    def after(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response
