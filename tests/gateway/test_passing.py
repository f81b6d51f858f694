"""What passes the providers' door: everything, untouched and at once, except for what concerns key or connection."""

import os
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from support.sockets import wait_until

CALL = b'{"model": "gpt-5.5", "input": "Say ping"}'
PROMPT = {"model": "claude-opus-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "Say ping"}]}


def test_an_agents_call_is_answered_by_its_provider(inside, provider):
    session = inside("claude")
    answer = session.ask("/llm/anthropic/v1/messages?beta=true", json=PROMPT)
    assert answer.status_code == 200
    assert answer.json()["content"][0]["text"] == "PONG from claude-opus-5-5"
    assert answer.headers["request-id"].startswith("req_")
    call = provider.calls[-1]
    assert call["path"] == "/v1/messages?beta=true"
    assert call["auth"] == {"authorization": f"Bearer {provider.environment['ANTHROPIC_API_KEY']}"}


def test_a_streamed_answer_is_whole_and_the_same(inside, provider):
    session = inside("claude")
    said = PROMPT | {"stream": True}
    direct = httpx.post(f"{provider.url}/v1/messages", json=said)
    passed = session.ask("/llm/anthropic/v1/messages", json=said)
    assert passed.headers["content-type"] == direct.headers["content-type"]
    events = [[line for line in text.text.splitlines() if line.startswith("event:")] for text in (direct, passed)]
    assert events[0] == events[1]


def test_the_first_word_arrives_before_the_last_is_said(codex, recorder):
    with codex.stream("/llm/openai/responses?do=halves") as answer:
        came = answer.iter_raw()
        assert next(came) == b"first\n\n"
        recorder.go_on.set()
        assert b"".join(came) == b"second\n\n"


def said(size):
    return b'{"model": "gpt-5.5", "input": "' + os.urandom(size // 2).hex().encode() + b'"}'


def test_bodies_pass_to_the_byte(codex, recorder):
    body = said(3_000_000)
    answer = codex.ask("/llm/openai/responses", content=body)
    assert recorder.heard[0].body == body
    assert answer.content == body


def test_a_body_of_unknown_length_passes(codex, recorder):
    whole = said(500_000)
    answer = codex.ask("/llm/openai/responses", content=(whole[at : at + 100_000] for at in range(0, 600_000, 100_000)))
    assert answer.content == whole
    assert recorder.heard[0].body == whole


def test_what_is_packed_stays_packed(codex):
    with codex.stream("/llm/openai/responses?do=zipped") as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert b"".join(answer.iter_raw()) == b"not zip \n"


def test_paths_and_queries_pass_to_the_byte(codex, recorder):
    for path in ("responses", "v1/responses?alt=sse&x=%20+%2F&y", "%72esponses?"):
        codex.ask(f"/llm/openai/{path}")
        assert recorder.heard[-1].line == f"POST /team/v1/{path.removesuffix('?')} HTTP/1.1"


def test_methods_and_statuses_pass(codex, recorder):
    assert codex.ask("/llm/openai/models", method="GET").status_code == 200
    assert recorder.heard[-1].line.startswith("GET ")
    assert "transfer-encoding" not in names(recorder.heard[-1])
    assert codex.ask("/llm/openai/models", method="HEAD").status_code == 200
    assert codex.ask("/llm/openai/responses?do=empty").status_code == 204
    assert codex.ask("/llm/openai/responses?do=early", content=said(100_000)).status_code == 400


def test_a_redirect_is_told_and_not_followed(codex, recorder):
    answer = codex.ask("/llm/openai/responses?do=moved")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://elsewhere.invalid/")
    assert len(recorder.heard) == 1


def test_the_providers_key_takes_the_place_of_the_sessions_wherever_it_stood(codex, recorder):
    shown = (
        ({"authorization": f"bearer {codex.key}"}, ""), ({"x-api-key": codex.key}, ""),
        ({"x-goog-api-key": codex.key}, ""), ({}, f"?key={codex.key}&alt=sse"), ({}, f"?alt=sse&%6bey={codex.key}"),
        ({"authorization": "Bearer sk-of-somebody", "x-api-key": codex.key, "x-goog-api-key": "AIza"}, "?key=mine"),
    )  # fmt: skip
    for headers, query in shown:
        answer = codex.ask(f"/llm/openai/responses{query}", headers=codex.headers(key="", **headers))
        assert answer.status_code == 200, answer.text
        heard = recorder.heard[-1]
        assert ("authorization", f"Bearer {codex.server.environment['OPENAI_API_KEY']}") in pairs(heard)
        assert not {"x-api-key", "x-goog-api-key"} & set(names(heard))
        assert codex.key not in repr(heard)
        assert "key=" not in heard.line


def test_the_agents_own_headers_pass_and_those_of_the_way_do_not(codex, recorder):
    of_the_agent = {
        "anthropic-version": "2023-06-01", "anthropic-beta": "one,two", "user-agent": "agent/1", "accept": "*/*",
        "x-request": "kept", "content-type": "application/json",
    }  # fmt: skip
    of_the_way = {
        "forwarded": "for=1", "x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "cookie": "agterm=1",
        "proxy-authorization": "Basic x", "te": "trailers", "x-agterm-budget": "free", "connection": "close, x-hop",
        "x-hop": "1", "keep-alive": "5", "api-key": "mine",
    }  # fmt: skip
    codex.ask("/llm/openai/responses", headers=codex.headers(**of_the_agent, **of_the_way))
    heard = dict(pairs(recorder.heard[-1]))
    assert {name: heard.pop(name, None) for name in of_the_agent} == of_the_agent
    assert heard.pop("authorization") == f"Bearer {codex.server.environment['OPENAI_API_KEY']}"
    assert heard.pop("host") == urlsplit(recorder.url).netloc
    assert heard == {"content-length": str(len(CALL)), "accept-encoding": "identity"}


def test_of_the_answers_headers_only_those_for_this_connection_are_missing(codex):
    headers = codex.ask("/llm/openai/responses").headers
    assert headers["x-request-id"] == "req-1"
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-length"] == str(len(CALL))
    assert not {"set-cookie", "alt-svc", "transfer-encoding"} & set(headers)
    assert len(headers.get_list("date")) <= 1


def test_a_caller_who_hangs_up_does_not_stop_the_provider_who_bills_all_the_same(codex, recorder):
    with codex.stream("/llm/openai/responses?do=halves") as answer:
        next(answer.iter_raw())
    recorder.go_on.set()
    wait_until("the answer is read to its end", recorder.is_told.is_set)
    assert not recorder.gone.is_set()


def test_a_caller_of_something_free_who_hangs_up_in_the_middle_ends_the_providers_work(codex, recorder):
    with codex.stream("/llm/openai/models?do=endless", method="GET") as answer:
        next(answer.iter_raw())
    wait_until("the provider is told", recorder.gone.is_set)


def test_a_caller_of_something_free_who_hangs_up_before_the_first_word_ends_the_providers_work(codex, recorder):
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(codex.server.home / "run" / "web.sock"))
        head = "".join(f"{name}: {value}\r\n" for name, value in codex.headers().items())
        caller.sendall(f"GET /llm/openai/models?do=mute HTTP/1.1\r\nhost: x\r\n{head}\r\n".encode())
        wait_until("the provider hears it", lambda: recorder.heard)
    wait_until("the provider is told", recorder.gone.is_set)


def test_half_an_answer_does_not_look_like_a_whole_one(codex):
    """The connection is cut, the server tells of it each time, and goes on."""
    told = told_failures(codex.server)
    for _ in range(2):
        with codex.stream("/llm/openai/responses?do=torn") as answer:
            came = answer.iter_raw()
            assert next(came) == b"half an ans"
            with pytest.raises(httpx.RemoteProtocolError):
                next(came)
    wait_until("the log tells of both", lambda: told_failures(codex.server) == told + 2)
    assert codex.ask("/llm/openai/responses").content == CALL


def test_two_sessions_are_served_at_once(inside, recorder):
    slow, quick = inside("codex"), inside("codex")
    with slow.stream("/llm/openai/responses?do=halves") as answer:
        came = answer.iter_raw()
        next(came)
        assert quick.ask("/llm/openai/responses").content == CALL
        recorder.go_on.set()
        assert b"".join(came) == b"second\n\n"


def test_what_is_not_for_providers_is_djangos(codex):
    for path in ("/llm", "/llmx/openai", "/api/llm/openai", "/%6clm/openai/x"):
        answer = httpx.get(codex.server.url + path, headers=codex.headers())
        assert answer.status_code == 404
        assert "request-id" not in answer.headers
    assert httpx.get(codex.server.url + "/api/health").status_code == 200


def told_failures(server):
    return sum(" ERROR " in line for line in server.output)


def names(heard):
    return [name for name, _ in pairs(heard)]


def pairs(heard):
    return [(name.lower(), value) for name, value in heard.headers]
