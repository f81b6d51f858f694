"""The admin site's front page, its pages about the machine, and what is done there to people, shares and the log."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from support.rest import mine, no_runner, row, runner, shared_runner, start  # noqa: F401
from support.spending import spend

from accounts import api_tokens
from audit.models import AuditEvent
from costs import budgets, ledger
from costs.money import picousd
from sessions.models import Session, Share


@pytest.fixture
def boss(db):
    made = Client()
    made.force_login(User.objects.create_superuser("boss"))
    return made


@pytest.fixture
def visitor(staff):
    """Staff who may see nothing until they are given permissions by name: `visitor("view_user")`."""

    def make(*names):
        staff.user_permissions.set(Permission.objects.filter(codename__in=names))
        made = Client()
        made.force_login(User.objects.get(pk=staff.pk))
        return made

    return make


def text_of(page):
    """What is read on a page, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def messages_of(page):
    return [str(message) for message in page.context["messages"]]


def act(client, model, action, *keys, **more):
    fields = {"action": action, "_selected_action": [str(key) for key in keys], **more}
    return client.post(f"/admin/{model}/", fields, follow=True)


def test_the_front_page_counts_what_runs_what_is_spent_and_what_is_near_its_limit(boss, owner, start):  # noqa: F811
    session = start(name="A live one")
    session_id = uuid.UUID(session["id"])
    spend(session_id, "3")
    budgets.for_session(session_id, picousd("3"), owner)
    text = text_of(boss.get("/admin/"))
    for figure in (
        "Live sessions 1 running now",
        "Waiting 1",
        "Budgets 1 1 used up",
        "Users 2 1 of them administrator",
    ):
        assert figure in text
    assert "Over budget 1" in text
    assert re.search(r"Isolation (namespaces|landlock|landlock-files|none) ", text)
    assert "Dollars a day" in text
    listed = text_of(boss.get("/admin/agterm_sessions/session/"))
    assert "over budget" in listed


def test_the_front_page_shows_each_what_they_may_see(visitor, boss):
    text = text_of(visitor("view_user").get("/admin/"))
    assert "Users" in text
    for other in ("Spent today", "Live sessions", "Ledger", "Budgets"):
        assert other not in text


def test_a_runner_that_is_away_is_told_and_takes_no_page_down(boss, start, no_runner):  # noqa: F811
    session = start()
    no_runner()
    assert "the runner does not answer" in text_of(boss.get("/admin/"))
    for path in ("agterm_sessions/session/", f"agterm_sessions/session/{session['id']}/change/", "machine/isolation/"):
        page = boss.get(f"/admin/{path}")
        assert page.status_code == 200
        assert "The runner does not answer" in text_of(page)


def test_the_machine_s_pages_tell_isolation_and_agents_to_staff_alone(boss, client, owner, runner):  # noqa: F811
    isolation, agents = text_of(boss.get("/admin/machine/isolation/")), text_of(boss.get("/admin/machine/agents/"))
    assert "What a session's box promises" in isolation.replace("&#x27;", "'")
    assert "agterm agents install claude" in agents or "Claude" in agents
    member = Client()
    member.force_login(owner)
    for name in ("isolation", "agents"):
        assert member.get(f"/admin/machine/{name}/").status_code == 302


def test_a_session_is_restarted_and_deleted_only_when_that_is_meant(boss, start, row):  # noqa: F811
    session, model = start(name="Ours"), "agterm_sessions/session"
    act(boss, model, "stop", session["id"])
    assert row(session).status == "exited"
    act(boss, model, "restart", session["id"])
    assert row(session).status == "running"
    assert "End these sessions" in text_of(act(boss, model, "end_and_delete", session["id"]))
    assert Session.objects.exists()
    act(boss, model, "end_and_delete", session["id"], post="yes")
    assert not Session.objects.exists()
    told = [(each.action, each.target, each.via) for each in AuditEvent.objects.filter(via="admin").order_by("seq")]
    assert told == [(f"session.{what}", f"session:{session['id']}", "admin") for what in ("stop", "restart", "delete")]


def test_who_may_only_look_at_sessions_ends_none(visitor, start, row):  # noqa: F811
    session = start()
    looking = visitor("view_session")
    assert "Stop" not in text_of(looking.get(f"/admin/agterm_sessions/session/{session['id']}/change/"))
    for action in ("stop", "restart", "end_and_delete"):
        act(looking, "agterm_sessions/session", action, session["id"], post="yes")
    assert row(session).status == "running"


def test_roles_are_given_and_the_last_administrator_stays_one(boss, owner, teammate, client):
    caller = client(owner)
    act(boss, "auth/user", "make_viewer", owner.pk)
    assert caller.get("/api/auth/me").json()["data"]["user"]["role"] == "viewer"
    act(boss, "auth/user", "lock_out", owner.pk, post="yes")
    assert caller.get("/api/auth/me").status_code == 401
    last = User.objects.get(username="boss")
    for action in ("make_member", "lock_out"):
        assert "last administrator" in " ".join(messages_of(act(boss, "auth/user", action, last.pk, post="yes")))
    form = {"username": "boss", "is_active": "on", "is_staff": "on"}
    page = boss.post(f"/admin/auth/user/{last.pk}/change/", form, follow=True)
    assert "last administrator" in " ".join(messages_of(page))
    last.refresh_from_db()
    assert last.is_active
    assert last.is_superuser


