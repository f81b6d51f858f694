"""One-time log-in links."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import Login, LoginLink
from core.errors import Unauthorized


def test_a_link_logs_its_user_in_as_a_browser(owner, teammate, stranger):
    for person in (owner, teammate, stranger):
        login = services.redeem_login_link(services.create_login_link(person), user_agent="Firefox")
        assert (login.user, login.kind, login.user_agent) == (person, "browser", "Firefox")
        assert services.find_login(services.issue_browser_token(login), {"browser"}).user == person


def test_a_link_works_once(owner):
    raw = services.create_login_link(owner)
    services.redeem_login_link(raw)
    with pytest.raises(Unauthorized):
        services.redeem_login_link(raw)
    assert Login.objects.count() == 1


def test_a_link_expires(owner):
    raw = services.create_login_link(owner, minutes=5)
    LoginLink.objects.update(expires_at=timezone.now())
    with pytest.raises(Unauthorized):
        services.redeem_login_link(raw)
    assert not Login.objects.exists()


def test_a_link_lives_as_long_as_it_says(owner):
    services.create_login_link(owner, minutes=5)
    left = LoginLink.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=4, seconds=55) < left <= timedelta(minutes=5)


def test_a_link_of_an_inactive_user_is_refused(owner):
    raw = services.create_login_link(owner)
    owner.is_active = False
    owner.save()
    with pytest.raises(Unauthorized):
        services.redeem_login_link(raw)


@pytest.mark.parametrize("raw", ["", "x", "\0", "\ud800", "é" * 5000])
def test_a_made_up_link_is_refused(db, raw):
    with pytest.raises(Unauthorized):
        services.redeem_login_link(raw)


def test_the_link_itself_is_not_kept(owner):
    raw = services.create_login_link(owner)
    link = LoginLink.objects.values().get()
    assert raw not in str(link)
    assert len(raw) >= 40


def test_old_links_are_swept_away(owner):
    services.create_login_link(owner)
    LoginLink.objects.update(expires_at=timezone.now() - timedelta(days=2))
    services.create_login_link(owner)
    assert LoginLink.objects.count() == 1


def test_the_address_of_a_link_leads_in(client, owner):
    raw = services.create_login_link(owner)
    visitor = client()
    response = visitor.get(f"/login/{raw}")
    assert response.status_code == 302
    assert visitor.get("/api/auth/me").json()["data"]["user"]["username"] == "owner"
    assert client().get(f"/login/{raw}").cookies.get("agterm_login") is None
