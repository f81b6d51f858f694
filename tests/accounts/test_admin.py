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
