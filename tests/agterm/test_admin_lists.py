"""Every list of the admin site, over ten thousand rows: it comes with few questions, can be searched, and saved."""

import csv
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiToken, Login, LoginLink
from agents.models import StoredLogin
from audit.models import AuditEvent
from costs.models import Budget, Entry, MeteredSession, Spending
from profiles.models import Profile
from providers.models import StoredKey
from recordings.models import Recording
from runs.models import Run
from sessions.models import Session, Share
from transcripts.models import PlanUsage, Told

MANY, FEW = 10_000, 100  # of what grows by itself, and of what people make one by one
MOST_QUERIES = 12


@pytest.fixture
def boss(db):
    made = Client()
    made.force_login(User.objects.create_superuser("boss"))
    return made


def crowd():
    """Rows of everything, each with other neighbours."""
    now, numbers = datetime.now(UTC), range(MANY)
    later = now + timedelta(days=1)
    ids = [uuid.uuid4() for _ in numbers]
    hashes = [str(each) for each in ids]

    def put(model, make, count=MANY):
        return model.objects.bulk_create([make(number) for number in range(count)], batch_size=1000)

    users = put(User, lambda n: User(username=f"user {n}"))
    put(Session, lambda n: Session(id=ids[n], owner=users[n], name=f"session {n}", agent="shell", status="running",
                                   runner="unix:/nowhere"))  # fmt: skip
    put(Share, lambda n: Share(session_id=ids[n], user=users[n - 1], created_by=users[n], expires_at=later), FEW)
    known = put(MeteredSession, lambda n: MeteredSession(id=ids[n], owner=users[n], name=f"session {n}", agent="shell",
                                                         created_at=now))  # fmt: skip
    put(Entry, lambda n: Entry(key=f"call:{n}", session=known[n], owner=users[n], agent="shell", provider="anthropic",
                               model="m", at=now, day=now.date(), source="computed", request_id=f"r {n}"))  # fmt: skip
    limits = put(Budget, lambda n: Budget(name=f"budget {n}", scope="user", owner=users[n], limit_picousd=10**12), FEW)
    put(Spending, lambda n: Spending(budget=limits[n], subject=str(users[n].pk), spent_picousd=9 * 10**11,
                                     begins_at=datetime(1970, 1, 1, tzinfo=UTC)), FEW)  # fmt: skip
    put(
        Run, lambda n: Run(owner=users[n], agent="shell", message=f"message {n}", timeout_ms=1, asked="", status="done")
    )
    put(Recording, lambda n: Recording(owner=users[n], session_id=ids[n], session_key=ids[n], session_name=f"s {n}",
                                       agent="shell", runner="", started_at=now, status="stopped"))  # fmt: skip
    put(Profile, lambda n: Profile(owner=users[n], name=f"profile {n}", name_key=f"profile {n}", agent="shell"), FEW)
    logins = put(Login, lambda n: Login(user=users[n], kind="token", expires_at=later, refresh_id=""))
    put(ApiToken, lambda n: ApiToken(login=logins[n], name=f"token {n}", secret_hash=hashes[n], scopes=["read"]), FEW)
    put(LoginLink, lambda n: LoginLink(user=users[n], token_hash=hashes[n], expires_at=later), FEW)
    put(StoredKey, lambda n: StoredKey(provider="anthropic", owner=users[n], sealed=""), FEW)
    put(StoredLogin, lambda n: StoredLogin(owner=users[n], agent="claude", fresh_at=now, saved_at=now), FEW)
    put(PlanUsage, lambda n: PlanUsage(owner=users[n], agent="codex", window="week", used_percent=50, seen_at=now), FEW)
    put(Told, lambda n: Told(session=known[n], agent="claude", source_id=str(n), at=now, model="m", total_tokens=1,
                             is_billed=True))  # fmt: skip
    put(AuditEvent, lambda n: AuditEvent(seq=n + 1, at=now, actor_id=users[n].pk, actor_name=f"user {n}", via="api",
                                         action="session.create", hash="", previous_hash=""))  # fmt: skip


def asked(boss, address):
    with CaptureQueriesContext(connection) as seen:
        page = boss.get(address)
    assert page.status_code == 200, address
    return page, len(seen)


def test_no_page_asks_the_database_more_often_for_ten_thousand_rows(boss):
    crowd()
    asked(boss, "/admin/")
    told = {"front page": asked(boss, "/admin/")[1]}
    for model, shown in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page, told[address] = asked(boss, address)
        rows = page.context["cl"].result_list
        if model._meta.label not in ("auth.Group", "admin.LogEntry"):
            assert len(rows) == shown.list_per_page, address
        if shown.search_fields:
            told[f"{address}?q="] = asked(boss, f"{address}?q=user 77")[1]
        if rows:
            row = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[rows[0].pk])
            told[row] = asked(boss, row)[1]
    assert {address: count for address, count in told.items() if count > MOST_QUERIES} == {}


def test_the_chosen_rows_are_saved_as_csv_and_no_cell_is_taken_for_a_formula(boss, owner):
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    for name in ("=1+1", "a, b"):
        Profile.objects.create(owner=owner, name=name, name_key=name, agent="shell", updated_at=at)
    ids = list(Profile.objects.values_list("pk", flat=True))
    answer = boss.post("/admin/profiles/profile/", {"action": "export_csv", "_selected_action": ids})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(answer.content.decode().splitlines()))
    assert lines[0][:3] == ["name", "owner", "agent"]
    assert sorted(line[0] for line in lines[1:]) == ["'=1+1", "a, b"]
