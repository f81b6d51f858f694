"""Profiles in the admin: seen and deleted, never their secrets."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from profiles.models import DefaultProfile, Profile


@pytest.fixture
def admin(db):
    made = Client()
    made.force_login(User.objects.create_superuser("boss"))
    return made


SECRETS = {"env": {"TOKEN": "secret-1"}, "args": ["--key=secret-2"], "initialCommand": "export K=secret-3"}


def test_a_profile_is_shown_without_what_may_be_secret(admin, make):
    made = make(name="Seen", **SECRETS)
    for url in ("", f"{made['id']}/change/", f"{made['id']}/delete/", f"{made['id']}/history/"):
        page = admin.get(f"/admin/profiles/profile/{url}")
        assert page.status_code == 200
        assert b"Seen" in page.content
        assert b"secret-" not in page.content


def test_profiles_are_deleted_and_their_being_default_too(admin, mine, make):
    one, other, kept = make(name="1"), make(name="2"), make(name="3")
    mine.post(f"/api/profiles/{other['id']}/default")
    admin.post(f"/admin/profiles/profile/{one['id']}/delete/", {"post": "yes"})
    fields = {"action": "delete_selected", "_selected_action": [other["id"]], "post": "yes"}
    admin.post("/admin/profiles/profile/", fields)
    assert [row.pk for row in Profile.objects.all()] == [kept["id"]]
    assert not DefaultProfile.objects.exists()


def test_nothing_is_made_or_changed_by_hand(admin, make):
    made = make()
    assert admin.get("/admin/profiles/profile/add/").status_code == 403
    assert admin.post(f"/admin/profiles/profile/{made['id']}/change/", {"name": "x"}).status_code == 403
