"""Keys that callers store: whose they are, who may, and that nobody sees one again."""

import json
import logging
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as quietly
from hypothesis import strategies as st

from agents import discovery
from providers import credentials
from providers.models import StoredKey
from providers.payloads import PutKey

KEY = "sk-of-the-owner-0123456789-tail"  # what `put` stores unless told


def keys(client):
    return client.get("/api/providers/keys").json()["data"]["keys"]


def test_an_own_key_is_stored_and_shown_by_its_last_characters_only(mine, put, owner):
    answer = put()
    assert answer.status_code == 200
    (shown,) = keys(mine)
    assert shown == answer.json()["data"]["key"]
    assert shown | {"storedAt": None} == {
        "provider": "openai", "scope": "own", "ending": "tail", "baseUrl": None, "storedBy": "owner", "usable": True,
        "storedAt": None,
    }  # fmt: skip
    assert credentials.find("openai", user_id=owner.pk).api_key == KEY
    assert KEY not in answer.content.decode() + json.dumps(keys(mine))


def test_a_second_one_takes_its_place(mine, put, owner):
    put()
    put(key="sk-the-second-one-0123")
    assert [key["ending"] for key in keys(mine)] == ["0123"]
    assert credentials.find("openai", user_id=owner.pk).api_key == "sk-the-second-one-0123"


def test_one_users_keys_are_nothing_to_another(theirs, put, teammate):
    put()
    assert keys(theirs) == []
    assert credentials.find("openai", user_id=teammate.pk) is None
    assert theirs.delete("/api/providers/keys?provider=openai").status_code == 404


def test_a_key_for_all_is_for_staff_to_store_and_for_all_to_use(mine, boss, put, owner):
    refused = put(scope="all")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert put(scope="all", by=boss).status_code == 200
    assert credentials.find("openai", user_id=owner.pk).source == "stored"
    (seen,) = keys(mine)
    assert (seen["scope"], seen["ending"], seen["storedBy"]) == ("all", None, None)
    assert keys(boss)[0]["ending"] == "tail"
    assert mine.delete("/api/providers/keys?provider=openai&scope=all").status_code == 403
    assert boss.delete("/api/providers/keys?provider=openai&scope=all").status_code == 200
    assert credentials.find("openai", user_id=owner.pk) is None


def test_only_staff_name_an_address_that_the_server_then_asks(boss, put, staff):
    refused = put(baseUrl="http://169.254.169.254/v1")
    assert refused.status_code == 403
    assert refused.json()["error"]["details"]["fields"][0]["field"] == "baseUrl"
    assert not StoredKey.objects.exists()
    put("azure", by=boss, baseUrl="https://me.openai.azure.com/")
    assert credentials.find("azure", user_id=staff.pk).base_url == "https://me.openai.azure.com/openai/v1"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/v1", "//x/v1", "http://", "http://user:word@x/v1", "http://x/v1?key=1", "http://x/#a", "http://x y/",
        "file:///etc/passwd", "http://x:port/", "http://[::1", "x" * 600,
    ],
)  # fmt: skip
def test_an_address_is_one_that_can_be_asked(boss, put, address):
    assert put(by=boss, baseUrl=address).status_code == 400


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "short"}, "key"),
        ({"key": "with a space in it"}, "key"),
        ({"key": "with\r\nx-header: 1"}, "key"),
        ({"key": "ключ-ключ-ключ"}, "key"),
        ({"key": "k" * 5000}, "key"),
        ({"key": 12345678}, "key"),
        ({"scope": "everybody"}, "scope"),
        ({"provider": 1}, "provider"),
        ({"model": "x"}, "model"),
    ],
)
def test_what_is_no_key_is_refused_without_being_repeated(mine, fields, field):
    answer = mine.put("/api/providers/keys", {"provider": "openai", "key": KEY} | fields, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["fields"][0]["field"] == field
    assert all(len(str(value)) < 5 or str(value) not in answer.content.decode() for value in [fields.get("key", "")])


def test_a_session_starts_with_its_owners_own_key_and_nobody_elses(mine, theirs, put, configure, tmp_path):
    program = tmp_path / "codex"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    configure(agent_path=(str(tmp_path),), runner=f"unix:{tmp_path / 'nowhere.sock'}")
    discovery.forget()
    put()
    refused = theirs.post("/api/sessions", {"agent": "codex"}, format="json").json()["error"]
    assert (refused["code"], refused["details"]["missingEnvVars"]) == ("CONFLICT", ["OPENAI_API_KEY"])
    reached = mine.post("/api/sessions", {"agent": "codex"}, format="json").json()["error"]
    assert reached["code"] == "HOST_UNAVAILABLE"  # as far as one gets without a runner
    discovery.forget()


def test_an_unknown_provider_is_404(put):
    assert put("nobody").status_code == 404


def test_nobody_stores_or_sees_keys_without_logging_in(client):
    nobody = client()
    for answer in (
        nobody.get("/api/providers"),
        nobody.get("/api/providers/keys"),
        nobody.put("/api/providers/keys", {"provider": "openai", "key": KEY}, format="json"),
        nobody.delete("/api/providers/keys?provider=openai"),
        nobody.post("/api/providers/openai/test"),
    ):
        assert answer.status_code == 401


def test_a_key_in_a_request_never_shows_in_a_repr():
    assert KEY not in repr(PutKey.model_validate_json(json.dumps({"provider": "openai", "key": KEY})))


def test_a_key_that_can_not_be_opened_any_more_says_so(mine, put, owner, settings, caplog):
    put()
    settings.ENCRYPTION_KEYS = ("another key of thirty-two letters",)
    credentials.forget()
    with caplog.at_level(logging.ERROR):
        assert credentials.find("openai", user_id=owner.pk) is None
    assert not keys(mine)[0]["usable"]
    assert "openai" in caplog.text
    assert KEY not in caplog.text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
)
bodies = st.fixed_dictionaries(
    {"provider": st.sampled_from(["openai", "azure"]) | anything, "key": st.just(KEY) | anything},
    optional={"scope": st.sampled_from(["own", "all"]) | anything, "baseUrl": st.text(max_size=20) | anything},
)


