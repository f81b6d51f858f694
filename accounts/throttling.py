"""Who is counted as one caller, and how much they may ask: the REST throttle and the limit on log-in tries."""

import math

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import clients
from accounts.credentials import Credential
from core import throttling


class CallerThrottle(BaseThrottle):
    """One bucket per user for API tokens, a generous one for the browser, one per address for strangers."""

    def allow_request(self, request: Request, _view: object) -> bool:
        credential = request.auth if isinstance(request.auth, Credential) else None
        limit_caller(request._request, request.user.pk, credential)
        return True


def limit_caller(request: HttpRequest, user_id: int | None, credential: Credential | None) -> None:
    """Count this request and raise `RateLimited` if it is one too many."""
    config = settings.AGTERM
    if credential is None:
        bucket, caller, limit = "anonymous", clients.client_network(request), config.rate_limit_max
    elif credential.kind == "browser":
        bucket, caller, limit = "browser", str(user_id), config.rate_limit_browser_max
    else:
        bucket, caller, limit = "api", str(user_id), config.rate_limit_max
    usage = throttling.count(bucket, caller, limit=limit, window_s=math.ceil(config.rate_limit_window / 1000))
    throttling.attach(request, usage)
    throttling.enforce(usage)


def limit_log_in(request: HttpRequest, name: str) -> None:
    """Count one guess at a password of `name` from this client; `RateLimited` after a few in a minute."""
    caller = f"{clients.client_network(request)} {name}"
    usage = throttling.count("login", caller, limit=settings.AGTERM.login_attempts_per_minute, window_s=60)
    throttling.enforce(usage, "Too many log-in tries; wait a minute")
