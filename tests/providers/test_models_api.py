"""What there is to choose from: providers and their models, as they stand for the caller."""

import pytest

from agents import discovery
from providers import catalog, prices, services

KEY = "sk-of-the-owner-0123456789-tail"


@pytest.fixture
def get(mine):
    """`get("/api/models")`: the answer's data."""

    def ask(url, client=mine):
        answer = client.get(url)
        assert answer.status_code == 200, answer.content
        assert KEY not in answer.content.decode()
        return answer.json()["data"]

    return ask


def by_id(entries):
    return {entry["id"]: entry for entry in entries}


def test_every_provider_and_its_models_are_listed(get):
    data = get("/api/models")
    assert set(data) == {"providers", "profiles", "configuredProviders"}
    providers = by_id(data["providers"])
    assert set(providers) >= {"anthropic", "openai", "google", "groq", "mistral", "openrouter", "together", "fireworks",
                              "deepseek", "xai", "ollama", "bedrock", "azure", "huggingface"}  # fmt: skip
    for provider in data["providers"]:
        assert {"id", "name", "configured", "models"} <= set(provider)
        for model in provider["models"]:
            assert {"id", "name", "description"} <= set(model)
            assert all(model[field] for field in ("id", "name", "description")), model
    assert data["configuredProviders"] == []


def test_a_model_says_what_it_costs_and_how_much_it_reads(get):
    models = by_id(by_id(get("/api/models")["providers"])["anthropic"]["models"])
    shown, known = models["claude-sonnet-4-5"], prices.model("anthropic", "claude-sonnet-4-5")
    assert shown["prices"] == known.prices
    assert set(shown["prices"]) == {"input", "cacheRead", "cacheWrite", "cacheWrite1h", "output"}
    assert shown["contextWindow"] == known.context_window > 100_000
    assert not shown["deprecated"]


def test_new_models_come_before_old_ones_and_deprecated_ones_last(get):
    providers = by_id(get("/api/models")["providers"])
    names = [model["id"] for model in providers["anthropic"]["models"]]
    assert names[0] == "claude-opus-5-5"
    assert names.index("claude-opus-5-5") < names.index("claude-opus-4-8") < names.index("claude-2")
    for provider in providers.values():
        own = catalog.get(provider["id"]).models
        flags = [model["deprecated"] for model in provider["models"] if model["id"] not in own]
        assert flags == sorted(flags), provider["id"]
        assert len(flags) + len(own) == len(provider["models"])


def test_a_provider_that_makes_models_lists_no_others(get):
    names = [model["id"] for model in by_id(get("/api/models")["providers"])["google"]["models"]]
    assert not [name for name in names if name.startswith("claude")]


def test_what_is_configured_is_true_for_the_caller(get, put, theirs, configure):
    configure(provider_environment={"GEMINI_API_KEY": KEY, "GROQ_API_KEY": KEY, "GROQ_API_KEY_FILE": "/x"})
    put("mistral", KEY)
    data = get("/api/models")
    sources = {provider["id"]: provider["keySource"] for provider in data["providers"] if provider["configured"]}
    assert sources == {"google": "env", "groq": "file", "mistral": "own"}
    assert sorted(data["configuredProviders"]) == sorted(sources)
    assert sorted(get("/api/models", theirs)["configuredProviders"]) == ["google", "groq"]
    listed = get("/api/models/providers")
    assert {provider["id"] for provider in listed["providers"]} == set(listed["configuredProviders"]) == set(sources)


def test_all_providers_say_what_they_lack(get, boss, client, owner):
    providers = by_id(get("/api/providers")["providers"])
    assert providers["azure"]["missingEnvVars"] == ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"]
    assert providers["ollama"]["missingEnvVars"] == ["OLLAMA_BASE_URL"]
    assert providers["google"]["keyVariables"] == ["GEMINI_API_KEY", "GOOGLE_API_KEY"]
    assert providers["openai"]["keyPage"].startswith("https://")
    assert "baseUrl" not in providers["openai"]
    assert by_id(get("/api/providers", boss)["providers"])["openai"]["baseUrl"] == "https://api.openai.com/v1"


