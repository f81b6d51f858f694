"""Where a request comes from, through trusted proxies only."""

import pytest
from django.test import RequestFactory

from accounts.clients import address_behind, client_address, client_network


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "client"),
    [
        ("9.9.9.9", "", (), "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", (), "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", ("8.8.8.8",), "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", ("9.9.9.9",), "1.1.1.1"),
        ("9.9.9.9", "6.6.6.6, 1.1.1.1", ("9.9.9.9",), "1.1.1.1"),
        ("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.1", ("10.0.0.0/8",), "1.1.1.1"),
        ("10.0.0.2", "10.0.0.3", ("10.0.0.0/8",), "10.0.0.3"),
        ("9.9.9.9", "1.1.1.1:5050", ("9.9.9.9",), "1.1.1.1"),
        ("9.9.9.9", "[2001:db8::1]:5050", ("9.9.9.9",), "2001:db8::1"),
        ("9.9.9.9", "unknown", ("9.9.9.9",), "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1, <script>", ("9.9.9.9",), "9.9.9.9"),
        ("::ffff:9.9.9.9", "1.1.1.1", ("9.9.9.9",), "1.1.1.1"),
        ("9.9.9.9", "1.1.1.1", ("not an address",), "9.9.9.9"),
        ("", "1.1.1.1", (), "unix"),
        ("", "1.1.1.1", ("unix",), "1.1.1.1"),
    ],
)
def test_the_client_is_the_nearest_address_that_is_no_trusted_proxy(peer, forwarded, proxies, client):
    assert address_behind(peer, forwarded, proxies) == client


def request(**meta):
    return RequestFactory().get("/", **meta)


def test_a_request_without_a_trusted_proxy_comes_from_its_peer(configure):
    assert client_address(request(REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR="1.1.1.1")) == "9.9.9.9"
    configure(trusted_proxies=("9.9.9.9",))
    assert client_address(request(REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR="1.1.1.1")) == "1.1.1.1"


def test_one_ipv6_host_is_one_client_whatever_address_it_picks():
    networks = {client_network(request(REMOTE_ADDR=f"2001:db8:0:1::{n}")) for n in (1, 2, "ffff")}
    assert networks == {"2001:db8:0:1::/64"}
    assert client_network(request(REMOTE_ADDR="2001:db8:0:2::1")) not in networks
    assert client_network(request(REMOTE_ADDR="9.9.9.9")) == "9.9.9.9"