@given(body=bodies | anything, query=st.text(max_size=10))
@quietly(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_json_is_stored_or_refused(body, query, mine, boss):
    for caller in (mine, boss):
        assert caller.put("/api/providers/keys", body, format="json").status_code in {200, 400, 403, 404}
        answer = caller.delete(f"/api/providers/keys?{urlencode({'provider': query})}")
        assert answer.status_code in {200, 400, 404}


# --- trying one out --------------------------------------------------------------------------------------------------


def trial(client, provider_id):
    answer = client.post(f"/api/providers/{provider_id}/test")
    assert KEY not in answer.content.decode()
    return answer.json()["data"]


@pytest.mark.parametrize(
    ("provider_id", "path", "header"),
    [
        ("openai", "/models", ("authorization", f"Bearer {KEY}")),
        ("groq", "/openai/v1/models", ("authorization", f"Bearer {KEY}")),
        ("anthropic", "/v1/models", ("authorization", f"Bearer {KEY}")),
        ("google", "/v1beta/models", ("x-goog-api-key", KEY)),
    ],
)
def test_a_key_is_tried_out_on_the_list_of_models(boss, put, upstream, provider_id, path, header):
    put(provider_id, by=boss, baseUrl=upstream.url)
    assert trial(boss, provider_id) == {"provider": provider_id, "outcome": "ok", "status": 200}
    (heard,) = upstream.heard
    assert heard[0] == path
    assert heard[1][header[0]] == header[1]


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, "refused"), (302, "unclear"), (404, "unclear"), (500, "unclear")]
)
def test_what_the_provider_says_is_told_and_nobody_is_followed_elsewhere(boss, put, upstream, status, outcome):
    upstream.status = status
    put(by=boss, baseUrl=upstream.url)
    assert trial(boss, "openai") == {"provider": "openai", "outcome": outcome, "status": status}
    assert len(upstream.heard) == 1


def test_a_provider_that_is_not_there_is_unreachable(boss, put):
    put(by=boss, baseUrl="http://127.0.0.1:1/v1")
    assert trial(boss, "openai")["outcome"] == "unreachable"


def test_there_must_be_a_key_to_try_out(mine, db):
    assert mine.post("/api/providers/openai/test").status_code == 400
    assert mine.post("/api/providers/nobody/test").status_code == 404


# --- the admin site --------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(db):
    made = SimpleNamespace(user=User.objects.create_superuser("root"), client=Client())
    made.client.force_login(made.user)
    return made


ADD = "/admin/providers/storedkey/add/"


def test_a_key_is_given_replaced_and_removed_in_the_admin_and_never_shown(admin, owner):
    answer = admin.client.post(ADD, {"provider": "openai", "owner": owner.pk, "key": KEY, "base_url": ""})
    assert answer.status_code == 302, answer.content
    row = StoredKey.objects.get()
    assert credentials.find("openai", user_id=owner.pk).api_key == KEY
    page = f"/admin/providers/storedkey/{row.pk}/change/"
    admin.client.post(page, {"key": "", "base_url": "http://gw:1/v1"})
    assert credentials.find("openai", user_id=owner.pk).api_key == KEY
    assert credentials.find("openai", user_id=owner.pk).base_url == "http://gw:1/v1"
    admin.client.post(page, {"key": "sk-the-second-one-0123", "base_url": ""})
    assert credentials.find("openai", user_id=owner.pk).api_key == "sk-the-second-one-0123"
    seen = [
        admin.client.get(url).content.decode() for url in (page, "/admin/providers/storedkey/", f"{page}../history/")
    ]
    assert "…0123" in seen[1]
    for text in (*seen, *(entry.change_message for entry in LogEntry.objects.all())):
        assert KEY not in text
        assert "sk-the-second-one" not in text
        assert row.sealed not in text


@pytest.mark.parametrize("fields", [{"key": ""}, {"key": "short"}, {"base_url": "file:///x"}, {"provider": "nobody"}])
def test_the_admin_takes_no_nonsense_and_gives_a_wrong_key_not_back(admin, fields):
    answer = admin.client.post(ADD, {"provider": "openai", "owner": "", "key": KEY, "base_url": ""} | fields)
    assert answer.status_code == 200
    assert not StoredKey.objects.exists()
    assert KEY not in answer.content.decode()


def test_there_is_one_key_for_everybody(admin):
    form = {"provider": "openai", "owner": "", "key": KEY, "base_url": ""}
    assert admin.client.post(ADD, form).status_code == 302
    answer = admin.client.post(ADD, form)
    assert "such a key already" in answer.content.decode()
    assert StoredKey.objects.count() == 1


def test_the_admin_shows_how_every_provider_stands(admin, configure):
    configure(provider_environment={"GROQ_API_KEY": KEY})
    text = admin.client.get("/admin/providers/storedkey/").content.decode()
    assert "Groq (groq)" in text
    assert "environment" in text
    assert "OLLAMA_API_KEY" in text
    assert KEY not in text
