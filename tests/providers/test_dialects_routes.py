"""Which paths the door serves: nothing unmetered that costs money."""

import pytest

from providers.dialects import route


def kind(provider_id: str, method: str, path: str, query: str = "") -> tuple[str, str] | None:
    found = route(provider_id, method, path, query)
    return None if found is None else (str(found.kind), found.dialect.name if found.dialect else "")


@pytest.mark.parametrize(
    ("provider_id", "path", "dialect"),
    [
        ("anthropic", "v1/messages", "anthropic-messages"),
        ("openrouter", "v1/messages", "anthropic-messages"),
        ("deepseek", "anthropic/v1/messages", "anthropic-messages"),
        ("openai", "v1/responses", "openai-responses"),
        ("openai", "responses", "openai-responses"),
        ("openai", "responses/compact", "openai-responses"),
        ("openai", "v1/chat/completions", "openai-chat"),
        ("openai", "chat/completions", "openai-chat"),
        ("openai", "v1/embeddings", "openai-embeddings"),
        ("groq", "openai/v1/chat/completions", "openai-chat"),
        ("openrouter", "api/v1/chat/completions", "openai-chat"),
        ("fireworks", "inference/v1/chat/completions", "openai-chat"),
        ("azure", "openai/deployments/our-gpt/chat/completions", "openai-chat"),
        ("azure", "openai/v1/responses", "openai-responses"),
        ("google", "v1beta/models/gemini-3.8-flash:streamGenerateContent", "google-generate-content"),
        ("google", "v1beta/models/gemini-3.8-flash%3AgenerateContent", "google-generate-content"),
        ("google", "v1beta/tunedModels/mine:generateContent", "google-generate-content"),
        ("google", "v1beta/openai/chat/completions", "openai-chat"),
        ("vertex", "v1/projects/p/locations/eu/publishers/google/models/g:generateContent", "google-generate-content"),
    ],
)
def test_calls_to_models_are_metered(provider_id: str, path: str, dialect: str) -> None:
    assert kind(provider_id, "POST", path) == ("metered", dialect)


@pytest.mark.parametrize("query", ["fields=choices", "$fields=id", "alt=media"])
def test_no_query_has_google_leave_the_usage_out_of_an_answer(query: str) -> None:
    assert kind("google", "POST", "v1beta/models/gemini-2.5-pro:generateContent", query) is None
    assert kind("google", "POST", "v1beta/openai/chat/completions", query) is None


@pytest.mark.parametrize(
    ("provider_id", "method", "path"),
    [
        ("anthropic", "GET", "v1/models"),
        ("anthropic", "GET", "v1/models/claude-opus-5-5"),
        ("anthropic", "POST", "v1/messages/count_tokens"),
        ("openrouter", "GET", "models/openai/gpt-5:free"),
        ("openai", "HEAD", "v1/models"),
        ("openai", "GET", "v1/responses/resp_1"),
        ("openai", "DELETE", "v1/responses/resp_1"),
        ("openai", "POST", "v1/responses/resp_1/cancel"),
        ("openai", "GET", "v1/responses/resp_1/input_items"),
        ("openai", "POST", "v1/responses/input_tokens"),
        ("xai", "POST", "v1/tokenize-text"),
        ("google", "GET", "v1beta/models"),
        ("google", "GET", "v1beta/models/gemini-2.5-pro"),
        ("google", "POST", "v1beta/models/gemini-2.5-pro:countTokens"),
        ("ollama", "GET", "api/tags"),
        ("ollama", "POST", "api/show"),
    ],
)
def test_lists_and_counts_are_free(provider_id: str, method: str, path: str) -> None:
    assert kind(provider_id, method, path) == ("free", "")


@pytest.mark.parametrize(
    ("provider_id", "method", "path"),
    [
        ("anthropic", "POST", "v1/complete"),
        ("anthropic", "POST", "v1/messages/batches"),
        ("anthropic", "GET", "v1/messages/batches"),
        ("anthropic", "POST", "v1/files"),
        ("anthropic", "GET", "v1/messages"),
        ("anthropic", "GET", "v1/organizations/cost_report"),
        ("openai", "GET", "v1/responses"),  # a WebSocket
        ("openai", "GET", "v1/chat/completions"),  # everybody's stored answers
        ("openai", "POST", "v1/batches"),
        ("openai", "POST", "v1/files"),
        ("openai", "POST", "v1/fine_tuning/jobs"),
        ("openai", "POST", "v1/images/generations"),
        ("openai", "POST", "v1/audio/speech"),
        ("openai", "POST", "v1/audio/transcriptions"),
        ("openai", "POST", "v1/realtime/sessions"),
        ("openai", "POST", "v1/assistants"),
        ("openai", "POST", "v1/threads/runs"),
        ("openai", "POST", "v1/vector_stores"),
        ("openai", "POST", "v1/completions"),
        ("openai", "POST", "v1/responses/resp_1"),
        ("openai", "DELETE", "v1/models/ft:gpt-4o:us"),
        ("openai", "PUT", "v1/responses"),
        ("openai", "POST", ""),
        ("openai", "GET", ""),
        ("openrouter", "GET", "credits"),
        ("openrouter", "POST", "v1/keys"),
        ("google", "POST", "v1beta/models/imagen-4:predict"),
        ("google", "POST", "v1beta/models/veo-3:predictLongRunning"),
        ("google", "POST", "v1beta/models/gemini-2.5-pro:batchGenerateContent"),
        ("google", "POST", "v1beta/models/gemini-embedding-001:embedContent"),
        ("google", "POST", "v1beta/cachedContents"),
        ("google", "POST", "upload/v1beta/files"),
        ("google", "GET", "v1beta/models/gemini-2.5-pro:generateContent"),
        ("openai", "POST", "v1beta/models/gemini-2.5-pro:generateContent"),
        ("openai", "POST", "v1//chat/completions"),
        ("openai", "POST", "v1/../v1/chat/completions"),
        ("openai", "POST", "v1/files/../chat/completions"),
        ("openai", "POST", "v1/chat/completions/"),
        ("openai", "POST", "v1/chat%252Fcompletions"),
        ("openai", "POST", "v1/chat/completions;x"),
        ("openai", "GET", "v1/models/a%3Fb"),
        ("openai", "GET", "v1/models/\u0660"),
        ("ollama", "POST", "api/generate"),
        ("ollama", "POST", "api/pull"),
        ("openai", "GET", "api/tags"),
    ],
)
def test_all_else_is_not_served(provider_id: str, method: str, path: str) -> None:
    assert kind(provider_id, method, path) is None


@pytest.mark.parametrize("query", ["alt=sse", "alt=json&key=x", "$alt=sse", "prettyPrint=false", ""])
def test_google_may_be_asked_for_the_forms_that_we_can_read(query: str) -> None:
    assert kind("google", "POST", "v1beta/models/m:streamGenerateContent", query) is not None


@pytest.mark.parametrize(
    "query",
    ["fields=candidates", "$fields=candidates", "alt=proto", "$alt=media", "alt=sse&%24alt=proto", "callback=f"],
)
def test_google_may_not_be_asked_to_leave_out_the_usage(query: str) -> None:
    assert kind("google", "POST", "v1beta/models/m:streamGenerateContent", query) is None
