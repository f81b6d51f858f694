"""POST /api/auth/refresh"""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import Login


@pytest.fixture
def login(owner):
    return services.start(owner, kind="api")


@pytest.fixture
def refresh(client):
    return lambda raw: client().post("/api/auth/refresh", {"refresh": raw}, format="json")


def works(client, access):
    made = client()
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return made.get("/api/auth/me").status_code == 200


def test_a_refresh_token_gives_the_next_pair(client, refresh, login):
    first = services.issue_tokens(login)
    second = refresh(first.refresh).json()["data"]
    assert second["user"]["username"] == "owner"
    assert second["expiresIn"] == first.expires_in_s
    assert works(client, second["access"])
    third = refresh(second["refresh"]).json()["data"]
    assert works(client, third["access"])


def test_it_extends_the_log_in(refresh, login):
    raw = services.issue_tokens(login).refresh
    Login.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    refresh(raw)
    assert Login.objects.get().expires_at > timezone.now() + timedelta(days=1)


def test_using_one_twice_ends_the_whole_log_in(client, refresh, login, owner):
    other = client(owner)
    first = services.issue_tokens(login)
    second = refresh(first.refresh).json()["data"]
    stolen = refresh(first.refresh)
    assert (stolen.status_code, stolen.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    assert not works(client, second["access"])
    assert refresh(second["refresh"]).status_code == 401
    assert other.get("/api/auth/me").status_code == 200


def test_an_ended_log_in_is_not_refreshed(refresh, login):
    raw = services.issue_tokens(login).refresh
    services.log_out(login)
    assert refresh(raw).status_code == 401


def test_an_expired_log_in_is_not_refreshed(refresh, login):
    raw = services.issue_tokens(login).refresh
    Login.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refresh(raw).status_code == 401


def test_an_inactive_user_is_not_refreshed(refresh, login, owner):
    raw = services.issue_tokens(login).refresh
    owner.is_active = False
    owner.save()
    assert refresh(raw).status_code == 401


@pytest.mark.parametrize("kind", ["access", "socket", "browser"])
def test_other_kinds_of_token_do_not_refresh(refresh, login, kind):
    tokens = {
        "access": services.issue_tokens(login).access,
        "socket": services.issue_socket_token(login),
        "browser": services.issue_browser_token(login),
    }
    assert refresh(tokens[kind]).status_code == 401


@pytest.mark.parametrize("body", [{}, {"refresh": 7}, {"refresh": None}])
def test_bad_input_is_refused(client, db, body):
    assert client().post("/api/auth/refresh", body, format="json").status_code == 400


@pytest.mark.parametrize("raw", ["", "x", "a.b.c", "é"])
def test_rubbish_is_401(refresh, db, raw):
    assert refresh(raw).status_code == 401
