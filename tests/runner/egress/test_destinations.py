"""What the proxy takes for a public place: by the address, whatever it is written like."""

import socket
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.egress import destinations
from runner.egress.destinations import Private, Refused, check_address, check_name, host_name, why_closed

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
    "169.253.0.1", "11.0.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001:80b::200e", "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]  # fmt: skip
CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.254",
    "169.254.0.1", "169.254.169.254", "169.254.170.2", "168.63.129.16", "172.16.0.0", "172.31.255.255", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff00::1", "ff02::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1", "4000::1", "5f00::1", "64:ff9b:1::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "::8.8.8.8", "64:ff9b::a00:1",
]  # fmt: skip


def never_own(_address: object) -> bool:
    return False


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_open(address: str) -> None:
    assert why_closed(ip_address(address)) == ""
    check_address(address, ip_address(address), 443, Private(), never_own)


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_that_is_not_public_is_closed_and_the_reason_says_what_it_is(address: str) -> None:
    with pytest.raises(Refused, match=r"is .+, and sessions reach public addresses only; AGTERM_NETWORK_PRIVATE"):
        check_address("name.example", ip_address(address), 443, Private(), never_own)


CLOSED_V4 = [ip_network(each) for each in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16")]


@given(st.sampled_from(CLOSED_V4), st.integers(0, 2**32 - 1))
def test_no_way_to_write_a_closed_address_in_ipv6_opens_it(network, number: int) -> None:
    inner = int(network.network_address) | (number & int(network.hostmask))
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert why_closed(ip_address(int(ip_address(prefix)) | inner))
    for shifted in (0x2002 << 112 | inner << 80, 0x20010000 << 96 | inner << 64, 0x20010000 << 96 | inner ^ 0xFFFFFFFF):
        assert why_closed(ip_address(shifted))


@given(st.integers(0, 2**32 - 1))
def test_what_python_takes_for_private_is_never_open(number: int) -> None:
    address = ip_address(number)
    assert why_closed(address) or (address.is_global and not address.is_multicast)


def test_addresses_of_this_machine_are_closed_though_they_are_public() -> None:
    with pytest.raises(Refused, match="an address of this machine"):
        check_address("me.example", ip_address("8.8.4.4"), 443, Private(), lambda address: str(address) == "8.8.4.4")


def test_this_machines_addresses_are_known_from_the_kernel() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("127.0.0.1", 9))
        assert destinations.is_own_address(ip_address(probe.getsockname()[0]))
    assert destinations.is_own_address(ip_address("::ffff:127.0.0.1"))
    assert not destinations.is_own_address(ip_address("1.1.1.1"))


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("registry.corp", "registry.corp", "10.0.0.1", 80),
        ("Registry.Corp.:8081", "registry.corp", "10.0.0.1", 8081),
        ("10.1.0.7", "x", "10.1.0.7", 1),
        ("10.1.0.7:80", "x", "10.1.0.7", 80),
        ("10.1.0.0/16", "x", "10.1.255.255", 22),
        ("10.1.0.0/16", "x", "::ffff:10.1.0.1", 22),
        ("10.1.0.0/16", "x", "64:ff9b::a01:1", 22),
        ("fd12::/16", "x", "fd12::1", 443),
        ("fd12::1", "x", "fd12::1", 443),
        ("[fd12::1]", "x", "fd12::1", 443),
        ("[fd12::1]:443", "x", "fd12::1", 443),
        ("127.0.0.1:3000", "127.0.0.1", "127.0.0.1", 3000),
    ],
)
def test_what_the_operator_names_is_open(entry: str, host: str, address: str, port: int) -> None:
    check_address(host, ip_address(address), port, Private.parse([entry]), never_own)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("registry.corp", "other.corp", "10.0.0.1", 80),
        ("registry.corp", "a.registry.corp", "10.0.0.1", 80),
        ("registry.corp:8081", "registry.corp", "10.0.0.1", 8082),
        ("10.1.0.7:80", "x", "10.1.0.7", 81),
        ("10.1.0.7", "x", "10.1.0.8", 80),
        ("[fd12::1]:443", "x", "fd12::1", 444),
        ("10.1.0.0/16", "x", "10.2.0.1", 22),
    ],
)
def test_what_lies_beside_what_the_operator_names_stays_closed(entry: str, host: str, address: str, port: int) -> None:
    with pytest.raises(Refused):
        check_address(host, ip_address(address), port, Private.parse([entry]), never_own)


@pytest.mark.parametrize(
    "entry",
    ["", "10.1.0.5/16", "10.1.0.0/33", "a b", "a:b", "a:0", "a:70000", "[::1", "[::1]x", "[a]:1", "a:1:2", "*.corp"],
)
def test_an_entry_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="AGTERM_NETWORK_PRIVATE") as error:
        Private.parse([entry])
    assert repr(entry) in str(error.value)


def test_hosts_are_compared_by_one_spelling() -> None:
    assert host_name("GitHub.COM.") == "github.com"
    assert host_name("[2606:4700:0:0::1111]") == host_name("2606:4700::1111") == "2606:4700::1111"
    for odd in (
        "",
        ".",
        "a..b",
        "-a",
        "a b",
        "a/b",
        "ä.de",
        "a%2eb",
        "a\0b",
        "[::1%lo]",
        "[1.2.3.4]",
        "a" * 254,
        "a,b",
    ):
        with pytest.raises(ValueError):
            host_name(odd)


@pytest.mark.parametrize(
    ("allow", "host", "is_open"),
    [
        ((), "anything.example", True),
        (("github.com",), "github.com", True),
        (("GitHub.com.",), "github.com", True),
        (("github.com",), "api.github.com", False),
        (("github.com",), "github.com.evil.example", False),
        (("*.github.com",), "api.github.com", True),
        (("*.github.com",), "a.b.github.com", True),
        (("*.github.com",), "github.com", False),
        (("*.github.com",), "evilgithub.com", False),
        (("github.com",), "140.82.121.3", False),
        (("140.82.121.3",), "140.82.121.3", True),
        (("2606:4700::1111",), "2606:4700::1111", True),
        (("a.example", "b.example"), "b.example", True),
    ],
)
def test_a_list_of_hosts_narrows_by_the_name_asked_for(allow: tuple[str, ...], host: str, is_open: bool) -> None:
    if is_open:
        check_name(host, 443, allow, Private())
    else:
        with pytest.raises(Refused, match="AGTERM_NETWORK_ALLOW"):
            check_name(host, 443, allow, Private())


def test_mail_leaves_only_for_a_host_that_is_named_with_its_port() -> None:
    check_name("mail.corp", 25, (), Private.parse(["mail.corp:25"]))
    for entries in ([], ["mail.corp"], ["0.0.0.0/0"]):
        with pytest.raises(Refused, match="Port 25"):
            check_name("mail.corp", 25, (), Private.parse(entries))
