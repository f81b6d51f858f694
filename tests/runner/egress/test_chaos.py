"""Callers and servers that break off at any moment leave the process as it was."""

import asyncio
import contextlib
import random
import socket
import threading
from collections.abc import Awaitable, Callable

from small_servers import SmallServer, ask, call, open_descriptors
from support.sockets import wait_until

from runner.egress.link import Egress

THREADS, CALLS = 12, 150
RESET = b"\1\0\0\0\0\0\0\0"  # linger for no time: close sends a reset
BODIES = (b"", b"5\r\nhello\r\n", b"0\r\n\r\nmore", b"z" * 100_000)
LENGTHS = ("Content-Length: 100000", "Transfer-Encoding: chunked", "X: y")


def unreliable(seed: int) -> Callable[[SmallServer, socket.socket], None]:
    dice = random.Random(seed)

    def handler(_server: SmallServer, connection: socket.socket) -> None:
        luck = dice.random()
        connection.settimeout(3)
        if luck < 0.2:
            return
        if luck < 0.4:
            connection.sendall(b"y" * dice.choice((10, 100_000, 900_000)))
        if luck < 0.6:
            connection.recv(100)
        if luck < 0.8:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return
        while data := connection.recv(65536):
            connection.sendall(data)

    return handler


def misbehave(dice: random.Random, port: int, address: str) -> None:
    with call(port) as connection:
        connection.settimeout(0.2)
        luck = dice.random()
        if luck < 0.1:
            return
        if luck < 0.6:
            connection.sendall(f"CONNECT {address} HTTP/1.1\r\n\r\n".encode()[: None if luck > 0.2 else 20])
        else:
            head = f"POST http://{address}/ HTTP/1.1\r\n{dice.choice(LENGTHS)}\r\n\r\n".encode()
            connection.sendall(head + dice.choice(BODIES))
        if luck < 0.3:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return
        if dice.random() < 0.5:
            connection.sendall(b"q" * dice.choice((1, 70_000, 500_000)))
        if dice.random() < 0.5:
            connection.shutdown(socket.SHUT_WR)
        connection.recv(65536)


async def test_callers_and_servers_that_break_off_at_any_moment_leave_nothing_behind(
    make_egress: Callable[..., Awaitable[Egress]], servers: Callable[..., SmallServer]
) -> None:
    server = servers(unreliable(1))
    egress = await make_egress(server.address)
    port = (await egress.open("s", "proxy", (), delivered=False)).proxy_port
    await asyncio.to_thread(ask, port, b"nonsense\r\n\r\n")  # answered: the listeners have been taken
    pid = egress.pid
    assert pid is not None
    before = open_descriptors(pid)

    def call_often(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(CALLS):
            with contextlib.suppress(OSError):
                misbehave(dice, port, server.address)

    def all_of_it() -> None:
        threads = [threading.Thread(target=call_often, args=(seed,)) for seed in range(THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        wait_until("all connections are gone", lambda: open_descriptors(pid) <= before)

    await asyncio.to_thread(all_of_it)
    assert egress.pid == pid
    assert server.connections > THREADS * CALLS / 4
    assert sum(each["count"] for each in await egress.reached("s")) > THREADS * CALLS / 4
