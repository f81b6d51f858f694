"""Ports of a session as the runner sees them: connected to is what the session itself listens on, and nothing else."""

import os
import socket

import pytest
from support.sockets import wait_until

from core.errors import Conflict, InvalidRequest, NotFound
from runner.porter import client

SERVER = """
import socket, time
first, second = (socket.create_server(("127.0.0.1", port)) for port in (0, 0))
while True:
    caller, _ = first.accept()
    caller.sendall(b"inside")
    kept = caller  # a server that never ends by itself, nor reads
"""


def listening(runner, session_id):
    return {each["port"] for each in runner.call("ports", id=session_id)}


def serving(runner, **launch):
    session_id = runner.program("python3", "-c", SERVER, **launch)
    wait_until("two ports", lambda: len(listening(runner, session_id)) == 2)
    return session_id, [each["port"] for each in runner.call("ports", id=session_id)]


async def dial(runner, session_id, port):
    return await client.raw(runner.address, "preview", port=port, session=session_id)


async def said_by_either(runner, session_id, ports):
    """One of them accepts; the other only lets callers wait."""
    for port in ports:
        with await dial(runner, session_id, port) as connection:
            connection.setblocking(True)
            connection.settimeout(2)
            try:
                return connection.recv(100)
            except TimeoutError:
                continue
    return b""


@pytest.mark.parametrize("network", ["none", "open"])
async def test_only_what_the_session_listens_on_is_connected_to(runner, network):
    session_id, ports = serving(runner, network=network)
    other = runner.script("sleep 60", network=network)
    assert await said_by_either(runner, session_id, ports) == b"inside"
    with socket.create_server(("127.0.0.1", 0)) as outside:
        strangers = [outside.getsockname()[1], 8787, 8788, 22]
        for port in set(strangers) - set(ports):
            with pytest.raises(NotFound):
                await dial(runner, session_id, port)
        outside.setblocking(False)
        with pytest.raises(BlockingIOError):
            outside.accept()
    with pytest.raises(NotFound):
        await dial(runner, other, ports[0])
    for port in (0, 65536, -1, "x", None, True):
        with pytest.raises(InvalidRequest):
            await dial(runner, session_id, port)
    with pytest.raises(InvalidRequest):
        await client.raw(runner.address, "preview", port=ports[0], session=None)


async def test_no_descriptor_is_left_of_what_failed_or_was_hung_up(runner):
    session_id, ports = serving(runner, network="none")
    for port in ports:
        (await dial(runner, session_id, port)).close()
    pids = [runner.helpers()[name] for name in ("runner", "spawner", "porter")]

    def held():
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in pids]

    threads = f"/proc/{pids[2]}/task"
    before, running = held(), len(os.listdir(threads))
    for _ in range(20):
        for port in ports:
            (await dial(runner, session_id, port)).close()
        with pytest.raises(NotFound):
            await dial(runner, session_id, 1)
    most = [before[0] + 16, before[1], before[2]]  # a stock of sockets, which the session's end empties
    wait_until("descriptors are closed", lambda: all(now <= then for now, then in zip(held(), most, strict=True)))
    wait_until("threads have ended", lambda: len(os.listdir(threads)) <= running)
    runner.call("remove", id=session_id)
    wait_until("the stock is closed", lambda: held()[0] < before[0])
    with pytest.raises(NotFound):
        await dial(runner, session_id, ports[0])


async def test_a_session_that_has_exited_has_no_ports(runner):
    session_id = runner.script("exit 0")
    wait_until("its end", lambda: runner.call("get", id=session_id)["status"] == "exited")
    assert runner.call("ports", id=session_id) == []
    with pytest.raises(Conflict, match="exited"):
        await dial(runner, session_id, 80)
