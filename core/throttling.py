"""Counts what a caller did in a time window; the doors decide who the caller is and what the limit is."""

import hashlib
import time
from dataclasses import dataclass

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from core.errors import RateLimited


@dataclass(frozen=True)
class Usage:
    """How much of a bucket is used, this request included."""

    limit: int
    count: int
    reset_s: int
    exceeded: bool

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.count)


def count(bucket: str, caller: str, *, limit: int, window_s: int) -> Usage:
    """Count one request of `caller` in `bucket` and say how the bucket stands."""
    digest = hashlib.sha256(caller.encode("utf-8", "surrogatepass")).hexdigest()
    usage = get_usage(
        None, group=f"agterm.{bucket}", key=lambda _group, _request: digest, rate=(limit, window_s), increment=True
    )
    if usage is None:  # the operator set RATELIMIT_ENABLE or RATELIMIT_FAIL_OPEN
        return Usage(limit=limit, count=0, reset_s=window_s, exceeded=False)
    reset_s = max(1, usage["time_left"])  # 0 in the window's last second, -1 when the counter can't be reached
    return Usage(limit=limit, count=usage["count"], reset_s=reset_s, exceeded=usage["should_limit"])


def enforce(usage: Usage, message: str | None = None) -> Usage:
    """Raise `RateLimited` if the bucket is over its limit."""
    if usage.exceeded:
        raise RateLimited(message, limit=usage.limit, remaining=0, retry_after_s=usage.reset_s)
    return usage


def attach(request: HttpRequest, usage: Usage) -> None:
    """Keep the caller's usage on the request; the envelope turns it into `X-RateLimit-*`."""
    request.agterm_usage = usage  # type: ignore[attr-defined]


def attached(request: HttpRequest) -> Usage | None:
    return getattr(request, "agterm_usage", None)


def headers(limit: int, remaining: int, reset_s: int) -> dict[str, str]:
    """`X-RateLimit-Reset` is the Unix time at which the window ends."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(time.time()) + reset_s),
    }
