"""The runner's door: a Unix socket, one connection a caller; requests, and at most one attached terminal each."""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from core.errors import AgtermError, Conflict, Forbidden, InternalError, NoSession
from runner import beside, carrying, operations, protocol, wire
from runner.addresses import listen_at
from runner.attachment import Attachment
from runner.engine import Engine
from runner.feed import Subscriber
from runner.machine import Machine
from runner.options import RunnerOptions
from runner.processes import Sampler
from runner.protocol import Kind

log = logging.getLogger("runner")

MAX_REQUEST_BYTES = 8 * 1024 * 1024
WRITE_BUFFER_BYTES = 512 * 1024


class Server:
    """Accepts connections on the socket; answers only its own user and root."""

    def __init__(self, options: RunnerOptions) -> None:
        self.options = options
        self.engine = Engine(options)
        self.sampler, self.machine = Sampler(), Machine(options.home)
        self.started_at = time.time()
        self.stopping = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until told to stop. Raises `Conflict` when another runner has the socket."""
        lock = claim(self.options.socket_path)
        listener = listen_at(self.options.socket_path)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self.stopping.set)
        try:
            await self.engine.start()
            server = await loop.create_unix_server(lambda: Connection(self), sock=listener)
            ready()
            await self.stopping.wait()
            server.close()
            await self.engine.shutdown()
        finally:
            with contextlib.suppress(FileNotFoundError):
                self.options.socket_path.unlink()
            os.close(lock)

    def hello(self) -> dict[str, Any]:
        return {
            "protocol": protocol.VERSION,
            "version": self.options.version,
            "pid": os.getpid(),
            "started_at": self.started_at,
        }


def claim(path: Path) -> int:
    """Be the only runner at `path` for as long as the returned descriptor is open; raises `Conflict`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Conflict("Another runner is running in this home folder") from None
    return lock


def is_claimed(path: Path) -> bool:
    """Whether a runner lives at `path`, also one that is still ending its sessions and answers no more."""
    try:
        os.close(claim(path))
    except Conflict:
        return True
    return False


