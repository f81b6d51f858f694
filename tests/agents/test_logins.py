"""Log-ins by subscription: sealed, given to their owner alone, renewed, revoked."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from support.agents import write_install

from agents import logins, registry, services
from agents.models import StoredLogin
from core.errors import Conflict, InvalidRequest, NotFound
from runner import activity

pytestmark = pytest.mark.django_db
SECRET = "sk-ant-oat01-very-secret"
NOW = datetime.now(UTC)


def claude(expires_in_s=3600, token=SECRET):
    tokens = {"accessToken": token, "refreshToken": "r", "expiresAt": int((NOW.timestamp() + expires_in_s) * 1000)}
    return {".claude/.credentials.json": json.dumps({"claudeAiOauth": tokens}).encode()}


def codex(at="2026-11-22T10:00:00.123456789Z"):
    auth = {"auth_mode": "chatgpt", "tokens": {"access_token": "a", "refresh_token": "r"}, "last_refresh": at}
    return {".codex/auth.json": json.dumps(auth).encode()}


def gemini():
    return {".gemini/oauth_creds.json": json.dumps({"refresh_token": "r", "expiry_date": 1795000000000}).encode(),
            ".gemini/google_accounts.json": b'{"active": "ada@example.org"}'}  # fmt: skip


@pytest.fixture
def ada(owner):
    return owner.pk


@pytest.fixture
def eve(stranger):
    return stranger.pk


@pytest.mark.parametrize(("agent", "files"), [("claude", claude()), ("codex", codex()), ("gemini", gemini())])
def test_what_a_cli_keeps_comes_back_to_the_byte_and_lies_here_sealed(ada, eve, agent, files):
    assert logins.offer(ada, agent, files, since=NOW)
    assert logins.files_of(ada, agent) == {name: text.decode() for name, text in files.items()}
    assert logins.files_of(eve, agent) is None
    assert logins.agents_of(ada) == {agent}
    sealed = StoredLogin.objects.get().sealed
    assert SECRET not in sealed
    assert "refresh" not in sealed


def test_a_log_in_moved_to_another_user_in_the_database_opens_for_nobody(ada, eve):
    logins.offer(ada, "claude", claude(), since=NOW)
    StoredLogin.objects.update(owner_id=eve)
    assert logins.files_of(eve, "claude") is None


def test_the_fresher_tokens_are_kept_whichever_session_renewed_them(ada):
    assert logins.offer(ada, "claude", claude(100, "old"), since=NOW)
    assert logins.offer(ada, "claude", claude(200, "new"), since=NOW)
    assert not logins.offer(ada, "claude", claude(150, "between"), since=NOW)
    assert "new" in logins.files_of(ada, "claude")[".claude/.credentials.json"]


def test_a_revoked_log_in_is_gone_and_no_old_session_brings_it_back(ada):
    logins.offer(ada, "claude", claude(), since=NOW)
    logins.revoke(ada, "claude")
    assert logins.files_of(ada, "claude") is None
    assert logins.all_of(ada) == []
    assert not logins.offer(ada, "claude", claude(9999), since=NOW - timedelta(minutes=5))
    assert logins.offer(ada, "claude", claude(9999), since=datetime.now(UTC))
    with pytest.raises(NotFound):
        logins.revoke(ada, "codex")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"claudeAiOauth": 3}', b'{"claudeAiOauth": {}}', b"\xff",
                                  b" " * 100_000, b'{"claudeAiOauth": {"accessToken": "a"}}'])  # fmt: skip
def test_what_is_no_log_in_is_not_kept(ada, data):
    assert not logins.offer(ada, "claude", {".claude/.credentials.json": data}, since=NOW)


@pytest.mark.parametrize("until", [None, "soon", -1, 10**30, float("inf")])
def test_tokens_with_an_odd_end_do_no_harm(ada, until):
    files = {".claude/.credentials.json": json.dumps(
        {"claudeAiOauth": {"accessToken": "a", "refreshToken": "r", "expiresAt": until}}
    ).replace("Infinity", "1e400").encode()}  # fmt: skip
    logins.offer(ada, "claude", files, since=NOW)
    assert all(row.fresh_at.year <= 2100 for row in logins.all_of(ada))


def test_made_up_tokens_that_would_outlive_all_others_are_not_kept(ada):
    assert not logins.offer(ada, "claude", claude(3600 * 24 * 500), since=NOW)
    assert logins.offer(ada, "claude", claude(3600), since=NOW)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_moment_that_no_calendar_has_does_no_harm(ada, at):
    logins.offer(ada, "codex", codex(at), since=NOW)


def test_a_log_in_is_sealed_anew_with_a_new_encryption_key_and_the_old_one_may_go(ada, settings):
    old, new = "o" * 40, "n" * 40
    settings.ENCRYPTION_KEYS = (old,)
    logins.offer(ada, "claude", claude(), since=NOW)
    settings.ENCRYPTION_KEYS = (new, old)
    assert (logins.reseal(), logins.reseal()) == (1, 0)
    settings.ENCRYPTION_KEYS = (new,)
    assert SECRET in logins.files_of(ada, "claude")[".claude/.credentials.json"]


def test_a_log_in_whose_encryption_key_is_lost_counts_for_nothing_and_says_so(client, owner, settings):
    logins.offer(owner.pk, "claude", claude(), since=NOW)
    assert [one["usable"] for one in client(owner).get("/api/logins").json()["data"]["logins"]] == [True]
    settings.ENCRYPTION_KEYS = ("n" * 40,)
    assert logins.agents_of(owner.pk) == frozenset()
    assert logins.files_of(owner.pk, "claude") is None
    assert [one["usable"] for one in client(owner).get("/api/logins").json()["data"]["logins"]] == [False]
    assert client(owner).get("/api/agents/claude").json()["data"]["agent"]["keySource"] is None


def test_all_that_is_secret_in_a_log_in_can_be_hidden(ada):
    logins.offer(ada, "claude", claude(), since=NOW)
    assert SECRET in logins.secrets_of(ada, "claude")
    assert logins.secrets_of(ada, "codex") == []


TRUSTED = {
    "claude": '"hasTrustDialogAccepted": true',
    "codex": 'trust_level = "trusted"',
    "gemini": '"folderTrust": {"enabled": false}',
}


@pytest.mark.parametrize("agent", TRUSTED)
def test_a_folder_that_may_be_anybodys_is_not_trusted_with_a_log_in(folder, agent):
    """A repository's own settings may run programs and name other addresses: then the CLI asks, as anywhere else."""
    config = folder(agent)
    ours, anybodys = (services.prepare_launch(agent, config=config, login={}, own_folder=own) for own in (True, False))
    assert TRUSTED[agent] in "".join(ours.home_files.values())
    assert TRUSTED[agent] not in "".join(anybodys.home_files.values())


