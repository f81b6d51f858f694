"""An LLM provider for `bench.door` that costs next to nothing: answers are ready, only their numbers are filled in.

A prompt says what it wants: `bench usual`, `bench paced EVENTS BYTES A_SECOND` or `bench flood EVENTS BYTES`. It speaks
Anthropic's Messages and Chat Completions, streamed. GET /account tells the calls so far and the tokens billed for them.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import cast

import uvloop

WANTED = re.compile(rb"bench (usual|paced|flood)((?: \d+)*)")
LENGTH = re.compile(rb"\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\ntransfer-encoding: *chunked", re.IGNORECASE)
USUAL_EVENTS, USUAL_BYTES = 20, 200
WRITE_BYTES = 64 * 1024
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nrequest-id: req_%d\r\ntransfer-encoding: chunked\r\n\r\n"

# What a call's number stands in is filled with %; `@…@` is where an event says when it was written.
EVENTS = {
    "anthropic": (
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_%d","type":"message",'
        b'"role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,'
        b'"usage":{"input_tokens":%d,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}'
        b'\n\nevent: content_block_start\ndata: {"type":"content_block_start","index":0,'
        b'"content_block":{"type":"text","text":""}}\n\n',
        b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
        b'"delta":{"type":"text_delta","text":"%s"}}\n\n',
        b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\nevent: message_delta\ndata: '
        b'{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":%d}}'
        b'\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
    ),
    "chat": (
        b'data: {"id":"chatcmpl-%d","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5.5","choices":'
        b'[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n',
        b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5.5","choices":'
        b'[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}\n\n',
        b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5.5","choices":'
        b'[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
        b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-5.5",'
        b'"choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}\n\ndata: [DONE]\n\n',
    ),
}  # fmt: skip
STAMP = b"@%020d@"
STAMP_BYTES = 22


class Account:
    """How often each dialect was asked, and the tokens of it."""

    def __init__(self) -> None:
        self.billed = {name: {"calls": 0, "input": 0, "output": 0} for name in EVENTS}

    def note(self, dialect: str) -> tuple[int, int, int]:
        """Number, input and output of another call; no two that follow each other are alike."""
        of = self.billed[dialect]
        of["calls"] += 1
        number = of["calls"]
        tokens_in, tokens_out = 100 + number % 900, 50 + number % 97
        of["input"] += tokens_in
        of["output"] += tokens_out
        return number, tokens_in, tokens_out


class Answer:
    """The parts of one streamed answer, framed as HTTP chunks."""

    def __init__(self, dialect: str, numbers: tuple[int, int, int]) -> None:
        start, self._delta, end = EVENTS[dialect]
        number, tokens_in, tokens_out = numbers
        if dialect == "anthropic":
            self.start, self.end = start % (number, tokens_in), end % tokens_out
        else:
            self.start, self.end = start % number, end % (tokens_in, tokens_out, tokens_in + tokens_out)
        self.head = HEAD % number

    def event(self, size: int, stamp: int | None = None) -> bytes:
        """An event of about `size` bytes; `stamp` is its last word."""
        room = max(1, size - len(self._delta % b"") - (STAMP_BYTES if stamp is not None else 0))
        text = (b"All work and no play. " * (room // 22 + 1))[:room]
        return self._delta % (text if stamp is None else text + STAMP % stamp)


class Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._got = b""
        self._room = asyncio.Event()
        self._room.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, there_is, rest = self._got.partition(b"\r\n\r\n")
        if not there_is:
            return
        length = LENGTH.search(head)
        size = int(length[1]) if length else rest.find(b"0\r\n\r\n") + 5 if CHUNKED.search(head) else 0
        if len(rest) < size or (CHUNKED.search(head) and size < 5):
            return
        self._got = rest[size:]
        self._answer(head, rest[:size])

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET /account"):
            self._tell(b"200 OK", json.dumps(self._account.billed).encode())
            return
        wanted = WANTED.search(body)
        dialect = "anthropic" if b"/messages" in head[:200] else "chat" if b"/chat/completions" in head[:200] else ""
        if not dialect or not wanted:
            self._tell(b"404 Not Found", b'{"error": {"message": "not served", "type": "invalid_request_error"}}')
            return
        answer = Answer(dialect, self._account.note(dialect))
        numbers = [int(number) for number in wanted[2].split()]
        if wanted[1] == b"usual":
            whole = answer.start + answer.event(USUAL_BYTES) * USUAL_EVENTS + answer.end
            self._transport.write(answer.head + _chunk(whole) + b"0\r\n\r\n")
            return
        long = self._paced(answer, *numbers) if wanted[1] == b"paced" else self._flood(answer, *numbers)
        self._task = asyncio.get_running_loop().create_task(long)

    def _tell(self, status: bytes, body: bytes) -> None:
        head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)

    async def _paced(self, answer: Answer, events: int, size: int, a_second: int) -> None:
        """Each event says the moment in which it is written, which this machine's other processes can read too."""
        self._transport.write(answer.head + _chunk(answer.start))
        began = time.monotonic()
        for number in range(events):
            await asyncio.sleep(began + number / a_second - time.monotonic())
            self._transport.write(_chunk(answer.event(size, time.monotonic_ns())))
        self._transport.write(_chunk(answer.end) + b"0\r\n\r\n")

    async def _flood(self, answer: Answer, events: int, size: int) -> None:
        self._transport.write(answer.head + _chunk(answer.start))
        for piece in _pieces(answer.event(size), events):
            await self._room.wait()
            self._transport.write(piece)
        self._transport.write(_chunk(answer.end) + b"0\r\n\r\n")


def _pieces(event: bytes, events: int) -> Iterator[bytes]:
    """The same event so many times, in writes of a usual size."""
    together = max(1, WRITE_BYTES // len(event))
    piece = _chunk(event * together)
    for _ in range(events // together):
        yield piece
    if rest := events % together:
        yield _chunk(event * rest)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def serve() -> None:
    """Say the port, then answer until killed."""
    account = Account()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(account), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
