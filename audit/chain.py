"""The chain: appends an event bound to the one before it, and finds where a chain was broken.

`AGTERM_HOME/audit.head` gets a line with the newest hash on each day's first event and at each export: a chain that was
cut off at its end, or written anew as a whole, does not fit to those lines, nor to copies of them kept elsewhere.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from audit.models import AuditEvent, AuditHead

log = logging.getLogger("agterm.audit")

ROOT = "0" * 64
HEAD_FILE = "audit.head"
READ_AT_ONCE = 1000
MAX_DETAILS = 4000  # characters of JSON


@dataclass(frozen=True)
class Verdict:
    """`broken_at`: the first event that is not as it was written, or that is missing."""

    ok: bool
    events: int
    head: str
    broken_at: int | None = None
    reason: str | None = None


def append(
    action: str,
    *,
    actor_id: int | None = None,
    actor_name: str = "",
    via: str = "system",
    address: str = "",
    target: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one event at the end. Two at once follow each other: the head's row is locked, or all of SQLite is."""
    with transaction.atomic():
        head = _locked_head()
        event = AuditEvent(
            seq=head.seq + 1,
            at=datetime.now(UTC),
            actor_id=actor_id,
            actor_name=_clean(actor_name, 150),
            via=_clean(via, 16),
            address=_clean(address, 64),
            action=_clean(action, 64),
            target=_clean(target, 200),
            details=_clean_details(details or {}),
            previous_hash=head.hash or ROOT,
        )
        event.hash = digest(event)
        event.save(force_insert=True)
        head.seq, head.hash = event.seq, event.hash
        head.save()
        if _is_first_of_its_day(event):
            transaction.on_commit(lambda: note_head(event))
    return event


def _locked_head() -> AuditHead:
    found = AuditHead.objects.select_for_update().filter(pk=1).first()
    if found is None:
        last = AuditEvent.objects.order_by("-seq").first()
        facts = {"seq": last.seq, "hash": last.hash} if last else {}
        AuditHead.objects.get_or_create(pk=1, defaults=facts)
        found = AuditHead.objects.select_for_update().get(pk=1)
    return found


def _is_first_of_its_day(event: AuditEvent) -> bool:
    before = AuditEvent.objects.filter(seq=event.seq - 1).values_list("at", flat=True).first()
    return before is None or before.astimezone(UTC).date() != event.at.date()


def digest(event: AuditEvent) -> str:
    """SHA-256 over all that the event says and the hash before it, as canonical JSON."""
    said = [
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor_name,
        event.via,
        event.address,
        event.action,
        event.target,
        event.details,
        event.previous_hash,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _clean(text: str, most: int) -> str:
    """What every database takes: no NUL, no half surrogate pair, not too long."""
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _clean_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """As they come back from the database, so that the hash is of what is read again."""
    text = json.dumps({str(key): value for key, value in details.items() if value is not None}, default=str)
    clean: dict[str, Any] = _without_traps(json.loads(text))
    return clean if len(text) <= MAX_DETAILS else {"truncated": True}


def _without_traps(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value, 500)
    if isinstance(value, float):
        return str(value)  # databases don't agree on how many digits
    if isinstance(value, list):
        return [_without_traps(each) for each in value]
    if isinstance(value, dict):
        return {_clean(key, 100): _without_traps(each) for key, each in value.items()}
    return value


# What was said of the head before.


def head_file() -> Path:
    return Path(settings.AGTERM.home) / HEAD_FILE


def note_head(event: AuditEvent) -> None:
    """Say where the chain ends now, outside the database: in the file, and in the server's own log."""
    log.info("the audit log has %d events; its newest hash is %s", event.seq, event.hash)
    line = json.dumps({"seq": event.seq, "hash": event.hash, "at": event.at.astimezone(UTC).isoformat()})
    try:
        with head_file().open("a") as file:
            file.write(line + "\n")
        head_file().chmod(0o600)
    except OSError:
        log.exception("the audit log's newest hash could not be written to %s", head_file())


def _noted_heads() -> dict[int, str]:
    try:
        lines = head_file().read_text().splitlines()
    except FileNotFoundError:
        return {}
    heads: dict[int, str] = {}
    for line in lines:
        try:
            said = json.loads(line)
            heads[int(said["seq"])] = str(said["hash"])
        except (ValueError, KeyError, TypeError):
            continue  # half a line, of a disk that was full
    return heads


# Looking.


def verify() -> Verdict:
    """Go through the whole chain, from its first event."""
    noted, expected, previous = _noted_heads(), 1, ROOT
    for event in _all():
        problem = _problem(event, expected, previous, noted.pop(event.seq, None))
        if problem is not None:
            return Verdict(False, expected - 1, previous, expected, problem)
        expected, previous = event.seq + 1, event.hash
    ended = Verdict(True, expected - 1, previous)
    if noted and max(noted) >= expected:
        return Verdict(False, ended.events, ended.head, expected, "events that audit.head knows are missing at the end")
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None and head.seq >= expected:
        return Verdict(False, ended.events, ended.head, expected, "events are missing at the end")
    return ended


def _problem(event: AuditEvent, seq: int, previous: str, noted: str | None) -> str | None:
    if event.seq != seq:
        return "an event is missing"
    if event.previous_hash != previous:
        return "the event does not follow the one before it"
    if event.hash != digest(event):
        return "the event was changed"
    if noted not in (None, event.hash):
        return "audit.head has another hash for this event"
    return None


def _all() -> Iterator[AuditEvent]:
    last = 0
    while rows := list(AuditEvent.objects.filter(seq__gt=last).order_by("seq")[:READ_AT_ONCE]):
        yield from rows
        last = rows[-1].seq
