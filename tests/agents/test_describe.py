"""How an agent stands on this server: there or not, enabled or not, with or without a key."""

import json

from support.agents import write_install

from agents import registry, services

DOCUMENTED = {"id", "name", "icon", "color", "welcome", "command", "available", "cliExists", "cliPath"}
DOCUMENTED |= {"hasCredentials", "keySource"}


def describe(agent_id, config):
    return services.describe(registry.get(agent_id), config)


def test_every_documented_field_is_there_for_every_agent(config):
    for description in services.describe_all(config):
        assert set(description) >= DOCUMENTED


def test_an_agent_without_its_cli_says_how_to_install_it(config):
    description = describe("claude", config)
    assert not description["available"]
    assert not description["cliExists"]
    assert description["cliPath"] is None
    assert description["hasCredentials"]
    assert description["installHint"] == "Run: agterm agents install claude"


def test_an_agent_whose_cli_and_key_are_there_is_available(config, fake_cli):
    folder = fake_cli("claude")
    description = describe("claude", config.but(agent_path=(folder,)))
    assert description["available"]
    assert description["cliPath"] == f"{folder}/claude"
    assert description["keySource"] == "env"
    assert description["installHint"] is None
    assert "missingEnvVars" not in description


def test_an_installed_cli_is_found_with_its_version(config):
    path = write_install(config.home, "codex", version="0.169.0")
    description = describe("codex", config)
    assert description["available"]
    assert description["cliPath"] == str(path)
    assert description["version"] == "0.169.0"


def test_an_install_that_lost_its_program_is_not_there(config):
    write_install(config.home, "codex", version="0.169.0").unlink()
    assert not describe("codex", config)["cliExists"]


def test_an_install_without_a_record_is_not_there(config):
    write_install(config.home, "codex", version="0.169.0")
    (config.home / "agents" / "codex" / "installed.json").write_text('{"version": ')
    assert not describe("codex", config)["cliExists"]


def test_the_named_folders_come_before_an_install(config, fake_cli):
    write_install(config.home, "codex", version="0.169.0")
    folder = fake_cli("codex")
    assert describe("codex", config.but(agent_path=(folder,)))["cliPath"] == f"{folder}/codex"


def test_a_missing_key_is_named(config, fake_cli):
    without = config.but(agent_path=(fake_cli("claude"),), provider_environment={"ANTHROPIC_API_KEY": "  "})
    description = describe("claude", without)
    assert not description["available"]
    assert description["cliExists"]
    assert not description["hasCredentials"]
    assert description["keySource"] is None
    assert description["missingEnvVars"] == ["ANTHROPIC_API_KEY"]


def test_a_shell_needs_no_key(config):
    description = describe("shell", config.but(provider_environment={}))
    assert description["available"]
    assert description["keySource"] is None
    assert "missingEnvVars" not in description


def test_a_disabled_agent_is_shown_as_such(config):
    description = describe("shell", config.but(disabled_agents=("shell",)))
    assert not description["enabled"]
    assert not description["available"]


def test_no_description_holds_a_key(config):
    shown = json.dumps(services.describe_all(config))
    assert not [key for key in config.provider_environment.values() if key in shown]


def test_a_program_in_a_node_package_is_started_where_it_really_lies(config, tmp_path):
    package = tmp_path / "lib" / "node_modules" / "@openai" / "codex"
    (package / "bin").mkdir(parents=True)
    (package / "package.json").write_text('{"version": "0.150.0"}')
    (package / "bin" / "codex.js").write_text("#!/usr/bin/env node\n")
    (package / "bin" / "codex.js").chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "codex").symlink_to(package / "bin" / "codex.js")
    with_it = config.but(agent_path=(str(tmp_path / "bin"),))
    assert describe("codex", with_it)["version"] == "0.150.0"
    launch = services.prepare_launch("codex", config=with_it)
    assert launch.argv == [str(package / "bin" / "codex.js")]
    assert str(tmp_path / "lib" / "node_modules") in launch.readable


def test_a_relative_folder_is_never_searched(config, fake_cli, monkeypatch):
    monkeypatch.chdir(fake_cli("claude"))
    assert not describe("claude", config.but(agent_path=(".",)))["cliExists"]
