"""Wakes what stays open (sockets, event streams) when the rights it stands on change, so that it looks at once.

Only those of this process hear it. The others look every half a minute in any case.
"""

import asyncio
import threading
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

_lock = threading.Lock()
_listeners: dict[str, set["Nudge"]] = {}


class Nudge:
    """Calls `on_nudge` on the event loop it was made on, whenever one of its subjects is nudged, until closed."""

    def __init__(self, on_nudge: Callable[[], object], *subjects: str) -> None:
        self._loop, self._on_nudge = asyncio.get_running_loop(), on_nudge
        self._subjects = subjects
        with _lock:
            for subject in subjects:
                _listeners.setdefault(subject, set()).add(self)

    def close(self) -> None:
        with _lock:
            for subject in self._subjects:
                left = _listeners.get(subject, set())
                left.discard(self)
                if not left:
                    _listeners.pop(subject, None)

    def give(self) -> None:
        """From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._on_nudge)


def of_user(user_id: int) -> str:
    return f"user:{user_id}"


def of_session(session_id: UUID | str) -> str:
    return f"session:{session_id}"


def user(user_id: int) -> None:
    """A user's log-ins, role or shares have changed."""
    _give(of_user(user_id))


def session(session_id: UUID | str) -> None:
    """Who may reach a session has changed."""
    _give(of_session(session_id))


def _give(subject: str) -> None:
    def give() -> None:
        with _lock:
            heard = tuple(_listeners.get(subject, ()))
        for each in heard:
            each.give()

    transaction.on_commit(give)  # else it would look, and see what was before
