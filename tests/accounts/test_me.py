"""GET /api/auth/me"""

import pytest

from accounts import services


def test_everyone_is_told_about_themselves(client, owner, teammate, stranger):
    for person in (owner, teammate, stranger):
        user = client(person).get("/api/auth/me").json()["data"]["user"]
        assert (user["id"], user["username"], user["role"]) == (person.pk, person.username, "member")


def test_staff_are_told_they_are_admins(client, staff):
    user = client(staff).get("/api/auth/me").json()["data"]["user"]
    assert (user["isStaff"], user["role"]) == (True, "admin")


def test_it_says_whether_there_is_a_password_yet(client, owner):
    assert client(owner).get("/api/auth/me").json()["data"]["user"]["hasPassword"]
    owner.set_unusable_password()
    owner.save()
    assert not client(owner).get("/api/auth/me").json()["data"]["user"]["hasPassword"]


def test_without_a_token_it_is_401_never_403(client, db):
    response = client().get("/api/auth/me")
    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic b3duZXI6eA==", "Token x"])
def test_a_bad_header_is_401(client, db, header):
    assert client().get("/api/auth/me", HTTP_AUTHORIZATION=header).status_code == 401


def test_an_inactive_user_is_401_at_once(client, owner):
    caller = client(owner)
    owner.is_active = False
    owner.save()
    assert caller.get("/api/auth/me").status_code == 401


def test_a_revoked_log_in_is_401_at_once(client, owner):
    caller = client(owner)
    services.log_out(caller.login_row)
    assert caller.get("/api/auth/me").status_code == 401


@pytest.mark.parametrize("kind", ["refresh", "socket", "browser"])
def test_only_access_tokens_are_bearer_tokens(client, owner, kind):
    login = services.start(owner, kind="api")
    raw = {
        "refresh": services.issue_tokens(login).refresh,
        "socket": services.issue_socket_token(login),
        "browser": services.issue_browser_token(login),
    }[kind]
    assert client().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {raw}").status_code == 401


def test_a_caller_is_known_with_one_query(client, owner, django_assert_num_queries):
    caller = client(owner)
    with django_assert_num_queries(1):
        assert caller.get("/api/auth/me").status_code == 200


def test_post_is_405(client, owner):
    assert client(owner).post("/api/auth/me").status_code == 405
