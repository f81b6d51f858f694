"""Ending a session ends all of it, however hard it hides; what runs is told to, and the outcome is reported."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import termios
import time
import uuid

import pytest
from support.server import GRACE_S, ROOT, RunnerProcess
from support.sockets import go_on, is_alive, pause, processes_with, wait_until

from core.errors import Conflict
from runner.sandbox import linux

# A daemon forked twice in a session of its own, one without our environment, one deaf to every polite signal, one
# stopped. `@` is the session's mark.
HIDERS = """
( setsid bash -c '(setsid sleep 1001 &)' & )
( setsid env -i bash -c 'exec -a @ sleep 1002' & )
( trap '' HUP TERM INT QUIT; setsid bash -c 'while :; do sleep 1; done' ) &
( setsid bash -c 'kill -STOP $BASHPID' ) &
( nohup sleep 1003 >/dev/null 2>&1 & )
sleep 0.4
echo all are hidden
"""
HIDDEN = 5


PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def own_runner_that_is_patient():
    """Its programs get so long a grace that no test could wait for its end."""
    with RunnerProcess({"AGTERM_STOP_GRACE_MS": str(int(PATIENCE_S * 1000))}) as started:
        yield started


def hide(runner, then):
    """A session full of hiders; returns its id once they are in place."""
    session_id = str(uuid.uuid4())
    runner.script(HIDERS.replace("@", session_id) + then, session_id=session_id)
    with runner.watch(session_id) as reader:
        reader.see(b"all are hidden")
    return session_id


def test_what_these_tests_hide_is_really_there_until_then(runner):
    session_id = hide(runner, "sleep 1004")
    assert len(processes_with(session_id)) > HIDDEN


@pytest.mark.parametrize("op", ["end", "remove"])
@pytest.mark.parametrize("then", ["sleep 1004", "trap '' HUP TERM; while :; do sleep 1; done", "kill -STOP $$"])
def test_ending_a_session_leaves_no_process_of_it(runner, op, then):
    session_id = hide(runner, then)
    began = time.monotonic()
    runner.call(op, id=session_id)
    assert processes_with(session_id) == []
    assert time.monotonic() - began < GRACE_S + 5


def test_a_program_that_exits_leaves_no_process_behind_either(runner):
    session_id = hide(runner, "read line; exit 3")
    with runner.watch(session_id) as reader:
        reader.type(b"\n")
        event = reader.event("exited")
    assert (event["code"], event["signal"]) == (3, None)
    assert processes_with(session_id) == []


def test_a_polite_program_is_told_and_may_tidy_up(runner):
    session_id = runner.script("trap 'echo tidied; exit 5' HUP TERM; echo up; while :; do sleep 0.05; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        info = runner.call("end", id=session_id)
        reader.see(b"tidied")
    assert (info["status"], info["code"], info["signal"], info["pid"]) == ("exited", 5, None, None)


def test_a_program_that_knows_only_the_hang_up_has_its_moment_before_it_is_terminated(runner):
    session_id = runner.script("trap 'sleep 0.1; echo tidied; exit 6' HUP; echo up; while :; do sleep 0.01; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        info = runner.call("end", id=session_id)
        reader.see(b"tidied")
    assert info["code"] == 6


def test_a_program_deaf_to_the_hang_up_is_terminated_before_it_is_killed(runner):
    session_id = runner.script("trap '' HUP; trap 'echo told; exit 7' TERM; echo up; while :; do sleep 0.01; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        assert runner.call("end", id=session_id)["code"] == 7
        reader.see(b"told")


SAVES = """
trap '' HUP TERM
trap 'trap "" HUP TERM; sleep 0.1; echo saved > saved; exit' {}
echo ready
while :; do sleep 0.01; done
"""


@pytest.mark.parametrize("hears", ["HUP", "TERM"])
@pytest.mark.parametrize("op", ["end", "replace"])
def test_what_runs_in_a_shell_may_save_though_the_shell_is_gone_at_once(runner, hears, op):
    session_id = runner.program("/bin/bash", "--norc", "-i")
    (runner.home / "workspaces" / session_id / "saver").write_text(SAVES.format(hears))
    with runner.watch(session_id) as reader:
        reader.type(b"bash saver\n")
        reader.see(b"ready")
        runner.call(op, id=session_id, **({"launch": {"argv": ["/bin/sleep", "1000"]}} if op == "replace" else {}))
    assert (runner.home / "workspaces" / session_id / "saved").read_text() == "saved\n"


def test_a_daemon_of_a_program_that_is_gone_may_save_too(runner):
    save = "trap '' HUP; trap 'sleep 0.1; echo saved > saved; exit' TERM; : > up; while :; do sleep 0.01; done"
    session_id = runner.script(f'setsid bash -c "{save}" & exec sleep 1000')
    workspace = runner.home / "workspaces" / session_id
    wait_until("it is up", (workspace / "up").exists)
    runner.call("end", id=session_id)
    assert (workspace / "saved").exists()
    assert processes_with(session_id) == []


def test_where_everything_ends_when_told_nobody_waits_for_the_grace(own_runner_that_is_patient):
    runner = own_runner_that_is_patient
    session_id = runner.program("/bin/bash", "--norc", "-i")
    with runner.watch(session_id) as reader:
        reader.type(b"sleep 1001 & sleep 1002 | (echo he\\re; exec sleep 1003)\n")
        reader.see(b"here")
        began = time.monotonic()
        runner.call("end", id=session_id)
    assert time.monotonic() - began < PATIENCE_S / 3


def test_what_a_program_that_exits_leaves_behind_has_no_grace(own_runner_that_is_patient):
    runner = own_runner_that_is_patient
    session_id = runner.script("(trap '' HUP TERM; setsid sleep 1001 &) ; exit 3")
    began = time.monotonic()
    with runner.watch(session_id) as reader:
        assert reader.event("exited")["code"] == 3
    assert time.monotonic() - began < PATIENCE_S / 3
    assert processes_with(session_id) == []


def test_a_signal_goes_to_what_has_the_keyboard_and_not_to_the_shell_behind_it(runner):
    session_id = runner.program("/bin/bash", "--norc", "-i")
    with runner.watch(session_id) as reader:
        reader.type(b"bash -c 'echo he\\re; exec sleep 1000'\n")
        reader.see(b"here")
        runner.call("signal", id=session_id, signal=int(signal.SIGINT))
        reader.type(b"echo code $?\n")
        reader.see(b"code 130")


def test_an_ended_session_keeps_its_output_and_folder_and_a_removed_one_nothing(runner):
    session_id = runner.script("echo kept > file; echo remember me; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"remember me")
    workspace = runner.home / "workspaces" / session_id
    runner.call("end", id=session_id)
    assert (workspace / "file").read_text() == "kept\n"
    assert "remember me" in runner.call("text", id=session_id)
    runner.call("remove", id=session_id)
    assert not workspace.exists()
    assert not (runner.home / "sessions" / session_id).exists()


def test_a_workspace_can_be_kept(runner):
    session_id = runner.script("echo kept > file; echo written; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"written")
    runner.call("remove", id=session_id, keep_workspace=True)
    assert (runner.home / "workspaces" / session_id / "file").exists()
    assert not (runner.home / "sessions" / session_id).exists()


def test_a_folder_its_owner_closed_is_removed_all_the_same(runner):
    session_id = runner.script("mkdir -p a/b; touch a/b/c; chmod 0 a/b a; echo closed; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"closed")
    runner.call("remove", id=session_id)
    assert not (runner.home / "workspaces" / session_id).exists()


def test_removing_a_workspace_never_follows_a_link_out_of_it(runner, tmp_path):
    (tmp_path / "precious").write_text("mine")
    session_id = runner.script(f"ln -s {tmp_path} link; ln -s {tmp_path}/precious .; echo linked; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"linked")
    runner.call("remove", id=session_id)
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize(("script", "code", "number"), [
    ("exit 0", 0, None), ("exit 7", 7, None), ("exit 255", 255, None),
    ("kill -9 $$", None, 9), ("kill -SEGV $$", None, int(signal.SIGSEGV)),
])  # fmt: skip
def test_the_exit_code_or_the_signal_is_reported(runner, script, code, number):
    session_id = runner.script(script)
    with runner.watch(session_id) as reader:
        event = reader.event("exited")
    assert (event["code"], event["signal"]) == (code, number)
    info = runner.call("get", id=session_id)
    assert (info["status"], info["code"], info["signal"]) == ("exited", code, number)


def test_all_output_comes_before_the_word_of_the_exit(runner):
    session_id = runner.script("seq 1 20000")
    with runner.watch(session_id) as reader:
        reader.event("exited")
        assert reader.output.data.split() == [b"%d" % n for n in range(1, 20001)]


def test_a_signal_reaches_the_program(runner):
    session_id = runner.script("trap 'echo got usr1' USR1; echo up; while :; do sleep 0.05; done")
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        runner.call("signal", id=session_id, signal=int(signal.SIGUSR1))
        reader.see(b"got usr1")


def test_nothing_can_be_typed_to_or_asked_of_a_program_that_has_exited(runner):
    session_id = runner.script("exit")
    with runner.watch(session_id) as reader:
        reader.event("exited")
    for op, params in (("write", {"data": "x"}), ("signal", {"signal": 15})):
        with pytest.raises(Conflict, match="exited"):
            runner.call(op, id=session_id, **params)
    assert runner.call("end", id=session_id)["status"] == "exited"


@pytest.mark.skipif(os.geteuid() != 0, reason="only a session with a user of its own has a limit of its own")
def test_a_fork_bomb_is_held_at_its_limit_and_ended(runner):
    session_id = runner.script("bomb() { bomb | bomb & }; bomb; sleep 1000")
    wait_until("the bomb goes off", lambda: len(processes_with(session_id)) > 300, 30)
    assert [info["id"] for info in runner.call("list")] == [session_id]
    runner.call("remove", id=session_id)
    assert processes_with(session_id) == []
    assert runner.output_of("echo fine") == "fine\n"


# --- the runner's own end --------------------------------------------------------------------------------------------


def test_no_process_of_any_session_survives_a_runner_that_is_killed(own_runner):
    sessions = [hide(own_runner, then) for then in ("sleep 1004", "trap '' HUP TERM; while :; do sleep 1; done")]
    family = linux.descendants(own_runner.pid)
    assert len(family) > len(sessions) * HIDDEN
    own_runner.kill()
    for session_id in sessions:
        wait_until("every process of the session is gone", lambda s=session_id: not processes_with(s), GRACE_S + 8)
    wait_until("spawner, worker and supervisors are gone", lambda: not any(map(is_alive, family)), 10)


def test_a_runner_told_to_stop_ends_every_session_first(own_runner):
    session_id = hide(own_runner, "sleep 1004")
    family = linux.descendants(own_runner.pid)
    os.kill(own_runner.pid, signal.SIGTERM)
    assert own_runner._process.wait(20) == 0
    assert processes_with(session_id) == []
    assert not any(map(is_alive, family))
    assert not own_runner.folder.joinpath("runner.sock").exists()


def test_a_new_runner_takes_the_place_of_a_killed_one_and_cleans_up_after_it(own_runner):
    session_id = own_runner.script("echo > file; sleep 1000")
    own_runner.kill()
    own_runner.start()
    assert own_runner.call("list") == []
    own_runner.call("remove", id=session_id)
    assert not (own_runner.home / "workspaces" / session_id).exists()
    assert own_runner.output_of("echo again") == "again\n"


def test_a_dead_spawner_is_replaced_and_its_sessions_live_on(own_runner):
    old = own_runner.script("while read line; do echo heard $line; done")
    spawner = own_runner.helpers()["spawner"]
    os.kill(spawner, signal.SIGKILL)
    wait_until("it is dead", lambda: not is_alive(spawner))
    assert own_runner.output_of("echo fine") == "fine\n"
    with own_runner.watch(old) as reader:
        reader.type(b"you\n")
        reader.see(b"heard you")
    own_runner.call("remove", id=old)
    assert processes_with(old) == []


UID = 0x6FFF_0001  # nobody else's: ending the session ends whoever has it
SUPERVISE = "import sys; from runner import supervisor; sys.exit(supervisor.run(int(sys.argv[1]), int(sys.argv[2])))"


@pytest.fixture
def supervisor(tmp_path):
    """A supervisor of our own and the runner's end of its socket."""
    mark = str(uuid.uuid4())
    ours, theirs = socket.socketpair()
    master, slave = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(slave), str(theirs.fileno())],
        pass_fds=(slave, theirs.fileno()), cwd=ROOT,
    )  # fmt: skip
    theirs.close()
    os.close(slave)
    spec = {
        "argv": ["/bin/bash", "-c", "trap '' HUP TERM; (setsid sleep 1005 &); sleep 1006"],
        "env": {"SESSION_MARK": mark, "PATH": os.defpath}, "cwd": "/", "home": str(tmp_path), "home_files": {},
        "workspace_files": {}, "resume": None,
        "uid": UID if os.geteuid() == 0 else None, "user_lock": str(tmp_path / "user.lock"),
        "visible": [], "names": {}, "grace_s": 0.3,
        "level": "none", "cgroup": None, "processes": 100,
        "identity": [os.stat("/").st_dev, os.stat("/").st_ino], "egress": {"token": ""},
    }  # fmt: skip
    ours.sendall(json.dumps({"spec": spec}).encode() + b"\n")
    yield ours, process, mark
    ours.close()
    os.close(master)
    process.wait(20)


def unread(end):
    return int.from_bytes(fcntl.ioctl(end, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_a_runner_that_dies_with_a_word_of_the_supervisor_unread_still_ends_the_session(supervisor):
    ours, process, mark = supervisor
    wait_until("the program has started", lambda: unread(ours) and processes_with(mark))
    ours.close()  # unread data turn the end of file into a connection reset
    process.wait(10)
    wait_until("every process is gone", lambda: not processes_with(mark), 3)


def test_a_runner_that_dies_while_the_program_starts_still_ends_the_session(supervisor):
    ours, process, mark = supervisor
    wait_until("the supervisor is there", lambda: is_alive(process.pid))
    pause(process.pid)
    ours.close()
    go_on(process.pid)
    process.wait(10)
    wait_until("every process is gone", lambda: not processes_with(mark), 3)
