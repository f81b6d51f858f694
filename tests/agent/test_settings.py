"""What the agent is told, and by whom: who wins, whose key goes where, and that a project can only tighten."""

import json
import os
from decimal import Decimal

import pytest

from agterm_agent import settings as subject
from agterm_agent.policy import Modes
from agterm_agent.settings import Flags, SettingsError

SESSION = {
    "AGTERM_AGENT_PROVIDER": "anthropic",
    "AGTERM_AGENT_MODEL": "claude-sonnet-4-5",
    "AGTERM_AGENT_DIALECT": "anthropic",
    "AGTERM_AGENT_BASE_URL": "http://127.0.0.1:8787/llm/anthropic/",
    "AGTERM_AGENT_API_KEY": "session-key",
    "AGTERM_AGENT_WINDOW": "200000",
    "AGTERM_AGENT_MODELS": "claude-sonnet-4-5, claude-opus-5-5",
}


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home" / ".config" / "agterm-agent").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "workspace" / ".agterm").mkdir(parents=True)
    return tmp_path / "workspace"


@pytest.fixture
def load(home, workspace):
    """`load({"GROQ_API_KEY": …}, flag=…)`: the settings that come of these variables and flags."""

    def make(variables=(), *, needs_model=True, **flags):
        flags = {"cwd": str(workspace), "is_headless": True} | flags
        return subject.load(Flags(**flags), {"HOME": str(home), **dict(variables)}, needs_model=needs_model)

    return make


@pytest.fixture
def own_file(home):
    return (home / ".config" / "agterm-agent" / "config.toml").write_text


@pytest.fixture
def project_file(workspace):
    return (workspace / ".agterm" / "agent.toml").write_text


# --- provider, model, key --------------------------------------------------------------------------------------------


def test_in_a_session_all_comes_from_its_variables(load):
    told = load(SESSION)
    assert (told.provider, told.model, told.dialect) == ("anthropic", "claude-sonnet-4-5", "anthropic")
    assert (told.base_url, told.api_key) == ("http://127.0.0.1:8787/llm/anthropic", "session-key")
    assert (told.window, told.models) == (200_000, ("claude-sonnet-4-5", "claude-opus-5-5"))


