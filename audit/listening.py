"""Writes what is told (`core.happenings`), what Django's admin notes, and what requests did."""

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models.signals import post_save

from audit import chain, naming
from core.happenings import happened

log = logging.getLogger("agterm.audit")

_FLAGS = {ADDITION: "create", CHANGE: "change", DELETION: "delete"}


def listen() -> None:
    happened.connect(_hear, dispatch_uid="audit")
    post_save.connect(_hear_admin, sender=LogEntry, dispatch_uid="audit")


def write(
    action: str,
    *,
    actor: Any = None,
    via: str = "system",
    target: str = "",
    address: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append an event. One that fails is an error in the server's log, never in what it tells of: that was done."""
    person = actor if isinstance(actor, User) else None
    try:
        if _was_just_told(action, person, via, f"{target}:{address}", details or {}):
            return
        chain.append(
            action,
            actor_id=person.pk if person else None,
            actor_name=person.get_username() if person else "",
            via=via,
            address=address,
            target=target,
            details=details,
        )
    except Exception:
        log.exception("NOT IN THE AUDIT LOG: %s of %s by %s", action, target, person)


def _was_just_told(action: str, actor: User | None, via: str, where: str, details: Mapping[str, Any]) -> bool:
    """What comes in showers is told once in a while."""
    pause_s = 60 if action.endswith(".refused") else naming.SELDOM_S.get(action)
    if pause_s is None:
        return False
    who = actor.pk if actor else details.get("share")
    key = f"audit:{action}:{who}:{via}:{where}:{details.get('mode')}:{details.get('route')}"
    return not cache.add(key.replace(" ", "_")[:240], True, pause_s)


def _hear(sender: Any, *, action: str, details: Mapping[str, Any], **facts: Any) -> None:
    known: dict[str, Any] = {name: facts[name] for name in ("actor", "via", "target", "address") if facts.get(name)}
    write(action, details=details, **known)


def _hear_admin(sender: Any, instance: LogEntry, created: bool, **_rest: Any) -> None:
    if not created:
        return
    kind = instance.content_type.model if instance.content_type else "thing"
    write(
        f"{kind}.{_FLAGS.get(instance.action_flag, 'change')}",
        actor=instance.user,
        via="admin",
        target=f"{kind}:{instance.object_id}",
        details={"name": instance.object_repr},
    )
