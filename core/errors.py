"""The one error tree: every failure a caller can see is one of these, rendered by the door it leaves through.

AgtermError                        code                    status
├── InvalidRequest                 INVALID_REQUEST         400
├── InvalidMessage                 INVALID_MESSAGE         400   (sockets: not a JSON object)
├── Unauthorized                   UNAUTHORIZED            401
├── BudgetExceeded                 BUDGET_EXCEEDED         402
├── Forbidden                      FORBIDDEN               403
│   ├── AgentDisabled              AGENT_DISABLED          403
│   └── PathOutsideWorkspace       PATH_OUTSIDE_WORKSPACE  403
├── NotFound                       NOT_FOUND               404
│   ├── SessionNotFound            SESSION_NOT_FOUND       404
│   └── AgentNotFound              AGENT_NOT_FOUND         404
├── MethodNotAllowed               METHOD_NOT_ALLOWED      405
├── Conflict                       CONFLICT                409
│   ├── NoSession                  NO_SESSION              409   (sockets: attach first)
│   ├── AttachFailed               ATTACH_FAILED           409
│   └── IsolationTooWeak           ISOLATION_TOO_WEAK      409   (the machine can't wall a session in as well as asked)
├── TooLarge                       TOO_LARGE               413
├── RateLimited                    RATE_LIMITED            429
├── InternalError                  INTERNAL_ERROR          500
├── BadGateway                     BAD_GATEWAY             502   (a previewed server does not answer as one)
├── HostUnavailable                HOST_UNAVAILABLE        503   (the runner does not answer)
├── GatewayTimeout                 GATEWAY_TIMEOUT         504   (a previewed server takes too long)
└── StorageFull                    STORAGE_FULL            507   (the workspace disk is full)
"""

from collections.abc import Mapping
from typing import Any


class AgtermError(Exception):
    """A failure with a stable code, an HTTP status and a message that says what to do."""

    code = "INTERNAL_ERROR"
    status = 500
    default_message = "Something went wrong"

    def __init__(self, message: str | None = None, *, details: Mapping[str, Any] | None = None) -> None:
        self.message = message or self.default_message
        self.details = dict(details) if details else None
        super().__init__(self.message)

    def as_payload(self) -> dict[str, Any]:
        """`{code, message, details?}`, the same on every road."""
        payload: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            payload["details"] = self.details
        return payload


class InvalidRequest(AgtermError):
    code, status, default_message = "INVALID_REQUEST", 400, "The request is not valid"


class InvalidMessage(AgtermError):
    code, status, default_message = "INVALID_MESSAGE", 400, "Malformed JSON"


class Unauthorized(AgtermError):
    code, status, default_message = "UNAUTHORIZED", 401, "Log in first"


class BudgetExceeded(AgtermError):
    """`details`: the budget's `scope`, `period`, `limitUsd` and `spentUsd`."""

    code, status, default_message = "BUDGET_EXCEEDED", 402, "The budget is used up"


class Forbidden(AgtermError):
    code, status, default_message = "FORBIDDEN", 403, "You may not do this"


class AgentDisabled(Forbidden):
    code, default_message = "AGENT_DISABLED", "This agent is disabled on this server"


class PathOutsideWorkspace(Forbidden):
    code = "PATH_OUTSIDE_WORKSPACE"
    default_message = "The path lies outside your workspaces and the allowed roots"


class NotFound(AgtermError):
    code, status, default_message = "NOT_FOUND", 404, "There is nothing here"


class SessionNotFound(NotFound):
    code, default_message = "SESSION_NOT_FOUND", "Session not found"


class AgentNotFound(NotFound):
    code, default_message = "AGENT_NOT_FOUND", "Agent not found"


class MethodNotAllowed(AgtermError):
    code, status, default_message = "METHOD_NOT_ALLOWED", 405, "This URL does not answer that verb"


class Conflict(AgtermError):
    code, status, default_message = "CONFLICT", 409, "The request conflicts with the present state"


class NoSession(Conflict):
    code, default_message = "NO_SESSION", "Not attached to any session"


class AttachFailed(Conflict):
    code, default_message = "ATTACH_FAILED", "Failed to attach to session"


class IsolationTooWeak(Conflict):
    """`details`: the `level` there is, the `minimum` there should be, and why the better ones were `refused`."""

    code, default_message = "ISOLATION_TOO_WEAK", "Sessions can't be isolated well enough on this machine"


class TooLarge(AgtermError):
    code, status, default_message = "TOO_LARGE", 413, "The request is too large"


class RateLimited(AgtermError):
    """`retry_after_s`, `limit`, `remaining`, `reset_s` become the response's headers."""

    code, status, default_message = "RATE_LIMITED", 429, "Too many requests"

    def __init__(self, message: str | None = None, *, limit: int, remaining: int = 0, retry_after_s: int) -> None:
        super().__init__(message, details={"retryAfterSeconds": retry_after_s})
        self.limit, self.remaining, self.retry_after_s = limit, remaining, retry_after_s


class InternalError(AgtermError):
    pass


class HostUnavailable(AgtermError):
    """`may_have_happened`: the question was sent, only the answer is missing."""

    code, status = "HOST_UNAVAILABLE", 503
    default_message = "The runner does not answer; start it with `agterm runner`"

    def __init__(
        self, message: str | None = None, *, details: Mapping[str, Any] | None = None, may_have_happened: bool = False
    ) -> None:
        super().__init__(message, details=details)
        self.may_have_happened = may_have_happened


class BadGateway(AgtermError):
    code, status, default_message = "BAD_GATEWAY", 502, "The previewed server does not answer"


class GatewayTimeout(AgtermError):
    code, status = "GATEWAY_TIMEOUT", 504
    default_message = "Gateway timeout: upstream server did not respond in time"


class StorageFull(AgtermError):
    code, status, default_message = "STORAGE_FULL", 507, "The disk of the workspaces is full"


class BrokenOff(Exception):
    """An answer ends in its middle, so its connection is cut: half of it must not be taken for all."""


def by_code(code: str) -> type[AgtermError]:
    """The class whose code this is (`InternalError` for a code this version does not know)."""
    return _BY_CODE.get(code, InternalError)


def _tree(root: type[AgtermError]) -> dict[str, type[AgtermError]]:
    found = {root.code: root}
    for child in root.__subclasses__():
        found |= _tree(child)
    return found


_BY_CODE = _tree(AgtermError) | {InternalError.code: InternalError}
