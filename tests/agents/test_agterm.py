"""The declaration of our own agent: what it is told of its provider, its model, the server's policy and one message."""

import json
from decimal import Decimal

import pytest

from agents import own_program, registry, services
from agents.declaration import DOOR, HOME
from agents.discovery import Found
from agents.headless import Ask
from agterm_agent import cli, settings
from core.errors import InvalidRequest
from providers import catalog, prices

KEYS = {name: f"key-{name}" for provider in catalog.BUILT_IN for name in provider.key_variables[:1]}
ADDRESSES = {"OLLAMA_BASE_URL": "http://10.0.0.1:11434/v1", "AZURE_OPENAI_ENDPOINT": "https://me.example.org"}


@pytest.fixture
def ready(config, monkeypatch):
    """A server on which the program is there, with keys for every provider."""
    monkeypatch.setattr(own_program, "find", lambda name, home: Found(f"/opt/{name}", "1.0"))
    return config.but(provider_environment=KEYS | ADDRESSES)


def launch(config, **fields):
    return services.prepare_launch("agterm", config=config, key="agt-of-this-session", **fields)


@pytest.mark.parametrize(
    ("provider", "dialect", "address"),
    [
        ("anthropic", "anthropic", "/llm/anthropic"),
        ("openai", "openai-responses", "/llm/openai"),
        ("google", "google", "/llm/google"),
        ("groq", "openai-chat", "/llm/groq/openai/v1"),
        ("openrouter", "openai-chat", "/llm/openrouter"),
        ("deepseek", "openai-chat", "/llm/deepseek"),
    ],
)
def test_it_is_told_where_the_door_is_and_how_its_provider_speaks(ready, provider, dialect, address):
    env = launch(ready, provider=provider).env
    assert (env["AGTERM_AGENT_PROVIDER"], env["AGTERM_AGENT_DIALECT"]) == (provider, dialect)
    assert env["AGTERM_AGENT_BASE_URL"] == DOOR + address
    assert env["AGTERM_AGENT_API_KEY"] == "agt-of-this-session"


def test_it_can_ask_every_provider_of_the_catalog(ready):
    offered = services.describe(registry.get("agterm"), ready)["providers"]
    assert set(offered) == {provider.id for provider in catalog.all()}
    for provider in offered:
        made = launch(ready, provider=provider, model="some-model")
        assert made.env["AGTERM_AGENT_MODEL"] == "some-model"
        assert KEYS.get(catalog.get(provider).key_variable, "none of all") not in json.dumps(made.env)


@pytest.mark.parametrize("provider", sorted(registry.get("agterm").default_models))
def test_the_models_that_it_asks_for_by_itself_have_a_price(ready, provider):
    model = launch(ready, provider=provider).model
    assert prices.model(provider, model).prices


def test_it_is_told_how_much_its_model_can_see(ready, tmp_path):
    assert launch(ready, model="claude-sonnet-4-5").env["AGTERM_AGENT_WINDOW"] == "200000"
    assert "AGTERM_AGENT_WINDOW" not in launch(ready, provider="ollama", model="of-my-own").env
    own = tmp_path / "prices.json"
    own.write_text(json.dumps({"anthropic": {"claude-sonnet-4-5": {"context_window": 7000}}}))
    prices.use_overlay(own)
    try:
        assert launch(ready, model="claude-sonnet-4-5").env["AGTERM_AGENT_WINDOW"] == "7000"
    finally:
        prices.use_overlay(None)


def test_the_servers_policy_binds_it_also_at_the_screen(ready):
    assert launch(ready.but(run_policy=("readOnly", "strict"))).env["AGTERM_AGENT_POLICY"] == "readOnly,strict"
    assert "AGTERM_AGENT_POLICY" not in launch(ready).env


def test_nobody_can_loosen_it_or_send_it_elsewhere_by_a_variable_of_his_own():
    for name in ("AGTERM_AGENT_POLICY", "AGTERM_AGENT_BASE_URL", "AGTERM_AGENT_HOME"):
        with pytest.raises(InvalidRequest, match=f"{name} is set by the server"):
            services.check_environment(registry.get("agterm"), {name: ""})


def test_a_restart_goes_on_with_the_last_conversation_where_there_is_one(ready):
    made = launch(ready)
    assert made.resume.argv == [*made.argv, "--continue"]
    kept = made.env["AGTERM_AGENT_HOME"].removeprefix(f"{HOME}/")
    assert made.resume.exists == f"{kept}/*/conversations/*.jsonl"


def test_one_message_becomes_a_command_line_that_the_program_understands(ready):
    ask = Ask(
        message="--help me", conversation="c0ffee", read_only=True, confirm=True, budget_usd=Decimal("0.50"),
        timeout_s=90, answers=True,
    )  # fmt: skip
    *command, message = launch(ready, ask=ask).argv
    given = cli.parser().parse_args([*command[3:], message])
    assert command[:3] == own_program.command("/opt/agterm-agent")
    assert (given.prompt, given.resume) == ("--help me", "c0ffee")
    assert (given.output, given.approvals) == ("stream-json", "stdin")
    assert (given.read_only, given.dry_run, given.confirm, given.strict) == (True, False, True, False)
    assert (given.max_cost, given.max_time) == (Decimal("0.50"), 90)


def test_a_message_of_one_dash_is_said_and_not_waited_for(ready):
    assert cli.parser().parse_args(launch(ready, ask=Ask(message="-")).argv[3:]).prompt == " -"


def test_the_program_reads_from_the_launch_what_the_launch_means(ready, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    env = launch(ready.but(run_policy=("dryRun",)), provider="groq").env
    read = settings.load(settings.Flags(is_headless=True), env)
    assert (read.provider, read.dialect, read.model) == ("groq", "openai-chat", "openai/gpt-oss-120b")
    assert (read.base_url, read.api_key) == (f"{DOOR}/llm/groq/openai/v1", "agt-of-this-session")
    assert read.modes.dry_run
    assert read.window == 131_072
