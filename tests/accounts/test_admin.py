"""The admin shows log-ins and links, revokes log-ins, and shows no secret."""

import hashlib

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from accounts import services
from accounts.models import Login


@pytest.fixture
def admin(db):
    made = Client()
    made.force_login(User.objects.create_superuser("boss"))
    return made


def test_log_ins_can_be_revoked(admin, client, owner, teammate):
    revoked, kept = client(owner), client(teammate)
    fields = {"action": "revoke", "_selected_action": [str(revoked.login_row.pk)]}
    assert admin.post("/admin/accounts/login/", fields).status_code == 302
    assert revoked.get("/api/auth/me").status_code == 401
    assert kept.get("/api/auth/me").status_code == 200


def test_a_log_in_is_shown_without_its_refresh_id(admin, owner):
    login = services.start(owner, kind="api", user_agent="curl/8")
    page = admin.get(f"/admin/accounts/login/{login.pk}/change/")
    assert b"curl/8" in page.content
    assert login.refresh_id.encode() not in page.content


def test_a_link_is_shown_without_its_hash(admin, owner):
    raw = services.create_login_link(owner)
    link = owner.login_links.get()
    pages = [admin.get("/admin/accounts/loginlink/"), admin.get(f"/admin/accounts/loginlink/{link.pk}/change/")]
    for page in pages:
        assert b"owner" in page.content
        assert hashlib.sha256(raw.encode()).hexdigest().encode() not in page.content


@pytest.mark.parametrize("url", ["login/add/", "loginlink/add/"])
def test_nothing_is_made_by_hand(admin, url):
    assert admin.get(f"/admin/accounts/{url}").status_code == 403


def test_who_is_not_staff_sees_nothing_and_revokes_nothing(client, owner, teammate, stranger):
    target = client(owner)
    for person in (owner, teammate, stranger):
        visitor = Client()
        visitor.force_login(person)
        fields = {"action": "revoke", "_selected_action": [str(target.login_row.pk)]}
        assert visitor.post("/admin/accounts/login/", fields).status_code == 302
    assert Login.objects.get(pk=target.login_row.pk).revoked_at is None


def test_staff_who_may_only_look_can_not_revoke(client, owner, staff):
    target = client(owner)
    staff.user_permissions.add(Permission.objects.get(codename="view_login"))
    visitor = Client()
    visitor.force_login(staff)
    assert visitor.get("/admin/accounts/login/").status_code == 200
    visitor.post("/admin/accounts/login/", {"action": "revoke", "_selected_action": [str(target.login_row.pk)]})
    assert target.get("/api/auth/me").status_code == 200


# --- the admin's own doors -------------------------------------------------------------------------------------------


@pytest.fixture
def boss(browser, db):
    """A superuser who came in through our own log-in."""
    return browser(User.objects.create_superuser("boss"))


def csrf(caller):
    """A form's fields, with what proves that the form is ours."""
    caller.get("/")
    return {"csrfmiddlewaretoken": caller.cookies["csrftoken"].value}


def test_the_log_out_button_ends_the_log_in_for_cookie_and_tokens_alike(boss, client):
    access = services.issue_tokens(boss.login_row).access
    script = client()
    script.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    assert boss.get("/admin/").status_code == 200
    assert script.get("/api/auth/me").status_code == 200
    cookie = boss.cookies["agterm_login"].value

    answer = boss.post("/admin/logout/", csrf(boss))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert (answer.cookies["agterm_login"].value, answer.cookies["agterm_login"]["max-age"]) == ("", 0)
    boss.login_row.refresh_from_db()
    assert boss.login_row.revoked_at is not None
    boss.cookies["agterm_login"] = cookie  # somebody kept a copy
    assert boss.get("/api/auth/me").status_code == 401
    assert boss.get("/admin/").status_code == 302
    assert script.get("/api/auth/me").status_code == 401


def test_nobody_is_logged_out_by_a_foreign_page_or_by_a_link(boss):
    boss.get("/")
    assert boss.post("/admin/logout/").status_code == 403
    assert boss.get("/admin/logout/").status_code == 405
    assert boss.get("/api/auth/me").status_code == 200


def test_logging_out_twice_is_no_error(boss):
    form = csrf(boss)
    for _ in range(2):
        assert boss.post("/admin/logout/", form).status_code == 302


def test_a_password_set_in_the_admin_ends_the_users_tokens_and_nobody_elses(admin, client, browser, owner, teammate):
    callers, other = [client(owner), browser(owner)], client(teammate)
    fields = {"password1": "a wholly new secret", "password2": "a wholly new secret", "usable_password": "true"}
    assert admin.post(f"/admin/auth/user/{owner.pk}/password/", fields).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password("a wholly new secret")
    assert [caller.get("/api/auth/me").status_code for caller in callers] == [401, 401]
    assert other.get("/api/auth/me").status_code == 200


def test_a_password_that_is_refused_ends_nothing(admin, client, owner):
    caller = client(owner)
    fields = {"password1": "one", "password2": "another", "usable_password": "true"}
    assert admin.post(f"/admin/auth/user/{owner.pk}/password/", fields).status_code == 200
    assert caller.get("/api/auth/me").status_code == 200


@pytest.mark.parametrize("url", ["/admin/login/", "/admin/password_change/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_has_no_log_in_and_no_password_form_of_its_own(client, owner, password, url, method):
    answer = getattr(client(), method)(url, {"username": "owner", "password": password})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "sessionid" not in answer.cookies
