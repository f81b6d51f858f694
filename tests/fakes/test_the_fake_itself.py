"""The fake provider's account, which other tests trust: what it bills, and what it does not."""

import json
import socket

import httpx
import pytest
from fakes.dialects import Used
from fakes.prices import cost
from fakes.provider import Provider
from support.sockets import wait_until

PROMPT = "please use input=1000 cache_read=2000 cache_write=300 cache_write_1h=100 output=50 reasoning=0"


@pytest.fixture
def provider():
    with Provider() as running:
        yield running


def ask(provider, words, **more):
    body = {"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": words}], **more}
    return httpx.post(f"{provider.url}/v1/messages", json=body)


def chat(provider, words, **more):
    body = {"model": "gpt-5.5", "stream": True, "messages": [{"role": "user", "content": words}], **more}
    said = httpx.post(f"{provider.url}/openai/v1/chat/completions", json=body).text
    return [json.loads(line[6:]) for line in said.splitlines() if line.startswith("data: {")]


def test_a_call_costs_what_the_price_list_says(provider):
    answer = ask(provider, PROMPT).json()
    (call,) = provider.calls
    assert answer["usage"]["cache_creation"] == {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100}
    assert call["id"] == answer["id"]
    assert call["cost_picousd"] == 5_700_000_000  # 0.0057 dollars, by the list of the real provider


def test_long_prompts_have_prices_of_their_own():
    assert cost("claude-sonnet-4-5", Used(input=200_000)) == 600_000_000_000
    assert cost("claude-sonnet-4-5", Used(input=200_001)) == 1_200_006_000_000
    assert cost("nobody-knows", Used(input=1)) is None


def test_who_hangs_up_is_billed_for_what_was_made_until_then(provider):
    said = json.dumps({
        "model": "claude-sonnet-4-5", "stream": True,
        "messages": [{"role": "user", "content": "please pour 400 pieces of 100 bytes every 20 ms"}],
    }).encode()  # fmt: skip
    with socket.create_connection(("127.0.0.1", provider.port)) as caller:
        caller.sendall(b"POST /v1/messages HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % len(said) + said)
        assert b"200 OK" in caller.recv(65536)
    wait_until("its end", lambda: provider.calls[0]["ended"])
    (call,) = provider.calls
    assert call["hung_up"]
    assert call["used"]["output"] < call["usage"]["output_tokens"]


def test_what_breaks_off_is_billed_as_far_as_it_was_told(provider):
    with pytest.raises(httpx.RemoteProtocolError):
        ask(provider, "please die once", stream=True)
    assert ask(provider, "please die once", stream=True).text.count("message_stop") == 2  # of the event and its data
    first, second = provider.calls
    assert (first["died"], first["used"]["output"]) == (True, 1)
    assert (second["died"], second["used"]["output"]) == (False, second["usage"]["output_tokens"])


def test_a_refusal_costs_nothing_and_comes_once_if_once(provider):
    assert [ask(provider, "please limit once").status_code for _ in range(2)] == [429, 200]
    assert [call["used"] is None for call in provider.calls] == [True, False]
    assert ask(provider, "please overload").status_code == 529


def test_a_chat_tells_its_usage_only_to_who_asks(provider):
    assert not any("usage" in event for event in chat(provider, "Say ping"))
    told = chat(provider, "Say ping", stream_options={"include_usage": True})
    assert [event["usage"] is not None for event in told] == [False] * (len(told) - 1) + [True]
    assert provider.calls[0]["cost_picousd"] > 0


def test_what_is_free_is_not_metered(provider):
    httpx.get(f"{provider.url}/v1/models")
    httpx.post(f"{provider.url}/v1/messages/count_tokens", json={"model": "claude-sonnet-4-5", "messages": []})
    httpx.post(f"{provider.url}/v1/nowhere", json={})
    assert [(call["status"], call["metered"]) for call in provider.calls] == [(200, False), (200, False), (404, False)]
    assert httpx.get(f"{provider.url}/totals").json()["cost_picousd"] == 0
