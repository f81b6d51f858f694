"""Seals a message for one browser and hands it to that browser's push service."""

import base64
import hashlib
import logging
from collections.abc import Mapping

import httpx
import orjson
from django.conf import settings
from django.db import connection

from core.errors import InvalidRequest
from notifications import endpoints, services, vapid
from notifications.models import PushSubscription

log = logging.getLogger("agterm.notifications")

TIMEOUT_S = 10.0
KEPT_S = 4 * 3600  # by the push service, for a browser that is off
URGENT = ("needs_input", "over_budget", "failed")
GONE = (404, 410)


def send(row: PushSubscription, message: Mapping[str, str]) -> None:
    """Sync, in a thread of its own. What fails is logged; nothing is tried again: later it would be old."""
    try:
        status = _post(row, message)
        if status in GONE:
            services.gone(row.pk)
        elif status < 300:
            services.sent(row.pk)
        else:
            log.warning("a push service refused a notification (%d): %s", status, httpx.URL(row.endpoint).host)
    except (httpx.HTTPError, InvalidRequest) as error:
        log.warning("a notification could not be sent: %s", str(error) or type(error).__name__)
    except Exception:
        log.exception("a notification could not be sent")
    finally:
        connection.close()


def _post(row: PushSubscription, message: Mapping[str, str]) -> int:
    from pywebpush import WebPusher  # takes its time to import, and many never need it

    endpoints.check(row.endpoint, settings.AGTERM.push_hosts)  # it may have been taken off the list since
    pusher = WebPusher({"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}})
    body = pusher.encode(orjson.dumps(message), "aes128gcm")["body"]
    headers = {
        **vapid.headers(row.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_S),
        "Urgency": "high" if message["kind"] in URGENT else "normal",
        "Topic": _topic(message["tag"]),
    }
    # Never followed elsewhere, and of the answer nothing is read but its status.
    with httpx.stream("POST", row.endpoint, content=body, headers=headers, timeout=TIMEOUT_S) as answer:
        return answer.status_code


def _topic(tag: str) -> str:
    """Of several with the same topic the push service keeps the newest: 32 characters at most."""
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()
