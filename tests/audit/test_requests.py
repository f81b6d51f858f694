"""What requests leave in the audit log: who did what to what; never a body, never a secret."""

import logging

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User

from accounts import services
from audit import chain, naming

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return User.objects.create_superuser("admin", password="correct horse battery")


def said(event):
    return event.action, event.actor_name, event.via, event.target


def test_what_was_changed_is_told_with_who_and_from_where(client, owner, events):
    caller = client(owner)
    made = caller.post("/api/auth/tokens", {"name": "CI", "scopes": ["read"]}, format="json", REMOTE_ADDR="192.0.2.7")
    token = made.json()["data"]["token"]["id"]
    caller.delete(f"/api/auth/tokens/{token}")
    [first, second] = events()
    assert said(first) == ("token.create", "owner", "api", f"token:{token}")
    assert (first.address, first.details["name"], first.details["scopes"]) == ("192.0.2.7", "CI", ["read"])
    assert said(second) == ("token.delete", "owner", "api", f"token:{token}")
    assert made.json()["data"]["secret"] not in str([event.details for event in events()])


def test_reading_and_failing_leave_nothing(client, owner, events):
    client(owner).get("/api/auth/me")
    client(owner).post("/api/profiles", {}, format="json")
    client().get("/api/auth/me")
    assert events() == []


def test_log_ins_are_told_and_those_refused_but_no_word_that_was_typed(client, owner, events, password):
    for name, word in (("owner", password), ("owner", "wrong"), ("my password by mistake", "owner")):
        client().post("/api/auth/login", {"username": name, "password": word}, format="json")
    [good, bad, nobody] = events()
    assert said(good) == ("login.create", "owner", "api", f"user:{owner.pk}")
    assert said(bad) == ("login.create.refused", "owner", "api", f"user:{owner.pk}")
    assert said(nobody) == ("login.create.refused", "", "api", "")
    everything = str([vars(event) for event in events()])
    assert not [word for word in (password, "wrong", "by mistake") if word in everything]


def test_a_door_that_is_closed_is_told_once_a_minute(client, owner, events):
    caller = client(owner)
    for _ in range(3):
        assert caller.get("/api/users").status_code == 403
    [event] = events()
    assert said(event) == ("user.get.refused", "owner", "api", "")
    assert event.details == {"method": "GET", "route": "api/users", "status": 403}


def test_a_foreign_page_is_told(client, owner, events):
    client(owner).post("/api/profiles", {}, format="json", HTTP_ORIGIN="https://evil.example")
    assert [event.action for event in events()] == ["request.refused"]


def test_people_are_told_with_their_roles_and_a_password_as_set(client, admin, events):
    caller = client(admin)
    ada = caller.post("/api/users", {"username": "ada", "role": "viewer"}, format="json").json()["data"]["user"]["id"]
    caller.patch(f"/api/users/{ada}", {"role": "member", "password": "a long password"}, format="json")
    caller.post(f"/api/users/{ada}/login-link")
    caller.delete(f"/api/users/{ada}")
    found = events()
    assert [(event.action, event.target) for event in found] == [
        ("user.create", f"user:{ada}"), ("user.change", f"user:{ada}"),
        ("user.login-link", f"user:{ada}"), ("user.delete", f"user:{ada}"),
    ]  # fmt: skip
    assert (found[0].details["role"], found[1].details["role"], found[1].details["password"]) == (
        "viewer",
        "member",
        "set",
    )
    assert found[3].details["name"] == "ada"
    assert "a long password" not in str([event.details for event in found])


def test_a_link_that_is_followed_is_told(owner, events):
    services.redeem_login_link(services.create_login_link(owner))
    assert [said(event) for event in events()] == [("login.link", "owner", "browser", f"user:{owner.pk}")]


def test_a_link_that_is_made_is_told_though_it_is_only_asked_for(client, owner, events):
    assert client(owner).get("/api/share-token").status_code == 200
    assert [said(event) for event in events()] == [("login.link.create", "owner", "api", f"user:{owner.pk}")]


def test_what_is_done_in_the_admin_site_is_told(admin, events):
    LogEntry.objects.create(user=admin, action_flag=CHANGE, object_id="7", object_repr="a budget", change_message="")
    assert [said(event) for event in events()] == [("thing.change", "admin", "admin", "thing:7")]


def test_an_event_that_can_not_be_written_is_an_error_in_the_log_and_no_one_elses(client, owner, monkeypatch, caplog):
    monkeypatch.setattr(chain, "append", lambda *_args, **_facts: 1 / 0)
    with caplog.at_level(logging.ERROR, "agterm.audit"):
        answer = client(owner).post("/api/auth/tokens", {"name": "CI", "scopes": ["read"]}, format="json")
    assert answer.status_code == 201
    assert "NOT IN THE AUDIT LOG: token.create" in caplog.text


@pytest.mark.parametrize(("method", "route", "name"), [
    ("POST", "api/sessions", "session.create"),
    ("POST", "api/sessions/<str:session_id>/stop", "session.stop"),
    ("POST", "api/sessions/<str:session_id>/shares", "session.share.create"),
    ("DELETE", "api/sessions/<str:session_id>/shares/<str:share_id>", "session.share.delete"),
    ("POST", "api/sessions/<str:session_id>/git/commit", "session.git.commit"),
    ("PATCH", "api/costs/budgets/<str:budget_id>", "costs.budget.change"),
    ("PUT", "api/schemas/<str:name>", "schema.put"),
    ("POST", "api/run", "run.create"),
])  # fmt: skip
def test_an_action_is_called_by_its_route(method, route, name):
    assert naming.action(method, route) == name
