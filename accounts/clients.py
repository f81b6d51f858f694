"""Where a request comes from: the address and scheme of the client, through the proxies we trust and no others."""

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

UNIX = "unix"  # what a peer on a Unix socket is called, also in AGTERM_TRUSTED_PROXIES


def client_address(request: HttpRequest) -> str:
    """The client's address; `X-Forwarded-For` counts only when the peer is a trusted proxy."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return address_behind(request.META.get("REMOTE_ADDR", ""), forwarded, settings.AGTERM.trusted_proxies)


def client_network(request: HttpRequest) -> str:
    """What is counted as one client: an IPv4 address, or the /64 that one IPv6 host can choose from."""
    text = client_address(request)
    address = _parse(text)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return text


def is_trusted(peer: str, proxies: Iterable[str]) -> bool:
    """Whether `peer` is one of the proxies: addresses, networks (10.0.0.0/8), or `unix`."""
    if not peer:
        return UNIX in proxies
    address = _parse(peer)
    return peer in proxies or (address is not None and any(_contains(proxy, address) for proxy in proxies))


def address_behind(peer: str, forwarded_for: str, proxies: Iterable[str]) -> str:
    """Walk `X-Forwarded-For` from the near end; the first address that is no trusted proxy is the client.

    Everything further left was written by that client and may be a lie.
    """
    nearest = peer or UNIX
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    while hops and is_trusted("" if nearest == UNIX else nearest, proxies):
        address = _parse(hops.pop())
        if address is None:
            break
        nearest = str(address)
    return nearest


def _contains(proxy: str, address: Address) -> bool:
    try:
        return address in ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        return False


def _parse(text: str) -> Address | None:
    """An address, with or without a port or brackets; `::ffff:1.2.3.4` is 1.2.3.4."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
