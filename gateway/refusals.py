"""What the door says when it refuses, in the shape that the provider's own clients can read."""

import json
from typing import Any

from gateway.headers import Headers

ANTHROPIC = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
OPENAI = {
    401: "invalid_api_key",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
    429: "rate_limit_exceeded",
    502: "provider_unreachable",
    503: "server_busy",
    504: "provider_timeout",
}
GOOGLE = {
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
OVER_BUDGET = 402


class Refusal(Exception):
    """The request goes no further: an HTTP status and a message for whoever sees the CLI's screen.

    402 is for budgets alone: the caller is to stop at once. `retry_after_s`: when it makes sense to come again.
    """

    def __init__(self, status: int, message: str, *, retry_after_s: int | None = None) -> None:
        self.status, self.message, self.retry_after_s = (
            status,
            "AGTerm: " + message.removeprefix("AGTerm: "),
            retry_after_s,
        )
        super().__init__(message)


def answer(refusal: Refusal, shape: str) -> tuple[int, Headers, bytes]:
    """Status, headers and body in the shape of that dialect or provider; else in OpenAI's, which most imitate.

    Each CLI stops at another status when money is the reason: Claude Code and Gemini CLI at 402, Codex, which would try
    402 again and has words of its own for 429, at 400.
    """
    family = shape.partition("-")[0]  # of "anthropic-messages"
    status, said = {"anthropic": _anthropic, "google": _google}.get(family, _openai)(refusal)
    body = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if refusal.status == OVER_BUDGET:
        headers.append((b"x-should-retry", b"false"))
    if refusal.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % refusal.retry_after_s))
    return status, headers, body


def _anthropic(refusal: Refusal) -> tuple[int, dict[str, Any]]:
    otherwise = "api_error" if refusal.status >= 500 else "invalid_request_error"
    kind = ANTHROPIC.get(refusal.status, otherwise)
    return refusal.status, {"type": "error", "error": {"type": kind, "message": refusal.message}}


def _openai(refusal: Refusal) -> tuple[int, dict[str, Any]]:
    if refusal.status == OVER_BUDGET:
        return 400, _openai_error(refusal.message, "insufficient_quota", "insufficient_quota")
    is_ours = refusal.status >= 500
    code = OPENAI.get(refusal.status, "server_error" if is_ours else "invalid_request")
    return refusal.status, _openai_error(refusal.message, "server_error" if is_ours else "invalid_request_error", code)


def _openai_error(message: str, kind: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _google(refusal: Refusal) -> tuple[int, dict[str, Any]]:
    otherwise = "INTERNAL" if refusal.status >= 500 else "INVALID_ARGUMENT"
    kind = GOOGLE.get(refusal.status, otherwise)
    return refusal.status, {"error": {"code": refusal.status, "message": refusal.message, "status": kind}}
