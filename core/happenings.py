"""What somebody did that the audit log is to know of: told here, written by whoever listens."""

from typing import Any

from django.dispatch import Signal
from django.http import HttpRequest

happened = Signal()

_NOTES = "agterm_notes"


def tell(
    action: str, *, actor: Any = None, via: str = "system", target: str = "", address: str = "", **details: Any
) -> None:
    """Say that `actor` (a user; None: nobody known) did `action` ("session.attach") to `target` ("session:<id>").

    `via` is how they came: browser, api, token, share, admin, door or system. `details` are JSON and hold no secret.
    Sync, may write to the database; who tells from a socket does so in a thread.
    """
    happened.send(sender=None, action=action, actor=actor, via=via, target=target, address=address, details=details)


def note(request: HttpRequest, **details: Any) -> None:
    """Add to what will be told of this request, when it is one that changes something; no secret.

    `actor` and `target` are taken for what they are, where the request itself can't say.
    """
    setattr(request, _NOTES, {**noted(request), **details})


def noted(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = getattr(request, _NOTES, {})
    return dict(found)
