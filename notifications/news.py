"""What of all that happens is news for somebody who is away, and how it is said: never what a screen shows."""

from dataclasses import dataclass
from typing import Any

from sessions import services, shares
from sessions.models import Session

FROM_STATES = {"needs_input": "needs_input", "rate_limited": "rate_limited"}
OF_BUDGETS = ("budget_warning", "budget_exceeded")
LEAST_WORK_S, LEAST_COMMAND_S = 5.0, 15.0  # a shell's; shorter work is no news
MOST_SESSIONS = 100_000
LONGEST_NAME = 100
WORDS = {
    "needs_input": "Needs you",
    "finished": "Has finished",
    "failed": "Has failed",
    "rate_limited": "Is rate limited by its provider",
    "budget_warning": "A budget is nearly used up",
    "budget_exceeded": "A budget is used up",
}


@dataclass(frozen=True)
class Candidate:
    """What may be news. `state`: it is none any more once the session is in another one. `worked_s`: for how long."""

    session_id: str
    kind: str  # as people choose of what to be told
    words: str
    moment: str  # two of the same moment are one
    state: str = ""
    worked_s: float | None = None


@dataclass(frozen=True)
class News:
    session_id: str
    user_ids: frozenset[int]  # whom it may concern: whose session it is, and with whom it is shared
    kind: str
    key: str
    message: dict[str, str]


class Listener:
    """Remembers as much of what it heard as it takes to know news when it hears them."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[str, float]] = {}

    def is_still(self, candidate: Candidate) -> bool:
        return not candidate.state or self._states.get(candidate.session_id, ("",))[0] == candidate.state

    def hear(self, event: dict[str, Any]) -> Candidate | None:
        kind = event["event"]
        if kind in OF_BUDGETS:
            return Candidate(event["id"], "over_budget", WORDS[kind], f"{kind} {event['budget']}")
        if kind == "state":
            return self._hear_state(event["id"], event["state"], event["since"])
        if kind in ("exited", "removed"):
            self._states.pop(event["id"], None)
        return Candidate(event["id"], "ended", "", "") if kind == "exited" else None

    def _hear_state(self, session_id: str, state: str, since: float) -> Candidate | None:
        if len(self._states) >= MOST_SESSIONS:
            self._states.clear()
        was, began = self._states.get(session_id, ("", since))
        self._states[session_id] = state, since
        if kind := FROM_STATES.get(state):
            return Candidate(session_id, kind, WORDS[kind], f"{state} {since}", state)
        worked_s = since - began
        if state == "idle" and was == "working" and worked_s >= LEAST_WORK_S:
            return Candidate(session_id, "finished", WORDS["finished"], f"{state} {since}", state, worked_s)
        return None


def told(candidate: Candidate, info: dict[str, Any] | None = None) -> News | None:
    """What is told of it, and to whom; None when it is no news after all. Sync, uses the ORM.

    `info`: what the runner says of a session that has ended.
    """
    row = Session.objects.filter(pk=candidate.session_id).first()
    if row is None or row.owner_id is None or row.within_id is not None:
        return None
    kind, words, moment = candidate.kind, candidate.words, candidate.moment
    if kind == "ended":
        if info is not None:
            services.note(row, info)
        if row.ended_by not in ("", "memory"):
            return None  # somebody, or its idle limit, has ended it
        failed = bool(row.exit_code) or row.exit_signal is not None or row.ended_by == "memory"
        kind = "failed" if failed else "finished"
        words, moment = WORDS[kind], f"exited {row.state_since}"
    elif candidate.worked_s is not None and row.agent == "shell" and candidate.worked_s < LEAST_COMMAND_S:
        return None
    shared_with = {share.user_id for share in shares.of(row) if share.user_id is not None}
    key = f"{row.pk} {moment}"[:100]
    return News(str(row.pk), frozenset({row.owner_id} | shared_with), kind, key, message(row, kind, words))


def message(row: Session, kind: str, words: str) -> dict[str, str]:
    """What the browser gets; `tag`: a newer one of the same tag takes its place."""
    return {
        "title": row.name[:LONGEST_NAME],
        "body": words,
        "path": f"/sessions/{row.pk}",
        "tag": f"{row.pk} {kind}",
        "kind": kind,
    }
