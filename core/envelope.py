"""The shape of everything under /api: `{success, data}` or `{success, error}`, whatever went wrong and wherever."""

import json
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core import exceptions as django_errors
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.views import csrf
from rest_framework import exceptions as drf_errors
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.mediatypes import media_type_matches

from core import throttling
from core.errors import (
    AgtermError,
    Conflict,
    Forbidden,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthorized,
)
from core.middleware import Middleware
from core.payloads import parse as parse  # the other half of what comes in; views import it from here

logger = logging.getLogger(__name__)

_BY_STATUS: Mapping[int, type[AgtermError]] = {
    kind.status: kind
    for kind in (InvalidRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, Conflict, TooLarge)
}
_FROM_EXCEPTION: Sequence[tuple[type[Exception], type[AgtermError]]] = (
    (drf_errors.NotAuthenticated, Unauthorized),
    (drf_errors.AuthenticationFailed, Unauthorized),
    (drf_errors.PermissionDenied, Forbidden),
    (django_errors.PermissionDenied, Forbidden),
    (drf_errors.NotFound, NotFound),
    (Http404, NotFound),
    (drf_errors.MethodNotAllowed, MethodNotAllowed),
    (django_errors.RequestDataTooBig, TooLarge),
    (django_errors.SuspiciousOperation, InvalidRequest),
    (UnreadablePostError, InvalidRequest),
)


# What goes out.


class EnvelopeRenderer(JSONRenderer):
    """Wraps what a view returned: its data on success, a `{code, message}` payload on failure."""

    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        status = renderer_context["response"].status_code if renderer_context else 200
        if status == 204:
            return b""
        body = _failure(data, status) if status >= 400 else {"success": True, "data": {} if data is None else data}
        try:
            return bytes(super().render(body, None, renderer_context))
        except UnicodeEncodeError:  # half a surrogate pair, as in a file name that is not UTF-8
            return json.dumps(body, cls=self.encoder_class, allow_nan=False).encode()


def _failure(data: Any, status: int) -> dict[str, Any]:
    if not (isinstance(data, Mapping) and "code" in data and "message" in data):
        data = _error_for(status).as_payload()
    return {"success": False, "error": data}


def render(error: AgtermError) -> HttpResponse:
    """`error` as a response, for middlewares and views outside REST framework."""
    content = json.dumps({"success": False, "error": error.as_payload()})
    response = HttpResponse(content, status=error.status, content_type="application/json", headers=_headers(error))
    return as_is(response)


def as_is(response: HttpResponse) -> HttpResponse:
    """Mark a failure whose body must not be replaced (a proxied page's own 404, say)."""
    response.agterm_as_is = True  # type: ignore[attr-defined]
    return response


def _headers(error: AgtermError) -> dict[str, str]:
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, RateLimited):
        limits = throttling.headers(error.limit, error.remaining, error.retry_after_s)
        return {"Retry-After": str(error.retry_after_s), **limits}
    return {}


# What comes in.


class JSONOnly(BaseContentNegotiation):
    """Always answers with the view's own renderer; a body must be of a kind the view takes."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        for parser in parsers:
            if media_type_matches(parser.media_type or "", request.content_type or ""):
                return parser
        kinds = " or ".join(parser.media_type or "" for parser in parsers)
        raise InvalidRequest(f"Send the body with Content-Type: {kinds}")

    def select_renderer(
        self, _request: Request, renderers: Iterable[BaseRenderer], _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


class StrictJSONParser(JSONParser):
    """A JSON object in UTF-8, or `InvalidRequest`: no NaN, no infinities, no name twice, no broken text."""

    def parse(self, stream: Any, _media_type: Any = None, _parser_context: Any = None) -> dict[str, Any]:
        try:
            data = read_json(stream.read())
        except (ValueError, RecursionError):
            raise InvalidRequest("The body is not valid JSON") from None
        if not isinstance(data, dict):
            raise InvalidRequest("The body must be a JSON object")
        return data


def read_json(raw: bytes) -> Any:
    """`raw` as JSON; raises `ValueError` for all that JSON forbids or leaves open, also half surrogate pairs."""
    data = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
    if b"\\ud" in raw.lower():
        json.dumps(data, ensure_ascii=False).encode()
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name appears twice")
    return names


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


# What goes wrong.


def exception_handler(exc: Exception, _context: Mapping[str, Any]) -> Response | None:
    """REST framework's hook. None means a crash: Django logs it and `EnvelopeMiddleware` answers 500."""
    error = _translated(exc)
    if error is None:
        return None
    if error.status >= 500:
        logger.error("%s: %s", error.code, error.message, exc_info=exc if error.status == 500 else None)
    return Response(error.as_payload(), status=error.status, headers=_headers(error))