def test_claude_by_subscription_asks_nobody_but_its_provider(folder):
    """Its settings come before those of a repository."""
    argv = services.prepare_launch("claude", config=folder("claude"), login={}).argv
    assert json.loads(argv[argv.index("--settings") + 1]) == {
        "env": {"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}
    }


def test_the_servers_own_log_in_is_taken_over_on_request(ada, tmp_path):
    (tmp_path / ".claude").mkdir()
    with pytest.raises(Conflict, match="not logged in"):
        logins.take_over(ada, "claude", tmp_path)
    (tmp_path / ".claude/.credentials.json").write_bytes(claude()[".claude/.credentials.json"])
    logins.take_over(ada, "claude", tmp_path)
    assert SECRET in logins.files_of(ada, "claude")[".claude/.credentials.json"]
    with pytest.raises(NotFound):
        logins.take_over(ada, "shell", tmp_path)


def test_the_api_lists_and_revokes_ones_own_log_ins_and_shows_no_token(client, owner, stranger):
    logins.offer(owner.pk, "claude", claude(), since=NOW)
    mine, theirs = client(owner), client(stranger)
    answer = mine.get("/api/logins")
    assert [login["agent"] for login in answer.json()["data"]["logins"]] == ["claude"]
    assert SECRET not in answer.content.decode()
    assert theirs.get("/api/logins").json()["data"] == {"logins": []}
    assert theirs.delete("/api/logins/claude").status_code == 404
    assert theirs.post("/api/logins/claude").status_code == 403
    assert mine.delete("/api/logins/claude").json()["data"] == {"agent": "claude", "revoked": True}
    assert mine.get("/api/logins/claude").status_code == 404


def test_an_administrator_takes_over_the_log_in_of_the_servers_own_user(client, staff, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert client(staff).post("/api/logins/claude").status_code == 409
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude/.credentials.json").write_bytes(claude()[".claude/.credentials.json"])
    assert client(staff).post("/api/logins/claude").status_code == 200
    assert SECRET in logins.files_of(staff.pk, "claude")[".claude/.credentials.json"]


def test_an_agent_says_that_it_is_logged_in(client, owner):
    before = client(owner).get("/api/agents/claude").json()["data"]["agent"]
    assert (before["hasCredentials"], before["keySource"], before["canLogIn"]) == (False, None, True)
    logins.offer(owner.pk, "claude", claude(), since=NOW)
    after = client(owner).get("/api/agents/claude").json()["data"]["agent"]
    assert (after["hasCredentials"], after["keySource"]) == (True, "subscription")
    assert "missingEnvVars" not in after


@pytest.mark.parametrize(("agent", "files"), [("claude", claude()), ("codex", codex()), ("gemini", gemini())])
def test_a_launch_by_subscription_carries_the_log_in_and_no_way_to_our_door(agent, files, folder):
    given = {name: text.decode() for name, text in files.items()}
    launch = services.prepare_launch(agent, config=folder(agent), login=given)
    assert launch.home_files.items() >= given.items()
    everything = json.dumps([launch.argv, launch.env, launch.home_files])
    assert "/llm/anthropic" not in everything
    assert "/llm/openai" not in everything
    assert "/llm/google" not in everything


def test_only_agents_that_know_log_ins_are_launched_by_one(folder):
    with pytest.raises(InvalidRequest, match="subscription"):
        services.prepare_launch("shell", config=folder("shell"), login={})
    with pytest.raises(InvalidRequest, match="subscription"):
        services.prepare_launch("codex", config=folder("codex"), login={}, provider="groq")


@pytest.fixture
def folder(tmp_path):
    """`folder(agent)`: a configuration without any key, in which that agent is installed."""

    def make(agent):
        write_install(tmp_path, agent, version="1") if agent != "shell" else None
        return SimpleNamespace(home=tmp_path, agent_path=(), disabled_agents=(), run_policy=(), provider_environment={})

    return make


# The last lines of the pinned versions' screens, started by subscription without a log-in.
LOGIN_SCREENS = {
    "codex": "> 1. Sign in with ChatGPT\n     Usage included with Plus, Pro, Business, and Enterprise plans\n\n"
    "  2. Sign in with Device Code\n     Sign in from another device with a one-time code\n\n"
    "  3. Sign in another way\n     Use an API key or another provider\n\n  Press enter to continue",
    "gemini": "Please visit the following URL to authorize the application:\n\nhttps://accounts.google.com/o/oauth2/v2/auth"
    "?redirect_uri=x\n\nEnter the authorization code:",
}


@pytest.mark.parametrize("agent", LOGIN_SCREENS)
def test_a_cli_that_asks_for_a_log_in_waits_for_a_person_and_is_typed_no_prompt(agent):
    made = activity.Activity(activity.compile_patterns(registry.get(agent).state_patterns), 0.0)
    for now in (0.0, 2 * activity.IDLE_AFTER_S, 4 * activity.IDLE_AFTER_S):
        made.screen(LOGIN_SCREENS[agent], now)
    assert made.state == "needs_input"
