"""What callers of /api/notifications get, for the OpenAPI document."""

from typing import Literal
from uuid import UUID

from core.described import Answer, Timestamp
from notifications.payloads import Kind


class PushSubscription(Answer):
    """A browser of yours that is told while no page is looked at. `device`: what it calls itself."""

    id: UUID
    device: str | None
    kinds: list[Kind]
    createdAt: Timestamp
    lastSentAt: Timestamp | None


class NotificationsAnswer(Answer):
    """`key`: the `applicationServerKey` that browsers subscribe with. `kinds`: all that one can be told of."""

    key: str
    kinds: list[Kind]
    subscriptions: list[PushSubscription]


class SubscribedAnswer(Answer):
    subscription: PushSubscription


class UnsubscribedAnswer(Answer):
    id: UUID
    deleted: Literal[True]


class PresenceAnswer(Answer):
    visible: bool
