"""Blocking readers of a terminal: one at the WebSocket, one at the runner's own socket; both count every byte."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as connect_websocket

from runner import client, protocol, wire
from runner.addresses import connect
from runner.protocol import Kind
from runner.screens.ghostty import GhosttyEmulator

TIMEOUT_S = 60.0


def wait_until(what: str, condition: Callable[[], Any], timeout_s: float = TIMEOUT_S) -> Any:
    """Look until `condition()` is true and return its value; fail with `what` was waited for."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {timeout_s:g} s in vain: {what}"
        time.sleep(0.02)
    return value


def processes_with(mark: str) -> list[int]:
    """Every live process that has `mark` in its environment or its command line, this one excepted."""
    return [pid for pid in _pids() if pid != os.getpid() and mark.encode() in _traces(pid)]


def programs_with(mark: str) -> list[int]:
    """The same, less what only holds a session's box."""
    return [pid for pid in processes_with(mark) if _name(pid) not in ("", "bwrap")]


def _name(pid: int) -> str:
    """What the process calls itself; empty when it is gone by now."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _traces(pid: int) -> bytes:
    found = b""
    for name in ("environ", "cmdline"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as stream:
                found += stream.read()
        except OSError:
            continue
    return found


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that is dead and not yet collected does not."""
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def rss_kib(pid: int) -> int:
    """Memory the process holds at present."""
    with open(f"/proc/{pid}/status") as stream:
        return int(stream.read().partition("VmRSS:")[2].split()[0])


