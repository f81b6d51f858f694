"""How much a caller may ask, and how they are told."""

import time

import pytest


@pytest.fixture(autouse=True)
def _small_buckets(configure, still_clock):
    configure(rate_limit_max=3, rate_limit_browser_max=5, rate_limit_window=120_500)


def ask(caller, times, url="/api/auth/me", **more):
    return [caller.get(url, **more).status_code for _ in range(times)]


def test_a_success_says_how_much_is_left(client, owner):
    caller = client(owner)
    left = [caller.get("/api/auth/me")["X-RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    response = client(owner).get("/api/auth/me")
    assert response["X-RateLimit-Limit"] == "3"
    assert 0 < int(response["X-RateLimit-Reset"]) - time.time() <= 122


def test_one_too_many_is_429_with_everything_a_client_needs(client, owner):
    caller = client(owner)
    assert ask(caller, 4) == [200, 200, 200, 429]
    response = caller.get("/api/auth/me")
    assert response.json()["error"]["code"] == "RATE_LIMITED"
    assert response.json()["error"]["details"]["retryAfterSeconds"] == int(response["Retry-After"])
    assert 1 <= int(response["Retry-After"]) <= 121
    assert (response["X-RateLimit-Limit"], response["X-RateLimit-Remaining"]) == ("3", "0")


def test_the_next_window_starts_afresh(client, owner, still_clock):
    caller = client(owner)
    assert ask(caller, 4)[-1] == 429
    still_clock.now += 121
    assert ask(caller, 1) == [200]


def test_each_user_has_a_bucket_whatever_their_tokens(client, owner, teammate, stranger):
    assert ask(client(owner), 3) == [200] * 3
    assert ask(client(owner), 1) == [429]
    assert ask(client(teammate), 1) + ask(client(stranger), 1) == [200, 200]


def test_the_browser_has_a_bucket_of_its_own(client, browser, owner):
    page = browser(owner)
    assert ask(page, 6) == [200] * 5 + [429]
    assert page.get("/api/auth/me")["X-RateLimit-Limit"] == "5"
    assert ask(client(owner), 1) == [200]


def test_strangers_are_counted_by_address(client, db):
    assert ask(client(), 4) == [401, 401, 401, 429]
    assert ask(client(), 1, REMOTE_ADDR="10.1.1.1") == [401]


def test_guessing_tokens_is_counted_by_address(client, db):
    guesses = [client().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer guess{n}").status_code for n in range(4)]
    assert guesses == [401, 401, 401, 429]


def test_a_strangers_flood_does_not_lock_a_user_out(client, owner):
    ask(client(), 10)
    assert ask(client(owner), 1) == [200]


def test_one_request_is_counted_once(client, db):
    assert client().get("/api/auth/me")["X-RateLimit-Remaining"] == "2"


def test_a_failed_request_says_how_much_is_left_too(client, owner):
    assert client(owner).post("/api/auth/password", {}, format="json")["X-RateLimit-Remaining"] == "2"


def test_health_is_not_counted(client, db):
    assert ask(client(), 8, "/api/health") == [200] * 8
    assert "X-RateLimit-Limit" not in client().get("/api/health")
