"""Where a previewed server is shown: below a host of its own, which no cookie of ours ever reaches."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

LABEL = re.compile(r"p([1-9][0-9]{0,4})-([0-9a-f]{8})")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
SERVER_NAMES = (*LOOPBACK, "0.0.0.0", "[::]")  # noqa: S104 - how a server in a session may call itself
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Label:
    """What the first label of such a host says: a port, and how the session's id begins."""

    port: int
    short: str

    def fits(self, session_id: UUID, port: int) -> bool:
        return port == self.port and str(session_id).startswith(self.short)


def label_of(host: str, preview_host: str) -> Label | None:
    """None for a host that is none of a preview."""
    name, _ = split(host)
    first, _, rest = name.partition(".")
    found = LABEL.fullmatch(first)
    return Label(int(found[1]), found[2]) if found and rest == (preview_host.lower() or "localhost") else None


def host_for(host: str, preview_host: str, session_id: UUID, port: int) -> str | None:
    """The host that a session's port is shown at when we are reached at `host`; None: there is no such."""
    name, at = split(host)
    suffix = preview_host.lower() or ("localhost" if name in LOOPBACK else "")
    return f"p{port}-{str(session_id)[:8]}.{suffix}{at}" if suffix else None


def split(host: str) -> tuple[str, str]:
    """Name, lower case and without a dot at its end, and `:port` or nothing."""
    found = re.fullmatch(r"(\[[^]]*\]|[^:]*)(:[0-9]+)?", host.strip().lower())
    return (found[1].removesuffix("."), found[2] or "") if found else ("", "")


def values(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name.lower() == wanted]


def value(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    return ", ".join(values(headers, wanted))


def relocated(location: str, port: int, base: str, *, is_root: bool) -> str:
    """A server's `Location` as the browser is to follow it. `base`: our address of its `/`, without the slash."""
    try:
        parts = urlsplit(location)
        at = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        is_server = parts.scheme in ("", "http", "https") and at in SERVER_NAMES and (parts.port or 80) == port
    except ValueError:
        return location
    if is_server:
        rest = parts._replace(scheme="", netloc="").geturl()
        return base + (rest if rest.startswith("/") else f"/{rest}")
    is_path = location.startswith("/") and not location.startswith("//")
    return base + location if is_path and not is_root else location
