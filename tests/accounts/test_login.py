"""POST /api/auth/login"""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.models import Login
from accounts.services import find_login


@pytest.fixture
def log_in(client, password):
    def post(name="owner", word=password, **fields):
        return client().post("/api/auth/login", {"username": name, "password": word, **fields}, format="json")

    return post


def test_name_and_password_give_tokens(log_in, owner, configure):
    configure(access_token_minutes=7)
    response = log_in()
    data = response.json()["data"]
    assert response.status_code == 200
    assert set(data) == {"access", "refresh", "expiresIn", "user"}
    assert data["expiresIn"] == 7 * 60
    wanted = {"id": owner.pk, "username": "owner", "isStaff": False, "role": "member", "hasPassword": True}
    assert data["user"] == wanted
    assert find_login(data["access"], {"access"}).user == owner
    assert not response.cookies


def test_it_leaves_a_row_that_says_how_and_from_where(client, owner, password):
    fields = {"username": "owner", "password": password}
    client().post("/api/auth/login", fields, format="json", HTTP_USER_AGENT="curl/8" + "x" * 500)
    login = Login.objects.get()
    assert (login.user, login.kind, login.user_agent[:6], login.revoked_at) == (owner, "api", "curl/8", None)
    assert Login.objects.get().user.last_login is not None


def test_staff_are_admins(log_in, staff):
    assert log_in("staff").json()["data"]["user"]["role"] == "admin"


@pytest.mark.parametrize(("name", "word"), [("owner", "wrong"), ("nobody", "wrong"), ("OWNER", None), ("owner", "")])
def test_every_refusal_gives_the_same_answer(log_in, owner, password, name, word):
    response = log_in(name, password if word is None else word)
    assert response.status_code == 401
    assert response.json()["error"] == {"code": "UNAUTHORIZED", "message": "Wrong user name or password"}
    assert not Login.objects.exists()


def test_inactive_users_get_that_answer_too(log_in, make_user):
    make_user("gone", is_active=False)
    assert log_in("gone").json()["error"]["message"] == "Wrong user name or password"


@pytest.mark.parametrize("name", ["owner", "nobody", "gone", "linked"])
def test_every_refusal_costs_the_same_work(log_in, owner, make_user, monkeypatch, name):
    make_user("gone", is_active=False)
    linked = make_user("linked")
    linked.set_unusable_password()
    linked.save()
    runs = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: runs.append(1) or encode(*args))
    assert log_in(name, "wrong").status_code == 401
    assert len(runs) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "owner"}, {"username": 7, "password": "x"}, {"username": "a\0b", "password": "x"},
     {"username": "", "password": "x"}, {"username": "x" * 200, "password": "x"},
     {"username": "owner", "password": "x" * 2000}, {"username": "owner", "password": "x", "browser": "yes"}],
)  # fmt: skip
def test_bad_input_is_refused(client, db, body):
    response = client().post("/api/auth/login", body, format="json")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_a_sixth_try_in_a_minute_is_refused_even_with_the_right_password(log_in, owner, still_clock):
    assert [log_in(word="wrong").status_code for _ in range(5)] == [401] * 5
    response = log_in()
    assert response.status_code == 429
    assert response.json()["error"]["code"] == "RATE_LIMITED"
    assert 1 <= int(response["Retry-After"]) <= 60
    assert (response["X-RateLimit-Limit"], response["X-RateLimit-Remaining"]) == ("5", "0")
    still_clock.now += 60
    assert log_in().status_code == 200


def test_tries_are_counted_per_name_and_address(client, owner, teammate, password, still_clock):
    def statuses(name, address):
        fields = {"username": name, "password": password}
        return [
            client().post("/api/auth/login", fields, format="json", REMOTE_ADDR=address).status_code for _ in range(6)
        ]

    assert statuses("owner", "10.0.0.1") == [200] * 5 + [429]
    assert statuses("teammate", "10.0.0.1") == [200] * 5 + [429]
    assert statuses("owner", "10.0.0.2") == [200] * 5 + [429]


def test_a_made_up_forwarded_address_does_not_buy_more_tries(client, owner, still_clock):
    fields = {"username": "owner", "password": "wrong"}
    statuses = [
        client().post("/api/auth/login", fields, format="json", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}").status_code
        for n in range(6)
    ]
    assert statuses[-1] == 429


def test_a_stale_token_does_not_keep_anyone_from_logging_in(client, owner, password):
    fields = {"username": "owner", "password": password}
    caller = client()
    caller.credentials(HTTP_AUTHORIZATION="Bearer stale")
    assert caller.post("/api/auth/login", fields, format="json").status_code == 200


@pytest.mark.parametrize("way", [{"data": {"browser": True}}, {"headers": {"X-AGTerm-Browser": "true"}}])
def test_a_browser_gets_a_cookie_no_script_can_read(client, owner, password, configure, way):
    configure(refresh_token_days=3)
    fields = {"username": "owner", "password": password, **way.get("data", {})}
    response = client().post("/api/auth/login", fields, format="json", headers=way.get("headers"))
    cookie = response.cookies["agterm_login"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert cookie["max-age"] == pytest.approx(3 * 24 * 3600, abs=2)
    assert "csrftoken" in response.cookies
    assert find_login(cookie.value, {"browser"}).user == owner
    assert Login.objects.get().kind == "browser"


def test_the_cookie_is_secure_under_tls(client, owner, password, configure):
    fields = {"username": "owner", "password": password, "browser": True}
    post = client().post
    assert post("/api/auth/login", fields, format="json", secure=True).cookies["agterm_login"]["secure"]
    configure(public_url="https://agterm.example.org")
    assert post("/api/auth/login", fields, format="json").cookies["agterm_login"]["secure"]


def test_the_cookie_is_secure_behind_a_trusted_tls_proxy_only(client, owner, password, configure):
    fields = {"username": "owner", "password": password, "browser": True}

    def secure():
        response = client().post("/api/auth/login", fields, format="json", HTTP_X_FORWARDED_PROTO="https")
        return bool(response.cookies["agterm_login"]["secure"])

    assert not secure()
    configure(trusted_proxies=("127.0.0.1",))
    assert secure()


def test_expired_log_ins_are_swept_away(log_in, owner, db):
    from datetime import timedelta

    from django.utils import timezone

    Login.objects.create(user=owner, expires_at=timezone.now() - timedelta(days=1), refresh_id="old")
    log_in()
    assert not Login.objects.filter(refresh_id="old").exists()