def pause(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


def go_on(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


class Output:
    """What a reader got: every byte since `start`, which is its `since` or the offset of the last repaint.

    A byte missing or coming twice fails the test at once.
    """

    def __init__(self) -> None:
        self.start: int | None = None
        self.data = bytearray()
        self.repaints: list[tuple[int, int, int, bytes]] = []

    def take(self, offset: int, data: bytes) -> None:
        if self.start is None:
            self.start = offset
        assert offset == self.position, f"{self.position} was to come next, {offset} came"
        self.data += data

    def repaint(self, offset: int, cols: int, rows: int, data: bytes, history: int = 0) -> None:
        self.repaints.append((offset, cols, rows, data))
        self.start = offset
        self.data.clear()

    @property
    def position(self) -> int:
        """The offset of the next byte: what to give as `since` when coming back."""
        return (self.start or 0) + len(self.data)

    def screen(self, cols: int = 80, rows: int = 24) -> str:
        """What somebody sees who began with an empty terminal (or the last repaint): the rows, trailing blanks gone."""
        data = b""
        if self.repaints:
            _, repainted_cols, repainted_rows, data = self.repaints[-1]
            cols, rows = repainted_cols or cols, repainted_rows or rows
        emulator = GhosttyEmulator(cols, rows, 1000)
        try:
            emulator.feed(data + bytes(self.data))
            return tidy(emulator.text())
        finally:
            emulator.close()


def tidy(text: str) -> str:
    """Screen text without the blanks that nobody sees."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip()


class RunnerReader:
    """One connection to a runner, attached to a terminal. `acknowledge=False`: reads, but never says so."""

    def __init__(self, address: str, *, acknowledge: bool = True) -> None:
        self.output = Output()
        self.states: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.controls: list[dict[str, Any]] = []  # who drives and who is here, as it changed
        self.greeting: dict[str, Any] | None = None
        self.info: dict[str, Any] = {}  # what attaching was answered with
        self.acknowledges = acknowledge
        self.gone = False
        self.received_bytes = 0
        self._replies: dict[int, Any] = {}
        self._requests = 0
        self._decoder = wire.Decoder()
        self._socket = connect(address, TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, op: str, **params: Any) -> Any:
        """The result of an operation, or its error, raised."""
        self._requests += 1
        self.send(Kind.REQUEST, protocol.dumps({"id": self._requests, "op": op, "params": params}))
        self.until(f"an answer to {op}", lambda: self._requests in self._replies)
        return client.result_of(self._replies.pop(self._requests))

    def send(self, kind: int, *parts: bytes) -> None:
        self._socket.sendall(wire.encode(kind, *parts))

    def send_raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def type(self, data: bytes) -> None:
        self.send(Kind.INPUT, data)

    def ack(self, offset: int) -> None:
        self.send(Kind.ACK, protocol.offset_header(offset))

    def until(self, what: str, condition: Callable[[], Any], timeout_s: float = TIMEOUT_S) -> None:
        """Read until `condition()`; fail with what was waited for and what came instead."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert not self.gone, f"the connection ended while waiting for {what}"
            left = deadline - time.monotonic()
            assert left > 0, f"waited {timeout_s:g} s in vain for {what}; got …{bytes(self.output.data[-2000:])!r}"
            self.read(left)

    def see(self, text: bytes, timeout_s: float = TIMEOUT_S) -> None:
        self.until(repr(text), lambda: text in self.output.data, timeout_s)

    def event(self, name: str, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
        """The first event of that name, waited for."""
        self.until(f"the event {name}", lambda: any(e["event"] == name for e in self.events), timeout_s)
        return next(e for e in self.events if e["event"] == name)

    def read(self, timeout_s: float) -> None:
        """Read once, for `timeout_s` at most."""
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            data = self._socket.recv(262_144)
        except TimeoutError:
            return
        except ConnectionError:
            data = b""
        self.gone = not data
        self.received_bytes += len(data)
        for frame in self._decoder.feed(data):
            self._on_frame(frame)

    def _on_frame(self, frame: wire.Frame) -> None:
        if frame.kind == Kind.HELLO:
            self.greeting = protocol.loads(frame.body)
        elif frame.kind == Kind.REPLY:
            reply = protocol.loads(frame.body)
            self._replies[reply["id"]] = reply
        elif frame.kind == Kind.OUTPUT:
            self.output.take(int.from_bytes(frame.body[:8], "big"), frame.body[8:])
            if self.acknowledges:
                self.ack(self.output.position)
        elif frame.kind == Kind.REPAINT:
            self.output.repaint(*protocol.parse_repaint(frame.body))
            if self.acknowledges:
                self.ack(self.output.position)
        else:
            self._on_event(protocol.loads(frame.body))

    def _on_event(self, event: dict[str, Any]) -> None:
        if event["event"] == "control":
            self.controls.append(event)
        elif event["event"] == "state":  # comes when it comes
            self.states.append(event["state"])
        else:
            self.events.append(event)

    def rest(self, seconds: float) -> None:
        """Take in whatever comes during `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not self.gone:
            self.read(left)

    @property
    def kernel_socket(self) -> socket.socket:
        return self._socket


class WebSocket:
    """One WebSocket to a server, as a browser or a script opens it. Messages are kept in `messages` as they came."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        origin: str | None = None,
        headers: dict[str, str] | None = None,
        acknowledges: bool = False,
    ) -> None:
        self.output = Output()
        self.messages: list[dict[str, Any]] = []
        self.session_id: str | None = None
        self.closed: int | None = None  # the close code
        self._acknowledges = acknowledges
        query = "" if token is None else f"?token={quote(token)}"
        self._connection = connect_websocket(
            url + query, origin=origin, additional_headers=headers, max_size=None, compression=None,  # type: ignore[arg-type]
            open_timeout=TIMEOUT_S, close_timeout=5, ping_interval=None, legacy=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # --- out -----------------------------------------------------------------------------------------------------

    def send(self, kind: str, **payload: Any) -> None:
        self.send_text(json.dumps({"type": kind, **({"payload": payload} if payload else {})}))

    def send_text(self, text: str) -> None:
        self._connection.send(text)

    def send_bytes(self, data: bytes) -> None:
        self._connection.send(data)

    def type(self, text: str) -> None:
        self.send("terminal:input", data=text)

    def attach(self, session_id: str, **payload: Any) -> dict[str, Any]:
        """Attach and return the payload of `session:attached`; an error fails the test."""
        seen = len(self.messages)
        self.output = Output()
        if payload.get("since") is not None:
            self.output.start = payload["since"]
        self.send("session:attach", sessionId=session_id, **payload)
        answer = self.message("session:attached", "error", after=seen)
        assert answer["type"] == "session:attached", answer
        if answer["payload"]["replay"] == "screen":
            self.output.start = None
        self.session_id = session_id
        return dict(answer["payload"])

    # --- in ------------------------------------------------------------------------------------------------------

    def message(self, *kinds: str, after: int = 0, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
        """The first message of one of these types from number `after` on, waited for."""
        found = lambda: next((m for m in self.messages[after:] if m["type"] in kinds), None)  # noqa: E731
        self.until(f"a message {' or '.join(kinds)}", found, timeout_s)
        return found()  # type: ignore[return-value]

    def answer(self, kind: str, **payload: Any) -> dict[str, Any]:
        """Send, and return the next message that is no output."""
        return self.answer_to(json.dumps({"type": kind, **({"payload": payload} if payload else {})}))

    def answer_to(self, text: str | bytes) -> dict[str, Any]:
        seen = len(self.messages)
        self._connection.send(text)
        self.until(f"an answer to {text[:80]!r}", lambda: len(self.messages) > seen)
        return self.messages[seen]

    def error(self, after: int = 0) -> dict[str, Any]:
        """The payload of the first `error` from number `after` on."""
        return dict(self.message("error", after=after)["payload"])

    def see(self, text: str, timeout_s: float = TIMEOUT_S) -> None:
        self.until(repr(text), lambda: text.encode() in self.output.data, timeout_s)

    def until(self, what: str, condition: Callable[[], Any], timeout_s: float = TIMEOUT_S) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert self.closed is None, f"closed with {self.closed} while waiting for {what}; {self.messages[-3:]}"
            left = deadline - time.monotonic()
            got = f"{self.messages[-3:]} …{bytes(self.output.data[-1000:])!r}"
            assert left > 0, f"waited {timeout_s:g} s in vain for {what}; got {got}"
            self.read(left)

    def until_closed(self, timeout_s: float = TIMEOUT_S) -> int:
        """Read to the end and return the close code."""
        deadline = time.monotonic() + timeout_s
        while self.closed is None and time.monotonic() < deadline:
            self.read(deadline - time.monotonic())
        assert self.closed is not None, "the socket was to be closed"
        return self.closed

    def rest(self, seconds: float) -> None:
        """Take in whatever comes during `seconds`."""
        deadline = time.monotonic() + seconds
        while self.closed is None and (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def read(self, timeout_s: float = TIMEOUT_S) -> None:
        """Read one message, for `timeout_s` at most."""
        try:
            received = self._connection.recv(timeout=max(timeout_s, 0.001))
        except TimeoutError:
            return
        except ConnectionClosed as error:
            self.closed = error.rcvd.code if error.rcvd is not None else 1006
            return
        if isinstance(received, bytes):
            self._take(int.from_bytes(received[:8], "big"), received[8:])
        else:
            self._on_message(json.loads(received))

    def _on_message(self, message: dict[str, Any]) -> None:
        payload = message.get("payload", {})
        if message["type"] == "terminal:repaint":
            self.output.repaint(payload["offset"], payload["cols"], payload["rows"], payload["data"].encode())
        elif message["type"] == "terminal:output" and payload.get("repaint"):
            self.output.repaint(payload["offset"], 0, 0, payload["data"].encode())
        elif message["type"] == "terminal:output":
            data = payload["data"].encode()
            assert payload["endOffset"] - payload["offset"] == len(data), "offsets count the bytes of the text"
            self._take(payload["offset"], data)
        else:
            self.messages.append(message)

    def _take(self, offset: int, data: bytes) -> None:
        self.output.take(offset, data)
        if self._acknowledges:
            self.send("terminal:ack", offset=self.output.position)
