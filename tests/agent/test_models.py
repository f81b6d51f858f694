"""Requests to the model in every dialect: what they say, what they cost, and what becomes of those that fail."""

import json
from decimal import Decimal

import pytest
from fakes.dialects import Used
from fakes.moods import Mood
from fakes.scripted import Step
from support.sockets import wait_until

from agterm_agent.engine import turn
from agterm_agent.engine.prices import cost_of, window_of

PICODOLLARS = 10**12
USED = Used(input=1000, cache_read=2000, cache_write=300, cache_write_1h=100, output=50)
LIMIT, OVERLOAD = Mood(refusal="limit"), Mood(refusal="overload")


@pytest.fixture
def waits(monkeypatch):
    """What was waited before another try; nothing really is."""
    noted = []

    async def sleep(seconds):
        noted.append(seconds)

    monkeypatch.setattr(turn, "sleep", sleep)
    return noted


def spent(provider):
    """What the provider says of all calls, in the words of our totals."""
    totals = provider.account.totals
    return {
        "requests": totals["calls"],
        "input_tokens": totals["input"],
        "cache_read_tokens": totals["cache_read"],
        "cache_write_tokens": totals["cache_write"],
        "output_tokens": totals["output"],
    }


async def test_what_it_used_and_cost_is_what_the_provider_billed(talk, play, dialect, workspace):
    provider = play([Step("I look.", thoughts="Hm.", calls=[("list_files", {})]), Step("Done.")])
    talker = await talk(provider, dialect)
    done = (await talker.hear()).done
    assert done["usage"] == spent(provider)
    assert Decimal(done["cost_usd"]) * PICODOLLARS == provider.account.totals["cost_picousd"]
    assert talker.conversation.totals.cost_usd == Decimal(done["cost_usd"])
    again = (await talker.hear()).all("usage")[-1]
    assert {name: again[name] for name in done["usage"]} == spent(provider)


async def test_no_token_is_counted_twice(talk, play, dialect):
    used = USED if dialect == "anthropic" else Used(input=1000, cache_read=2000, output=50)
    talker = await talk(play([Step("Done.", use=used)]), dialect)
    usage = (await talker.hear()).done["usage"]
    assert usage["input_tokens"] == 1000
    assert usage["cache_read_tokens"] == 2000
    assert usage["cache_write_tokens"] == used.cache_write
    assert usage["output_tokens"] == 50


async def test_a_model_without_a_price_costs_nobody_knows_what(talk, play):
    talker = await talk(play([Step("Done.")]), model="nobody-knows")
    trail = await talker.hear()
    assert trail.done["cost_usd"] is None
    assert trail.done["usage"]["requests"] == 1


async def test_anthropic_is_asked_to_keep_the_prompt_in_its_cache(talk, play):
    provider = play([Step(calls=[("list_files", {})]), Step("Done.")])
    await (await talk(provider)).hear()
    body = provider.bodies[-1]
    assert "cache_control" in json.dumps(body["system"])
    assert "cache_control" in json.dumps(body["tools"])
    assert "cache_control" in body
    assert body["system"][0]["text"] == provider.bodies[0]["system"][0]["text"]


async def test_openai_is_asked_to_store_nothing(talk, play):
    provider = play([Step("Done.")])
    talker = await talk(provider, "openai-responses")
    await talker.hear()
    assert provider.bodies[0]["store"] is False
    assert provider.bodies[0]["prompt_cache_key"] == talker.conversation.id


@pytest.fixture
def foreign_variables(monkeypatch):
    """Keys, headers and addresses of every vendor, none of them meant for the provider that is asked."""
    for vendor in ("ANTHROPIC", "OPENAI", "GOOGLE", "GEMINI"):
        for name in ("API_KEY", "AUTH_TOKEN", "CUSTOM_HEADERS", "ORG_ID", "PROJECT_ID", "ADMIN_KEY"):
            monkeypatch.setenv(f"{vendor}_{name}", "X-Other: somebody-elses-secret")
        monkeypatch.setenv(f"{vendor}_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")


async def test_what_the_environment_says_for_others_stays_here(talk, play, dialect, foreign_variables):
    provider = play([Step("Done.")])
    talker = await talk(provider, dialect, provider="own-door")
    assert (await talker.hear()).done["status"] == "done"
    assert "somebody-elses-secret" not in json.dumps(provider.headers)
    assert "fake-key" in json.dumps(provider.headers)


async def test_thoughts_are_told_apart_from_the_answer(talk, play):
    trail = await (await talk(play([Step("Done.", thoughts="Let me see.")]))).hear()
    assert trail.kinds("usage") == [
        "user_prompt", "session_state",
        "assistant_thought_delta", "assistant_thought", "assistant_delta", "assistant_message", "done",
    ]  # fmt: skip
    assert trail.all("assistant_thought")[0]["text"] == "Let me see."
    assert "".join(event["text"] for event in trail.all("assistant_delta")) == trail.done["result"] == "Done."


