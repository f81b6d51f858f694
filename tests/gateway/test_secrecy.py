"""The providers' keys stay in the web server, and nobody's key is written down on the way."""

import os

import httpx
import pytest
from support.sockets import processes_with, wait_until


def files_with(folder, words):
    """Every file below the folder that holds one of the words."""
    found = []
    for place, _, names in os.walk(folder):
        paths = [os.path.join(place, name) for name in names]
        for path in filter(os.path.isfile, paths):
            with open(path, "rb") as stream:
                data = stream.read()
            found += [path for word in words if word.encode() in data]
    return found


def real_keys(server):
    return [value for name, value in server.environment.items() if name.endswith("_API_KEY")]


def test_no_providers_key_is_in_any_process_but_the_web_server(inside):
    sessions = [inside(agent) for agent in ("codex", "claude", "gemini")]
    server = sessions[0].server
    for key in real_keys(server):
        assert processes_with(key) == [server.web_pid]


def test_no_providers_key_is_in_any_file(inside):
    sessions = [inside(agent) for agent in ("codex", "claude", "gemini")]
    server = sessions[0].server
    for session in sessions:
        session.change("restart")
        session.change("switch-agent", agent="shell", handoff="summary")
    assert len(real_keys(server)) == 3
    assert files_with(server.home, real_keys(server)) == []


def test_no_key_is_in_a_log_at_its_most_talkative(codex, recorder):
    """Asked in every way there is, answered and refused."""
    shown = codex.ask(f"/llm/openai/responses?key={codex.key}", headers=codex.headers(key=""))
    assert shown.status_code == 200
    for path in ("/llm/openai/responses", "/llm/google/v1beta/models", "/llm/nobody/x"):
        codex.ask(path, headers=codex.headers(**{"x-api-key": codex.key}))
    with pytest.raises(httpx.RemoteProtocolError):
        codex.ask("/llm/openai/responses?do=torn")
    server = codex.server
    wait_until("the log says that the provider broke off", lambda: any("broke off" in line for line in server.output))
    log = "".join(server.output)
    for key in (*real_keys(server), codex.key, server.relay_key.hex()):
        assert key not in log
    assert files_with(server.home / "run", [*real_keys(server), codex.key]) == []
