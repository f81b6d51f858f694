"""Listeners made from outside in the network of a real box: reachable in there, nowhere else, and taken for good."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import traceback
from collections.abc import Callable, Iterator

import pytest

from runner.sandbox.netns import listeners_in

PORTS = (8787, 8788)
ORDINARY_UID = 0x70000000 + 4242
PATH = "/usr/local/bin:/usr/bin:/bin"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


@contextlib.contextmanager
def box(script: str, *, uid: int | None = None) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """A shell in a network of its own: the pid of its init as we see it, and the process whose end is the box's end."""
    read_end, write_end = os.pipe()
    folders = [word for name in ("bin", "lib", "lib64") for word in ("--symlink", f"usr/{name}", f"/{name}")]
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--info-fd", str(write_end)]
    command += ["--ro-bind", "/usr", "/usr", *folders, "--proc", "/proc", "--dev", "/dev", "--", "bash", "-c", script]
    process = subprocess.Popen(
        command, pass_fds=[write_end], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/",
        env={"PATH": PATH}, user=uid, group=uid, extra_groups=None if uid is None else [],
    )  # fmt: skip
    os.close(write_end)
    try:
        with os.fdopen(read_end) as stream:
            info = json.loads(stream.read())
        yield info["child-pid"], process
    finally:
        process.kill()
        process.communicate()


TALK = "read x; exec 3<>/dev/tcp/127.0.0.1/8788; echo hello >&3; head -1 <&3"


def talk_through(init_pid: int, process: "subprocess.Popen[str]") -> None:
    made = listeners_in(init_pid, PORTS)
    try:
        assert [each.getsockname() for each in made] == [("127.0.0.1", port) for port in PORTS]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        made[1].settimeout(20)
        caller, _ = made[1].accept()
        with caller:
            assert caller.recv(100) == b"hello\n"
            caller.sendall(b"from outside\n")
            assert process.stdout.readline() == "from outside\n"
    finally:
        for each in made:
            each.close()


def as_ordinary_user(work: Callable[[], None]) -> None:
    """Run `work` in a child that has given up being root; its failure is the test's."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setgroups([])
            os.setresgid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID)
            os.setresuid(ORDINARY_UID, ORDINARY_UID, ORDINARY_UID)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0


@needs_bwrap
@needs_root
def test_root_reaches_into_the_box_of_another_user() -> None:
    with box(TALK, uid=ORDINARY_UID) as (init_pid, process):
        talk_through(init_pid, process)


@needs_bwrap
@needs_root
def test_an_ordinary_user_reaches_into_a_box_of_its_own() -> None:
    def work() -> None:
        with box(TALK) as (init_pid, process):
            talk_through(init_pid, process)

    as_ordinary_user(work)


@needs_bwrap
@needs_root
def test_an_ordinary_user_does_not_reach_into_anothers_box() -> None:
    with box("read x", uid=ORDINARY_UID + 1) as (init_pid, _process):

        def work() -> None:
            with pytest.raises(PermissionError, match="network namespace"):
                listeners_in(init_pid, PORTS)

        as_ordinary_user(work)


@needs_bwrap
def test_the_box_cannot_take_the_port_and_outside_it_is_free() -> None:
    bind = 'IO::Socket::INET->new(Listen=>1, LocalAddr=>"0.0.0.0:8787", ReuseAddr=>1)'
    with box(f'read x; perl -MIO::Socket::INET -e \'print {bind} ? "taken" : "refused: $!"\'') as (init_pid, process):
        (made,) = listeners_in(init_pid, [8787])
        with made:
            out, _ = process.communicate("go\n", timeout=20)
            assert out == "refused: Address already in use"
            with socket.socket() as probe:
                probe.settimeout(1)
                host_port_taken = probe.connect_ex(("127.0.0.1", 8787)) == 0
            if host_port_taken:  # by somebody else's server then: it is not the one in the box
                made.setblocking(False)
                with pytest.raises(BlockingIOError):
                    made.accept()


@needs_bwrap
def test_a_port_that_is_taken_in_the_box_is_an_error_that_names_it() -> None:
    with box("read x") as (init_pid, _process):
        (made,) = listeners_in(init_pid, [8787])
        with made, pytest.raises(OSError, match="port 8787: Address already in use"):
            listeners_in(init_pid, [8788, 8787])


def test_a_process_without_a_network_of_its_own_is_refused() -> None:
    with pytest.raises(OSError, match="no network namespace of its own"):
        listeners_in(os.getpid(), PORTS)


def test_a_process_that_is_gone_is_an_error_that_names_it() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with pytest.raises(OSError, match=f"network namespace of process {gone.pid}"):
        listeners_in(gone.pid, PORTS)


@needs_bwrap
def test_no_helper_and_no_descriptor_stays_behind() -> None:
    with box("read x") as (init_pid, _process):
        before, children = len(os.listdir("/proc/self/fd")), _children()
        for port in (8787, 8788, 8789):
            for each in listeners_in(init_pid, [port]):
                each.close()
        with pytest.raises(OSError, match="port 70000"):
            listeners_in(init_pid, [70000])
        assert len(os.listdir("/proc/self/fd")) == before
        assert _children() == children


def _children() -> int:
    with open(f"/proc/self/task/{os.getpid()}/children") as stream:
        return len(stream.read().split())