def _translated(exc: Exception) -> AgtermError | None:
    if isinstance(exc, AgtermError):
        return exc
    if isinstance(exc, drf_errors.Throttled):
        return RateLimited(limit=0, retry_after_s=max(1, math.ceil(getattr(exc, "wait", None) or 1)))
    for source, kind in _FROM_EXCEPTION:
        if isinstance(exc, source):
            return kind()
    if isinstance(exc, drf_errors.APIException) and exc.status_code < 500:
        return InvalidRequest(_first_line(exc.detail))
    return None


def _first_line(detail: Any, field: str = "") -> str:
    """The first complaint of REST framework's nested lists and dicts, with the field's name before it."""
    if isinstance(detail, Mapping) and detail:
        name, inner = next(iter(detail.items()))
        return _first_line(inner, "" if name in ("detail", "non_field_errors") else str(name))
    if isinstance(detail, list) and detail:
        return _first_line(detail[0], field)
    return f"{field}: {detail}" if field else str(detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for requests that fail its CSRF check: an envelope under /api, Django's page elsewhere."""
    if is_api(request):
        return render(Forbidden(f"CSRF check failed: {reason}" if reason else "CSRF check failed"))
    page: HttpResponse = csrf.csrf_failure(request, reason)
    return page


def is_api(request: HttpRequest) -> bool:
    return request.path_info == "/api" or request.path_info.startswith("/api/")


class EnvelopeMiddleware(Middleware):
    """The last word on every response under /api: no failure leaves in Django's own clothes, limits are told."""

    def before(self, request: HttpRequest) -> HttpResponseBase | None:
        if not is_api(request):
            return None
        try:
            request.get_host()
            _measure_chunked_body(request)
        except django_errors.DisallowedHost:
            return render(InvalidRequest("This server does not answer to that host name (AGTERM_ALLOWED_HOSTS)"))
        except TooLarge as error:
            return render(error)
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_api(request):
            return response
        if response.status_code >= 400 and not _is_shaped(response):
            response = _reshaped(response)
        response.headers.setdefault("Cache-Control", "no-store")
        if usage := throttling.attached(request):
            for name, value in throttling.headers(usage.limit, usage.remaining, usage.reset_s).items():
                response.headers.setdefault(name, value)
        return response


def _measure_chunked_body(request: HttpRequest) -> None:
    """REST framework takes a body without Content-Length for no body at all; give it the length."""
    if request.META.get("CONTENT_LENGTH") or request.content_type != "application/json":
        return
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    body = request.read(limit + 1)
    if len(body) > limit:
        raise TooLarge
    request._body = body  # where `request.body` keeps it
    request.META["CONTENT_LENGTH"] = str(len(body))


def _is_shaped(response: HttpResponseBase) -> bool:
    renderer = getattr(response, "accepted_renderer", None)
    return isinstance(renderer, EnvelopeRenderer) or getattr(response, "agterm_as_is", False)


def _reshaped(response: HttpResponseBase) -> HttpResponse:
    """An envelope with the status, headers and cookies of a failure that was made outside REST framework."""
    shaped = render(_error_for(response.status_code))
    shaped.status_code = response.status_code
    shaped.cookies = response.cookies
    for name, value in response.headers.items():
        if name not in ("Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding", "ETag"):
            shaped.headers.setdefault(name, value)
    return shaped


def _error_for(status: int) -> AgtermError:
    if status == 429:
        return RateLimited(limit=0, retry_after_s=1)
    return _BY_STATUS.get(status, InternalError if status >= 500 else InvalidRequest)()
