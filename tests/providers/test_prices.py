"""What calls cost: to the pico-dollar what `genai_prices` says, by the day and the terms of the call."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext

import pytest
from genai_prices import Usage as ListedUsage
from genai_prices import calc_price
from genai_prices.data import providers as listed
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import prices
from providers.usage import Terms, Usage

STANDARD = Terms()
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
USAGE = Usage(
    input_tokens=1000, cache_read_tokens=2000, cache_write_tokens=300, cache_write_1h_tokens=100, output_tokens=50
)
TERMS = [
    Terms(),
    Terms(service_tier="batch"),
    Terms(service_tier="flex"),
    Terms(service_tier="priority"),
    Terms(service_tier="fast"),
    Terms(service_tier="default"),
    Terms(service_tier="no-such-tier"),
    Terms(speed="fast"),
]
OURS = {"x-ai": "xai", "aws": "bedrock"}
MODELS = [
    (OURS.get(provider.id, provider.id), provider.id, model.id)
    for provider in listed
    if provider.id
    in {"anthropic", "openai", "google", "groq", "mistral", "deepseek", "x-ai", "aws", "azure", "together"}
    for model in provider.models
]


def cost(provider_id: str, model: str, usage: Usage = USAGE, at: datetime = AT, terms: Terms = STANDARD) -> int | None:
    priced = prices.cost_of(provider_id, model, usage, at, terms)
    return None if priced is None else priced.cost_picousd


def dollars(text: str) -> int:
    return int(Decimal(text) * 10**12)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    count = st.one_of(st.integers(0, 3000), st.integers(0, 2_000_000))
    written, output = draw(count), draw(count)
    return Usage(
        input_tokens=draw(count),
        cache_read_tokens=draw(count),
        cache_write_tokens=written,
        cache_write_1h_tokens=draw(st.integers(0, written)),
        output_tokens=output,
        reasoning_tokens=draw(st.integers(0, output)),
        extra=draw(st.sampled_from([{}, {"web_searches": 3}, {"input_audio_tokens": 7}, {"output_image_tokens": 1}])),
    )


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(MODELS), usages(), st.sampled_from(TERMS), st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1))
)
def test_costs_equal_the_price_lists_own_to_the_pico_dollar(
    model: tuple[str, str, str], usage: Usage, terms: Terms, naive: datetime
) -> None:
    provider_id, listed_id, name = model
    at = naive.replace(tzinfo=UTC)
    ours = cost(provider_id, name, usage, at, terms)
    if ours is None:
        return
    context = {"service_tier": terms.service_tier, "speed": terms.speed}
    if terms.service_tier == "batch":
        context = {"processing": "batch"}
    asked = ListedUsage(
        input_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
        output_tokens=usage.output_tokens,
        output_reasoning_tokens=usage.reasoning_tokens,
        **usage.extra,
    )
    try:
        theirs = calc_price(
            asked,
            name,
            provider_id=listed_id,
            genai_request_timestamp=at,
            price_context={key: value for key, value in context.items() if value},
        ).total_price
    except ValueError:
        return  # more tokens of sound than tokens at all
    with localcontext(prec=60):
        assert ours == int((theirs * 10**12).to_integral_value("ROUND_HALF_UP"))


@pytest.mark.parametrize("provider_id", sorted({provider_id for provider_id, _, _ in MODELS} | {"fireworks"}))
def test_every_model_that_is_shown_has_the_price_that_is_shown(provider_id: str) -> None:
    shown = prices.models(provider_id)
    assert len(shown) > 5
    for model in shown:
        assert cost(provider_id, model.id) is not None, model.id


@pytest.mark.parametrize(
    ("provider_id", "model", "usage", "expected"),
    [
        ("anthropic", "claude-sonnet-4-5", USAGE, "0.0057"),
        ("anthropic", "claude-opus-5-5", USAGE, "0.0072"),
        # above 200k: everything at the higher rate
        ("anthropic", "claude-sonnet-4-5", Usage(input_tokens=200_000, output_tokens=1000), "0.615"),
        ("anthropic", "claude-sonnet-4-5", Usage(input_tokens=200_001, output_tokens=1000), "1.222506"),
        (
            "google",
            "gemini-2.5-pro",
            Usage(input_tokens=150_000, cache_read_tokens=60_000, output_tokens=10),
            "0.39015",
        ),
        # above 272k
        ("openai", "gpt-6.1-sol", Usage(input_tokens=272_000, output_tokens=100), "0.545"),
        ("openai", "gpt-6.1-sol", Usage(input_tokens=272_001, output_tokens=100), "1.089504"),
        # five minutes and an hour
        ("anthropic", "claude-opus-5-5", Usage(cache_write_tokens=1000), "0.005"),
        ("anthropic", "claude-opus-5-5", Usage(cache_write_tokens=1000, cache_write_1h_tokens=1000), "0.008"),
        ("anthropic", "claude-opus-5-5", Usage(extra={"web_searches": 3}), "0.03"),
        # no price of its own for what is cached
        ("mistral", "mistral-small-latest", Usage(), "0"),
        ("groq", "llama-3.3-70b-versatile", Usage(input_tokens=1_000_000, output_tokens=1_000_000), "1.38"),
    ],
)
def test_costs_reckoned_by_hand(provider_id: str, model: str, usage: Usage, expected: str) -> None:
    assert cost(provider_id, model, usage) == dollars(expected)


def test_the_price_of_the_day_of_the_call_counts() -> None:
    usage = Usage(input_tokens=1_000_000)
    assert cost("google", "gemini-3.8-flash", usage, datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == dollars("0.75")
    assert cost("google", "gemini-3.8-flash", usage, datetime(2027, 1, 1, tzinfo=UTC)) == dollars("1.5")
    earlier_there = datetime(2026, 12, 31, 20, tzinfo=timezone(timedelta(hours=-5)))  # it is 2027 in UTC
    assert cost("google", "gemini-3.8-flash", usage, earlier_there) == dollars("1.5")


def test_the_hour_of_the_call_counts_where_the_night_is_cheaper() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    by_hour = {cost("deepseek", "deepseek-v4-flash", usage, AT.replace(hour=hour)) for hour in range(24)}
    assert len(by_hour) == 2


@pytest.mark.parametrize(
    ("provider_id", "model", "terms", "factor"),
    [
        ("anthropic", "claude-opus-5-5", Terms(speed="fast"), 2),
        ("anthropic", "claude-opus-5-5", Terms(speed="standard", service_tier="standard"), 1),
        ("anthropic", "claude-opus-5-5", Terms(service_tier="batch"), Decimal("0.5")),
        ("openai", "gpt-6.1-sol", Terms(service_tier="fast"), 2),
        ("openai", "gpt-6.1-sol", Terms(service_tier="flex"), Decimal("0.5")),
        ("openai", "gpt-6.1-sol", Terms(service_tier="default"), 1),
        ("openai", "gpt-6.1-sol", Terms(service_tier="batch"), Decimal("0.5")),
    ],
)
def test_the_terms_of_the_call_count(provider_id: str, model: str, terms: Terms, factor: Decimal) -> None:
    usage = Usage(input_tokens=1000, output_tokens=100)
    standard = cost(provider_id, model, usage)
    assert standard is not None
    assert cost(provider_id, model, usage, terms=terms) == standard * factor


@pytest.mark.parametrize(
    ("provider_id", "name", "same_as"),
    [
        ("anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic", "claude-sonnet-4-5[1m]", "claude-sonnet-4-5"),
        ("anthropic", "anthropic/claude-opus-5-5", "claude-opus-5-5"),
        ("anthropic", "claude-opus-5-5-20261001", "claude-opus-5-5"),
        ("openai", "openai/gpt-5", "gpt-5"),
        ("openai", "gpt-5-2025-08-07", "gpt-5"),
        ("openai", "gpt-6.1-sol-2026-10-01", "gpt-6.1-sol"),
        ("google", "models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google", "publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("xai", "x-ai/grok-4", "grok-4"),
    ],
)
def test_one_model_goes_by_several_names(provider_id: str, name: str, same_as: str) -> None:
    assert cost(provider_id, name) == cost(provider_id, same_as)
    assert cost(provider_id, name)


def test_a_dated_model_with_a_price_of_its_own_keeps_it() -> None:
    usage = Usage(input_tokens=1_000_000)
    assert cost("openai", "gpt-4o-2024-05-13", usage) == dollars("5")
    assert cost("openai", "gpt-4o", usage) == dollars("2.5")


@pytest.mark.parametrize(
    ("provider_id", "model"),
    [
        ("anthropic", "claude-nonsense-9"),
        ("anthropic", ""),
        ("openai", "claude-opus-5-5"),
        ("together", "gpt-5"),
        ("my-own-gateway", "gpt-5"),
        ("huggingface", "meta-llama/Llama-3.3-70B-Instruct"),  # who serves it, and for how much, is not said
        ("openrouter", "openai/gpt-99"),
    ],
)
def test_what_is_not_known_is_not_guessed(provider_id: str, model: str) -> None:
    assert cost(provider_id, model) is None
    assert prices.worst_case(provider_id, model, input_tokens=1, output_tokens=1, at=AT) is None
    assert prices.model(provider_id, model) is None


def test_whoever_sells_a_model_has_a_price_of_his_own() -> None:
    model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    assert cost("bedrock", model) == 6_270_000_000
    assert cost("azure", "gpt-5") == cost("openai", "gpt-5")
    assert cost("huggingface", "EssentialAI/rnj-1-instruct:together") == cost(
        "huggingface", "essentialai/rnj-1-instruct:together"
    )


def test_models_on_ones_own_machine_and_free_ones_cost_nothing() -> None:
    assert cost("ollama", "whatever") == 0
    assert cost("openrouter", "openai/gpt-oss-20b:free") == 0


def test_what_the_provider_says_itself_counts_before_any_list() -> None:
    priced = prices.cost_of("openrouter", "no/such-model", Usage(input_tokens=5, reported_usd="0.0000000000015"), AT)
    assert priced is not None
    assert (priced.cost_picousd, priced.is_reported, priced.version) == (2, True, "reported by openrouter")


def test_more_sound_than_tokens_is_priced_as_tokens() -> None:
    odd = Usage(input_tokens=10, output_tokens=5, extra={"input_audio_tokens": 700})
    assert cost("google", "gemini-2.5-flash", odd) == cost(
        "google", "gemini-2.5-flash", Usage(input_tokens=10, output_tokens=5)
    )


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([("anthropic", "claude-opus-5-5"), ("openai", "gpt-6.1-sol"), ("google", "gemini-2.5-pro")]),
    usages(),
    st.sampled_from([Terms(), Terms(speed="fast"), Terms(service_tier="flex")]),
)
def test_no_call_costs_more_than_its_worst_case(model: tuple[str, str], usage: Usage, terms: Terms) -> None:
    tokens = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    worst = prices.worst_case(*model, input_tokens=tokens, output_tokens=usage.output_tokens, at=AT, terms=terms)
    plain = cost(*model, Usage(**{name: getattr(usage, name) for name in COUNTS}), terms=terms)
    assert worst is not None
    assert plain is not None
    assert plain <= worst


COUNTS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "output_tokens")


def test_the_worst_case_of_a_model_that_draws_is_a_picture() -> None:
    worst = prices.worst_case("google", "gemini-3-pro-image-preview", input_tokens=0, output_tokens=1000, at=AT)
    drawn = Usage(output_tokens=1000, extra={"output_image_tokens": 1000})
    assert worst == cost("google", "gemini-3-pro-image-preview", drawn)


def test_the_worst_case_of_a_long_prompt_is_the_dearest_way_to_read_it() -> None:
    worst = prices.worst_case("anthropic", "claude-opus-5-5", input_tokens=1000, output_tokens=100, at=AT)
    assert worst == dollars("0.01")  # 1000 × $8 (kept for an hour) and 100 × $20, a million


def test_models_are_told_with_todays_prices() -> None:
    model = prices.model("anthropic", "claude-opus-5-5")
    assert model is not None
    assert model.prices == {"input": "4", "cacheRead": "0.2", "cacheWrite": "5", "cacheWrite1h": "8", "output": "20"}
    assert (model.name, model.context_window) == ("Claude Opus 5.5", 1_000_000)
    names = [each.id for each in prices.models("anthropic")]
    assert "claude-sonnet-4-5" in names
    assert names == sorted(names)
    assert prices.models("no-such-provider") == []


def test_hugging_faces_models_say_who_serves_them() -> None:
    model = next(each for each in prices.models("huggingface") if each.id == "EssentialAI/rnj-1-instruct:together")
    assert model.prices["input"] == "0.15"


def test_the_version_names_the_list() -> None:
    assert prices.version().startswith("genai-prices ")
