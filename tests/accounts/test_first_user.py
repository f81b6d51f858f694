"""The first start makes an administrator nobody can guess a password of."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from accounts import services
from core.errors import Conflict, Unauthorized


def test_the_first_start_makes_an_administrator_without_a_password(db):
    user = services.ensure_first_user(settings.AGTERM)
    assert (user.username, user.is_superuser, user.is_staff) == ("admin", True, True)
    assert not user.has_usable_password()
    for guess in ("", "admin", user.password):
        with pytest.raises(Unauthorized):
            services.log_in("admin", guess)


def test_the_name_can_be_chosen(db, configure):
    configure(admin_user="root")
    assert services.ensure_first_user(settings.AGTERM).username == "root"


def test_the_second_start_finds_the_same_one_and_changes_nothing(db):
    first = services.ensure_first_user(settings.AGTERM)
    first.set_password("a password of my own")
    first.save()
    second = services.ensure_first_user(settings.AGTERM)
    assert second == first
    assert second.check_password("a password of my own")
    assert User.objects.count() == 1


def test_a_renamed_administrator_is_found(db):
    boss = User.objects.create_superuser("boss")
    assert services.ensure_first_user(settings.AGTERM) == boss


def test_without_an_active_administrator_nobody_is_promoted(owner):
    with pytest.raises(Conflict, match="createsuperuser"):
        services.ensure_first_user(settings.AGTERM)
    assert not User.objects.filter(is_superuser=True).exists()


def test_who_comes_in_by_link_can_set_a_password_and_use_it(client, db):
    user = services.ensure_first_user(settings.AGTERM)
    login = services.redeem_login_link(services.create_login_link(user))
    access = services.issue_tokens(login).access
    caller = client()
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    assert caller.post("/api/auth/password", {"new": "quite a new phrase"}, format="json").status_code == 200
    fields = {"username": "admin", "password": "quite a new phrase"}
    assert client().post("/api/auth/login", fields, format="json").status_code == 200
