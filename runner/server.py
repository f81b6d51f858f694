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
from runner import protocol, wire
from runner.addresses import short_name
from runner.attachment import Attachment
from runner.engine import Engine
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
        listener = bind(self.options.socket_path)
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


def bind(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0600, in place of what a dead runner left there."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        with short_name(path) as address:
            listener.bind(address)
    finally:
        os.umask(before)
    listener.listen(128)
    listener.setblocking(False)
    return listener


class Connection(asyncio.Protocol):
    """One caller. Requests are answered in whatever order they finish; output is sent as the terminal has it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._engine = server.engine
        self._decoder = wire.Decoder(MAX_REQUEST_BYTES)
        self._transport: asyncio.Transport | None = None
        self._attachment: Attachment | None = None
        self._paused = self._refused = False
        self._tasks: set[asyncio.Task[None]] = set()

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
            if self._attachment is None:
                raise NoSession
            if not self._attachment.control:
                raise Forbidden("This attachment only watches")
            self._attachment.terminal.write(data)
            self._attachment.terminal.drive(self._attachment)
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
            answer = {"id": number, "result": await _HANDLERS[request["op"]](self, params)}
        except AgtermError as error:
            answer = {"id": number, "error": error.as_payload()}
        except Exception:
            log.exception("a request failed")
            answer = {"id": number, "error": InternalError("The runner failed; its log says why").as_payload()}
        self._send(Kind.REPLY, protocol.dumps(answer))

    def _send(self, kind: Kind, *parts: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(wire.encode(kind, *parts))

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._attachment is not None:
            self._attachment.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        self._detach()

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

    async def op_write(self, params: protocol.Write) -> Any:
        self._engine.terminal(params.id).write(params.data.encode("utf-8", "surrogatepass"))

    async def op_resize(self, params: protocol.Resize) -> Any:
        terminal = self._engine.terminal(params.id)
        terminal.resize(params.cols, params.rows)
        return self._engine.info(terminal)

    async def op_signal(self, params: protocol.Signal) -> Any:
        self._engine.terminal(params.id).send_signal(params.signal)

    async def op_end(self, params: protocol.ById) -> Any:
        return await self._engine.end(params.id)

    async def op_remove(self, params: protocol.Remove) -> Any:
        await self._engine.remove(params.id, keep_workspace=params.keep_workspace)

    async def op_text(self, params: protocol.Screen) -> Any:
        return await self._engine.terminal(params.id).text(params.history)

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
        self._detach()
        terminal = self._engine.terminal(params.id)
        attachment = Attachment(terminal, params, self._send, lambda: not self._paused)
        answer = self._engine.info(terminal) | {"replay": attachment.replay, "cursor": attachment.cursor}
        self._attachment = attachment
        asyncio.get_running_loop().call_soon(self._begin, attachment)  # after the reply, so that it comes first
        return answer

    def _begin(self, attachment: Attachment) -> None:
        if self._attachment is not attachment:
            return
        if self._engine.terminals.get(attachment.terminal.id) is attachment.terminal:
            attachment.start()
        else:
            attachment.notify("closed")

    async def op_detach(self, params: protocol.Nothing) -> Any:
        self._detach()

    async def op_shutdown(self, params: protocol.Nothing) -> Any:
        self._server.stopping.set()


_HANDLERS: dict[str, Callable[..., Awaitable[Any]]] = {
    name: getattr(Connection, f"op_{name}") for name in protocol.OPERATIONS
}


def _is_ours(connection: socket.socket) -> bool:
    """Whether the peer is this very user, or root."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", credentials)
    return uid in (0, os.geteuid())
