"""The agents endpoints: what the list shows, who may see it."""

import pytest

from core.errors import AgentNotFound


@pytest.fixture
def api(client, owner):
    return client(owner)


def test_the_list_holds_every_agent(api):
    reply = api.get("/api/agents")
    assert reply.status_code == 200
    assert {"shell", "claude", "codex", "gemini"} <= {agent["id"] for agent in reply.json()["data"]["agents"]}


def test_one_agent_by_its_id(api, configure, fake_cli):
    configure(agent_path=(fake_cli("claude"),), provider_environment={"ANTHROPIC_API_KEY": "sk-ant-secret"})
    reply = api.get("/api/agents/claude")
    assert reply.json()["data"]["agent"]["available"] is True
    assert b"sk-ant-secret" not in reply.content


def test_an_unknown_agent_is_404(api):
    reply = api.get("/api/agents/nobody")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == AgentNotFound.code


def test_agents_are_not_for_people_without_a_token(client):
    assert client().get("/api/agents").status_code == 401
    assert client().get("/api/agents/claude").status_code == 401
