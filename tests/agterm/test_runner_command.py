"""`agterm runner`: the home it makes, the log it keeps, and a door that is crowded."""

import asyncio
import contextlib
import importlib
import logging
import socket
import stat
import subprocess
import sys
import threading
import time

import pytest
from support.server import AgtermServer, RunnerProcess
from support.sockets import wait_until

from runner import addresses

command = importlib.import_module("agterm.cli.runner")


def test_a_runner_started_by_hand_makes_a_home_that_is_closed_to_others():
    with RunnerProcess() as runner:
        assert stat.S_IMODE(runner.home.stat().st_mode) == 0o700
        assert runner.output_of("pwd").startswith(str(runner.home))


def test_a_runner_in_the_background_keeps_its_own_log():
    with AgtermServer({"AGTERM_IDLE_MINUTES": "0.005", "AGTERM_LOG_LEVEL": "info"}) as server:
        session_id = server.start_session("shell", args=["-c", "exec sleep 1000"])
        log, deadline = server.home / "runner.log", time.monotonic() + 20
        while f"session {session_id} has done nothing" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)

        def shown():
            return server.api.get(f"/api/sessions/{session_id}").json()["data"]["session"]

        wait_until("it has ended", lambda: shown()["status"] == "exited")
        assert shown()["endedBy"] == "idle"


def test_the_log_never_grows_beyond_two_parts(tmp_path, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr(command, "MAX_LOG_BYTES", 10_000)
    command.keep_log(tmp_path / "runner.log", "info")
    for number in range(1000):
        root.warning("line %d of many", number)
    root.handlers[0].close()
    parts = sorted(tmp_path.iterdir())
    assert [part.name for part in parts] == ["runner.log", "runner.log.1"]
    assert all(part.stat().st_size <= 10_000 for part in parts)
    assert "line 999 of many" in parts[0].read_text()


# --- a door with a full queue ----------------------------------------------------------------------------------------


@pytest.fixture
def crowded(tmp_path):
    """A listening socket whose queue is full until `let_in()`; and its address."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(tmp_path / "door"))
    listener.listen(1)
    waiting = [_waiting_at(tmp_path / "door") for _ in range(3)]
    yield listener, f"unix:{tmp_path / 'door'}"
    for each in (*waiting, listener):
        each.close()


def _waiting_at(path):
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    caller.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        caller.connect(str(path))
    return caller


def test_a_caller_waits_at_a_crowded_door_until_there_is_room(crowded):
    listener, address = crowded
    threading.Timer(0.3, listener.accept).start()
    addresses.connect(address, 10).close()
    threading.Timer(0.3, listener.accept).start()
    asyncio.run(addresses.connect_async(address, 10)).close()


def test_but_not_for_ever(crowded):
    _listener, address = crowded
    with pytest.raises(OSError, match="unavailable"):
        addresses.connect(address, 0.1)
    with pytest.raises(OSError, match="unavailable"):
        asyncio.run(addresses.connect_async(address, 0.1))


def test_a_door_that_is_not_there_is_not_waited_for(tmp_path):
    began = time.monotonic()
    with pytest.raises(FileNotFoundError):
        addresses.connect(f"unix:{tmp_path / 'nowhere'}", 60)
    assert time.monotonic() - began < 30


def test_the_runners_command_needs_neither_django_nor_prices():
    code = (
        "import sys; from agterm.cli import command; command.get_command(None, 'runner'); "
        "print({name.partition('.')[0] for name in sys.modules} & {'django', 'channels', 'genai_prices', 'httpx'})"
    )
    said = subprocess.run([sys.executable, "-P", "-c", code], text=True, capture_output=True, check=True).stdout
    assert said == "set()\n"
