"""The egress process: knows which session may go where, takes listeners from their holders, ends with the runner."""

import asyncio
import contextlib
import json
import os
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.addresses import listen_at
from runner.egress.connecting import Connector
from runner.egress.delivery import MAX_LISTENERS
from runner.egress.destinations import Private
from runner.egress.door import DoorWay
from runner.egress.flow import Gate, Way
from runner.egress.log import NetworkLog
from runner.egress.proxy import ProxyWay

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_DELIVERY_BYTES = 4096
DELIVERY_LIMIT_S = 10.0
FLUSH_EVERY_S = 2.0
SOCKET_NAME, KEY_NAME, ADDRESS_NAME = "egress.sock", "relay.key", "door"


@dataclass(eq=False)
class Session:
    """Where one session's listeners lead, and who has delivered some."""

    id: str
    token: str
    ways: dict[str, Way]
    holders: "set[Holder]" = field(default_factory=set)

    def close(self) -> None:
        for holder in tuple(self.holders):
            holder.close()


class Server:
    """Serves one runner. Everything is said in lines of JSON: `{id, op, …}`, answered by `{id, result}`."""

    def __init__(self, run: Path, logs: Path, private: Sequence[str]) -> None:
        self._run = run
        self._connector = Connector(Private.parse(private))
        self._log = NetworkLog(logs / "network.jsonl")
        self._key = bytes.fromhex((run / KEY_NAME).read_text())
        self._sessions: dict[str, Session] = {}
        self._listener: socket.socket | None = None

    def by_token(self, token: object) -> Session | None:
        return next((each for each in self._sessions.values() if each.token == token), None)

    def open(self, session: str, token: str, network: str, allow: Sequence[str]) -> None:
        """A new session, or other rules for one that is known; the same again changes nothing."""
        known = self._sessions.get(session)
        if known is not None:
            if known.token == token:
                return
            known.close()
        ways: dict[str, Way] = {"door": DoorWay(session, self._key, self._run / ADDRESS_NAME)}
        if network == "proxy":
            ways["proxy"] = ProxyWay(session, allow, self._connector, self._log)
        self._sessions[session] = Session(session, token, ways)
        self._log.began(session)

    def close(self, session: str) -> None:
        if (known := self._sessions.pop(session, None)) is not None:
            known.close()
            self._log.ended(session)

    def start(self, sessions: Sequence[dict[str, Any]]) -> None:
        """Know these sessions, and only then take deliveries."""
        for each in sessions:
            self.open(**each)
        self._log.recall(self._sessions)
        self._listener = listen_at(self._run / SOCKET_NAME)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            Holder(self, connection)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the runner closes its end."""
        flushing = asyncio.create_task(self._flush())
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                request = json.loads(line)
                number, result = request.pop("id"), self._answer(**request)
                writer.write(json.dumps({"id": number, "result": result}).encode() + b"\n")
        flushing.cancel()
        for session in tuple(self._sessions):
            self.close(session)
        self._log.flush(last=True)

    def _answer(self, op: str, **params: Any) -> Any:
        if op == "reached":
            return self._log.reached(**params)
        commands: dict[str, Callable[..., None]] = {"open": self.open, "close": self.close}
        return commands[op](**params)

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            self._log.flush()


class Holder:
    """The connection of one who delivers listeners, and holds them open for us as long as it lasts."""

    def __init__(self, server: Server, connection: socket.socket) -> None:
        self._server, self._connection = server, connection
        self._session: Session | None = None
        self._gates: list[Gate] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        connection.setblocking(False)
        self._loop.add_reader(connection, self._on_readable)
        self._limit = self._loop.call_later(DELIVERY_LIMIT_S, self.close)

    def _on_readable(self) -> None:
        """The delivery comes first, and then nothing but the end."""
        try:
            data, descriptors, _flags, _address = socket.recv_fds(self._connection, MAX_DELIVERY_BYTES, MAX_LISTENERS)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        listeners = [socket.socket(fileno=each) for each in descriptors]
        if self._session is not None or not self._takes(data, listeners):
            for each in listeners:
                each.close()
            self.close()

    def _takes(self, data: bytes, listeners: Sequence[socket.socket]) -> bool:
        """Whether this is a delivery for a session that we know; then its listeners are in use from now on."""
        try:
            message = json.loads(data)
            session, names = self._server.by_token(message["token"]), message["listeners"]
        except (ValueError, TypeError, KeyError):
            return False
        if session is None or not _is_ours(self._connection) or not all(map(_listens, listeners)):
            return False
        if len(names) != len(listeners) or not set(names) <= session.ways.keys():
            return False
        self._limit.cancel()
        self._session = session
        session.holders.add(self)
        for name, listener in zip(names, listeners, strict=True):
            gate = Gate(session.ways[name])
            self._gates.append(gate)
            task = self._loop.create_task(gate.listen(listener))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    def close(self) -> None:
        self._limit.cancel()
        if self._connection.fileno() >= 0:
            self._loop.remove_reader(self._connection)
            self._connection.close()
        if self._session is not None:
            self._session.holders.discard(self)
        for gate in self._gates:
            gate.close()


async def run(descriptor: int) -> None:
    """Serve the runner at the other end of the socket; its first request says where we are and what may be reached."""
    connection = socket.socket(fileno=descriptor)
    reader, writer = await asyncio.open_connection(sock=connection, limit=MAX_LINE_BYTES)
    first = json.loads(await reader.readline())
    server = Server(Path(first["run"]), Path(first["logs"]), first["private"])
    server.start(first["sessions"])
    writer.write(json.dumps({"id": first["id"], "result": None}).encode() + b"\n")
    await server.serve(reader, writer)


def _is_ours(connection: socket.socket) -> bool:
    """Whether the other end is this very user, or root."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", credentials)
    return uid in (0, os.geteuid())


def _listens(candidate: socket.socket) -> bool:
    return candidate.family == socket.AF_INET and candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
