"""To which addresses we push: those of known push services alone, for a page may name any address it likes."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from core.errors import InvalidRequest

LONGEST = 2048


def check(endpoint: str, allowed: Iterable[str]) -> None:
    """`InvalidRequest` unless it is https, at the usual port of an allowed host.

    `allowed`: `host`, `*.host`, or `http://host:port` for a push service of one's own beside this server.
    """
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise InvalidRequest("endpoint: this is no address of a push service")
    try:
        address = urlsplit(endpoint)
        origin, port = f"{address.scheme}://{address.netloc}", address.port
    except ValueError:
        raise InvalidRequest("endpoint: this is no address of a push service") from None
    if address.username is not None or address.password is not None:
        raise InvalidRequest("endpoint: this is no address of a push service")
    if origin in allowed:
        return
    host = (address.hostname or "").lower()
    is_usual = address.scheme == "https" and port in (None, 443)
    if not is_usual or not any(_covers(pattern.lower(), host) for pattern in allowed):
        raise InvalidRequest(
            "endpoint: AGTerm does not send to this push service; an administrator can allow it (AGTERM_PUSH_HOSTS)"
        )


def _covers(pattern: str, host: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern
