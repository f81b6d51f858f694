"""Which places a session may reach through the proxy: decided on resolved addresses, never on spellings."""

import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SMTP_PORT = 25
MAX_HOST_CHARACTERS = 253
PRIVATE_SETTING, ALLOW_SETTING = "AGTERM_NETWORK_PRIVATE", "AGTERM_NETWORK_ALLOW"
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_CLOSED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the machine itself", ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128")),
    (
        "a service of the cloud that gives out credentials",
        ("169.254.169.254/32", "169.254.170.0/24", "168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32"),
    ),
    ("a link-local address", ("169.254.0.0/16", "fe80::/10")),
    (
        "a private address",
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"),
    ),
    ("a multicast or broadcast address", ("224.0.0.0/4", "255.255.255.255/32", "ff00::/8")),
    ("an address of an old way from IPv6 to IPv4", ("::/96", "2001::/32", "2002::/16", "192.88.99.0/24")),
    (
        "a reserved address",
        (
            *("192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
            *("2001::/23", "2001:db8::/32", "3fff::/20", "64:ff9b:1::/48"),
        ),
    ),
)
_CLOSED_NETWORKS: tuple[tuple[str, Network], ...] = tuple(
    (what, ip_network(each)) for what, networks in _CLOSED for each in networks
)


class Refused(Exception):
    """The session may not go there; the text says why and what would change it."""


@dataclass(frozen=True, slots=True)
class Private:
    """What the operator opens though it is not public: names, addresses and networks, each for one port or all (0)."""

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[tuple[Network, int], ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "Private":
        """From `registry.corp`, `registry.corp:8081`, `10.1.0.7:80`, `10.1.0.0/16`, `fd12::/16`, `[fd12::1]:443`.

        Raises `ValueError` naming the entry that is none of these.
        """
        hosts: set[tuple[str, int]] = set()
        networks: list[tuple[Network, int]] = []
        for entry in entries:
            try:
                name, port = _split_entry(entry.strip())
                network = _network(name)
                if network is not None:
                    networks.append((network, port))
                else:
                    hosts.add((host_name(name), port))
            except ValueError as error:
                raise ValueError(f"{PRIVATE_SETTING}: {entry!r} is no host, address or network: {error}") from None
        return cls(frozenset(hosts), tuple(networks))

    def names(self, host: str, port: int) -> bool:
        """Whether the host is named, whatever it resolves to."""
        return (host, port) in self.hosts or (host, 0) in self.hosts

    def holds(self, address: Address, port: int) -> bool:
        return any(its_port in (0, port) and address in network for network, its_port in self.networks)


def host_name(host: str) -> str:
    """The one spelling of a host by which it is compared. Raises `ValueError` for what is neither name nor address."""
    host = host.lower()
    if host.startswith("[") and host.endswith("]"):
        return str(IPv6Address(_without_zone(host[1:-1])))
    if ":" in host:
        return str(IPv6Address(_without_zone(host)))
    host = host.removesuffix(".")
    if len(host) > MAX_HOST_CHARACTERS or not _NAME.fullmatch(host):
        raise ValueError("not the name of a host")
    return host


def check_name(host: str, port: int, allow: Sequence[str], private: Private) -> None:
    """What can be said before resolving: the port, and the list of hosts to which the session is narrowed.

    Raises `Refused`.
    """
    if port == SMTP_PORT and (host, port) not in private.hosts:
        raise Refused(f"Port 25 is closed to sessions, so that none sends mail as this machine; {PRIVATE_SETTING} opens it for a host when it names {host}:25.")  # noqa: E501 # fmt: skip
    if allow and not any(_matches(host, each) for each in allow):
        raise Refused(f"{host} is not among the hosts that this session may reach; {ALLOW_SETTING} or the session's own list would have to name it.")  # noqa: E501 # fmt: skip


def check_address(
    host: str, address: Address, port: int, private: Private, is_own: "Callable[[Address], bool] | None" = None
) -> None:
    """Whether `host`, resolved to `address`, may be reached. Raises `Refused`."""
    if private.names(host, port) or any(private.holds(each, port) for each in (address, _inner(address))):
        return
    what = why_closed(address) or ("an address of this machine" if (is_own or is_own_address)(address) else "")
    if what:
        shown = host if host == str(address) else f"{host} ({address})"
        raise Refused(f"{shown} is {what}, and sessions reach public addresses only; {PRIVATE_SETTING} opens it when it names {host}:{port}.")  # noqa: E501 # fmt: skip


def why_closed(address: Address) -> str:
    """What the address is if it is not a public one, else an empty text."""
    address = _inner(address)
    for what, network in _CLOSED_NETWORKS:
        if address in network:
            return what
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "a reserved address"
    return "" if address.is_global else "a reserved address"


def is_own_address(address: Address) -> bool:
    """Whether this machine has the address: the kernel would then send from the address itself. Sends nothing."""
    address = _inner(address)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            source: str = probe.getsockname()[0]
            return ip_address(source.partition("%")[0]) == address
    except OSError:  # no way there at all
        return False


def _inner(address: Address) -> Address:
    """The IPv4 address that is reached by writing it as an IPv6 one (mapped, NAT64), else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _matches(host: str, entry: str) -> bool:
    entry = entry.strip().lower().removesuffix(".")
    if entry.startswith("*."):
        return host.endswith(entry[1:]) and host != entry[1:]
    try:
        return host == host_name(entry)
    except ValueError:
        return False


def _split_entry(entry: str) -> tuple[str, int]:
    if entry.startswith("["):
        name, closed, rest = entry.partition("]")
        if not closed or ":" not in name or (rest and not rest.startswith(":")):
            raise ValueError("brackets are for addresses of IPv6")
        return name[1:], _port(rest[1:]) if rest else 0
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, _port(port)
    return entry, 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("a port is a number from 1 to 65535")
    return int(text)


def _network(name: str) -> Network | None:
    try:
        return ip_network(name)
    except ValueError:
        if "/" in name or ":" in name:
            raise
        return None


def _without_zone(address: str) -> str:
    if "%" in address:
        raise ValueError("an address with a zone means something on one machine only")
    return address
