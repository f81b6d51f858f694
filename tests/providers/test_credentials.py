"""Which credential a provider has on this server."""

import pytest

from providers import catalog, credentials


def test_a_key_is_found_with_the_providers_own_address():
    found = credentials.find("openai", {"OPENAI_API_KEY": " sk-x "})
    assert (found.api_key, found.base_url, found.source) == ("sk-x", "https://api.openai.com/v1", "env")
    assert found.is_direct


def test_a_configured_address_counts_and_loses_its_last_slash():
    found = credentials.find("anthropic", {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://gw:1/x/"})
    assert found.base_url == "http://gw:1/x"
    assert not found.is_direct


@pytest.mark.parametrize("environment", [{}, {"GEMINI_API_KEY": ""}, {"OPENAI_API_KEY": "k"}])
def test_without_a_key_there_is_no_credential(environment):
    assert credentials.find("google", environment) is None


def test_an_unknown_provider_has_no_credential():
    assert credentials.find("nobody", {"NOBODY_API_KEY": "k"}) is None


def test_a_key_never_shows_in_a_repr():
    assert "sk-secret" not in repr(credentials.find("openai", {"OPENAI_API_KEY": "sk-secret"}))


@pytest.mark.parametrize(
    ("model", "owner"), [("claude-opus-5-5", "anthropic"), ("gpt-5.5", "openai"), ("gemini-3.8-flash", "google")]
)
def test_a_model_tells_its_provider(model, owner):
    assert catalog.owner_of(model).id == owner


def test_a_strange_model_tells_nothing():
    assert catalog.owner_of("qwen3") is None