def test_locking_out_asks_first_and_stops_what_runs_where_that_is_ticked(boss, visitor, owner, start, row, no_runner):  # noqa: F811
    first = start()
    asked = text_of(act(boss, "auth/user", "lock_out", owner.pk))
    assert "Stop their running sessions as well (1)" in asked
    assert User.objects.get(pk=owner.pk).is_active
    told = messages_of(act(boss, "auth/user", "lock_out", owner.pk, post="yes"))
    assert any("that run on: 1" in each for each in told)
    assert row(first).status == "running"
    remover = visitor("view_user", "delete_user")
    assert "running sessions" not in text_of(act(remover, "auth/user", "remove", owner.pk))
    act(remover, "auth/user", "remove", owner.pk, post="yes", also="yes")
    assert row(first).status == "running"
    told = messages_of(act(boss, "auth/user", "lock_out", owner.pk, post="yes", also="yes"))
    assert "Sessions of owner that were stopped: 1." in told
    assert row(first).status == "exited"
    assert AuditEvent.objects.filter(action="session.stop", via="admin", target=f"session:{first['id']}").exists()
    assert "running sessions" not in text_of(act(boss, "auth/user", "lock_out", owner.pk))
    Session.objects.update(status="running", name="Out of reach")
    no_runner()
    told = messages_of(act(boss, "auth/user", "remove", owner.pk, post="yes", also="yes"))
    assert any("Out of reach could not be stopped" in each for each in told)
    assert not User.objects.get(pk=owner.pk).is_active


def test_a_log_in_link_made_here_logs_its_user_in_once(boss, owner):
    (told,) = messages_of(act(boss, "auth/user", "link", owner.pk))
    path = re.search(r"http://testserver(/login/[^<]+)", told)[1]
    visitor = Client()
    assert visitor.get(path)["Location"] == "/"
    assert visitor.get("/api/auth/me").json()["data"]["user"]["username"] == "owner"
    assert "login=expired" in Client().get(path)["Location"]


def test_a_user_whom_the_ledger_names_is_locked_out_and_another_one_deleted(boss, owner, teammate):
    ledger.know(uuid.uuid4(), owner.pk, "Work", "claude", datetime.now(UTC))
    told = messages_of(act(boss, "auth/user", "remove", owner.pk, teammate.pk, post="yes"))
    assert any("owner is locked out, not deleted" in each for each in told)
    assert not User.objects.filter(pk=teammate.pk).exists()
    assert not User.objects.get(pk=owner.pk).is_active


def test_who_rules_nobody_gives_no_powers_away(visitor, owner):
    editor = visitor("view_user", "change_user")
    for action in ("make_admin", "link", "lock_out", "remove"):
        act(editor, "auth/user", action, owner.pk, post="yes")
    owner.refresh_from_db()
    assert (owner.is_staff, owner.is_active, owner.login_links.count()) == (False, True, 0)


def test_tokens_are_revoked_and_shares_taken_back(boss, owner, client):
    token, secret = api_tokens.create(owner, "A script", ["read"])
    script = client()
    script.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert script.get("/api/auth/me").status_code == 200
    page = boss.get("/admin/accounts/apitoken/")
    assert "A script" in text_of(page)
    assert token.secret_hash not in page.content.decode()
    act(boss, "accounts/apitoken", "revoke", token.pk)
    assert script.get("/api/auth/me").status_code == 401
    session = Session.objects.create(owner=owner, name="s", agent="shell", runner="unix:/nowhere", status="exited")
    later = datetime.now(UTC) + timedelta(days=1)
    share = Share.objects.create(session=session, created_by=owner, expires_at=later)
    act(boss, "agterm_sessions/share", "take_back", share.pk)
    assert not Share.objects.exists()


def test_the_audit_log_is_checked_and_a_broken_chain_is_told(boss, visitor, configure, tmp_path):
    configure(home=tmp_path)
    act(boss, "auth/user", "end_log_ins", User.objects.get(username="boss").pk)
    address = "/admin/agterm_audit/auditevent/verify/"
    assert "events are as they were written" in messages_of(boss.post(address, follow=True))[0]
    AuditEvent.objects.bulk_create(
        [AuditEvent(seq=99, at=datetime.now(UTC), via="api", action="made.up", previous_hash="", hash="")]
    )
    assert "Broken at event" in messages_of(boss.post(address, follow=True))[0]
    assert boss.get(address).status_code == 405
    assert visitor("view_user").post(address).status_code == 403
    for path in ("add/", "99/delete/"):
        assert boss.get(f"/admin/agterm_audit/auditevent/{path}").status_code == 403