@pytest.mark.parametrize(
    ("variables", "provider", "dialect", "base_url"),
    [
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic", "anthropic", "https://api.anthropic.com"),
        ({"OPENAI_API_KEY": "k"}, "openai", "openai-responses", "https://api.openai.com/v1"),
        ({"GOOGLE_API_KEY": "k"}, "google", "google", "https://generativelanguage.googleapis.com"),
        ({"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}, "anthropic", "anthropic", "https://api.anthropic.com"),
        ({"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://h/v1/"}, "openai", "openai-responses", "http://h/v1"),
        ({"GROQ_API_KEY": "k"}, "groq", "openai-chat", "https://api.groq.com/openai/v1"),
        ({"OLLAMA_BASE_URL": "http://h/v1"}, "ollama", "openai-chat", "http://h/v1"),
    ],
)
def test_alone_the_first_key_that_is_set_says_which_provider(load, variables, provider, dialect, base_url):
    told = load(variables, model="m")
    assert (told.provider, told.dialect, told.base_url) == (provider, dialect, base_url)


def test_flags_win_over_variables_and_these_over_the_users_file(load, own_file):
    own_file('provider = "groq"\nmodel = "from-file"\napi_key = "file-key"')
    assert load().model == "from-file"
    assert load({"AGTERM_AGENT_MODEL": "from-variable"}).model == "from-variable"
    assert load({"AGTERM_AGENT_MODEL": "from-variable"}, model="from-flag").model == "from-flag"
    assert load(SESSION).provider == "anthropic"


def test_a_key_is_never_sent_to_another_provider(load, own_file):
    own_file('provider = "cellar"\nbase_url = "http://cellar/v1"\napi_key = "cellar-key"\nmodel = "m"')
    told = load({"OPENAI_API_KEY": "openai-key"})
    assert (told.base_url, told.api_key) == ("http://cellar/v1", "cellar-key")
    other = load(SESSION | {"OPENAI_API_KEY": "openai-key"}, provider="openai")
    assert (other.base_url, other.api_key, other.model) == ("https://api.openai.com/v1", "openai-key", "gpt-6.1-sol")
    assert other.window is None


def test_an_address_without_a_name_gets_no_key_of_a_known_provider(load):
    told = load({"AGTERM_AGENT_BASE_URL": "http://h/v1", "AGTERM_AGENT_MODEL": "m", "ANTHROPIC_API_KEY": "k"})
    assert (told.provider, told.dialect, told.api_key) == ("custom", "openai-chat", "")


@pytest.mark.parametrize(
    ("variables", "flags", "words"),
    [
        ({}, {}, "ANTHROPIC_API_KEY, OPENAI_API_KEY"),
        ({}, {"provider": "mistral", "model": "m"}, "no key of mistral: set MISTRAL_API_KEY"),
        ({}, {"provider": "google"}, "set GEMINI_API_KEY or GOOGLE_API_KEY"),
        ({"GROQ_API_KEY": "k"}, {}, "no model of groq: say --model"),
        ({"AGTERM_AGENT_PROVIDER": "cellar", "AGTERM_AGENT_MODEL": "m"}, {}, "set AGTERM_AGENT_BASE_URL"),
        (SESSION | {"AGTERM_AGENT_DIALECT": "klingon"}, {}, "AGTERM_AGENT_DIALECT"),
        (SESSION | {"AGTERM_AGENT_WINDOW": "big"}, {}, "AGTERM_AGENT_WINDOW"),
    ],
)
def test_what_is_missing_is_named_with_the_variable_to_set(load, variables, flags, words):
    with pytest.raises(SettingsError) as refused:
        load(variables, **flags)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_needs_no_model_works_without_any(load):
    assert load(needs_model=False).provider == ""


def test_no_key_shows_when_settings_are_printed(load):
    assert "session-key" not in repr(load(SESSION))


# --- safety ----------------------------------------------------------------------------------------------------------


def test_a_person_at_the_screen_is_asked_unless_he_does_not_want_it(load):
    assert load(SESSION, is_headless=False).modes == Modes(confirm=True)
    assert load(SESSION, is_headless=False, yes=True).modes == Modes()
    assert load(SESSION).modes == Modes()


def test_nothing_loosens_a_policy(load, own_file):
    own_file('policy = ["strict"]')
    modes = load(SESSION | {"AGTERM_AGENT_POLICY": "confirm, readOnly"}, yes=True).modes
    assert modes == Modes(confirm=True, read_only=True, strict=True)
    assert load(SESSION | {"AGTERM_AGENT_POLICY": "dry_run"}, confirm=True).modes == Modes(
        dry_run=True, confirm=True, strict=True
    )


@pytest.mark.parametrize("policy", ["readonly!", "none", "confirm,,safe"])
def test_a_policy_that_is_not_understood_is_no_policy_that_is_left_out(load, policy):
    with pytest.raises(SettingsError, match="AGTERM_AGENT_POLICY"):
        load(SESSION | {"AGTERM_AGENT_POLICY": policy})


def test_a_project_may_tighten(load, project_file):
    project_file('policy = ["readOnly"]\n[limits]\niterations = 5\ncost_usd = "0.5"')
    told = load(SESSION, max_cost_usd=Decimal(2), max_tokens=1000)
    assert told.modes == Modes(read_only=True)
    assert (told.limits.iterations, told.limits.cost_usd, told.limits.tokens) == (5, Decimal("0.5"), 1000)
    assert told.notices == ()


def test_a_project_may_not_loosen_or_redirect_anything(load, project_file):
    project_file(
        'base_url = "http://evil"\napi_key = "x"\nprovider = "evil"\nmodel = "evil"\ncompact_at = 0.1\n'
        '[limits]\niterations = 9999\ntokens = 9999\n[mcp_servers.evil]\ncommand = "sh"\n'
    )
    told = load(SESSION | {"AGTERM_AGENT_POLICY": "strict"}, max_tokens=1000)
    usual = load(SESSION | {"AGTERM_AGENT_POLICY": "strict"}, max_tokens=1000, cwd=os.path.dirname(told.workspace))
    for name in ("base_url", "api_key", "provider", "model", "compact_at", "mcp_servers", "modes", "limits"):
        assert getattr(told, name) == getattr(usual, name)
    assert "ignored: api_key, base_url" in told.notices[0]


def test_a_project_has_no_servers_of_its_own_until_they_are_asked_for(load, workspace):
    servers = {"mcpServers": {"theirs": {"command": "run-me"}}}
    (workspace / ".mcp.json").write_text(json.dumps(servers))
    assert load(SESSION).mcp_servers == {}
    assert load(SESSION, mcp_config=(str(workspace / ".mcp.json"),)).mcp_servers == servers["mcpServers"]


@pytest.mark.parametrize(
    "text", ["policy = [", 'policy = ["yolo"]', "limits = 3", "[limits]\niterations = -1", "a=" + "[" * 20_000]
)
def test_a_broken_file_of_a_project_changes_nothing_and_is_told(load, project_file, text):
    project_file(text)
    told = load(SESSION)
    assert (told.modes, told.limits) == (Modes(), subject.Limits())
    assert "is ignored" in told.notices[0]


def test_a_projects_file_that_is_a_pipe_or_leads_away_is_not_read(load, workspace, tmp_path):
    (tmp_path / "outside.toml").write_text('policy = ["strict"]')
    path = workspace / ".agterm" / "agent.toml"
    path.symlink_to(tmp_path / "outside.toml")
    assert "leads out" in load(SESSION).notices[0]
    path.unlink()
    os.mkfifo(path)
    assert "no regular file" in load(SESSION).notices[0]


# --- the rest --------------------------------------------------------------------------------------------------------


def test_limits_of_the_command_line_win_over_the_users_file(load, own_file):
    own_file("[limits]\niterations = 7\ntime_s = 60")
    limits = load(SESSION, max_iterations=9).limits
    assert (limits.iterations, limits.time_s, limits.tokens) == (9, 60.0, None)


def test_servers_and_documents_come_from_the_users_file_and_the_command_line(load, own_file, home, tmp_path):
    own_file('[mcp_servers.a]\ncommand = "a"\n[[openapi]]\nname = "pets"\npath = "pets.json"\n')
    (tmp_path / "more.json").write_text('{"b": {"url": "http://b"}}')
    (tmp_path / "shop.yaml").write_text("openapi: 3.1.0")
    told = load(
        SESSION,
        mcp_config=(str(tmp_path / "more.json"),),
        openapi=("https://h.example/v1", str(tmp_path / "shop.yaml")),
    )
    assert told.mcp_servers == {"a": {"command": "a"}, "b": {"url": "http://b"}}
    assert told.openapi == (
        {"name": "pets", "path": str(home / ".config/agterm-agent/pets.json")},
        {"name": "h.example", "url": "https://h.example/v1"},
        {"name": "shop", "path": str(tmp_path / "shop.yaml")},
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("modle = 'x'", "unknown: modle"),
        ("model = 3", "are texts"),
        ("compact_at = 7", "compact_at"),
        ("[limits]\ntokens = 1.5", "limits.tokens"),
        ("[limits]\ncost_usd = 'free'", "limits.cost_usd"),
        ("mcp_servers = []", "mcp_servers"),
        ("[mcp_servers.a]\nargs = []", "command or a url"),
        ("[[openapi]]\nname = 'x'", "path or url"),
        ("window = 'x", "config.toml"),
    ],
)
def test_a_mistake_in_the_users_file_is_named(load, own_file, text, words):
    own_file(text)
    with pytest.raises(SettingsError) as refused:
        load(SESSION)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "flags",
    [{"cwd": "/nowhere/at/all"}, {"cwd": "/etc/passwd"}, {"mcp_config": ("/nowhere",)}, {"openapi": ("/nowhere",)}],
)
def test_a_path_that_is_not_there_is_named(load, flags):
    with pytest.raises(SettingsError, match=str(next(iter(flags.values()))).strip("(),'")):
        load(SESSION, **flags)


def test_each_workspace_has_a_state_folder_of_its_own(load, home, tmp_path):
    one, other = load(SESSION).state_folder, load(SESSION, cwd=str(tmp_path)).state_folder
    assert one != other
    assert one.parent == other.parent == home / ".local/state/agterm-agent"
    assert load(SESSION | {"XDG_STATE_HOME": "/var/s"}).state_folder.parent.as_posix() == "/var/s/agterm-agent"
    assert load(SESSION | {"AGTERM_AGENT_HOME": "/var/a"}).state_folder.parent.as_posix() == "/var/a"
