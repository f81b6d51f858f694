"""Which requests point to content elsewhere, so that their size bounds nothing."""

import json

import pytest

from providers.dialects.anthropic import Messages
from providers.dialects.chat import ChatCompletions
from providers.dialects.gemini import GenerateContent
from providers.dialects.responses import Responses

ANTHROPIC, RESPONSES, CHAT = Messages("anthropic"), Responses("openai"), ChatCompletions("openai")
GEMINI = GenerateContent()


@pytest.mark.parametrize(
    ("dialect", "part"),
    [
        (ANTHROPIC, {"type": "document", "source": {"type": "url", "url": "https://x/a.pdf"}}),
        (ANTHROPIC, {"type": "image", "source": {"type": "file", "file_id": "file_1"}}),
        (ANTHROPIC, {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}),
        (ANTHROPIC, {"mcp_servers": []}),
        (RESPONSES, {"previous_response_id": "resp_1"}),
        (RESPONSES, {"conversation": {"id": "conv_1"}}),
        (RESPONSES, {"prompt": {"id": "pmpt_1"}}),
        (RESPONSES, {"type": "input_image", "image_url": "https://x/a.png"}),
        (RESPONSES, {"tools": [{"type": "file_search", "vector_store_ids": ["vs"]}]}),
        (CHAT, {"type": "image_url", "image_url": {"url": "https://x/a.png"}}),
        (CHAT, {"file": {"file_id": "file_1"}}),
        (CHAT, {"web_search_options": {}}),
        (GEMINI, {"fileData": {"fileUri": "gs://x/film.mp4"}}),
        (GEMINI, {"cachedContent": "cachedContents/1"}),
        (GEMINI, {"tools": [{"google_search": {}}]}),
    ],
)
def test_what_the_model_reads_besides_is_noticed(dialect, part) -> None:
    for separators in ((",", ":"), (", ", " : ")):
        assert dialect.points_elsewhere(json.dumps({"parts": [part]}, separators=separators).encode())


def test_no_escape_hides_a_name() -> None:
    assert RESPONSES.points_elsewhere(rb'{"previous\u005fresponse\u005fid":"resp_1"}')


@pytest.mark.parametrize(
    ("dialect", "part"),
    [
        (ANTHROPIC, {"type": "image", "source": {"type": "base64", "data": "aGk="}}),
        (ANTHROPIC, {"type": "tool_use", "input": {"url": "https://x", "text": '"type":"url"'}}),
        (RESPONSES, {"type": "input_image", "image_url": "data:image/png;base64,aGk="}),
        (RESPONSES, {"text": '\x1b[0m <b> "previous_response_id": ""'}),
        (CHAT, {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}),
        (CHAT, {"properties": {"url": {"type": "string"}}}),
        (GEMINI, {"functionDeclarations": [{"name": "google_search"}]}),
    ],
)
def test_what_a_request_says_itself_is_no_pointer(dialect, part) -> None:
    assert not dialect.points_elsewhere(json.dumps({"parts": [part]}).encode())