def test_an_operators_own_provider_is_listed_with_the_models_he_named(get, tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "_own", ())
    path = tmp_path / "providers.toml"
    path.write_text('[cellar]\nbase_url = "http://gpu/v1"\nneeds_key = false\nmodels = ["qwen3-coder"]')
    catalog.use(catalog.read(path))
    data = get("/api/models")
    own = by_id(data["providers"])["cellar"]
    assert data["configuredProviders"] == ["cellar"]
    assert [(model["id"], model["prices"], model["description"]) for model in own["models"]] == [
        ("qwen3-coder", None, "No price is known")
    ]
    assert "cellar" in get("/api/models/agent/codex")["configuredProviders"]


def test_an_agents_models_are_those_it_can_be_started_with(get, put):
    data = get("/api/models/agent/claude")
    assert (data["agent"], data["provider"], data["defaultModel"]) == ("claude", "anthropic", "claude-opus-5-5")
    assert {model["provider"] for model in data["models"]} == {"anthropic"}
    assert data["configuredProviders"] == []
    put("groq", KEY)
    data = get("/api/models/agent/codex")
    assert [model["id"] for model in data["models"][:2]] == ["gpt-6.1-sol", "gpt-6.1-terra"]
    assert {model["provider"] for model in data["models"]} == {"openai", "groq"}
    assert len({(model["provider"], model["id"]) for model in data["models"]}) == len(data["models"])
    assert not [model for model in data["models"] if "embedding" in model["id"]]


def test_where_the_cli_chooses_its_models_that_is_offered_first(get):
    first = get("/api/models/agent/gemini")["models"][0]
    assert (first["id"], first["prices"]) == ("auto", None)


def test_an_agent_without_models_has_none_and_an_unknown_one_is_404(get, mine):
    data = get("/api/models/agent/shell")
    assert (data["provider"], data["defaultModel"], data["models"]) == (None, None, [])
    answer = mine.get("/api/models/agent/cobol")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "AGENT_NOT_FOUND")


def test_the_callers_profiles_that_start_a_model_are_listed(get, mine, theirs, put):
    put("anthropic", KEY)
    for fields in ({"agent": "claude", "model": "claude-sonnet-4-5"}, {"agent": "codex"}, {"agent": "shell"}):
        assert mine.post("/api/profiles", {"name": fields["agent"], **fields}, format="json").status_code == 201
    shown = get("/api/models/profiles")["profiles"]
    assert get("/api/models")["profiles"] == shown
    told = [(entry["name"], entry["provider"], entry["model"], entry["configured"]) for entry in shown]
    assert told == [("claude", "anthropic", "claude-sonnet-4-5", True), ("codex", "openai", "gpt-6.1-sol", False)]
    assert get("/api/models/profiles", theirs)["profiles"] == []


@pytest.mark.parametrize(
    "url", ["/api/models", "/api/models/profiles", "/api/models/providers", "/api/models/agent/claude"]
)
def test_nobody_is_told_without_logging_in(client, url):
    assert client().get(url).status_code == 401


def test_agents_stand_for_the_caller_as_his_keys_say(get, put, theirs, configure, tmp_path):
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\necho 1.2.3\n")
    program.chmod(0o755)
    configure(agent_path=(str(tmp_path),))
    discovery.forget()
    lacking = get("/api/agents/claude")["agent"]
    assert (lacking["available"], lacking["missingEnvVars"]) == (False, ["ANTHROPIC_API_KEY"])
    put("anthropic", KEY)
    mine = get("/api/agents/claude")["agent"]
    assert (mine["available"], mine["hasCredentials"], mine["keySource"]) == (True, True, "own")
    assert mine["configuredProviders"] == ["anthropic"]
    assert not get("/api/agents/claude", theirs)["agent"]["hasCredentials"]
    assert by_id(get("/api/agents")["agents"])["claude"] == mine
    discovery.forget()


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["x-2", "x-10", "x-9.5"], "x-10"),
        (["gpt-4o", "gpt-5", "gpt-4.1"], "gpt-5"),
        (["llama-3.3-70b", "llama-4-17b", "llama-8x7b"], "llama-4-17b"),
        (["m-small-2409", "m-small-2512", "m-small-latest"], "m-small-2512"),
        (["opus-5", "opus-5-5", "opus-4-8"], "opus-5-5"),
    ],
)
def test_models_are_ordered_by_the_version_in_their_names(names, first):
    assert (
        min((prices.Model(id=name, name=name, prices={"output": "1"}) for name in names), key=services._place).id
        == first
    )