class Connection(asyncio.Protocol):
    """One caller. Requests are answered in whatever order they finish; output is sent as the terminal has it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._engine = server.engine
        self._decoder = wire.Decoder(MAX_REQUEST_BYTES)
        self._transport: asyncio.Transport | None = None
        self._attachment: Attachment | None = None
        self._subscriber: Subscriber | None = None
        self._paused = self._refused = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._waits: set[asyncio.Task[Any] | None] = set()  # of those, what ends when the caller is gone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        if not _is_ours(transport.get_extra_info("socket")):
            transport.abort()
            return
        self._transport = transport
        transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        self._send(Kind.HELLO, protocol.dumps(self._server.hello()))

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._decoder.feed(data):
                self._on_frame(frame)
        except (wire.WireError, AgtermError) as error:
            log.warning("closing a connection that sent nonsense: %s", error)
            self._abort()

    def _on_frame(self, frame: wire.Frame) -> None:
        if frame.kind == Kind.INPUT:
            self._type(frame.body)
        elif frame.kind == Kind.ACK:
            if self._attachment is not None and len(frame.body) == 8:
                self._attachment.acknowledge(int.from_bytes(frame.body, "big"))
        elif frame.kind == Kind.REQUEST:
            task = asyncio.get_running_loop().create_task(self._answer(protocol.loads(frame.body)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            raise wire.WireError(f"kind {frame.kind}")

    def _type(self, data: bytes) -> None:
        """Input has no reply; what went wrong comes back as an event."""
        try:
            attachment = self._attached()
            if not attachment.control:
                raise Forbidden("This attachment only watches")
            attachment.terminal.control.typed(attachment)  # first: what it types is to find the size that it gets
            attachment.terminal.write(data)
            self._refused = False
        except AgtermError as error:
            if not self._refused:  # once is enough for everything typed into a program that does not read
                self._send(Kind.EVENT, protocol.dumps({"event": "failed", "error": error.as_payload()}))
            self._refused = True

    async def _answer(self, request: Any) -> None:
        if not isinstance(request, dict):
            request = {}
        number = request.get("id") if isinstance(request.get("id"), int | str) else None
        try:
            params = protocol.parse_params(request.get("op"), request.get("params", {}))
            op = request["op"]
            if op == "carry":
                await self._hand_over(number, params)
                return
            work = _HANDLERS[op](self, params) if op in _HANDLERS else operations.ANSWERS[op](self._engine, params)
            answer = {"id": number, "result": await work}
        except AgtermError as error:
            answer = {"id": number, "error": error.as_payload()}
        except Exception:
            log.exception("a request failed")
            answer = {"id": number, "error": InternalError("The runner failed; its log says why").as_payload()}
        self._send(Kind.REPLY, protocol.dumps(answer))

    async def _hand_over(self, number: int | str | None, params: protocol.Params) -> None:
        """The connection is the porter's from then on, and nothing is said on it from here."""
        assert isinstance(params, beside.Carry)
        if self._transport is None or self._transport.is_closing():
            return
        in_use = self._attachment or self._subscriber or len(self._tasks) > 1 or self._transport.get_write_buffer_size()
        if in_use:
            raise Conflict("A connection that is handed over must be used for nothing else")
        self._transport.pause_reading()
        descriptor = os.dup(self._transport.get_extra_info("socket").fileno())  # ours may be closed meanwhile
        try:
            await carrying.hand_over(self._engine, number, params, descriptor)
        except BaseException:
            if not self._transport.is_closing():
                self._transport.resume_reading()
            raise
        finally:
            os.close(descriptor)
        self._abort()

    def _send(self, kind: Kind, *parts: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(wire.encode(kind, *parts))

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._attachment is not None:
            self._attachment.pump()
        if self._subscriber is not None:
            self._subscriber.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        self._detach()
        for task in tuple(self._waits):
            if task is not None:
                task.cancel()
        if self._subscriber is not None:
            self._engine.feed.subscribers.discard(self._subscriber)

    def _detach(self) -> None:
        if self._attachment is not None:
            self._attachment.stop()
            self._attachment = None

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # --- operations ----------------------------------------------------------------------------------------------

    async def op_list(self, params: protocol.Nothing) -> Any:
        return [self._engine.info(terminal) for terminal in self._engine.terminals.values()]

    async def op_create(self, params: protocol.Create) -> Any:
        return await self._engine.create(params)

    async def op_get(self, params: protocol.ById) -> Any:
        return self._engine.info(self._engine.terminal(params.id))

    async def op_replace(self, params: protocol.Replace) -> Any:
        return await self._engine.replace(params)

    async def op_isolation(self, params: protocol.Nothing) -> Any:
        return self._engine.isolation.report()

    async def op_reached(self, params: protocol.ById) -> Any:
        return await self._engine.reached(params.id)

    async def op_write(self, params: protocol.Write) -> Any:
        self._engine.terminal(params.id).write(params.data.encode("utf-8", "surrogatepass"))

    async def op_execute(self, params: protocol.Execute) -> Any:
        executions = self._engine.terminal(params.id).executions
        task = asyncio.current_task()
        self._waits.add(task)
        try:
            return await executions.run(params)
        finally:
            self._waits.discard(task)

    async def op_resize(self, params: protocol.Resize) -> Any:
        terminal = self._engine.terminal(params.id)
        terminal.resize(params.cols, params.rows)
        return self._engine.info(terminal)

    async def op_signal(self, params: protocol.Signal) -> Any:
        self._engine.terminal(params.id).send_signal(params.signal)

    async def op_end(self, params: protocol.End) -> Any:
        return await self._engine.end(params.id, by=params.by or "")

    async def op_review(self, params: protocol.Review) -> Any:
        return await self._engine.looks.review(params)

    async def op_home_files(self, params: protocol.HomeFiles) -> Any:
        return await self._engine.looks.home_files(params)

    async def op_remove(self, params: protocol.Remove) -> Any:
        end = await self._engine.remove(params.id, keep_workspace=params.keep_workspace, for_good=params.for_good)
        return {"end": end}

    async def op_text(self, params: protocol.Screen) -> Any:
        return await self._engine.terminal(params.id).text(params.history)

    async def op_lines(self, params: protocol.Lines) -> Any:
        return await self._engine.terminal(params.id).lines(params.count, params.skip)

    async def op_snapshot(self, params: protocol.ById) -> Any:
        return await self._engine.terminal(params.id).snapshot()

    async def op_processes(self, params: protocol.Processes) -> Any:
        terminals = self._engine.terminals
        programs = {key: terminals[key].pid for key in params.ids if key in terminals}
        self._server.sampler.forget_all_but(terminals.keys())
        return await self._server.sampler.look(programs, whole=params.whole)

    async def op_machine(self, params: protocol.Nothing) -> Any:
        terminals = self._engine.terminals.values()
        counts = {"total": len(terminals), "running": sum(terminal.status == "running" for terminal in terminals)}
        return await asyncio.to_thread(self._server.machine.look) | {"sessions": counts}

    async def op_attach(self, params: protocol.Attach) -> Any:
        """What is attached already stays so until it is sure that the new one can be."""
        terminal = self._engine.terminal(params.id)
        terminal.control.check_room(leaving=self._attachment)
        self._detach()
        attachment = self._attachment = Attachment(terminal, params, self._send, lambda: not self._paused)
        asyncio.get_running_loop().call_soon(self._begin, attachment)  # after the reply, so that it comes first
        facts = {"replay": attachment.replay, "cursor": attachment.cursor, "driving": attachment.drives}
        return self._engine.info(terminal) | facts

    def _begin(self, attachment: Attachment) -> None:
        """Unless it has been left again or its terminal removed, of which it was told."""
        if self._attachment is attachment and attachment.is_attached:
            attachment.start()

    async def op_take(self, params: protocol.Take) -> Any:
        attachment = self._attached()
        attachment.terminal.control.take(attachment, protocol.size_of(params))

    async def op_fit(self, params: protocol.Fit) -> Any:
        attachment = self._attached()
        attachment.terminal.control.fit(attachment, (params.cols, params.rows))

    async def op_refresh(self, params: protocol.Refresh) -> Any:
        self._attached().refresh(params.history)

    def _attached(self) -> Attachment:
        if self._attachment is None:
            raise NoSession
        return self._attachment

    async def op_subscribe(self, params: protocol.Nothing) -> Any:
        if self._subscriber is None and self._transport is not None and not self._transport.is_closing():
            self._subscriber = Subscriber(lambda body: self._send(Kind.EVENT, body), lambda: not self._paused)
            self._engine.feed.subscribers.add(self._subscriber)

    async def op_publish(self, params: protocol.Publish) -> Any:
        self._engine.publish(params)

    async def op_detach(self, params: protocol.Nothing) -> Any:
        self._detach()

    async def op_shutdown(self, params: protocol.Nothing) -> Any:
        self._server.stopping.set()


_HANDLERS: dict[str, Callable[..., Awaitable[Any]]] = {
    name: getattr(Connection, f"op_{name}")
    for name in protocol.OPERATIONS.keys() - operations.ANSWERS.keys() - {"carry"}
}


def _is_ours(connection: socket.socket) -> bool:
    """Whether the peer is this very user, or root."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", credentials)
    return uid in (0, os.geteuid())
