"""API tokens: made once, shown once, revoked at once, and good for no more than was said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import api_tokens
from accounts.models import ApiToken, Login


def make(caller, **fields):
    return caller.post("/api/auth/tokens", {"name": "CI", "scopes": ["read"]} | fields, format="json")


def with_secret(client, secret):
    made = client()
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return made


def test_the_secret_is_shown_once_and_kept_nowhere(client, owner):
    answer = make(client(owner), expiresIn=3600)
    data = answer.json()["data"]
    assert (answer.status_code, data["secret"][:4], len(data["secret"])) == (201, "agt_", 47)
    token = data["token"]
    assert (token["name"], token["scopes"], token["lastUsedAt"]) == ("CI", ["read"], None)
    [listed] = client(owner).get("/api/auth/tokens").json()["data"]["tokens"]
    assert listed == token
    assert data["secret"] not in str(ApiToken.objects.values()) + str(Login.objects.values())


def test_the_list_says_when_it_was_used(client, owner):
    secret = make(client(owner)).json()["data"]["secret"]
    assert with_secret(client, secret).get("/api/auth/me").status_code == 200
    assert client(owner).get("/api/auth/tokens").json()["data"]["tokens"][0]["lastUsedAt"]


def test_a_revoked_token_and_an_old_one_are_none(client, owner):
    first, second = (make(client(owner)).json()["data"] for _ in range(2))
    assert client(owner).delete(f"/api/auth/tokens/{first['token']['id']}").json()["data"]["revoked"] is True
    assert with_secret(client, first["secret"]).get("/api/auth/me").status_code == 401
    Login.objects.filter(pk=second["token"]["id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert with_secret(client, second["secret"]).get("/api/auth/me").status_code == 401
    assert client(owner).get("/api/auth/tokens").json()["data"]["tokens"] == []


def test_others_tokens_are_out_of_reach(client, owner, stranger):
    made = make(client(owner)).json()["data"]["token"]
    for token_id in (made["id"], "nonsense"):
        assert client(stranger).delete(f"/api/auth/tokens/{token_id}").status_code == 404
    assert client(stranger).get("/api/auth/tokens").json()["data"]["tokens"] == []
    assert api_tokens.of(owner).count() == 1


def test_a_log_in_is_no_token_to_be_revoked_here(client, owner):
    caller = client(owner)
    assert caller.delete(f"/api/auth/tokens/{caller.login_row.pk}").status_code == 404


def test_only_staff_makes_one_for_admin(client, owner, staff):
    assert make(client(owner), scopes=["admin"]).status_code == 403
    assert make(client(staff), scopes=["admin"]).status_code == 201


@pytest.mark.parametrize(("verb", "path"), [
    ("post", "/api/auth/tokens"), ("get", "/api/share-token"), ("get", "/api/auth/logins"),
    ("post", "/api/auth/password"),
])  # fmt: skip
def test_a_token_makes_no_way_to_log_in_and_sees_none(client, staff, verb, path):
    secret = make(client(staff), scopes=["admin", "write", "read"]).json()["data"]["secret"]
    caller = with_secret(client, secret)
    body = {"name": "more", "scopes": ["read"], "new": "another long password", "current": "correct horse battery"}
    assert getattr(caller, verb)(path, body, format="json").status_code == 403


def test_a_new_password_ends_the_tokens_too(client, owner, password):
    secret = make(client(owner)).json()["data"]["secret"]
    changed = client(owner).post("/api/auth/password", {"current": password, "new": "another horse, staple"}, "json")
    assert changed.status_code == 200
    assert with_secret(client, secret).get("/api/auth/me").status_code == 401


@pytest.mark.parametrize("fields", [
    {"scopes": []}, {"scopes": ["root"]}, {"name": " "}, {"expiresIn": 0}, {"expiresIn": 10**12}, {"name": "a\0b"},
], ids=["no scope", "unknown scope", "no name", "at once", "for ever", "NUL"])  # fmt: skip
def test_nonsense_is_refused(client, owner, fields):
    assert make(client(owner), **fields).status_code == 400


def test_a_hundred_are_enough(client, owner, monkeypatch):
    monkeypatch.setattr(api_tokens, "MOST", 1)
    assert [make(client(owner)).status_code for _ in range(2)] == [201, 409]


def test_guessing_one_is_counted(client, db, configure):
    configure(rate_limit_max=3)
    caller = with_secret(client, "agt_" + "x" * 43)
    assert [caller.get("/api/auth/me").status_code for _ in range(4)] == [401, 401, 401, 429]
