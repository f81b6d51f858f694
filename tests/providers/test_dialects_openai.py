"""OpenAI's Responses and Chat Completions, and those who imitate them: what requests ask for, what answers used up."""

import json
from datetime import UTC, datetime

import pytest
from genai_prices import extract_usage

from providers import prices
from providers.dialects import Reading, billed_terms
from providers.dialects.chat import ChatCompletions, Embeddings
from providers.dialects.responses import Responses
from providers.usage import Terms, Usage

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def data(body: object) -> bytes:
    return b"data: " + json.dumps(body, separators=(",", ":")).encode() + b"\n\n"


def read(dialect, *chunks: bytes) -> Reading:
    reader = dialect.reader(200, [(b"x-request-id", b"req_9")])
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


# --- Responses -----------------------------------------------------------------------------------------------------

RESPONSES = Responses("openai")
RESPONSE = {"id": "resp_1", "object": "response", "model": "gpt-6.1-sol", "service_tier": "auto", "usage": None}
TOLD = {
    "input_tokens": 3300,
    "input_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 100},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 3350,
}
USED = Usage(input_tokens=1200, cache_read_tokens=2000, cache_write_tokens=100, output_tokens=50, reasoning_tokens=20)


def responses_stream(last: str, **changes: object) -> list[bytes]:
    return [
        data({"type": "response.created", "response": RESPONSE}),
        data({"type": "response.output_text.delta", "delta": "hello", "obfuscation": "xx"}),
        data({"type": "response.output_text.done", "text": "hello"}),
        data({"type": last, "response": {**RESPONSE, "service_tier": "default", "usage": TOLD, **changes}}),
    ]


@pytest.mark.parametrize("last", ["response.completed", "response.incomplete", "response.failed"])
def test_the_last_event_of_responses_tells_the_usage(last: str) -> None:
    reading = read(RESPONSES, *responses_stream(last))
    assert reading.usage == USED
    assert (reading.model, reading.response_id, reading.request_id) == ("gpt-6.1-sol", "resp_1", "req_9")
    assert reading.is_complete


def test_the_tier_that_served_is_billed_not_the_one_asked_for() -> None:
    asked = RESPONSES.asked("v1/responses", {"model": "gpt-6.1-sol", "service_tier": "flex"})
    assert asked.terms == Terms(service_tier="flex")
    served = read(RESPONSES, *responses_stream("response.completed"))
    assert billed_terms(asked.terms, served.terms) == Terms(service_tier="default")
    broken_off = read(RESPONSES, *responses_stream("x")[:2]).terms
    assert billed_terms(asked.terms, broken_off) == Terms()  # a discount is not taken on trust
    assert billed_terms(Terms(service_tier="priority"), broken_off) == Terms(service_tier="priority")


def test_a_failure_without_usage_used_nothing_that_is_known() -> None:
    reading = read(RESPONSES, *responses_stream("response.failed", usage=None))
    assert (reading.usage, reading.is_complete) == (None, True)


def test_responses_that_break_off_are_not_complete() -> None:
    reading = read(RESPONSES, *responses_stream("response.completed")[:3])
    assert (reading.usage, reading.is_complete, reading.response_id) == (None, False, "resp_1")


def test_only_what_is_new_counts_as_visible() -> None:
    reader = RESPONSES.reader(200, [])
    for chunk in responses_stream("response.completed"):
        reader.feed(chunk)
    assert reader.visible_bytes == 5


def test_searches_of_a_response_are_counted() -> None:
    output = [
        {"type": "web_search_call", "action": {"type": "search"}},
        {"type": "web_search_call", "action": {"type": "open_page"}},
        {"type": "web_search_call"},
        {"type": "file_search_call"},
        {"type": "message"},
    ]
    usage = read(RESPONSES, *responses_stream("response.completed", output=output)).usage
    assert usage is not None
    assert usage.extra == {"web_searches": 2, "storage_searches": 1}


def test_a_response_in_one_piece_tells_the_same() -> None:
    reading = read(RESPONSES, json.dumps({**RESPONSE, "usage": TOLD}, indent=1).encode())
    assert (reading.usage, reading.is_complete) == (USED, True)


def test_a_stream_that_is_ended_says_why_where_codex_shows_it() -> None:
    event = RESPONSES.error_event("no money")
    failed = json.loads(event.partition(b"data: ")[2])
    assert (failed["type"], failed["response"]["error"]) == (
        "response.failed", {"code": "invalid_prompt", "message": "no money"},
    )  # fmt: skip


