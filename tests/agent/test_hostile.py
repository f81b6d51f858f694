"""What a model or a provider may send that none should: the trail stays whole, and the conversation can go on."""

import contextlib
import json
import socket
import threading

import pytest
from fakes.moods import Mood
from fakes.scripted import Step

from agterm_agent.engine import turn

LOOK = ("list_files", {})
STREAM = "text/event-stream"


def _http(body, kind="application/json", status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


REPLIES = {
    "an error that says it is none": _http(b'{"error": {"message": "no"}}'),
    "a page of a hotel's network": _http(b"<html>Log in</html>", "text/html"),
    "an empty stream": _http(b"", STREAM),
    "a stream that is no JSON": _http(b"data: {no\n\ndata: [DONE]\n\n", STREAM),
    "JSON of another shape": _http(b'data: []\n\ndata: {"choices": 5, "candidates": "x", "type": 7}\n\n', STREAM),
    "an error in the stream": _http(b'event: error\ndata: {"type": "error", "error": {"message": "no"}}\n\n', STREAM),
    "bytes": _http(bytes(range(256)) * 40, STREAM),
    "a gateway's page": _http(b"<html>Bad gateway</html>", "text/html", "502 Bad Gateway"),
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": b"",
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nd",
    "the way to somebody else": _http(b"", status="302 Found\r\nLocation: http://127.0.0.1:9/"),
}


@contextlib.contextmanager
def server(reply):
    """Its address; every request is answered with these bytes."""

    def one(connection):
        with connection, contextlib.suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, _, body = data.lower().partition(b"\r\n\r\n")
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
            connection.sendall(reply)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                one(listening.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def _no_waits(monkeypatch):
    async def sleep(seconds):
        return None

    monkeypatch.setattr(turn, "sleep", sleep)


@pytest.mark.usefixtures("_no_waits")
async def test_an_answer_that_is_none_is_a_failed_turn(talk, play, dialect):
    for what, reply in REPLIES.items():
        with server(reply) as url:
            trail = await (await talk(play([]), dialect, base_url=url)).hear()
        assert (what, trail.done["status"]) == (what, "failed")
        assert trail.done["reason"], what


async def test_ids_of_calls_that_repeat_are_told_apart(talk, play, dialect):
    step = Step(calls=[LOOK, LOOK], ids=["same", "same"])
    provider = play([step, step, Step("Done.")])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == "done"
    ids = [event["id"] for event in trail.all("tool_call")]
    assert len(set(ids)) == len(ids) >= 2
    sent = json.dumps(provider.bodies[-1])
    assert all(f'"{identity}"' in sent for identity in ids)


async def test_names_and_ids_that_no_provider_would_take_back_are_made_usable(talk, play, dialect):
    calls = [("read_file\x1b[2J<|x|>\n", {}), ("", {}), ("x" * 5000, {})]
    provider = play([Step(calls=calls, ids=["a b\n", "", "y" * 5000]), Step("Done.")])
    trail = await (await talk(provider, dialect)).hear()
    assert trail.done["status"] == "done"
    assert all(call["name"].isidentifier() and len(call["name"]) <= 64 for call in trail.all("tool_call"))
    assert all(len(call["id"]) <= 200 and call["id"].isprintable() for call in trail.all("tool_call"))
    assert {result["status"] for result in trail.all("tool_result")} == {"error"}


@pytest.mark.parametrize("arguments", ["", "[1]", '"x"', "null", '{"a": 1', "{}{}", "[" * 50_000])
async def test_arguments_that_are_no_object_are_told_to_the_model(talk, play, arguments):
    provider = play([Step(calls=[("glob", arguments)]), Step("I see.")])
    trail = await (await talk(provider, "openai-chat")).hear()
    assert trail.all("tool_result")[0]["status"] == "error"
    assert trail.done["status"] == "done"


async def test_many_calls_at_once_have_room_together(talk, play, workspace):
    (workspace / "long.txt").write_text("a line of text\n" * 2000)
    provider = play([Step(calls=[("read_file", {"path": "long.txt"})] * 60), Step("Done.")])
    talker = await talk(provider, window=40_000)
    trail = await talker.hear()
    assert len(trail.all("tool_result")) == 60
    assert trail.done["status"] == "done"
    used, window = talker.conversation.context_use()
    assert used < window * 0.8


async def test_an_answer_of_megabytes_is_an_answer(talk, play, dialect):
    provider = play([Step("word " * 400_000, mood=Mood(piece=1_000_000))])
    assert len((await (await talk(provider, dialect)).hear()).done["result"]) == 2_000_000
