"""Google's generateContent: what requests ask for, and what answers used up."""

import json
from datetime import UTC, datetime

import pytest
from genai_prices import extract_usage

from providers import prices
from providers.dialects import Reading
from providers.dialects.gemini import GenerateContent
from providers.usage import Terms, Usage

GEMINI = GenerateContent()
TOLD = {
    "promptTokenCount": 3300,
    "cachedContentTokenCount": 2000,
    "candidatesTokenCount": 30,
    "thoughtsTokenCount": 20,
    "toolUsePromptTokenCount": 7,
    "totalTokenCount": 3357,
}
USED = Usage(input_tokens=1307, cache_read_tokens=2000, output_tokens=50, reasoning_tokens=20)


def piece(told: object, *, is_last: bool = False, **more: object) -> dict[str, object]:
    candidate = {"content": {"parts": [{"text": "hello"}], "role": "model"}, **more}
    if is_last:
        candidate["finishReason"] = "STOP"
    return {"candidates": [candidate], "usageMetadata": told, "modelVersion": "gemini-3.8-flash", "responseId": "r1"}


PIECES = [piece({"promptTokenCount": 3300}), piece({"promptTokenCount": 3300, "candidatesTokenCount": 4})]


def as_events(*pieces: object) -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + b"\r\n\r\n" for each in pieces)


def as_array(*pieces: object) -> bytes:
    return b"[" + b",\r\n".join(json.dumps(each, indent=2).encode() for each in pieces) + b"\n]\n"


def read(body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> Reading:
    reader = GEMINI.reader(200, headers or [])
    reader.feed(body)
    return reader.finish()


@pytest.mark.parametrize("written", [as_events, as_array])
def test_the_last_piece_of_a_stream_counts(written) -> None:
    reading = read(written(*PIECES, piece(TOLD, is_last=True)))
    assert reading.usage == USED
    assert (reading.model, reading.response_id, reading.is_complete) == ("gemini-3.8-flash", "r1", True)


def test_a_stream_that_breaks_off_is_not_complete() -> None:
    reading = read(as_events(*PIECES))
    assert not reading.is_complete
    assert reading.usage == Usage(input_tokens=3300, output_tokens=4)
    assert not read(as_array(*PIECES)[:-20]).is_complete


def test_an_answer_in_one_piece_tells_the_same() -> None:
    reading = read(json.dumps(piece(TOLD, is_last=True)).encode())
    assert (reading.usage, reading.is_complete) == (USED, True)


def test_a_blocked_prompt_is_complete_and_costs_its_input() -> None:
    reading = read(as_events({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}}))
    assert (reading.usage, reading.is_complete) == (Usage(input_tokens=9), True)


@pytest.mark.parametrize(("model", "searches"), [("gemini-3.8-flash", 2), ("gemini-2.5-pro", 1)])
def test_searches_are_counted_as_they_are_billed(model: str, searches: int) -> None:
    grounded = {"groundingMetadata": {"webSearchQueries": ["a", "b", "a"]}}
    last = {**piece(TOLD, is_last=True, **grounded), "modelVersion": model}
    usage = read(as_events(*PIECES, last)).usage
    assert usage is not None
    assert usage.extra == {"web_searches": searches}


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("gemini-2.5-pro", TOLD),
        ("gemini-2.5-pro", {**TOLD, "promptTokenCount": 250_000}),
        ("gemini-3.8-flash", TOLD),
        (
            "gemini-2.5-flash",
            {
                "promptTokenCount": 1000,
                "cachedContentTokenCount": 300,
                "candidatesTokenCount": 30,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 200},
                    {"modality": "AUDIO", "tokenCount": 700},
                    {"modality": "IMAGE", "tokenCount": 100},
                ],
                "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 300}],
            },
        ),
        (
            "gemini-3-pro-image-preview",
            {
                "promptTokenCount": 10,
                "candidatesTokenCount": 1290,
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1290}],
            },
        ),
    ],
)
def test_the_price_agrees_with_the_price_lists_own_reading(model: str, told: dict[str, object]) -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    body = {"modelVersion": model, "usageMetadata": told}
    theirs = extract_usage(body, provider_id="google").calc_price(genai_request_timestamp=at).total_price
    usage = read(json.dumps(body).encode()).usage
    assert usage is not None
    ours = prices.cost_of("google", model, usage, at)
    assert ours is not None
    assert ours.cost_picousd == theirs * 10**12


@pytest.mark.parametrize(
    ("path", "model", "is_stream"),
    [
        ("v1beta/models/gemini-3.8-flash:streamGenerateContent", "gemini-3.8-flash", True),
        ("v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", False),
        ("v1beta/tunedModels/mine-1:generateContent", "tunedModels/mine-1", False),
        ("v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", False),
    ],
)
def test_the_path_names_the_model(path: str, model: str, is_stream: bool) -> None:
    asked = GEMINI.asked(path, {"model": "another"})
    assert (asked.model, asked.is_stream) == (model, is_stream)


def test_a_request_says_what_it_asks_for() -> None:
    body = {"generationConfig": {"maxOutputTokens": 100, "candidateCount": 3}, "serviceTier": "FLEX"}
    asked = GEMINI.asked("v1beta/models/m:generateContent", body)
    assert (asked.max_output_tokens, asked.answers, asked.terms) == (300, 3, Terms(service_tier="flex"))
    assert GEMINI.asked("v1beta/models/m:generateContent", {"generation_config": {"max_output_tokens": 5}}) == (
        GEMINI.asked("v1beta/models/m:generateContent", {"generationConfig": {"maxOutputTokens": 5}})
    )


def test_the_tier_that_served_is_in_a_header() -> None:
    body = as_events(piece(TOLD, is_last=True))
    assert read(body, [(b"X-Gemini-Service-Tier", b"priority")]).terms == Terms(service_tier="priority")
