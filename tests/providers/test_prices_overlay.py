"""The operator's own models and prices, laid over the list."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from providers import prices
from providers.prices import PricesError, files
from providers.usage import Terms, Usage

USAGE = Usage(input_tokens=1_000_000)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOLLAR = 10**12
STANDARD = Terms()


@pytest.fixture(autouse=True)
def _no_files_afterwards(monkeypatch):
    monkeypatch.setattr(files, "LOOKED_AT_S", 0.0)
    yield
    prices.use_overlay(None)
    prices.use_snapshot(None)


@pytest.fixture
def lay(tmp_path):
    path = tmp_path / "own.json"

    def write(content: object) -> Path:
        beside = tmp_path / "new"
        beside.write_text(content if isinstance(content, str) else json.dumps(content))
        os.replace(beside, path)
        return path

    return write


def cost(provider_id: str, model: str, usage: Usage = USAGE, at: datetime = AT, terms: Terms = STANDARD) -> int | None:
    priced = prices.cost_of(provider_id, model, usage, at, terms)
    return None if priced is None else priced.cost_picousd


def test_a_model_of_ones_own_has_a_price(lay) -> None:
    own = {
        "name": "Ours",
        "contextWindow": 32_000,
        "maxOutputTokens": 4000,
        "aliases": ["ours-2"],
        "prices": [{"input": "1.5", "output": 2, "cacheRead": 0.1, "cacheWrite": "2", "cacheWrite1h": "3"}],
    }
    prices.use_overlay(lay({"openai": {"ours": own}}))
    usage = Usage(
        input_tokens=10, cache_read_tokens=10, cache_write_tokens=10, cache_write_1h_tokens=4, output_tokens=10
    )
    assert cost("openai", "ours", usage) == cost("openai", "OURS-2", usage) == 15e6 + 1e6 + 12e6 + 12e6 + 20e6
    model = prices.model("openai", "ours")
    assert model is not None
    assert (model.name, model.context_window, model.max_output_tokens) == ("Ours", 32_000, 4000)
    assert model.prices["cacheRead"] == "0.1"
    assert "ours" in [each.id for each in prices.models("openai")]
    assert "overlay" in prices.version()


def test_a_price_of_ones_own_counts_from_its_day(lay) -> None:
    listed = cost("openai", "gpt-5")
    dated = [{"from": "2026-12-01", "input": "9", "output": "9"}, {"from": "2027-02-01", "input": "7", "output": "7"}]
    prices.use_overlay(lay({"openai": {"gpt-5": {"prices": dated}}}))
    assert cost("openai", "gpt-5", at=datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == listed
    assert cost("openai", "gpt-5", at=datetime(2026, 12, 1, tzinfo=UTC)) == 9 * DOLLAR
    assert cost("openai", "gpt-5-2025-08-07", at=datetime(2027, 2, 1, tzinfo=UTC)) == 7 * DOLLAR
    assert cost("openai", "gpt-5-mini") is not None


def test_a_price_of_ones_own_may_be_of_one_tier_and_of_long_prompts(lay) -> None:
    own = [
        {"input": "1", "output": "1", "above": [{"inputTokens": 100, "input": "2"}]},
        {"input": "0.5", "output": "0.5", "serviceTier": "flex"},
        {"input": "6", "output": "6", "speed": "fast"},
    ]
    prices.use_overlay(lay({"openai": {"m": {"prices": own}}}))
    assert cost("openai", "m", Usage(input_tokens=100)) == 100 * 10**6
    assert cost("openai", "m", Usage(input_tokens=101)) == 202 * 10**6
    assert cost("openai", "m", terms=Terms(service_tier="flex")) == DOLLAR // 2
    assert cost("openai", "m", terms=Terms(speed="fast")) == 6 * DOLLAR


def test_a_gateway_of_ones_own_may_be_priced_as_another_provider(lay) -> None:
    prices.use_overlay(lay({"hub": {"*": {"pricedAs": "openai"}, "big": {"pricedAs": "anthropic/claude-opus-5-5"}}}))
    assert cost("hub", "gpt-5") == cost("openai", "gpt-5")
    assert cost("hub", "big") == cost("anthropic", "claude-opus-5-5")
    assert cost("hub", "unheard-of") is None


def test_all_models_of_a_machine_of_ones_own_may_be_free(lay) -> None:
    prices.use_overlay(lay({"cellar": {"*": {"prices": [{"input": 0, "output": 0}]}}}))
    assert cost("cellar", "anything") == 0
    assert cost("ollama", "anything") == 0


def test_facts_may_be_laid_over_without_a_price(lay) -> None:
    listed = cost("openai", "gpt-6.1-sol")
    prices.use_overlay(lay({"openai": {"gpt-6.1-sol": {"maxOutputTokens": 64_000}}}))
    model = prices.model("openai", "gpt-6.1-sol")
    assert model is not None
    assert (model.max_output_tokens, model.context_window) == (64_000, 1_050_000)
    assert cost("openai", "gpt-6.1-sol") == listed


def test_a_changed_file_is_taken_up(lay) -> None:
    prices.use_overlay(lay({"a": {"m": {"prices": [{"input": "1", "output": "1"}]}}}))
    before = prices.version()
    assert cost("a", "m") == DOLLAR
    lay({"a": {"m": {"prices": [{"input": "2", "output": "1"}]}}})
    assert cost("a", "m") == 2 * DOLLAR
    assert prices.version() != before


def test_a_file_that_was_spoilt_later_leaves_the_prices_as_they_were(lay, caplog) -> None:
    path = lay({"a": {"m": {"prices": [{"input": "1", "output": "1"}]}}})
    prices.use_overlay(path)
    lay("{")
    assert cost("a", "m") == DOLLAR
    assert str(path) in caplog.text
    path.unlink()
    assert cost("a", "m") == DOLLAR


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{\n "a": }', "line 2, column 7"),
        ({"a": {"m": {"prices": [{"input": "-1", "output": "1"}]}}}, 'a["m"].prices[0].input'),
        ({"a": {"m": {"prices": [{"input": "1"}]}}}, 'a["m"].prices[0].output'),
        ({"a": {"m": {"prices": [{"input": "1", "output": "1", "from": "soon"}]}}}, 'a["m"].prices[0].from'),
        ({"a": {"m": {"price": []}}}, 'a["m"].price'),
        ({"a": {"m": {"prices": [{"input": "1e-13", "output": "1"}]}}}, 'a["m"].prices[0].input'),
        ({"a": {"m": {"prices": [{"input": "NaN", "output": "1"}]}}}, 'a["m"].prices[0].input'),
        ({"a": {"m": {"pricedAs": "not a name"}}}, 'a["m"].pricedAs'),
        ({"a": []}, ": a: "),
        ([], "the file"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_where_it_is_bad(lay, content: object, place: str) -> None:
    path = lay(content)
    with pytest.raises(PricesError) as raised:
        prices.use_overlay(path)
    assert str(path) in str(raised.value)
    assert place in str(raised.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path) -> None:
    with pytest.raises(PricesError, match="No such file"):
        prices.use_overlay(tmp_path / "none.json")
