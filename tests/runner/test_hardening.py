"""What must hold when somebody is careless or hostile: a hang-up, deep folders, users, a runner of another version."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support.server import GRACE_S, ROOT, RunnerProcess
from support.sockets import is_alive, processes_with, wait_until

from core.errors import HostUnavailable
from runner import client, protocol, wire
from runner.protocol import Kind
from runner.sandbox import linux
from runner.stream import TerminalStream
from runner.workspace import folders

STUBBORN = "(setsid sleep 1045 &); trap '' HUP TERM; echo up; while :; do sleep 1; done"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only a runner that is root gives sessions users of their own")


def stubborn(runner):
    """A session that ends only by force."""
    session_id = runner.script(STUBBORN)
    with runner.watch(session_id) as reader:
        reader.see(b"up")
    assert len(processes_with(session_id)) >= 2
    return session_id


# --- ends ------------------------------------------------------------------------------------------------------------


def test_a_hang_up_of_the_runners_process_group_ends_its_sessions_too(own_runner):
    """What a terminal sends to all of `agterm runner` when its window is closed."""
    session_id = stubborn(own_runner)
    family = linux.descendants(own_runner.pid)
    os.killpg(os.getpgid(own_runner.pid), signal.SIGHUP)
    assert own_runner._process.wait(GRACE_S + 20) == 0
    assert processes_with(session_id) == []
    assert not any(map(is_alive, family))


def test_runner_stop_returns_when_all_is_gone_and_a_new_runner_starts_right_after():
    with RunnerProcess({"AGTERM_STOP_GRACE_MS": "1500"}) as runner:
        for _ in range(2):
            session_id = stubborn(runner)
            family = [runner.pid, *linux.descendants(runner.pid)]
            stop = [sys.executable, "-P", "-m", "agterm", "runner", "stop"]
            said = subprocess.run(
                stop, env=runner.environment, cwd=ROOT, text=True, capture_output=True, timeout=60, check=True
            )
            wait_until("the last of them has left", lambda pids=family: not any(map(is_alive, pids)), 2)
            assert processes_with(session_id) == []
            assert said.stdout == "Ended 1 session(s) and the runner.\n"
            runner.start()
            assert runner.call("list") == []


def test_a_workspace_many_folders_deep_can_be_removed(runner):
    session_id = runner.script("mkdir -p $(printf 'd/%.0s' {1..1500}) && echo deep; read line")
    with runner.watch(session_id) as reader:
        reader.see(b"deep", 60)
    workspace = runner.home / "workspaces" / session_id
    assert (workspace / "d" / "d").is_dir()
    runner.call("remove", id=session_id)
    assert not workspace.exists()
    assert not (runner.home / "sessions" / session_id).exists()


# --- users -----------------------------------------------------------------------------------------------------------


@as_root
def test_a_new_session_is_not_the_user_a_deleted_one_was(runner):
    seen = []
    for _ in range(4):
        session_id = runner.script("sleep 1000")
        seen.append((runner.home / "sessions" / session_id / "home").stat().st_uid)
        runner.call("remove", id=session_id)
    assert len(set(seen)) == 4
    assert 0 not in seen


@as_root
def test_sessions_of_two_homes_are_never_the_same_user(tmp_path):
    def users(home):
        for name in "abc":
            made = folders.make(name, workspaces=home / "workspaces", private=home / "sessions", cwd=None, roots=())
            yield made.uid

    first, second = set(users(tmp_path / "one")), set(users(tmp_path / "two"))
    assert len(first) == len(second) == 3
    assert not first & second


@as_root
def test_a_user_is_not_used_again_after_a_restart_either(own_runner):
    def user():
        session_id = own_runner.script("sleep 1000")
        uid = (own_runner.home / "sessions" / session_id / "home").stat().st_uid
        own_runner.call("remove", id=session_id)
        return uid

    before = user()
    own_runner.kill()
    own_runner.start()
    assert user() != before


# --- another version -------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger_runner(tmp_path):
    """The address of something that greets as a runner of the future and answers nothing."""
    path = tmp_path / "runner.sock"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    greeting = {"protocol": protocol.VERSION + 1, "version": "99.0", "pid": 1, "started_at": 0.0}

    def greet():
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                open_callers.append(caller)
                caller.sendall(wire.encode(Kind.HELLO, protocol.dumps(greeting)))

    open_callers = []
    thread = threading.Thread(target=greet, daemon=True)
    thread.start()
    yield f"unix:{path}"
    listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for each in (listener, *open_callers):
        each.close()


def test_a_runner_of_another_version_is_refused_with_the_way_out(stranger_runner):
    with pytest.raises(HostUnavailable, match="agterm runner stop"):
        client.call(stranger_runner, "list")


async def test_the_terminal_socket_refuses_it_with_the_way_out_too(stranger_runner):
    stream = await TerminalStream.open(stranger_runner)
    with pytest.raises(HostUnavailable, match="agterm runner stop"):
        async with asyncio.timeout(5):
            await stream.request("attach", id="0" * 36, since=None, control=True)
    assert await stream.next() is None
    stream.close()


def test_a_runner_that_answers_with_nonsense_is_not_waited_for(tmp_path):
    """Something else altogether has the socket's name."""
    path = Path(tmp_path / "runner.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()

        def hang_up():
            caller, _ = listener.accept()
            caller.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        with pytest.raises(HostUnavailable) as failure:
            client.call(f"unix:{path}", "list")
        assert failure.value.may_have_happened
        wait_until("it hung up", lambda: not thread.is_alive())
