"""The browser's stand-in: one WebSocket client for every candidate; in C (picows), lest it be what is measured."""

import asyncio
import time

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.corpora import Corpus
from bench.protocols import ACKNOWLEDGE_EVERY_BYTES, Protocol

SETTLE_S = 0.8
ACKNOWLEDGE_IDLE_S = 0.005
RUN_LIMIT_S = 180
KEY_GAP_S = 0.01


class Client(WSListener):
    """One attached terminal: types, and waits until something it looks for has been shown."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._needle = b""
        self._before = b""
        self._found: asyncio.Future[float] | None = None
        self._failure: Exception | None = None
        self._unacknowledged = 0
        self._idle: asyncio.TimerHandle | None = None
        self.frames = 0
        self.received: list[bytes] = []

    @classmethod
    async def open(cls, url: str, protocol: Protocol) -> "Client":
        client = cls(protocol)
        await ws_connect(lambda: client, url)
        for message in protocol.opening():
            client._send(message)
        await asyncio.sleep(SETTLE_S)
        return client

    def close(self) -> None:
        if self._transport is not None:
            self._transport.disconnect()

    def type(self, text: str) -> None:
        self._send(self._protocol.typed(text))

    def expect(self, needle: bytes) -> "asyncio.Future[float]":
        """Resolves to the time at which `needle` arrived, counting from now on."""
        self._needle, self._before = needle, b""
        self._found = self._loop.create_future()
        if self._failure is not None:
            self._found.set_exception(self._failure)
        return self._found

    def _send(self, message: tuple[WSMsgType, bytes]) -> None:
        assert self._transport is not None
        self._transport.send(*message)

    # --- picows --------------------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._fail(ConnectionError("the server closed the connection"))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
        try:
            data = self._protocol.output(frame.msg_type, frame.get_payload_as_bytes())
        except Exception as error:
            self._fail(error)
            return
        if data:
            self._take(data)

    def _fail(self, error: Exception) -> None:
        self._failure = self._failure or error
        if self._found is not None and not self._found.done():
            self._found.set_exception(error)

    def _take(self, data: bytes) -> None:
        self.frames += 1
        self.received.append(data)
        if self._found is not None and not self._found.done():
            if self._needle in data or self._needle in self._before + data[:64]:
                self._found.set_result(time.perf_counter())
            self._before = (self._before + data)[-64:] if len(data) < 64 else data[-64:]
        if self._protocol.acknowledges:
            self._unacknowledged += len(data)
            if self._unacknowledged >= ACKNOWLEDGE_EVERY_BYTES:
                self._acknowledge()
            elif self._idle is None:
                self._idle = self._loop.call_later(ACKNOWLEDGE_IDLE_S, self._acknowledge)

    def _acknowledge(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        self._unacknowledged = 0
        self._send(self._protocol.acknowledgement())


async def throughput(client: Client, corpus: Corpus, number: int) -> dict[str, float]:
    """`cat` the corpus; megabytes of the file per second until the end marker. A missing byte is a `ValueError`."""
    client.received.clear()
    client.frames = 0
    began = time.perf_counter()
    shown = client.expect(b"__END_%d__" % number)
    client.type(f"cat {corpus.path}; echo __EN''D_{number}__\r")  # split, so that its own echo is no match
    seconds = await asyncio.wait_for(shown, RUN_LIMIT_S) - began
    received, frames = b"".join(client.received), client.frames
    client.received.clear()
    if corpus.shown not in received:
        raise ValueError(f"{corpus.name}: {len(received)} bytes arrived, but not the file as it is")
    await asyncio.sleep(0.2)
    return {"MB/s": corpus.size / seconds / 1e6, "frame KiB": len(received) / frames / 1024}


async def echo(client: Client, keys: int) -> dict[str, float]:
    """Milliseconds from a key to its echo by a program that echoes each; one key every 10 ms, nothing else going on."""
    client.type(f"stty -echo -icanon; dd bs=1 count={keys} status=none; stty sane\r")
    await asyncio.sleep(0.5)
    times = []
    for number in range(keys):
        key = "abcdefghij"[number % 10]
        shown = client.expect(key.encode())
        pressed = time.perf_counter()
        client.type(key)
        times.append((await asyncio.wait_for(shown, 10) - pressed) * 1000)
        await asyncio.sleep(KEY_GAP_S)
    await asyncio.sleep(0.3)
    client.received.clear()
    times.sort()
    return {f"p{q}": times[min(keys - 1, keys * q // 100)] for q in (50, 95, 99)}
