"""The browser's stand-in: one WebSocket client for every candidate; in C (picows), lest it be what is measured."""

import asyncio
import sys
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

    def __init__(self, protocol: Protocol, *, keep: bool = True) -> None:
        """`keep`: what arrives, in `received`; else it is only counted."""
        self.protocol = protocol
        self._keep = keep
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._needle = b""
        self._before = b""
        self._found: asyncio.Future[float] | None = None
        self.failure: Exception | None = None
        self._unacknowledged = 0
        self._idle: asyncio.TimerHandle | None = None
        self.frames = self.bytes = 0
        self.received: list[bytes] = []
        self._enough = (sys.maxsize, asyncio.Event())

    @classmethod
    async def open(cls, url: str, protocol: Protocol, *, keep: bool = True) -> "Client":
        client = cls(protocol, keep=keep)
        await ws_connect(lambda: client, url)
        for message in protocol.opening():
            client.send(message)
        await asyncio.sleep(SETTLE_S)
        return client

    def close(self) -> None:
        if self._transport is not None:
            self._transport.disconnect()

    def cut(self) -> None:
        """Gone without a word, as a network goes."""
        if self._transport is not None:
            self._transport.underlying_transport.abort()

    def forget(self) -> None:
        """Count and keep from now on."""
        self.received.clear()
        self.frames = self.bytes = 0

    def type(self, text: str) -> None:
        self.send(self.protocol.typed(text))

    def expect(self, needle: bytes) -> "asyncio.Future[float]":
        """Resolves to the time at which `needle` arrived, counting from now on."""
        self._needle, self._before = needle, b""
        self._found = self._loop.create_future()
        if self.failure is not None:
            self._found.set_exception(self.failure)
        return self._found

    async def until_bytes(self, count: int) -> None:
        """Returns when so many bytes have arrived since `forget`."""
        self._enough = (count, asyncio.Event())
        await self._enough[1].wait()

    def expect_repaint(self) -> "asyncio.Future[float]":
        """Resolves to the time at which the next repaint was there, whole."""
        return self.expect(b"")

    def send(self, message: tuple[WSMsgType, bytes]) -> None:
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
            data = self.protocol.output(frame.msg_type, frame.get_payload_as_bytes())
        except Exception as error:
            self._fail(error)
            return
        if data:
            self._take(data)
        elif screen := self.protocol.screen:
            self.protocol.screen = b""
            self._look(screen)

    def _fail(self, error: Exception) -> None:
        self.failure = self.failure or error
        if self._found is not None and not self._found.done():
            self._found.set_exception(error)

    def _look(self, data: bytes) -> None:
        if self._found is not None and not self._found.done() and self._needle in data:
            self._found.set_result(time.perf_counter())

    def _take(self, data: bytes) -> None:
        self.frames += 1
        self.bytes += len(data)
        if self.bytes >= self._enough[0]:
            self._enough[1].set()
        if self._keep:
            self.received.append(data)
        if self._needle:
            self._look(data)
            self._look(self._before + data[:64])
            self._before = (self._before + data)[-64:] if len(data) < 64 else data[-64:]
        if self.protocol.acknowledges:
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
        self.send(self.protocol.acknowledgement())


async def throughput(client: Client, corpus: Corpus, number: int) -> dict[str, float]:
    """`cat` the corpus; megabytes of the file per second until the end marker. A missing byte is a `ValueError`."""
    client.forget()
    seconds = await shown_after(client, *cat(corpus, number))
    check(client, corpus)
    frames, size = client.frames, client.bytes
    client.forget()
    return {"MB/s": corpus.size / seconds / 1e6, "frame KiB": size / frames / 1024}


def cat(corpus: Corpus, number: int) -> tuple[str, bytes]:
    """What to type, and the marker that is shown when all of the file has been."""
    return f"cat {corpus.path}; echo __EN''D_{number}__\r", b"__END_%d__" % number  # split: its echo is no match


async def shown_after(client: Client, typed: str, marker: bytes) -> float:
    """Seconds from typing to the marker."""
    began = time.perf_counter()
    shown = client.expect(marker)
    client.type(typed)
    return await asyncio.wait_for(shown, RUN_LIMIT_S) - began


def check(client: Client, corpus: Corpus) -> None:
    """Raises `ValueError` when what arrived is not the file as it is."""
    received = b"".join(client.received)
    if corpus.shown not in received:
        raise ValueError(f"{corpus.name}: {len(received)} bytes arrived, but not the file as it is")


async def echo_times(client: Client, keys: int) -> list[float]:
    """Milliseconds from a key to its echo by a program that echoes each; one key every 10 ms."""
    client.type(f"stty -echo -icanon; dd bs=1 count={keys} status=none; stty sane\r")
    await asyncio.sleep(0.5)
    times = []
    for number in range(keys):
        key = "abcdefghij"[number % 10]
        shown = client.expect(key.encode())
        pressed = time.perf_counter()
        client.type(key)
        times.append((await asyncio.wait_for(shown, 30) - pressed) * 1000)
        await asyncio.sleep(KEY_GAP_S)
    await asyncio.sleep(0.3)
    client.forget()
    return times


async def echo(client: Client, keys: int) -> dict[str, float]:
    """Quantiles of `echo_times`, nothing else going on."""
    return quantiles(await echo_times(client, keys))


def quantiles(figures: list[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    ordered = sorted(figures)
    return {f"p{q}": ordered[min(len(ordered) - 1, len(ordered) * q // 100)] for q in (50, 95, 99)}
