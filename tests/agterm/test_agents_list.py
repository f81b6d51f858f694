"""`agterm agents list`: one line an agent, and what the unready ones lack."""

import json
import re

import pytest
from django.db import DatabaseError
from pydantic import SecretStr
from support.agents import write_install

from agents import discovery, logins
from providers import services as providers
from providers.payloads import PutKey


def _line(said, agent):
    return next(line for line in said.splitlines() if line.startswith(f"{agent} "))


def test_every_built_in_agent_has_a_line(agterm):
    ended = agterm("agents", "list")
    assert ended.code == 0
    assert {line.split()[0] for line in ended.said.splitlines()} >= {"shell", "claude", "codex", "gemini"}


def test_the_shell_is_ready_wherever_there_is_one(agterm):
    assert _line(agterm("agents", "list").said, "shell").endswith(" ready")


def test_an_agent_that_is_not_installed_says_how_to_install_it(agterm):
    line = _line(agterm("agents", "list").said, "codex")
    assert line.endswith("not installed. Run: agterm agents install codex")


def test_an_installed_agent_without_a_key_names_the_variable(agterm, home):
    write_install(home, "claude", version="1.2.3")
    line = _line(agterm("agents", "list").said, "claude")
    assert re.search(
        r"Claude Code +1\.2\.3 +no credentials: set ANTHROPIC_API_KEY, store a key or log in on the page$", line
    )


def test_an_installed_agent_with_a_key_is_ready(agterm, home):
    write_install(home, "claude", version="1.2.3")
    discovery.forget()
    said = agterm("agents", "list", ANTHROPIC_API_KEY="sk-hidden").said
    assert _line(said, "claude").endswith(" ready")
    assert "sk-hidden" not in said


@pytest.fixture
def claude(home, db):
    """Installed, beside a database: that of the tests, whatever lies in the file."""
    write_install(home, "claude", version="1.2.3")
    (home / "agterm.sqlite3").touch()


def test_an_agent_that_a_stored_key_serves_is_ready(agterm, claude, staff):
    providers.put_key(staff, PutKey(provider="anthropic", key=SecretStr("sk-stored-123456"), scope="all"))
    said = agterm("agents", "list").said
    assert _line(said, "claude").endswith(" ready")
    assert "sk-stored" not in said


def test_an_agent_that_some_users_can_start_says_who(agterm, claude, owner, stranger):
    providers.put_key(owner, PutKey(provider="anthropic", key=SecretStr("sk-stored-123456")))
    tokens = {"claudeAiOauth": {"accessToken": "a", "refreshToken": "r"}}
    files = {".claude/.credentials.json": json.dumps(tokens).encode()}
    assert logins.offer(stranger.pk, "claude", files, since=owner.date_joined)
    assert _line(agterm("agents", "list").said, "claude").endswith(" ready for owner, stranger")


def test_a_database_of_an_older_version_is_no_obstacle(agterm, claude, monkeypatch):
    def refuse(*_args, **_more):
        raise DatabaseError("no such table")

    monkeypatch.setattr("providers.credentials.held_by", refuse)
    assert "no credentials" in _line(agterm("agents", "list").said, "claude")


def test_a_disabled_agent_says_so(agterm):
    assert _line(agterm("agents", "list", AGTERM_DISABLED_AGENTS="shell").said, "shell").endswith(" disabled")


def test_installing_an_unknown_agent_names_the_known_ones(agterm):
    ended = agterm("agents", "install", "nobody")
    assert ended.code == 1
    assert "There is no agent 'nobody'" in ended.said
