"""Which TCP ports a session's processes listen on, and connections to them for whoever shows what is behind one."""

import asyncio
import contextlib
import os
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from core.errors import BadGateway, Conflict, GatewayTimeout, HostUnavailable, NotFound
from runner import processes
from runner.egress.delivery import DOOR_PORT, PROXY_PORT
from runner.process import Process, Spawner
from runner.sandbox.netns import DIALERS
from runner.terminal import Terminal

FEW = 2  # sockets of a kind; with fewer in stock the next ones are made
CONNECT_S = 5.0
MAX_LISTED = 200
MAX_COMMAND_CHARACTERS = 300
_LISTENING = re.compile(rb"^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A(?: +\S+){3} +\d+ +\d+ (\d+)", re.MULTILINE)
_SOCKET = re.compile(r"socket:\[(\d+)\]")
_WILD, _LOOPBACK = ("0.0.0.0", "::"), ("127.0.0.1", "::1")  # noqa: S104 - comparing, not binding
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket, as the kernel tells of it."""

    address: str
    port: int
    inode: int

    @property
    def targets(self) -> Sequence[str]:
        """Where to connect to reach it, the likeliest first."""
        return {"0.0.0.0": _LOOPBACK[:1], "::": _LOOPBACK}.get(self.address, (self.address,))  # noqa: S104


class Ports:
    """`network_of`: a session's network policy, by which its doors take ports of its own network."""

    def __init__(self, spawner: Spawner, terminal: Callable[[str], Terminal], network_of: Callable[[str], str]) -> None:
        self._spawner, self._terminal, self._network_of = spawner, terminal, network_of
        self._stocks: dict[Process, Stock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def listening(self, session_id: str) -> list[Facts]:
        """`[{port, address, pid, command}]` of sockets on which its processes listen; none once it exited."""
        process = self._terminal(session_id).process
        if process is None or process.pid is None:
            return []
        try:
            network = _own_network(process)
        except Conflict:
            return []
        if network is None:
            found = await _listeners("self")
        else:
            os.close(network)
            found = await _listeners_in(process)
        owners = await _owners(process.pid, {each.inode for each in found})
        ours = [each for each in found if each.inode in owners][:MAX_LISTED]
        return [_facts(each, owners[each.inode]) for each in sorted(ours, key=lambda each: (each.port, each.address))]

    async def dial(self, session_id: str, port: int) -> socket.socket:
        """A connection to what listens on that port in the session; it does not block.

        Raises `NotFound` when no process of the session listens there, `BadGateway`, `GatewayTimeout` when it does and
        can't be connected to, `Conflict` when the session has exited.
        """
        process = self._terminal(session_id).process
        if process is None or process.pid is None:
            raise Conflict("The session has exited")
        network = _own_network(process)
        if network is None:
            return await self._dial_shared(process.pid, port)
        try:
            found = [each for each in await _listeners_in(process) if each.port == port]
            if not found or port in self._doors(session_id):
                raise _nobody(port)
            stock = self._stock(process)
            return await _first(_targets(found), lambda target: stock.connect(network, target, port))
        finally:
            os.close(network)

    def _doors(self, session_id: str) -> Collection[int]:
        """Ports of the session's own network that are ours."""
        return {"none": (), "gateway": (DOOR_PORT,)}.get(self._network_of(session_id), (DOOR_PORT, PROXY_PORT))

    async def _dial_shared(self, program: int, port: int) -> socket.socket:
        """In the machine's own network, where another's server may take the port at any moment.

        Connected to is only where every socket that could take the connection is the session's own, before and after:
        one that is there both times was there all the time, and as long as it is, the port is nobody else's.
        """
        before = await _shared(program, port)
        if not before:
            raise _nobody(port)

        async def connect(target: str) -> socket.socket:
            made = socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET)
            await _connect(made, target, port)
            try:
                if (await _shared(program, port)).get(target) != before[target]:
                    raise _nobody(port)
            except BaseException:
                made.close()
                raise
            return made

        return await _first(before, connect)

    def _stock(self, process: Process) -> "Stock":
        if (stock := self._stocks.get(process)) is None:
            stock = self._stocks[process] = Stock(self._spawner)
            task = asyncio.create_task(self._drop_at_exit(process))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return stock

    async def _drop_at_exit(self, process: Process) -> None:
        try:
            await process.exited.wait()
        finally:
            self._stocks.pop(process).close()


