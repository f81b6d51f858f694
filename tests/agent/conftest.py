"""The agent under test: a workspace and a state folder of its own, and a scripted provider that speaks each dialect."""

import functools
from types import SimpleNamespace

import pytest
from fakes.scripted import MODELS, Scripted

from agterm_agent import events
from agterm_agent.engine.conversation import Conversation
from agterm_agent.settings import Settings
from agterm_agent.tools.toolbox import Toolbox

PROVIDERS = {"anthropic": "anthropic", "openai-responses": "openai", "openai-chat": "openai", "google": "google"}


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once():
    """Every provider's client wants them, and reading them takes long."""
    from httpx2._transports import default

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "create_ssl_context", functools.cache(default.create_ssl_context))
        yield


@pytest.fixture(params=list(MODELS))
def dialect(request):
    """Each dialect in turn."""
    return request.param


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def play():
    """`play([Step(…), …])` starts a provider that answers like this."""
    running = []

    def start(script, **more):
        provider = Scripted(script, **more)
        provider.__enter__()
        running.append(provider)
        return provider

    yield start
    for provider in running:
        provider.__exit__(None, None, None)


@pytest.fixture
def make_settings(tmp_path, workspace):
    """`make_settings(provider, dialect, limits=…)`: settings for a scripted provider."""

    def make(provider, dialect="anthropic", /, **more):
        fields = {
            "workspace": workspace,
            "state_folder": tmp_path / "state",
            "config_folder": tmp_path / "config",
            "provider": PROVIDERS[dialect],
            "model": MODELS[dialect],
            "dialect": dialect,
            "base_url": provider.address(dialect),
            "api_key": "fake-key",
        }
        return Settings(**(fields | more))

    return make


@pytest.fixture
async def talk(make_settings, workspace, tmp_path):
    """`await talk(provider, dialect)` opens a conversation; `.hear(prompt)` is one turn's trail, checked."""
    opened = []

    async def start(provider, dialect="anthropic", /, *, resume=None, tools=(), **more):
        settings = make_settings(provider, dialect, **more)
        toolbox = Toolbox(workspace, tmp_path / "changes", extra=tools)
        conversation = await Conversation.open(settings, toolbox, resume=resume)
        opened.append(conversation)

        async def hear(prompt="Do it.", on=lambda event: None):
            trail = []
            async for event in conversation.ask(prompt):
                trail.append(event)
                on(event)
            assert events.check(trail) == []
            return Trail(trail)

        return SimpleNamespace(conversation=conversation, hear=hear, toolbox=toolbox)

    yield start
    for conversation in opened:
        await conversation.close()


class Trail(list):
    """A turn's events."""

    def kinds(self, *but):
        """The kinds in their order, those in `but` left out; pieces that come in a row count as one."""
        kinds = [event["kind"] for event in self if event["kind"] not in but]
        return [kind for at, kind in enumerate(kinds) if not (kind.endswith("_delta") and kinds[at - 1 : at] == [kind])]

    def all(self, kind):
        return [event for event in self if event["kind"] == kind]

    @property
    def done(self):
        return self[-1]
