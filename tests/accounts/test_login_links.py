"""One-time log-in links."""

import re
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


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_that_another_page_led_to_is_asked_about_first(client, owner, site):
    address = f"/login/{services.create_login_link(owner)}"
    visitor = client(enforce_csrf_checks=True)
    asked = visitor.get(address, headers={"Sec-Fetch-Site": site})
    assert asked.status_code == 200
    assert "Log in as owner?" in asked.content.decode()
    assert visitor.get("/api/auth/me").status_code == 401
    assert visitor.post(address).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', asked.content.decode())[1]
    assert visitor.post(address, {"csrfmiddlewaretoken": token}).status_code == 302
    assert visitor.get("/api/auth/me").json()["data"]["user"]["username"] == "owner"


def test_a_link_does_not_end_somebody_elses_login_unasked(client, owner, stranger):
    visitor = client()
    visitor.get(f"/login/{services.create_login_link(stranger)}")
    before = Login.objects.get(user=stranger)
    address = f"/login/{services.create_login_link(owner)}"
    asked = visitor.get(address).content.decode()
    assert "Log in as owner?" in asked
    assert "<strong>stranger</strong>" in asked
    assert visitor.get("/api/auth/me").json()["data"]["user"]["username"] == "stranger"
    visitor.post(address)
    assert visitor.get("/api/auth/me").json()["data"]["user"]["username"] == "owner"
    before.refresh_from_db()
    assert before.revoked_at is not None  # nobody is left behind in a browser that somebody else took over


def test_ones_own_browser_is_not_asked(client, owner):
    visitor = client()
    for _ in range(2):
        answer = visitor.get(f"/login/{services.create_login_link(owner)}", headers={"Sec-Fetch-Site": "none"})
        assert answer.headers["Location"] == "/"


def test_a_used_link_says_so_wherever_it_comes_from(client, owner):
    address = f"/login/{services.create_login_link(owner)}"
    client().get(address)
    assert client().get(address, headers={"Sec-Fetch-Site": "cross-site"}).headers["Location"] == "/?login=expired"