@pytest.mark.parametrize("place", ["tools", "input"])
def test_a_tool_whose_cost_no_answer_tells_is_refused(place: str) -> None:
    tools: list[object] = [{"type": "function"}, {"type": "image_generation"}]
    body = {"model": "m", "tools": tools} if place == "tools" else {
        "model": "m", "input": [{"type": "additional_tools", "tools": tools}]
    }  # fmt: skip
    refusal = RESPONSES.asked("v1/responses", body).refusal
    assert refusal is not None
    assert "image_generation" in refusal
    assert Responses("xai").asked("v1/responses", body).refusal is None
    assert RESPONSES.asked("v1/responses", {"model": "m", "tools": tools[:1], "input": "draw"}).refusal is None


def test_an_answer_in_the_background_is_refused() -> None:
    refusal = RESPONSES.asked("v1/responses", {"model": "gpt-5", "background": True}).refusal
    assert refusal is not None
    assert "background" in refusal
    assert RESPONSES.asked("v1/responses", {"model": "gpt-5", "background": False}).refusal is None


# --- Chat Completions ----------------------------------------------------------------------------------------------


def chat_stream(usage: object, **more: object) -> list[bytes]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "some-model"}
    return [
        data({**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}], "usage": None}),
        data({**head, "choices": [{"index": 0, "delta": {"content": 'he said "usage"'}}], "usage": None}),
        data({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": None}),
        data({**head, "choices": [], "usage": usage, **more}),
        b"data: [DONE]\n\n",
    ]


BODIES = [
    (
        "openai",
        {
            "prompt_tokens": 3300,
            "completion_tokens": 50,
            "total_tokens": 3350,
            "prompt_tokens_details": {"cached_tokens": 2000, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 20, "rejected_prediction_tokens": 0},
        },
        Usage(input_tokens=1300, cache_read_tokens=2000, output_tokens=50, reasoning_tokens=20),
    ),
    (
        "openai",
        {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "prompt_tokens_details": {"audio_tokens": 60},
            "completion_tokens_details": {"audio_tokens": 40},
        },
        Usage(input_tokens=100, output_tokens=50, extra={"input_audio_tokens": 60, "output_audio_tokens": 40}),
    ),
    (
        "mistral",
        {"prompt_tokens": 3300, "completion_tokens": 50, "total_tokens": 3350},
        Usage(input_tokens=3300, output_tokens=50),
    ),
    (
        "deepseek",
        {
            "prompt_tokens": 3300,
            "completion_tokens": 50,
            "total_tokens": 3350,
            "prompt_cache_hit_tokens": 2000,
            "prompt_cache_miss_tokens": 1300,
            "completion_tokens_details": {"reasoning_tokens": 20},
        },
        Usage(input_tokens=1300, cache_read_tokens=2000, output_tokens=50, reasoning_tokens=20),
    ),
    (
        "xai",  # reasoning is not in completion_tokens
        {
            "prompt_tokens": 3300,
            "completion_tokens": 30,
            "total_tokens": 3350,
            "prompt_tokens_details": {"text_tokens": 3300, "cached_tokens": 2000},
            "completion_tokens_details": {"reasoning_tokens": 20},
        },
        Usage(input_tokens=1300, cache_read_tokens=2000, output_tokens=50, reasoning_tokens=20),
    ),
    (
        "google",  # thoughts are in the total alone
        {"prompt_tokens": 3300, "completion_tokens": 30, "total_tokens": 3350},
        Usage(input_tokens=3300, output_tokens=50),
    ),
    ("together", {"prompt_tokens": 3300, "completion_tokens": 50}, Usage(input_tokens=3300, output_tokens=50)),
    (
        "fireworks",
        {"prompt_tokens": 3300, "completion_tokens": 50, "prompt_tokens_details": {"cached_tokens": 2000}},
        Usage(input_tokens=1300, cache_read_tokens=2000, output_tokens=50),
    ),
    (
        "openrouter",
        {
            "prompt_tokens": 3300,
            "completion_tokens": 50,
            "prompt_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 300},
            "cost": 0.00421,
        },
        Usage(
            input_tokens=1000, cache_read_tokens=2000, cache_write_tokens=300, output_tokens=50, reported_usd="0.00421"
        ),
    ),
    (
        "openrouter",
        {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "cost": 1e-7,
            "is_byok": True,
            "cost_details": {"upstream_inference_cost": 0.002},
        },
        Usage(input_tokens=10, output_tokens=5, reported_usd="0.0020001"),
    ),
    (
        "xai",
        {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "cost_in_usd_ticks": 37_756_000},
        Usage(input_tokens=10, output_tokens=5, reported_usd="0.0037756"),
    ),
    (
        "perplexity",
        {"prompt_tokens": 10, "completion_tokens": 5, "cost": {"total_cost": 0.005}},
        Usage(input_tokens=10, output_tokens=5, reported_usd="0.005"),
    ),
]


@pytest.mark.parametrize(("provider_id", "told", "used"), BODIES)
def test_the_usage_of_chat_completions(provider_id: str, told: dict[str, object], used: Usage) -> None:
    reading = read(ChatCompletions(provider_id), *chat_stream(told))
    assert reading.usage == used
    assert (reading.model, reading.response_id, reading.is_complete) == ("some-model", "chatcmpl-1", True)
    whole = {"id": "chatcmpl-1", "model": "some-model", "choices": [{"finish_reason": "stop"}], "usage": told}
    assert read(ChatCompletions(provider_id), json.dumps(whole).encode()).usage == used


@pytest.mark.parametrize(
    ("ours", "theirs", "flavor", "model"),
    [
        ("openai", "openai", "chat", "gpt-5"),
        ("groq", "groq", "default", "openai/gpt-oss-120b"),
        ("mistral", "mistral", "default", "mistral-large-latest"),
        ("deepseek", "deepseek", "chat", "deepseek-chat"),
        ("xai", "x-ai", "chat", "grok-4"),
        ("fireworks", "fireworks", "chat", "accounts/fireworks/models/deepseek-v3p2"),
    ],
)
def test_the_price_of_a_chat_agrees_with_the_price_lists_own_reading(
    ours: str, theirs: str, flavor: str, model: str
) -> None:
    told = {
        "prompt_tokens": 3300,
        "completion_tokens": 50,
        "prompt_tokens_details": {"cached_tokens": 2000},
        "completion_tokens_details": {"reasoning_tokens": 20},
    }
    body = {"id": "1", "model": model, "usage": told}
    expected = extract_usage(body, provider_id=theirs, api_flavor=flavor).calc_price(genai_request_timestamp=AT)
    usage = read(ChatCompletions(ours), json.dumps(body).encode()).usage
    assert usage is not None
    priced = prices.cost_of(ours, model, usage, AT)
    assert priced is not None
    assert priced.cost_picousd == expected.total_price * 10**12


def test_groq_tells_the_usage_in_a_place_of_its_own() -> None:
    told = {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35}
    chunk = {
        "id": "chatcmpl-1",
        "model": "llama",
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "x_groq": {"id": "req_1", "usage": told},
    }
    reading = read(ChatCompletions("groq"), data(chunk), b"data: [DONE]\n\n")
    assert reading.usage == Usage(input_tokens=30, output_tokens=5)


def test_moonshot_tells_the_usage_in_the_last_choice() -> None:
    told = {"prompt_tokens": 30, "completion_tokens": 5, "cached_tokens": 10}
    chunk = {"id": "c", "choices": [{"delta": {}, "finish_reason": "stop", "usage": told}]}
    usage = read(ChatCompletions("moonshotai"), data(chunk), b"data: [DONE]\n\n").usage
    assert usage == Usage(input_tokens=20, cache_read_tokens=10, output_tokens=5)


def test_a_chat_that_breaks_off_is_not_complete() -> None:
    reading = read(ChatCompletions("openai"), *chat_stream({"prompt_tokens": 1, "completion_tokens": 1})[:2])
    assert (reading.usage, reading.is_complete) == (None, False)


def test_a_chat_without_its_last_word_is_complete_when_it_told_all() -> None:
    reading = read(ChatCompletions("perplexity"), *chat_stream({"prompt_tokens": 1, "completion_tokens": 1})[:-1])
    assert reading.is_complete


def test_the_tier_of_a_chat_is_the_one_that_it_tells() -> None:
    told = {"prompt_tokens": 1, "completion_tokens": 1}
    assert read(ChatCompletions("openai"), *chat_stream(told, service_tier="priority")).terms == Terms(
        service_tier="priority"
    )


def test_several_answers_multiply_what_may_be_written() -> None:
    asked = ChatCompletions("openai").asked(
        "chat/completions", {"model": "gpt-5", "n": 4, "max_completion_tokens": 100}
    )
    assert (asked.max_output_tokens, asked.answers) == (400, 4)
    asked = ChatCompletions("openai").asked("chat/completions", {"model": "gpt-5", "n": 4})
    assert (asked.max_output_tokens, asked.answers) == (None, 4)


@pytest.mark.parametrize(
    ("provider_id", "said", "most"),
    [
        ("openai", {"max_tokens": 500, "max_completion_tokens": 100}, 500),
        ("openai", {"max_completion_tokens": 100}, 100),
        ("deepseek", {"max_tokens": 500, "max_completion_tokens": 100}, 500),
        ("deepseek", {"max_completion_tokens": 100}, None),  # which it passes over, as far as anybody knows
    ],
)
def test_only_a_limit_that_the_provider_keeps_counts(provider_id: str, said: dict[str, int], most: int | None) -> None:
    asked = ChatCompletions(provider_id).asked("chat/completions", {"model": "m"} | said)
    assert asked.max_output_tokens == most


@pytest.mark.parametrize("stream", [1, "true", []])
def test_what_only_some_providers_take_for_a_stream_is_refused(stream: object) -> None:
    asked = ChatCompletions("mistral").asked("chat/completions", {"model": "m", "stream": stream})
    assert asked.refusal is not None
    assert "`stream`" in asked.refusal


def test_azure_names_the_model_in_the_path() -> None:
    path = "openai/deployments/our-gpt/chat/completions"
    assert ChatCompletions("azure").asked(path, {}).model == "our-gpt"


def test_embeddings_have_no_output() -> None:
    body = {"object": "list", "model": "text-embedding-3-small", "usage": {"prompt_tokens": 8, "total_tokens": 8}}
    reading = read(Embeddings("openai"), json.dumps(body).encode())
    assert (reading.usage, reading.model) == (Usage(input_tokens=8), "text-embedding-3-small")
    assert not Embeddings("openai").asked("v1/embeddings", {"model": "x", "stream": True}).is_stream


# --- the one rewrite -----------------------------------------------------------------------------------------------

CHAT = ChatCompletions("openai")


def rewritten(body: bytes, dialect: ChatCompletions = CHAT) -> bytes:
    return dialect.rewritten(body, dialect.asked("chat/completions", json.loads(body)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            b'{"model": "m",  "stream":true, "x": 1.50}\n',
            b'{"model": "m",  "stream":true, "x": 1.50,"stream_options":{"include_usage":true}}\n',
        ),
        (
            b'{"stream":true, "stream_options" : null , "model":"m"}',
            b'{"stream":true, "stream_options" : {"include_usage":true} , "model":"m"}',
        ),
        (
            b'{"stream":true,"stream_options":{"include_obfuscation":false},"model":"m"}',
            b'{"stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true},"model":"m"}',
        ),
        (
            b'{"stream":true,"stream_options":{"include_usage": false}}',
            b'{"stream":true,"stream_options":{"include_usage":true}}',
        ),
        (
            b'{"stream":true,"stream_options":{"include_usage":true},"stream_options":null}',
            b'{"stream":true,"stream_options":{"include_usage":true},"stream_options":{"include_usage":true}}',
        ),
        (
            '{"stream":true,"messages":[{"content":"é \\"stream_options\\":{}","stream_options":{}}]}'.encode(),
            '{"stream":true,"messages":[{"content":"é \\"stream_options\\":{}","stream_options":{}}]'
            ',"stream_options":{"include_usage":true}}'.encode(),
        ),
        (
            b'{"stream":true,"stream\\u005foptions":null}',
            b'{"stream":true,"stream\\u005foptions":null,"stream_options":{"include_usage":true}}',
        ),
    ],
)
def test_a_stream_is_made_to_tell_its_usage(body: bytes, expected: bytes) -> None:
    assert rewritten(body) == expected
    assert json.loads(expected)["stream_options"]["include_usage"] is True


@pytest.mark.parametrize(
    "body",
    [
        b'{"stream":false}',
        b'{ "model":"m" }',
        b'{"stream":true,"stream_options":{"include_usage":true}}',
        '{"stream":true, "messages":["ü"], "stream_options":{"include_usage":true}}'.encode(),
    ],
)
def test_whatever_tells_its_usage_stays_as_it_is(body: bytes) -> None:
    assert rewritten(body) == body


@pytest.mark.parametrize("provider_id", ["fireworks", "mistral", "perplexity"])
def test_whoever_tells_anyway_is_not_asked(provider_id: str) -> None:
    assert rewritten(b'{"stream":true}', ChatCompletions(provider_id)) == b'{"stream":true}'
