"""Whom the providers' door refuses, and that every CLI can read why."""

import json
import time
import uuid

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import unix_connect

from gateway.bodies import MAX_BYTES
from gateway.door import MOST_AT_ONCE

SHAPES = {
    "anthropic": lambda said: (said["type"], said["error"]["type"], said["error"]["message"]),
    "openai": lambda said: (said["error"]["type"], said["error"]["code"], said["error"]["message"]),
    "google": lambda said: (said["error"]["code"], said["error"]["status"], said["error"]["message"]),
}
CALL = b'{"model": "gpt-5.5", "input": "Say ping"}'
WRONG_KEY = {
    "anthropic": ("error", "authentication_error"),
    "openai": ("invalid_request_error", "invalid_api_key"),
    "google": (401, "UNAUTHENTICATED"),
}


def said(answer):
    return json.loads(answer.content)["error"]["message"]


@pytest.mark.parametrize("provider_id", SHAPES)
@pytest.mark.parametrize("key", ["", "agt-" + "A" * 48, "sk-proj-0123456789"])
def test_a_wrong_key_is_said_as_the_provider_would(codex, recorder, provider_id, key):
    answer = codex.ask(f"/llm/{provider_id}/v1/messages", headers=codex.headers(key=key), content=b"x" * 500_000)
    assert answer.status_code == 401
    *kind, message = SHAPES[provider_id](answer.json())
    assert tuple(kind) == WRONG_KEY[provider_id]
    assert message.startswith("AGTerm: ")
    assert recorder.heard == []


def test_another_sessions_key_is_refused(inside, recorder):
    mine, theirs = inside("codex"), inside("claude")
    answer = mine.ask("/llm/openai/responses", headers=mine.headers(key=theirs.key))
    assert (answer.status_code, said(answer)) == (403, "AGTerm: the key is another session's")
    assert recorder.heard == []


@pytest.mark.parametrize(
    "changed",
    [
        {"x-agterm-relay": None}, {"x-agterm-session": None}, {"x-agterm-relay": "0" * 64}, {"x-agterm-relay": ""},
        {"x-agterm-relay": "."}, {"x-agterm-relay": f"{int(time.time())}."}, {"x-agterm-relay": f"-1.{'0' * 64}"},
        {"x-agterm-relay": f"{int(time.time())}.{'0' * 64}"}, {"x-agterm-relay": f"{'9' * 6000}.{'0' * 64}"},
        {"x-agterm-session": str(uuid.uuid4())}, {"x-agterm-session": "../../etc"},
    ],
)  # fmt: skip
def test_whoever_is_no_relay_is_refused_whatever_key_he_shows(codex, recorder, changed):
    headers = {name: value for name, value in (codex.headers() | changed).items() if value is not None}
    assert codex.ask("/llm/openai/responses", headers=headers).status_code == 403
    assert recorder.heard == []


@pytest.mark.parametrize("seconds", [-70, 70])
def test_a_relays_word_of_another_minute_is_refused(codex, recorder, seconds):
    stale = codex.headers(**{"x-agterm-relay": codex.proof(int(time.time()) + seconds)})
    assert codex.ask("/llm/openai/responses", headers=stale).status_code == 403
    at, _, proof = codex.proof(int(time.time()) - 70).partition(".")
    renewed = codex.headers(**{"x-agterm-relay": f"{int(at) + 70}.{proof}"})
    assert codex.ask("/llm/openai/responses", headers=renewed).status_code == 403
    assert recorder.heard == []


def test_at_the_servers_port_the_door_is_closed_also_for_the_relays_word(codex, recorder):
    answer = httpx.post(f"{codex.server.url}/llm/openai/responses", headers=codex.headers())
    assert (answer.status_code, said(answer)) == (403, "AGTerm: this door is for sessions only")
    assert recorder.heard == []


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/sessions", "/login/x", "/llm", "/%6clm/openai/x", "/mcp"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_at_the_relays_socket_there_is_nothing_but_the_door(server, relay, method, path):
    answer = relay.request(method, path, headers={"authorization": f"Bearer {server.access_token()}"})
    assert answer.status_code == 404
    assert method == "HEAD" or said(answer) == "AGTerm: only providers are behind this door"


def test_at_the_relays_socket_no_websocket_is_opened(server):
    headers = {"Authorization": f"Bearer {server.access_token()}"}
    with pytest.raises(InvalidStatus) as refused:
        unix_connect(str(server.home / "run" / "web.sock"), uri="ws://agterm/ws", additional_headers=headers)
    assert refused.value.response.status_code in (403, 404)