class Stock:
    """Sockets that were made in a session's network, for connections to come: making them takes a fork."""

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner
        self._sockets: dict[int, list[socket.socket]] = {family: [] for family in DIALERS}
        self._making = asyncio.Lock()
        self._is_closed = False

    async def connect(self, network: int, target: str, port: int) -> socket.socket:
        made = await self._take(network, socket.AF_INET6 if ":" in target else socket.AF_INET)
        await _connect(made, target, port)
        return made

    async def _take(self, network: int, family: int) -> socket.socket:
        async with self._making:
            if len(self._sockets[family]) < FEW:
                await self._fill(network)
            if not self._sockets[family]:
                raise BadGateway("the session's network has no such addresses")
            return self._sockets[family].pop()

    async def _fill(self, network: int) -> None:
        try:
            made = await self._spawner.sockets(network)
        except OSError as error:
            raise HostUnavailable(f"The session's network can't be entered: {error}") from None
        for each in made:
            held = self._sockets[each.family]
            if self._is_closed or len(held) >= DIALERS[each.family]:
                each.close()
            else:
                held.append(each)

    def close(self) -> None:
        self._is_closed = True
        for held in self._sockets.values():
            while held:
                held.pop().close()


# --- connecting ------------------------------------------------------------------------------------------------------


def _nobody(port: int) -> NotFound:
    return NotFound(f"No process of this session listens on port {port}")


def _targets(listeners: Iterable[Listener]) -> list[str]:
    return list(dict.fromkeys(target for each in listeners for target in each.targets))


async def _first(targets: Iterable[str], connect: Callable[[str], Any]) -> socket.socket:
    """The first connection that can be made; else the last error."""
    failure: Exception = BadGateway()
    for target in targets:
        try:
            made: socket.socket = await connect(target)
            return made
        except (BadGateway, GatewayTimeout) as error:
            failure = error
    raise failure


async def _connect(made: socket.socket, target: str, port: int) -> None:
    """Connect, or close it and raise `BadGateway` or `GatewayTimeout`."""
    try:
        made.setblocking(False)
        async with asyncio.timeout(CONNECT_S):
            await asyncio.get_running_loop().sock_connect(made, (target, port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except TimeoutError:
        made.close()
        raise GatewayTimeout from None
    except OSError as error:
        made.close()
        raise BadGateway(f"Bad gateway: {error.strerror or error}") from None
    except BaseException:
        made.close()
        raise


# --- what the kernel tells -------------------------------------------------------------------------------------------


def _own_network(process: Process) -> int | None:
    """A descriptor of the network of the process's box; None where it shares the machine's.

    Raises `Conflict` when the box is over: its processes' numbers may be others' by now.
    """
    if not process.is_boxed:
        return None
    try:
        found = os.open(f"/proc/{process.box}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise Conflict("The session has exited") from None
    if process.box is not None and not os.path.samestat(os.fstat(found), os.stat("/proc/self/ns/net")):
        return found
    os.close(found)
    if process.box is None:
        raise Conflict("The session has exited")
    return None


async def _listeners_in(process: Process) -> list[Listener]:
    """In the network of its box; none once that is over."""
    init = process.box
    found = [] if init is None else await _listeners(str(init))
    return found if process.box is not None else []


async def _listeners(of: str) -> list[Listener]:
    """In the network of the process `of`."""
    return await asyncio.to_thread(_read_listeners, of)


def _read_listeners(of: str) -> list[Listener]:
    found = []
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError), open(f"/proc/{of}/net/{name}", "rb") as table:
            found += [
                Listener(_address(address), int(port, 16), int(inode))
                for address, port, inode in _LISTENING.findall(table.read())
            ]
    return found


def _address(text: bytes) -> str:
    """From words of 32 bits in the machine's byte order, whose memory is the address."""
    packed = b"".join(struct.pack("=I", int(text[at : at + 8], 16)) for at in range(0, len(text), 8))
    if len(packed) == 4:
        return str(IPv4Address(packed))
    found = IPv6Address(packed)
    return str(found.ipv4_mapped or found)


async def _owners(program: int, inodes: Collection[int]) -> dict[int, int]:
    """Which process of the program's session holds each of these sockets."""
    turn, left, owners = processes.Turn(), set(inodes), dict[int, int]()
    for pid in processes.tree_of(program) if left else ():
        async for inode in _sockets_of(pid, turn):
            if inode in left:
                left.discard(inode)
                owners[inode] = pid
        if not left:
            break
    return owners


async def _sockets_of(pid: int, turn: processes.Turn) -> AsyncIterator[int]:
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:  # it is gone
        return
    for name in names:
        await turn.over()
        with contextlib.suppress(OSError):
            if (link := _SOCKET.fullmatch(os.readlink(f"/proc/{pid}/fd/{name}"))) is not None:
                yield int(link[1])


async def _shared(program: int, port: int) -> dict[str, set[int]]:
    """Where to connect to be sure of the session's own sockets, in the machine's network: those that may answer."""
    found = [each for each in await _listeners("self") if each.port == port]
    owners = await _owners(program, {each.inode for each in found})
    sure = {}
    for target in _targets(each for each in found if each.inode in owners):
        answering = {each.inode for each in found if target in each.targets}
        if answering <= owners.keys():
            sure[target] = answering
    return sure


def _facts(listener: Listener, pid: int) -> Facts:
    command = " ".join(processes.read_argv(pid))[:MAX_COMMAND_CHARACTERS]
    return {"port": listener.port, "address": listener.address, "pid": pid, "command": command}
