"""Subscriptions: made, listed, taken back, and found when there is news for somebody."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Login
from core.errors import Conflict, NotFound, SessionNotFound, Unauthorized
from core.moments import timestamp
from notifications import endpoints
from notifications.models import PushSubscription, hashed
from notifications.news import News
from notifications.payloads import Subscribe
from sessions import shares
from sessions.models import ShareMode

MOST = 20  # browsers of a user


def subscribe(login: Login, wish: Subscribe, device: str) -> PushSubscription:
    """This browser is told from now on; asked again, what it wants and whose it is are renewed."""
    endpoints.check(wish.endpoint, settings.AGTERM.push_hosts)
    facts = {
        "owner": login.user,
        "login": login,
        "endpoint": wish.endpoint,
        "p256dh": wish.keys.p256dh,
        "auth": wish.keys.auth,
        "kinds": sorted(set(wish.kinds)),
        "device": device.replace("\0", "")[:200],
    }
    key = hashed(wish.endpoint)
    with transaction.atomic():
        others = PushSubscription.objects.filter(owner=login.user).exclude(endpoint_hash=key)
        if others.count() >= MOST:
            raise Conflict(f"You have {MOST} browsers that are told already; take one of them back first")
        row, _ = PushSubscription.objects.update_or_create(endpoint_hash=key, defaults=facts)
    return row


def listed(user: User) -> list[PushSubscription]:
    return [row for row in _of(user.pk) if _user_of(row) is not None]


def unsubscribe(user: User, subscription_id: str) -> None:
    try:
        rows = PushSubscription.objects.filter(owner=user, pk=UUID(subscription_id))
    except ValueError:
        raise NotFound("There is no such subscription") from None
    if not rows.delete()[0]:
        raise NotFound("There is no such subscription")


def is_anybody_told() -> bool:
    return PushSubscription.objects.exists()


def listeners(user_ids: Iterable[int]) -> list[int]:
    """Those of them who have a browser that is told."""
    rows = PushSubscription.objects.filter(owner__in=user_ids).order_by("owner")
    return list(rows.values_list("owner", flat=True).distinct())


def to_tell(user_id: int, news: News) -> list[PushSubscription]:
    """The user's browsers that want to know of this and do not yet: each is given out once for the same news.

    Those whose log-in has ended are forgotten; one whose log-in may not view the session now is told nothing of it.
    """
    found = []
    for row in _of(user_id):
        user = _user_of(row)
        if user is None:
            row.delete()
        elif news.kind in row.kinds and _sees(user, news.session_id):
            is_new = PushSubscription.objects.filter(pk=row.pk).exclude(last_news=news.key).update(last_news=news.key)
            found += [row] if is_new else []
    return found


def sent(subscription_id: UUID) -> None:
    PushSubscription.objects.filter(pk=subscription_id).update(last_sent_at=timezone.now())


def gone(subscription_id: UUID) -> None:
    """Its push service knows it no more."""
    PushSubscription.objects.filter(pk=subscription_id).delete()


def shown(row: PushSubscription) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "device": row.device or None,
        "kinds": row.kinds,
        "createdAt": timestamp(row.created_at),
        "lastSentAt": timestamp(row.last_sent_at) if row.last_sent_at else None,
    }


def _of(user_id: int) -> list[PushSubscription]:
    return list(PushSubscription.objects.filter(owner=user_id))


def _user_of(row: PushSubscription) -> User | None:
    """Who is told there, as they are now; None when its log-in has ended."""
    try:
        return accounts.live_user(row.login_id, looking=True)
    except Unauthorized:
        return None


def _sees(user: User, session_id: str) -> bool:
    try:
        shares.reach(user, session_id, ShareMode.VIEW)
    except SessionNotFound:
        return False
    return True
