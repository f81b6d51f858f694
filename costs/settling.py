"""From what is known of a call that has ended to its entry, also when it had been taken for lost already."""

import uuid
from dataclasses import replace

from costs import ledger, pricing
from costs.calls import End
from costs.ledger import COUNTS, NewEntry, Written
from costs.models import Entry, Kind, OpenCall, Outcome, Source
from costs.pricing import Asked, Price
from costs.totals import tokens_of
from providers.dialects import Reading, billed_terms
from providers.usage import Terms, Usage

NOTHING_TOLD = Reading()


def entry_of(call: OpenCall, ended: End) -> NewEntry:
    """What is written down for a call; what the provider never told is reckoned from sizes."""
    reading = ended.reading or NOTHING_TOLD
    asked = asked_of(call)
    usage, is_estimated = _usage(asked, ended)
    return NewEntry(
        key=f"call:{call.pk}",
        session_id=call.session_id,
        agent=call.agent,
        provider=call.provider,
        model=reading.model or call.model,
        asked_model=call.model,
        at=call.at,
        usage=usage,
        terms=billed_terms(asked.terms, reading.terms),
        is_estimated=is_estimated,
        outcome=ended.outcome,
        status=ended.status,
        request_id=reading.request_id,
        response_id=reading.response_id,
        first_byte_ms=ended.first_byte_ms,
        total_ms=ended.total_ms,
    )


def asked_of(call: OpenCall) -> Asked:
    return Asked(
        provider=call.provider,
        model=call.model,
        terms=Terms(service_tier=call.service_tier, speed=call.speed),
        at=call.at,
        input_bytes=call.input_bytes,
        max_output_tokens=call.max_output_tokens,
        answers=call.answers,
    )


def _usage(asked: Asked, ended: End) -> tuple[Usage, bool]:
    """What the call used up, and whether a part of it is only reckoned."""
    reading = ended.reading or NOTHING_TOLD
    told = reading.usage
    if told is not None and reading.is_complete:
        return told, False
    if told is None and ended.outcome == Outcome.ERROR:
        return Usage(), False  # refused before it did anything
    reckoned = pricing.reckoned(asked, ended.output_bytes)
    if told is None:
        return reckoned, True
    return replace(told, output_tokens=max(told.output_tokens, reckoned.output_tokens)), True


def write_belated(call_id: uuid.UUID, ended: End) -> Written | None:
    """For a call that isn't open any more, inside a `turn`: its entry, made true when it had been taken for lost.

    None: there is no such call.
    """
    entry = Entry.objects.filter(key=f"call:{call_id}").first()
    is_known = ended.reading is not None and ended.reading.usage is not None
    if entry is None or entry.outcome != Outcome.LOST or not is_known:
        return Written(entry, []) if entry else None
    return ledger.write([_difference(entry, call_id, ended)])[0]


def _difference(entry: Entry, call_id: uuid.UUID, ended: End) -> NewEntry:
    """What the call turned out to be, less what had been reckoned for it."""
    reading = ended.reading or NOTHING_TOLD
    true = reading.usage or Usage()
    terms = billed_terms(Terms(service_tier=entry.service_tier, speed=entry.speed), reading.terms)
    price = pricing.price(entry.provider, (reading.model or entry.model, entry.model), true, entry.at, terms)
    is_priced_now = price.source != Source.UNPRICED
    counts = {name: getattr(true, name) - getattr(entry, name) for name in COUNTS}
    return NewEntry(
        key=f"belated:{call_id}",
        kind=Kind.BELATED,
        corrects=entry,
        session_id=entry.session_id,
        agent=entry.agent,
        provider=entry.provider,
        model=entry.model,
        at=entry.at,
        usage=Usage(**counts, extra=true.extra),
        terms=terms,
        price=replace(price, cost_picousd=price.cost_picousd - entry.cost_picousd)
        if is_priced_now
        else Price(price.source),
        priced_tokens=tokens_of(entry) if is_priced_now and entry.source == Source.UNPRICED else None,
        is_estimated=not reading.is_complete,
        outcome=ended.outcome,
        status=ended.status,
        request_id=reading.request_id,
        response_id=reading.response_id,
        first_byte_ms=ended.first_byte_ms,
        total_ms=ended.total_ms,
    )
