"""What the model is sent before and beside the conversation, and how large that is taken to be."""

import json

import pytest
from fakes.dialects import Used
from fakes.scripted import Step

from agterm_agent.engine import context
from agterm_agent.engine.conversation import Conversation
from agterm_agent.policy import Modes, Safety
from agterm_agent.tools.declaration import Tool, ToolOutput


async def test_the_prompt_names_the_workspace_and_what_is_written_for_agents(talk, play, dialect, workspace):
    (workspace / "AGENTS.md").write_text("Always say please.\n")
    provider = play([Step("Done.")])
    await (await talk(provider, dialect)).hear("What now?")
    sent = json.dumps(provider.bodies[0])
    assert str(workspace) in sent
    assert "Always say please." in sent


async def test_the_prompt_is_the_same_in_every_request_so_that_it_is_cached(talk, play):
    provider = play([Step(calls=[("list_files", {})]), Step("Done.")])
    talker = await talk(provider)
    await talker.hear()
    await talker.hear()
    texts = {json.dumps([block["text"] for block in body["system"]]) for body in provider.bodies}
    assert len(texts) == 1


async def test_modes_are_told_to_the_model(talk, play):
    provider = play([Step("Done.")])
    await (await talk(provider, modes=Modes(read_only=True))).hear()
    assert "Read-only mode" in json.dumps(provider.bodies[0]["system"])


async def test_prompt_and_tools_take_few_tokens(talk, play):
    talker = await talk(play([Step("Done.")]))
    used, window = talker.conversation.context_use()
    assert used < 3500
    assert window == 200_000


async def test_the_use_of_the_context_is_what_the_provider_says_and_what_came_since(talk, play):
    provider = play([Step("x" * 40, use=Used(input=1000, cache_read=500, output=10))])
    talker = await talk(provider)
    trail = await talker.hear()
    assert talker.conversation.context_use()[0] == 1510
    assert trail.all("usage")[-1]["context_tokens"] == 1510
    assert trail.all("usage")[-1]["window_tokens"] == 200_000


async def test_the_window_is_the_one_that_is_set_or_known_or_a_guess(make_settings, play):
    provider = play([Step("Done.")])
    settings = make_settings(provider)
    assert context.window(settings, "claude-sonnet-4-5") == 200_000
    assert context.window(settings, "nobody-knows") == 128_000
    assert context.window(make_settings(provider, window=9000), "claude-sonnet-4-5") == 9000


async def test_a_result_too_large_for_the_window_is_cut_with_a_notice(talk, play, dialect):
    async def run(arguments, _):
        return ToolOutput("first " + "x" * 30_000 + " last")

    flood = Tool("flood", "Floods.", {"type": "object", "properties": {}}, run, Safety.READ_ONLY)
    provider = play([Step(calls=[("flood", {})]), Step("Done.")])
    trail = await (await talk(provider, dialect, tools=[flood], window=10_000)).hear()
    result = trail.all("tool_result")[0]["result"]
    assert len(result) < 8100
    assert result.startswith("first ")
    assert result.endswith(" last")
    assert "characters left out here" in result
    notice = trail.all("context_notice")[0]
    assert notice["after_characters"] == len(result) < notice["before_characters"]


@pytest.mark.parametrize(("length", "limit"), [(10, 10), (11, 10), (1000, 100)])
def test_a_text_is_cut_in_its_middle(length, limit):
    text = "".join(chr(ord("a") + at % 26) for at in range(length))
    short = context.cut(text, limit)
    assert (short == text) == (length <= limit)
    assert short[: limit // 2] == text[: limit // 2]
    assert short[-(limit // 4) :] == text[-(limit // 4) :]


def test_warming_up_loads_the_engine(make_settings, play):
    Conversation.warm_up(make_settings(play([Step("Done.")]), "openai-chat"))