@pytest.mark.parametrize("mood", [LIMIT, OVERLOAD], ids=["rate limited", "overloaded"])
async def test_a_refusal_that_passes_is_waited_for(talk, play, dialect, mood, waits):
    provider = play([Step(mood=mood), Step(mood=mood), Step("Done.")])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == "done"
    assert [call["status"] == 200 for call in provider.calls] == [False, False, True]
    assert len(trail.all("context_notice")) == len(waits) == 2
    assert "trying again" in trail.all("context_notice")[0]["message"]


async def test_the_wait_is_the_one_the_provider_asks_for(talk, play, waits):
    provider = play([Step(mood=Mood(refusal="limit", is_once=True)), Step("Done.")])
    trail = await (await talk(provider)).hear()
    assert waits == [1.0]
    assert trail.all("context_notice")[0]["wait_ms"] == 1000


async def test_it_gives_up_at_last_and_says_what_the_provider_said(talk, play, dialect, waits):
    provider = play([Step(mood=OVERLOAD)])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == "failed"
    assert "The fake provider is overloaded." in trail.done["reason"]
    assert trail.all("error")[0]["message"] == trail.done["reason"]
    assert len(provider.calls) == len(waits) + 1 == 6
    assert waits == sorted(waits)


async def test_a_used_up_budget_is_told_in_its_own_words_and_not_tried_again(talk, play, dialect, waits):
    provider = play([Step(mood=Mood(refusal="bill"))])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == "limit"
    assert trail.done["reason"] == "402: The budget of this session is used up."
    assert (len(provider.calls), waits) == (1, [])


async def test_a_used_up_quota_is_not_tried_again(talk, play, dialect, waits):
    provider = play([Step(mood=Mood(refusal="limit", is_final=True))])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == ("failed" if dialect == "anthropic" else "limit")  # there it might be any rate
    assert (len(provider.calls), waits) == (1, [])


async def test_an_answer_that_breaks_off_is_asked_for_again(talk, play, dialect, waits):
    provider = play([Step("This never comes to its end.", mood=Mood(dies=True)), Step("Done.")])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == "done"
    assert trail.done["result"] == "Done."
    assert [event["text"] for event in trail.all("assistant_message")] == ["Done."]
    assert len(trail.all("context_notice")) == 1
    assert trail.done["usage"]["requests"] == 2


@pytest.mark.parametrize("dialect", ["anthropic", "openai-responses", "google"])
async def test_an_answer_without_an_end_is_none(talk, play, dialect, waits, monkeypatch):
    provider = play([Step("This seems to be whole."), Step("Done.")])
    usual = provider.answer

    def cut(call):
        answer = usual(call)
        if len(provider.bodies) == 1:
            answer.events = answer.events[: len(answer.events) // 2]
        return answer

    monkeypatch.setattr(provider, "answer", cut)
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["result"] == "Done."
    assert len(waits) == 1


async def test_nobody_there_is_told_after_some_tries(talk, play, waits):
    provider = play([Step("Done.")])
    talker = await talk(provider, base_url="http://127.0.0.1:9")
    trail = await talker.hear()
    assert trail.done["status"] == "failed"
    assert "can't be reached" in trail.done["reason"]
    assert len(waits) == turn.RETRIES


async def test_the_stream_is_hung_up_when_the_turn_is_interrupted(talk, play, dialect):
    provider = play([Step("word " * 400, mood=Mood(pause_s=0.02))])
    talker = await talk(provider, dialect)

    def stop(event):
        if event["kind"] == "assistant_delta":
            talker.conversation.interrupt()

    trail = await talker.hear(on=stop)
    assert trail.done["status"] == "cancelled"
    wait_until("the provider to notice", lambda: provider.calls[0]["ended"])
    assert provider.calls[0]["hung_up"]


def test_prices_are_those_of_the_provider_that_is_asked():
    from pydantic_ai.usage import RequestUsage

    usage = RequestUsage(input_tokens=1_000_000, output_tokens=0)
    assert cost_of("groq", "openai-chat", "llama-3.3-70b-versatile", usage) == Decimal("0.59")
    assert cost_of("own-server", "openai-chat", "gpt-5.5", usage) is None
    assert cost_of("own-door", "anthropic", "claude-haiku-4-5", usage) == Decimal(1)
    assert window_of("anthropic", "anthropic", "claude-sonnet-4-5") == 200_000
    assert window_of("own-server", "openai-chat", "own") is None
