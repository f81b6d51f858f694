"""Pages of foreign origins may not write."""

from types import SimpleNamespace

import pytest

from accounts.origins import is_allowed

CONFIG = SimpleNamespace(
    allowed_origins=("https://friend.example", "http://lan:8080"), public_url="https://me.example/x"
)


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        (None, "localhost:3000", "http"),
        ("http://localhost:3000", "localhost:3000", "http"),
        ("HTTP://LocalHost:3000", "localhost:3000", "http"),
        ("http://[::1]:3000", "[::1]:3000", "http"),
        ("http://a.example", "a.example:80", "http"),
        ("https://a.example", "a.example", "https"),
        ("https://a.example", "a.example", "http"),  # a TLS proxy that nobody told us about
        ("https://friend.example", "localhost:3000", "http"),
        ("https://friend.example:443", "localhost:3000", "http"),
        ("http://lan:8080", "localhost:3000", "http"),
        ("https://me.example", "localhost:3000", "http"),
    ],
)
def test_these_pages_are_ours(origin, host, scheme):
    assert is_allowed(origin, host, scheme, CONFIG)


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("null", "localhost:3000", "http"),
        ("", "localhost:3000", "http"),
        ("file://", "localhost:3000", "http"),
        ("http://evil.example", "localhost:3000", "http"),
        ("http://localhost:3001", "localhost:3000", "http"),
        ("http://localhost", "localhost:3000", "http"),
        ("http://localhost:0", "localhost", "http"),
        ("http://127.0.0.1:3000", "localhost:3000", "http"),
        ("http://localhost:3000.evil.example", "localhost:3000", "http"),
        ("http://a.example", "a.example", "https"),  # a page that came in the clear
        ("http://friend.example", "localhost:3000", "http"),
        ("https://sub.friend.example", "localhost:3000", "http"),
        ("http://localhost:bad", "localhost:3000", "http"),
        ("http://[::1", "localhost:3000", "http"),
        ("chrome-extension://localhost:3000", "localhost:3000", "http"),
    ],
)
def test_these_pages_are_not(origin, host, scheme):
    assert not is_allowed(origin, host, scheme, CONFIG)


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_a_foreign_page_can_not_write_even_with_a_good_token(client, owner, verb):
    response = getattr(client(owner), verb)("/api/auth/me", HTTP_ORIGIN="https://evil.example")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_a_foreign_page_can_not_log_anyone_in(client, owner, password):
    fields = {"username": "owner", "password": password, "browser": True}
    response = client().post("/api/auth/login", fields, format="json", HTTP_ORIGIN="https://evil.example")
    assert response.status_code == 403
    assert not response.cookies


@pytest.mark.parametrize("origin", ["http://testserver", "https://friend.example"])
def test_our_own_and_allowed_pages_can_write(client, owner, configure, origin):
    configure(allowed_origins=("https://friend.example",))
    assert client(owner).post("/api/auth/socket-token", HTTP_ORIGIN=origin).status_code == 200


def test_reads_and_callers_without_an_origin_are_not_asked(client, owner):
    assert client(owner).get("/api/auth/me", HTTP_ORIGIN="https://evil.example").status_code == 200
    assert client(owner).post("/api/auth/socket-token").status_code == 200


def test_a_page_in_the_clear_can_not_write_through_a_tls_proxy(client, owner, configure):
    configure(trusted_proxies=("127.0.0.1",))
    headers = {"HTTP_ORIGIN": "http://testserver", "HTTP_X_FORWARDED_PROTO": "https"}
    assert client(owner).post("/api/auth/socket-token", **headers).status_code == 403
    configure(trusted_proxies=())
    assert client(owner).post("/api/auth/socket-token", **headers).status_code == 200
