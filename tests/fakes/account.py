"""The fake provider's account: every call it was asked, what it billed for it, and why not."""

import threading
from dataclasses import asdict, replace
from types import ModuleType
from typing import Any

from fakes import prices
from fakes.dialects import Answer, Call, Used

AUTH_HEADERS = ("authorization", "x-api-key", "x-goog-api-key")


class Account:
    """One entry a call, in the order they came.

    `dialect`, `path`, `model`, `stream`, `status`, `auth` {header: value}, `usage` as the dialect tells it at the end,
    `id` and `request_id` as they are in the answer and its headers. `used` is what is billed, by the fields of `Used`,
    and `cost_picousd` what that costs (None: no price); both None for a call that was refused or is free, which is not
    `metered`. `ended`: the
    answer is sent, or will never be; before that nothing is billed. `hung_up`: the caller left before its end, and is
    billed for what was made until then. `died`: we broke it off; `used` is what the caller was told by then.
    """

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    @property
    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(entry) for entry in self._entries]

    @property
    def totals(self) -> dict[str, int]:
        """Calls, those under way, tokens of each class, and pico-dollars."""
        entries = self.entries
        totals = {"calls": len(entries), "open": sum(not entry["ended"] for entry in entries)}
        totals["cost_picousd"] = sum(entry["cost_picousd"] or 0 for entry in entries)
        for name in asdict(Used()):
            totals[name] = sum(entry["used"][name] for entry in entries if entry["used"])
        return totals

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def note(self, dialect: str | None, call: Call, answer: Answer | None) -> None:
        """A call that came."""
        entry: dict[str, Any] = {
            "dialect": dialect,
            "path": call.path,
            "model": answer.model if answer else None,
            "usage": answer.usage if answer else None,
            "stream": answer is not None and answer.events is not None,
            "auth": {name: call.headers[name] for name in AUTH_HEADERS if name in call.headers},
            "status": answer.status if answer else 404,
            "id": answer.id if answer else "",
            "request_id": _request_id(answer.headers) if answer else "",
            "metered": answer is not None and answer.is_metered,
            "used": None,
            "cost_picousd": None,
            "ended": answer is None,
            "hung_up": False,
            "died": False,
        }
        if answer:
            answer.entry = entry
        with self._lock:
            self._entries.append(entry)

    def settle(self, dialect: ModuleType | None, answer: Answer, sent: int | None, *, hung_up: bool = False) -> None:
        """An answer that came to its end after `sent` of its events; None: the whole of it."""
        used = answer.used
        events = answer.events or []
        died = not hung_up and sent is not None
        if used and died and dialect:
            used = dialect.told(events[:sent], used)
        elif used and sent is not None:
            made = used.output * sent // max(len(events), 1)
            used = replace(used, output=made, reasoning=min(used.reasoning, made))
        with self._lock:
            answer.entry.update(
                used=asdict(used) if used else None,
                cost_picousd=prices.cost(answer.model, used) if used else None,
                ended=True,
                hung_up=hung_up,
                died=died,
            )


def _request_id(headers: dict[str, str]) -> str:
    return headers.get("request-id") or headers.get("x-request-id", "")
