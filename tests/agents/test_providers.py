"""Agents that can ask several providers: which are accepted, which is chosen, and what their CLIs are told."""

import functools
import json
import tomllib

import pytest

from agents import registry, services
from agents.declaration import DOOR, Agent
from core.errors import Conflict, InvalidRequest
from providers import catalog


def _environment(context):
    return (
        {"MANY_KEY": context.credential.api_key, "MANY_URL": context.credential.base_url} if context.credential else {}
    )


MANY = Agent(
    id="many", name="Many", icon="many", color="#123456", welcome="", command="many", executables=("many",),
    providers=("anthropic", "openai"), dialects=("chat",), default_model="claude-sonnet-4-5",
    default_models={"openai": "gpt-5.5"}, environment=_environment,
)  # fmt: skip


@pytest.fixture
def many(monkeypatch, config, fake_cli):
    """A configuration in which the agent `many` is there; `many(OPENAI_API_KEY="k")` has these keys."""
    folder = fake_cli("many")
    monkeypatch.setattr(registry, "_agents", functools.cache(lambda: {"many": MANY}))
    return lambda **keys: config.but(agent_path=(folder,), provider_environment=keys)


def launch(config, **fields):
    made = services.prepare_launch("many", config=config, key="agt-key", **fields)
    return made.provider, made.model


BOTH = {"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}


@pytest.mark.parametrize(
    ("keys", "fields", "chosen"),
    [
        (BOTH, {}, ("anthropic", "claude-sonnet-4-5")),
        ({"OPENAI_API_KEY": "k"}, {}, ("openai", "gpt-5.5")),
        (BOTH, {"provider": "openai"}, ("openai", "gpt-5.5")),
        (BOTH, {"model": "gpt-6.1-sol"}, ("openai", "gpt-6.1-sol")),
        (BOTH, {"model": "claude-opus-5-5"}, ("anthropic", "claude-opus-5-5")),
        (
            BOTH | {"GROQ_API_KEY": "k"},
            {"provider": "groq", "model": "openai/gpt-oss-120b"},
            ("groq", "openai/gpt-oss-120b"),
        ),
        ({"OLLAMA_BASE_URL": "http://x"}, {"provider": "ollama", "model": "gpt-oss:20b"}, ("ollama", "gpt-oss:20b")),
    ],
)
def test_the_provider_is_the_one_named_or_the_models_or_the_first_with_a_key(many, keys, fields, chosen):
    assert launch(many(**keys), **fields) == chosen


def test_the_session_is_sent_to_the_door_of_its_provider_with_its_own_key(many):
    made = services.prepare_launch("many", config=many(**BOTH), key="agt-key", provider="openai")
    assert made.env == {"MANY_KEY": "agt-key", "MANY_URL": f"{DOOR}/llm/openai"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"provider": "google"}, "takes only anthropic, openai, groq"),
        ({"provider": "nobody"}, "not 'nobody'"),
        ({"provider": "groq"}, "Many with groq needs a model: name one"),
        ({"provider": "openai", "model": "claude-opus-5-5"}, "claude-opus-5-5 is a model of Anthropic"),
        ({"model": "gemini-2.5-pro"}, "gemini-2.5-pro is a model of Google"),
    ],
)
def test_what_the_agent_can_not_ask_is_refused(many, fields, said):
    with pytest.raises(InvalidRequest, match=said):
        launch(many(**BOTH, GROQ_API_KEY="k"), **fields)


def test_a_named_provider_without_a_key_is_a_conflict_that_says_which(many):
    with pytest.raises(Conflict, match=r"store a key for Groq.*set GROQ_API_KEY") as caught:
        launch(many(**BOTH), provider="groq", model="qwen3")
    assert caught.value.details["missingEnvVars"] == ["GROQ_API_KEY"]


def test_any_of_its_providers_makes_it_available(many):
    shown = services.describe(MANY, many(OPENAI_API_KEY="k"))
    assert (shown["available"], shown["keySource"], shown["configuredProviders"]) == (True, "env", ["openai"])
    assert shown["provider"] == "anthropic"
    assert shown["providers"][:2] == ["anthropic", "openai"]
    assert "google" not in shown["providers"]
    assert "missingEnvVars" not in shown


def test_without_any_it_names_what_its_first_one_needs(many):
    shown = services.describe(MANY, many(GROQ_API_KEY="k"))  # it could be asked, but nobody knows for which model
    assert (shown["available"], shown["keySource"], shown["missingEnvVars"]) == (False, None, ["ANTHROPIC_API_KEY"])
    assert shown["configuredProviders"] == ["groq"]


def test_an_operators_own_provider_with_a_model_is_enough(many, tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "_own", ())
    path = tmp_path / "providers.toml"
    path.write_text('[cellar]\nbase_url = "http://gpu/v1"\nneeds_key = false\nmodels = ["qwen3-coder"]')
    catalog.use(catalog.read(path))
    assert services.describe(MANY, many())["available"]
    assert launch(many()) == ("cellar", "qwen3-coder")


def test_a_caller_may_not_set_what_any_of_its_providers_is_known_by(many):
    for name in ("MANY_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL"):
        with pytest.raises(InvalidRequest, match=f"{name} belongs to the agent's credential"):
            services.check_environment(MANY, {name: "x"})
    services.check_environment(MANY, {"HF_TOKEN": "mine", "GROQ_API_KEY": "mine"})
    made = services.prepare_launch(
        "many", config=many(**BOTH, GROQ_API_KEY="k"), provider="groq", model="qwen3", env={"GROQ_API_KEY": "mine"}
    )
    assert "GROQ_API_KEY" not in made.env


def test_codex_finds_openais_paths_where_its_provider_has_them(config, fake_cli):
    keys = {"GROQ_API_KEY": "k", "OPENROUTER_API_KEY": "k"}
    ready = config.but(agent_path=(fake_cli("codex"),), provider_environment=keys)
    for provider, below in (("groq", "/openai/v1"), ("openrouter", "")):
        made = services.prepare_launch("codex", config=ready, provider=provider, model="openai/gpt-oss-120b")
        told = tomllib.loads(made.home_files[".codex/config.toml"])
        assert told["model_providers"]["gw"]["base_url"] == f"{DOOR}/llm/{provider}{below}"
        assert "agt" not in json.dumps(made.home_files)
