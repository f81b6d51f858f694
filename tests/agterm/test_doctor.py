"""`agterm doctor` says what is there, what is missing, how to mend it, and by its exit status whether one must."""

import json
import os
import re
import shutil
import socket
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from support.agents import write_install

from agents import discovery
from agterm import page
from providers import services as providers
from providers.payloads import PutKey
from runner.sandbox import bubblewrap, mounts

BUILT = {"page": {"script": "/static/app/assets/main.js", "styles": [], "preloads": []}}


@pytest.fixture(autouse=True)
def _built(monkeypatch):
    monkeypatch.setattr(page, "context", lambda: BUILT)


@pytest.fixture
def open_home(home, monkeypatch):
    """A home that any user can reach, whoever runs the tests."""
    monkeypatch.setattr(mounts, "closed_ancestor", lambda _path: None)
    return home


def test_a_sound_machine_has_exit_status_0(agterm, open_home):
    ended = agterm("doctor", AGTERM_PORT="0")
    assert ended.code == 0, ended.said
    assert "FAIL" not in ended.said
    assert f"Data in {open_home}" in ended.said


def test_every_complaint_says_how_to_mend_it(agterm, open_home):
    lines = agterm("doctor").said.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.match(r"(note|FAIL) ", line):
            assert following.strip().startswith("→"), line


def test_a_page_that_is_not_built_must_be_mended(agterm, open_home, monkeypatch):
    monkeypatch.setattr(page, "context", lambda: {"page": {"script": None}})
    ended = agterm("doctor")
    assert ended.code == 1
    assert re.search(r"FAIL +The page is not built\n +→ Run: make ui", ended.said)


def test_a_home_that_can_not_be_written_must_be_mended(agterm, tmp_path):
    (tmp_path / "file").write_text("")
    ended = agterm("doctor", AGTERM_HOME=str(tmp_path / "file" / "home"))
    assert ended.code == 1
    assert "can't be written" in ended.said
    assert "Set AGTERM_HOME" in ended.said


@pytest.mark.parametrize("name", ["secret.key", "encryption.key"])
def test_a_key_of_ours_that_others_can_read_must_be_mended(agterm, open_home, name):
    open_home.mkdir(mode=0o755)
    (open_home / name).write_text("k" * 64)
    open_home.chmod(0o755)
    (open_home / name).chmod(0o644)
    ended = agterm("doctor")
    assert ended.code == 1
    assert f"chmod 600 {open_home / name}" in ended.said


def test_stored_keys_whose_encryption_key_is_lost_must_be_mended(agterm, open_home, owner, settings):
    providers.put_key(owner, PutKey(provider="anthropic", key=SecretStr("sk-stored-123456")))
    open_home.mkdir()
    (open_home / "agterm.sqlite3").touch()
    assert "encryption key" not in agterm("doctor").said
    settings.ENCRYPTION_KEYS = ("n" * 40,)
    ended = agterm("doctor")
    assert ended.code == 1
    assert re.search(r"FAIL +1 stored key.* can't be opened.*\n +→ Put encryption\.key back", ended.said)


def test_a_full_disk_is_noted(agterm, open_home, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1 << 20))
    ended = agterm("doctor")
    assert re.search(r"note +Data in .* free\n +→ Free some space", ended.said)


def test_a_taken_port_is_noted_with_the_setting_that_changes_it(agterm, open_home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = agterm("doctor", AGTERM_PORT=str(port))
    assert ended.code == 0
    assert re.search(rf"note +127\.0\.0\.1:{port} can't be listened on.*\n.*AGTERM_PORT", ended.said)


def test_a_runner_that_is_not_there_is_noted(agterm, open_home):
    assert "No runner is running" in agterm("doctor").said


@pytest.mark.parametrize("level", ["landlock-files", "none"])
def test_a_weak_level_is_noted_though_it_was_asked_for(agterm, open_home, level):
    ended = agterm("doctor", AGTERM_ISOLATION=level)
    assert ended.code == 0
    assert re.search(rf"note +Sessions are isolated at level {level}: .*\n +→ AGTERM_ISOLATION asks for", ended.said)


def test_a_level_that_does_not_start_here_must_be_mended(agterm, open_home, monkeypatch):
    monkeypatch.setattr(bubblewrap, "PROGRAM", "no-such-program")
    ended = agterm("doctor", AGTERM_ISOLATION="namespaces")
    assert ended.code == 1
    assert "FAIL  No session starts: AGTERM_ISOLATION is namespaces" in ended.said
    assert re.search(r"Level namespaces does not start here: no-such-program is not installed\n +→ install", ended.said)


def test_a_better_level_that_does_not_start_is_noted_with_its_cure(agterm, open_home, monkeypatch):
    monkeypatch.setattr(bubblewrap, "PROGRAM", "no-such-program")
    ended = agterm("doctor")
    assert ended.code == 0
    assert re.search(r"Level namespaces does not start here: no-such-program is not installed\n +→ install", ended.said)


def test_the_last_attack_is_told_and_that_there_was_none(agterm, open_home):
    assert re.search(r"Nobody has tried to get out .*\n +→ Run: agterm doctor --attack", agterm("doctor").said)
    run = {"at": "2026-01-02T03:04:05Z", "level": "none", "attacks": 54, "open": 36, "unverified": 2, "ms": 900}
    (open_home / "attacks.json").write_text(json.dumps(run))
    said = agterm("doctor", AGTERM_ISOLATION="none").said
    assert "Of 54 attacks on a session 36 got out, 2 untried (2026-01-02T03:04:05Z)" in said


def test_a_missing_cli_comes_with_the_command_that_installs_it(agterm, open_home):
    ended = agterm("doctor")
    assert ended.code == 0
    assert re.search(r"note +Claude Code is not installed\n +→ Run: agterm agents install claude", ended.said)


def test_a_missing_key_is_named_and_a_given_one_never_shown(agterm, open_home):
    write_install(open_home, "claude", version="9.8.7")
    assert "Set ANTHROPIC_API_KEY for the server" in agterm("doctor").said
    discovery.forget()
    ended = agterm("doctor", ANTHROPIC_API_KEY="sk-hidden")
    assert "Claude Code 9.8.7 at " in ended.said
    assert "sk-hidden" not in ended.said


def test_a_disabled_agent_is_noted(agterm, open_home):
    assert "AGTERM_DISABLED_AGENTS names it" in agterm("doctor", AGTERM_DISABLED_AGENTS="shell").said


def test_a_root_whose_sessions_can_not_reach_the_home_must_mend_it(agterm, home, monkeypatch):
    def refuse():
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(mounts, "closed_ancestor", lambda _path: home.parent)
    monkeypatch.setattr(mounts, "can_mount", refuse)
    ended = agterm("doctor")
    assert ended.code == 1
    assert "mounting is not allowed here (Operation not permitted)" in ended.said
    assert "Set AGTERM_HOME to a folder others may enter" in ended.said


def test_an_ordinary_user_is_told_what_sessions_can_reach(agterm, home, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "they can read your files and signal your processes" in agterm("doctor", AGTERM_ISOLATION="none").said
    assert "Sessions run as your own user, behind walls" in agterm("doctor", AGTERM_ISOLATION="landlock-files").said


def test_a_misspelt_setting_is_refused_before_anything_is_examined(home, monkeypatch):
    from agterm.cli import main

    monkeypatch.setenv("AGTERM_PROT", "1")
    monkeypatch.setattr("sys.argv", ["agterm", "doctor"])
    with pytest.raises(SystemExit, match="agterm: AGTERM_PROT: there is no such setting"):
        main()
