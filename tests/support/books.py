"""The two accounts of what agents cost: the fake provider's own and AGTerm's ledger, brought into one form."""

from collections import Counter
from decimal import Decimal
from typing import Any, NamedTuple

from fakes.provider import Provider
from support.server import AgtermServer
from support.sockets import wait_until

PICODOLLARS = 10**12
PATIENCE_S = 40


class Line(NamedTuple):
    """One call, as both sides must have it. Tokens and pico-dollars of a call that is not billed are 0."""

    model: str
    status: int
    response_id: str
    request_id: str
    input: int
    cache_read: int
    cache_write: int
    cache_write_1h: int
    output: int
    reasoning: int
    picousd: int


CLASSES = ("input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning")
WIRE = (
    "inputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "cacheWrite1hTokens",
    "outputTokens",
    "reasoningTokens",
)


class Books:
    """What was called since these books were opened."""

    def __init__(self, provider: Provider, server: AgtermServer) -> None:
        """Opens when nothing is under way and both have heard of as many calls: no late line comes among the new."""
        self._provider, self._server = provider, server
        self._provider_from, self._ledger_from = 0, set[str]()
        wait_until("both accounts to be closed before", self._open, PATIENCE_S)
        provider.forget_what_was_said()

    def _open(self) -> bool:
        seen, known = self._provider.calls, self._events()
        metered = [call for call in seen if call["metered"]]
        if not all(call["ended"] for call in metered) or len(known) != len(metered):
            return False
        self._provider_from, self._ledger_from = len(seen), {event["id"] for event in known}
        return True

    def calls(self) -> list[dict[str, Any]]:
        """The provider's entries of calls that are metered."""
        return [call for call in self._provider.calls[self._provider_from :] if call["metered"]]

    def events(self) -> list[dict[str, Any]]:
        return [event for event in self._events() if event["id"] not in self._ledger_from]

    def settle(self, *wanted: str | int, calls: int = 1) -> None:
        """Wait until the provider has seen so many calls and what is `wanted` among them (`died`, `hung_up`, an
        answer's status), nothing is under way any more, and the ledger has heard of as many.
        """

        def is_settled() -> bool:
            seen = self.calls()
            if len(seen) < calls or not all(call["ended"] for call in seen):
                return False
            has_come = all(any(call["status"] == each or call.get(str(each)) for call in seen) for each in wanted)
            return has_come and len(self.events()) >= len(self.calls()) == len(seen)

        try:
            wait_until("both accounts to be closed", is_settled, PATIENCE_S)
        except AssertionError as error:
            raise AssertionError(f"{error}\nprovider: {self.calls()}\nledger: {self.events()}") from None

    def agree(self, *wanted: str | int, calls: int = 1) -> list[Line]:
        """Wait for the end, and find every call that was told whole exactly once in both, equal to the last token.

        That is asked of all there ever was, the lines returned are those since these books were opened.
        """
        self.settle(*wanted, calls=calls)
        try:
            wait_until("both accounts to be equal", lambda: self._differences() == ([], []), PATIENCE_S)
        except AssertionError:
            only_written, only_owed = self._differences()
            raise AssertionError(f"only the ledger has {only_written}, only the provider {only_owed}") from None
        assert len(self.events()) == len(self.calls())
        return sorted(_owed(call) for call in self.calls() if not call["died"])

    def _differences(self) -> tuple[list[Line], list[Line]]:
        """What only the ledger has, and what only the provider has."""
        owed = Counter(_owed(call) for call in self._provider.calls if call["metered"] and not call["died"])
        written = Counter(_written(event) for event in self._events() if event["outcome"] != "broken")
        return sorted((written - owed).elements()), sorted((owed - written).elements())

    def _events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            asked = self._server.api.get(
                "/api/costs/events", params={"limit": 200} | ({"cursor": cursor} if cursor else {})
            )
            assert asked.status_code == 200, asked.text
            data = asked.json()["data"]
            found += data["events"]
            cursor = data["nextCursor"]
            if not cursor:
                return found


def _owed(call: dict[str, Any]) -> Line:
    used = call["used"] or dict.fromkeys(CLASSES, 0)
    return Line(
        call["model"],
        call["status"],
        call["id"],
        call["request_id"],
        *(used[name] for name in CLASSES),
        call["cost_picousd"] or 0,
    )


def _written(event: dict[str, Any]) -> Line:
    return Line(
        event["model"],
        event["status"],
        event["responseId"] or "",
        event["requestId"] or "",
        *(event[name] for name in WIRE),
        int(Decimal(event["costUsd"] or "0") * PICODOLLARS),
    )
