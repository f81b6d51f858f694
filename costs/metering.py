"""Metering a call: room for it is reserved before it is sent, what it cost is written down when it has ended.

Calls that come at the same time share a transaction, so each step takes many.
"""

import uuid
from collections import Counter as Tally
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from core.errors import AgtermError, NotFound, SessionNotFound
from costs import ledger, pricing, rows
from costs.calls import Allowance, Begin, End, Settled
from costs.counters import Book, BudgetNews, Counter, Who
from costs.ledger import Written
from costs.models import MeteredSession, OpenCall
from costs.refusals import Refused, is_lacking, refused, without_price
from costs.settling import entry_of, write_belated
from costs.turns import turn

__all__ = [
    "Allowance",
    "Begin",
    "BudgetNews",
    "End",
    "Refused",
    "Settled",
    "begin",
    "begin_many",
    "end",
    "end_many",
    "forget_many",
    "touch",
]

MOST_OF_WHAT_IS_LEFT = 75  # percent; the rest is for the small calls that CLIs make beside a large one


def begin(call: Begin) -> Allowance:
    """Reserve what the call may cost at worst; raises `BudgetExceeded`, then it must not be sent."""
    (answer,) = begin_many([call])
    if isinstance(answer, Refused):
        raise answer.as_error()
    if isinstance(answer, AgtermError):
        raise answer
    return answer


def end(call_id: uuid.UUID, ended: End) -> Settled:
    """Write the call's entry and give back what was reserved; said twice, it counts once."""
    (answer,) = end_many([(call_id, ended)])
    if isinstance(answer, AgtermError):
        raise answer
    return answer


# --- before it is sent ---------------------------------------------------------------------------------------------


def begin_many(calls: Sequence[Begin]) -> list[Allowance | Refused | AgtermError]:
    """As `begin`, one after the other; what was refused is in the list."""
    with turn(is_part=True):
        sessions = _sessions({call.session_id for call in calls})
        known = [(call, Who.has(sessions[call.session_id])) for call in calls if call.session_id in sessions]
        book = Book.of_calls([(who, call.at) for call, who in known], only_blocking=True)
        answers: list[Allowance | Refused | AgtermError] = []
        admitted: list[OpenCall] = []
        for call in calls:
            if call.session_id not in sessions:
                answers.append(SessionNotFound())
                continue
            answer, reserved = _admit(call, sessions[call.session_id], book)
            answers.append(answer)
            if isinstance(answer, Allowance):
                admitted.append(_open(call, sessions[call.session_id], reserved))
        rows.insert(admitted, has_pk=True)
        book.save()
    return answers


def _open(call: Begin, session: MeteredSession, reserved: list[list[int]]) -> OpenCall:
    return OpenCall(
        id=call.id,
        session_id=session.pk,
        agent=session.agent,
        provider=call.provider,
        model=call.model,
        service_tier=call.terms.service_tier,
        speed=call.terms.speed,
        input_bytes=call.input_bytes,
        max_output_tokens=call.max_output_tokens,
        answers=call.answers,
        reserved=reserved,
        at=call.at,
        touched_at=datetime.now(UTC),
    )


def _admit(call: Begin, session: MeteredSession, book: Book) -> tuple[Allowance | Refused, list[list[int]]]:
    """Whether there is room for the call, and what it reserves: its worst case, else the most of what is left."""
    who = Who.has(session)
    counters = book.of(who, call.at)
    if not counters:
        _let_in(session)
        return Allowance(), []
    asked = call.asked()
    if (worst := pricing.at_worst(asked)) is None:
        why = without_price(call.provider, call.model)
        return Refused(session_id=session.pk, owner_id=session.owner_id, why=why), []
    tightest = min(counters, key=lambda counter: counter.status.left_picousd)
    left = tightest.status.left_picousd
    reserved = worst
    if not (fits := worst <= max(0, left)):
        least = (pricing.at_least(asked) or 0) if call.can_be_cut else worst
        if left <= 0 or left < least:
            return _refuse(session, who, tightest, least, call), []
        reserved = max(least, left * MOST_OF_WHAT_IS_LEFT // 100)
    _let_in(session)
    for counter in counters:
        counter.reserved_more += reserved
    allowance = Allowance() if fits else Allowance(pricing.tokens_for(asked, reserved))
    return allowance, [[counter.row.pk, reserved] for counter in counters if reserved]


def _refuse(session: MeteredSession, who: Who, counter: Counter, least: int, call: Begin) -> Refused:
    session.refused_by, session.refused_picousd = counter.row, least
    session.save(update_fields=["refused_by", "refused_picousd"])
    status = counter.status
    news = list(counter.news(who, is_refused=True)) if is_lacking(status, least) else []
    return refused(session, status, least, news, can_be_cut=call.can_be_cut)


def _let_in(session: MeteredSession) -> None:
    if session.refused_by_id is not None:
        session.refused_by = None
        session.save(update_fields=["refused_by"])


# --- after it has ended --------------------------------------------------------------------------------------------


def end_many(ends: Sequence[tuple[uuid.UUID, End]]) -> list[Settled | AgtermError]:
    """As `end`, all of them together; `NotFound` for a call that never began."""
    first = dict(reversed(ends))
    with turn(is_part=True):
        calls = _calls(first)
        sessions = _sessions({call.session_id for call in calls.values()})
        news = [entry_of(call, first[pk]) for pk, call in calls.items()]
        entries = ledger.write_new(news, sessions, released=_held(calls.values()))
        _close(calls)
        written = dict(zip(calls, entries, strict=True))
        found = [written.pop(pk, None) or write_belated(pk, ended) for pk, ended in ends]
    return [_settled(one) if one else NotFound("No such call has begun") for one in found]


def _settled(written: Written) -> Settled:
    entry = written.entry
    return Settled(entry=entry, session_id=entry.session_id, owner_id=entry.owner_id, warnings=written.news)


def forget_many(call_ids: Collection[uuid.UUID]) -> None:
    """Calls that were never sent: what was reserved for them is free again, and nothing is written down."""
    with turn(is_part=True):
        calls = _calls(call_ids)
        Book([]).save(_held(calls.values()))
        _close(calls)


def touch(call_ids: Collection[uuid.UUID]) -> None:
    """Say that these calls are still under way; one that isn't said of is taken for lost (`recovery`)."""
    OpenCall.objects.filter(pk__in=call_ids).update(touched_at=datetime.now(UTC))


def _sessions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, MeteredSession]:
    return {row.pk: row for row in rows.read(MeteredSession, f"id IN {rows.places(ids)}", [*ids])}


def _calls(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OpenCall]:
    return {row.pk: row for row in rows.read(OpenCall, f"id IN {rows.places(ids)}", [*ids])}


def _close(ids: Collection[uuid.UUID]) -> None:
    rows.write(f"DELETE FROM agterm_open_call WHERE id IN {rows.places(ids)}", [*ids])  # noqa: S608 - only places


def _held(calls: Iterable[OpenCall]) -> dict[int, int]:
    """What these calls hold, by the id of the counter."""
    held: Tally[int] = Tally()
    for call in calls:
        for spending_id, picousd in call.reserved:
            held[spending_id] += picousd
    return dict(held)
