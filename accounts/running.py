"""What runs for users, which a room above knows: counted for administrators, stopped when somebody is locked out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.dispatch import Signal

from core.errors import AgtermError
from core.happenings import tell

counting = Signal()  # kwargs: user_ids. Receivers return {user id: how many sessions of theirs are live}.
stopping = Signal()  # kwargs: user_id. Receivers end what is live of that user, and return a list of `Stopped`.


@dataclass(frozen=True, slots=True)
class Stopped:
    """A session that was live; `failure`: why it may run on."""

    id: str
    name: str
    failure: AgtermError | None = None


def count(user_ids: Iterable[int]) -> Counter[int]:
    """How many sessions of each user are live, as last seen."""
    found: Counter[int] = Counter()
    for _receiver, live in counting.send(sender=None, user_ids=list(user_ids)):
        found.update(cast(Mapping[int, int], live))
    return found


def stop(user_id: int, **who: Any) -> list[Stopped]:
    """End what is live of a user who was locked out; whatever can't be ended runs on, and undoes nothing.

    `who`: on whose behalf, as `core.happenings.tell` takes it, which is told of each session.
    """
    found: list[Stopped] = []
    for _receiver, stopped in stopping.send(sender=None, user_id=user_id):
        found += cast(list[Stopped], stopped)
    for one in found:
        facts = {"name": one.name, "lockedOut": f"user:{user_id}"}
        if one.failure is None:
            tell("session.stop", target=f"session:{one.id}", **facts, **who)
        else:
            tell("session.stop.failed", target=f"session:{one.id}", reason=one.failure.code, **facts, **who)
    return found