def test_a_relays_word_beside_a_sessions_own_is_refused(inside, recorder):
    mine, theirs = inside("codex"), inside("codex")
    both = [*theirs.headers().items(), *mine.headers().items()]
    assert mine.ask("/llm/openai/responses", headers=both).status_code == 403
    assert recorder.heard == []


def test_a_key_dies_with_the_start_it_was_made_for(codex):
    old = codex.key
    codex.change("restart")
    codex.key = codex.told()
    assert codex.key != old
    assert codex.ask("/llm/openai/responses").status_code == 200
    answer = codex.ask("/llm/openai/responses", headers=codex.headers(key=old))
    assert (answer.status_code, "earlier start" in said(answer)) == (401, True)


def test_a_key_that_was_just_used_dies_at_once(codex):
    assert codex.ask("/llm/openai/responses").status_code == 200
    codex.change("stop")
    assert codex.ask("/llm/openai/responses").status_code == 403


def test_a_key_dies_when_another_agent_takes_over(codex):
    old = codex.key
    codex.change("switch-agent", agent="claude")
    codex.key = codex.told()
    assert codex.ask("/llm/anthropic/v1/messages", json={"model": "m", "messages": []}).status_code == 200
    assert codex.ask("/llm/anthropic/v1/messages", headers=codex.headers(key=old)).status_code == 401


def test_a_key_of_a_stopped_session_is_refused_until_it_is_started_again(codex):
    codex.change("stop")
    assert codex.ask("/llm/openai/responses").status_code == 403
    codex.change("restart")
    assert codex.ask("/llm/openai/responses").status_code in (401, 403)
    codex.key = codex.told()
    assert codex.ask("/llm/openai/responses").status_code == 200


def test_a_key_of_a_deleted_session_is_refused(codex):
    assert codex.server.api.delete(f"/api/sessions/{codex.id}").status_code == 200
    answer = codex.ask("/llm/openai/responses")
    assert (answer.status_code, said(answer)) == (403, "AGTerm: The session has ended")


def test_a_provider_that_is_none_is_not_found(codex):
    for path in ("/llm/nobody/v1/chat/completions", "/llm//v1", "/llm/"):
        answer = codex.ask(path)
        assert (answer.status_code, "no provider" in said(answer)) == (404, True)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_a_method_whose_answer_could_hold_the_key_is_refused(codex, recorder, method):
    answer = codex.ask("/llm/openai/models", method=method)
    assert answer.status_code in (400, 404)  # CONNECT is refused by some servers before
    assert recorder.heard == []


@pytest.mark.parametrize(
    "path",
    [
        "../admin", "a/../../admin", "%2e%2e/admin", "a%2f..%2fadmin", "a/./b", "..%5cadmin", "..;/admin",
        "a/%2e.%3bx/admin", "%252e%252e/admin",
    ],
)  # fmt: skip
def test_no_path_leaves_the_place_that_the_operator_named(codex, relay, recorder, path):
    target = f"/llm/openai/{path}".encode()
    answer = relay.get("/", headers=codex.headers(), extensions={"target": target})
    assert answer.status_code == 404
    assert recorder.heard == []


def test_a_provider_that_is_down_is_said_to_be(codex):
    answer = codex.ask("/llm/google/v1beta/models/gemini:generateContent", json={"contents": ["x"] * 100_000})
    assert answer.status_code == 502
    assert answer.json()["error"]["status"] == "UNAVAILABLE"
    assert "google can't be reached" in said(answer)


def test_a_body_that_grows_too_large_is_refused(codex, recorder):
    answer = codex.ask("/llm/openai/responses", content=(b"x" * 1_000_000 for _ in range(MAX_BYTES // 1_000_000 + 2)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")
    assert recorder.heard == []


def test_a_session_has_so_many_requests_at_once_and_no_more(inside, relay, recorder):
    greedy, modest = inside("codex"), inside("codex")
    waiting = [
        relay.send(
            relay.build_request("POST", "/llm/openai/responses?do=halves", headers=greedy.headers(), content=CALL),
            stream=True,
        )
        for _ in range(MOST_AT_ONCE)
    ]
    answer = greedy.ask("/llm/openai/responses")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert modest.ask("/llm/openai/responses").status_code == 200
    recorder.go_on.set()
    for one in waiting:
        assert one.read() == b"first\n\nsecond\n\n"
    assert greedy.ask("/llm/openai/responses").status_code == 200
