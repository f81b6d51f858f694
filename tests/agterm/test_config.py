"""The configuration: what it accepts, and how it names what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from agterm.cli.runner import environment_of_runner
from agterm.config import Config, ConfigError, load


def test_nothing_needs_to_be_set():
    config = load({})
    assert (config.bind, config.port, config.home) == ("127.0.0.1", 3000, Path.home().resolve() / ".agterm")
    assert config.runner_address == f"unix:{config.home}/run/runner.sock"


def test_a_misspelt_variable_is_refused_with_its_name():
    with pytest.raises(ConfigError, match=r"AGTERM_PROT: there is no such setting; docs/configuration\.md"):
        load({"AGTERM_PROT": "3000"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGTERM_PORT", "http"),
        ("AGTERM_PORT", "65536"),
        ("AGTERM_SERVER", "gunicorn"),
        ("AGTERM_DEBUG", "perhaps"),
        ("AGTERM_JOURNAL_BYTES", "5"),
        ("AGTERM_ADMIN_USER", ""),
        ("AGTERM_LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_value_is_refused_with_its_name(name, value):
    with pytest.raises(ConfigError, match=f"^{name}: .*{value}"):
        load({name: value})


def test_all_malformed_values_are_named_at_once():
    with pytest.raises(ConfigError) as refused:
        load({"AGTERM_PORT": "x", "AGTERM_SERVER": "y"})
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["AGTERM_PORT", "AGTERM_SERVER"]


def test_a_list_is_comma_separated():
    assert load({"AGTERM_DISABLED_AGENTS": "shell, codex,"}).disabled_agents == ("shell", "codex")
    assert load({"AGTERM_DISABLED_AGENTS": ""}).disabled_agents == ()


def test_the_home_may_be_given_with_a_tilde_and_is_absolute(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    assert load({"AGTERM_HOME": "~/data"}).home == Path("/somewhere/data")
    assert load({"AGTERM_HOME": "data"}).home == Path.cwd().resolve() / "data"


def test_a_home_that_is_a_link_is_the_folder_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    real = tmp_path.resolve() / "real"
    for named, home in (("link", real), ("link/data", real / "data"), ("link/../other", tmp_path.resolve() / "other")):
        config = load({"AGTERM_HOME": str(tmp_path / named)})
        assert config.home == home
        assert config.runner_address == f"unix:{home}/run/runner.sock"


def test_a_home_that_leads_nowhere_is_refused_with_its_name(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for named in (str(tmp_path / "loop"), "~nobody-of-this-name/data"):
        with pytest.raises(ConfigError, match=r"^AGTERM_HOME: "):
            load({"AGTERM_HOME": named})


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("a secret out of a file\n")
    config = load({"AGTERM_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert config.secret_key is not None
    assert config.secret_key.get_secret_value() == "a secret out of a file"


def test_a_secret_whose_file_is_missing_is_refused_with_its_name(tmp_path):
    with pytest.raises(ConfigError, match=r"AGTERM_SECRET_KEY_FILE: can't read .*nowhere: No such file"):
        load({"AGTERM_SECRET_KEY_FILE": str(tmp_path / "nowhere")})


def test_only_secrets_may_come_from_files(tmp_path):
    with pytest.raises(ConfigError, match="AGTERM_PORT_FILE: there is no such setting"):
        load({"AGTERM_PORT_FILE": str(tmp_path)})


def test_no_secret_shows_when_the_configuration_is_printed():
    config = load({"AGTERM_SECRET_KEY": "hidden-1", "OPENAI_API_KEY": "hidden-2"})
    assert "hidden" not in repr(config)


def test_provider_keys_keep_their_own_names_and_empty_ones_do_not_count():
    config = load({"ANTHROPIC_API_KEY": "key", "OPENAI_API_KEY": "", "HOME": "/x"})
    assert config.provider_environment == {"ANTHROPIC_API_KEY": "key"}


def test_a_providers_key_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("sk-out-of-a-file\n")
    config = load({"GROQ_API_KEY_FILE": str(tmp_path / "key")})
    assert config.provider_environment["GROQ_API_KEY"] == "sk-out-of-a-file"
    assert "sk-out-of-a-file" not in repr(config)


def test_a_providers_key_whose_file_is_missing_is_refused_with_its_name(tmp_path):
    with pytest.raises(ConfigError, match=r"GROQ_API_KEY_FILE: can't read .*nowhere: No such file"):
        load({"GROQ_API_KEY_FILE": str(tmp_path / "nowhere")})


def test_a_key_and_a_file_for_it_are_one_too_many(tmp_path):
    (tmp_path / "key").write_text("one")
    with pytest.raises(ConfigError, match="GROQ_API_KEY and GROQ_API_KEY_FILE: give only one"):
        load({"GROQ_API_KEY_FILE": str(tmp_path / "key"), "GROQ_API_KEY": "another"})


def test_an_operators_own_providers_bring_their_variables(tmp_path):
    path = tmp_path / "providers.toml"
    path.write_text('[cellar]\nbase_url = "http://gpu:8000/v1"\nkey_variable = "GPU_KEY"')
    config = load({"AGTERM_PROVIDERS_FILE": str(path), "GPU_KEY": "k", "OTHER_KEY": "x"})
    assert [provider.id for provider in config.own_providers] == ["cellar"]
    assert config.provider_environment == {"GPU_KEY": "k"}


def test_a_providers_file_that_makes_no_sense_is_refused_with_its_name(tmp_path):
    path = tmp_path / "providers.toml"
    path.write_text("[cellar]")
    with pytest.raises(ConfigError, match=r"^AGTERM_PROVIDERS_FILE: .*providers.toml: \[cellar\] base_url"):
        load({"AGTERM_PROVIDERS_FILE": str(path)})


def test_no_key_reaches_the_runner(tmp_path):
    secret = {
        "AGTERM_SECRET_KEY": "k" * 32, "AGTERM_ENCRYPTION_KEY": "k" * 32, "AGTERM_ENCRYPTION_KEY_FILE": "/x",
        "OPENAI_API_KEY": "sk-x", "OPENAI_API_KEY_FILE": "/run/secrets/openai", "HF_TOKEN": "hf-x",
    }  # fmt: skip
    kept = environment_of_runner(secret | {"PATH": "/bin", "AGTERM_PORT": "1", "AGTERM_PROVIDERS_FILE": "/p.toml"})
    assert kept == {"PATH": "/bin", "AGTERM_PORT": "1", "AGTERM_PROVIDERS_FILE": "/p.toml"}


def test_providers_can_not_be_set_as_a_setting():
    with pytest.raises(ConfigError, match="AGTERM_PROVIDER_ENVIRONMENT"):
        load({"AGTERM_PROVIDER_ENVIRONMENT": "{}"})


def test_the_configuration_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        load({}).port = 1  # type: ignore[misc]
    assert Config.model_config["frozen"]


def test_the_command_tells_a_misspelt_variable_in_one_line(tmp_path):
    run = subprocess.run(
        [sys.executable, "-P", "-m", "agterm", "serve"],
        env={"AGTERM_HOME": str(tmp_path), "AGTERM_PROT": "1"}, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "agterm: AGTERM_PROT: there is no such setting; docs/configuration.md lists them all"
    ]
