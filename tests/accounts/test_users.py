"""What administrators do with people, and that nobody else does; the last administrator stays."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from accounts import api_tokens, services, users
from costs import ledger


@pytest.fixture
def admin(db):
    return User.objects.create_superuser("admin", password="correct horse battery")


@pytest.fixture
def as_admin(client, admin):
    return client(admin)


def make(caller, **fields):
    return caller.post("/api/users", {"username": "ada"} | fields, format="json")


def change(caller, user_id, **fields):
    return caller.patch(f"/api/users/{user_id}", fields, format="json")


def test_members_and_viewers_have_no_business_here(client, owner):
    looker = users.create("looker", "viewer")
    for user in (owner, looker):
        caller = client(user)
        doors = [
            caller.get("/api/users"), make(caller), caller.get(f"/api/users/{owner.pk}"),
            change(caller, user.pk, role="admin"), caller.delete(f"/api/users/{owner.pk}"),
            caller.post(f"/api/users/{owner.pk}/login-link"),
        ]  # fmt: skip
        assert [answer.status_code for answer in doors] == [403] * 6
        assert User.objects.get(pk=user.pk).is_staff is False


def test_a_new_user_without_a_password_comes_by_the_link(as_admin, client):
    data = make(as_admin, role="viewer").json()["data"]
    assert (data["user"]["role"], data["user"]["hasPassword"], data["user"]["isActive"]) == ("viewer", False, True)
    raw = data["loginLink"].rpartition("/login/")[2]
    assert services.redeem_login_link(raw).user.username == "ada"


def test_a_new_user_with_a_password_logs_in_with_it(as_admin, client):
    answer = make(as_admin, password="a long enough one", role="admin")
    assert "loginLink" not in answer.json()["data"]
    logged_in = client().post("/api/auth/login", {"username": "ada", "password": "a long enough one"}, format="json")
    assert logged_in.json()["data"]["user"]["role"] == "admin"


@pytest.mark.parametrize(("fields", "status"), [
    ({"password": "short"}, 400), ({"username": "no spaces"}, 400), ({"username": "ADMIN"}, 409),
    ({"role": "root"}, 400),
], ids=["weak password", "no name", "taken", "no role"])  # fmt: skip
def test_a_user_that_can_not_be_is_not_made(as_admin, fields, status):
    assert make(as_admin, **fields).status_code == status
    assert User.objects.count() == 1


def test_the_list_goes_on_where_it_ended(as_admin):
    for name in ("ada", "bob"):
        make(as_admin, username=name)
    first = as_admin.get("/api/users?limit=2").json()["data"]
    rest = as_admin.get(f"/api/users?limit=2&cursor={first['nextCursor']}").json()["data"]
    assert [row["username"] for row in first["users"] + rest["users"]] == ["admin", "ada", "bob"]
    assert rest["nextCursor"] is None


def test_a_role_counts_from_now_on(as_admin, client, owner):
    caller = client(owner)
    assert change(as_admin, owner.pk, role="viewer").json()["data"]["user"]["role"] == "viewer"
    assert caller.post("/api/profiles", {}, format="json").status_code == 403
    change(as_admin, owner.pk, role="admin")
    assert caller.get("/api/users").status_code == 200
    change(as_admin, owner.pk, role="member")
    assert caller.get("/api/users").status_code == 403
    assert caller.post("/api/profiles", {}, format="json").status_code == 400


def test_who_is_locked_out_is_out_and_comes_back_only_by_logging_in(as_admin, client, owner):
    caller, (_token, secret) = client(owner), api_tokens.create(owner, "CI", ["read"])
    change(as_admin, owner.pk, isActive=False)
    assert caller.get("/api/auth/me").status_code == 401
    assert as_admin.post(f"/api/users/{owner.pk}/login-link").status_code == 409
    change(as_admin, owner.pk, isActive=True)
    assert caller.get("/api/auth/me").status_code == 401
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert caller.get("/api/auth/me").status_code == 401


def test_a_password_that_is_set_ends_the_log_ins(as_admin, client, owner):
    caller = client(owner)
    assert change(as_admin, owner.pk, password="another long password").status_code == 200
    assert caller.get("/api/auth/me").status_code == 401
    assert User.objects.get(pk=owner.pk).check_password("another long password")


def test_an_administrators_own_password_is_not_set_here(as_admin, admin):
    assert change(as_admin, admin.pk, password="another long password").status_code == 403


@pytest.mark.parametrize("fields", [{"role": "member"}, {"role": "viewer"}, {"isActive": False}, None])
def test_the_last_administrator_stays(as_admin, admin, client, fields):
    other = users.create("second", "admin")
    users.change(other, is_active=False)  # one who could not log in is none
    answer = as_admin.delete(f"/api/users/{admin.pk}") if fields is None else change(as_admin, admin.pk, **fields)
    assert answer.status_code == 409
    users.change(other, is_active=True)
    answer = as_admin.delete(f"/api/users/{admin.pk}") if fields is None else change(as_admin, admin.pk, **fields)
    assert answer.status_code == 200


def test_a_user_is_deleted_with_all_that_was_theirs(as_admin, owner):
    api_tokens.create(owner, "CI", ["read"])
    answer = as_admin.delete(f"/api/users/{owner.pk}").json()["data"]
    assert answer == {"id": owner.pk, "deleted": True, "keptFor": []}
    assert as_admin.get(f"/api/users/{owner.pk}").status_code == 404


def test_a_user_whom_the_ledger_names_is_locked_out_instead(as_admin, owner):
    ledger.know(uuid.uuid4(), owner.pk, "work", "codex", timezone.now())
    answer = as_admin.delete(f"/api/users/{owner.pk}").json()["data"]
    assert (answer["deleted"], answer["keptFor"]) == (False, ["metered sessions"])
    assert as_admin.get(f"/api/users/{owner.pk}").json()["data"]["user"]["isActive"] is False


def test_a_link_for_another_device(client, owner):
    data = client(owner).get("/api/share-token").json()["data"]
    raw = data["url"].rpartition("/login/")[2]
    assert data["url"].startswith("http://testserver/login/")
    assert services.redeem_login_link(raw).user == owner


def test_where_i_am_logged_in_and_ending_one(client, owner, stranger):
    caller, phone = client(owner), services.start(owner, kind="browser", user_agent="Phone")
    others = client(stranger).login_row
    logins = caller.get("/api/auth/logins").json()["data"]["logins"]
    assert {(row["kind"], row["userAgent"], row["isCurrent"]) for row in logins} == {
        ("browser", "Phone", False), ("api", "", True),
    }  # fmt: skip
    assert caller.delete(f"/api/auth/logins/{phone.pk}").json()["data"]["ended"] is True
    assert [caller.delete(f"/api/auth/logins/{some}").status_code for some in (phone.pk, others.pk, "x")] == [404] * 3
    assert client(stranger).get("/api/auth/me").status_code == 200
