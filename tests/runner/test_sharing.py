"""Who works as a session's user: the last one there ends the others of that user, and none of them can hold it up."""

import fcntl
import os
import signal
import subprocess

import pytest

from runner.sandbox import ending, launch, sharing

UID = 0x7FB0_0001  # of no session
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs users to be")


def of_the_user(*argv):
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, stdin=pipe, stdout=pipe, user=UID, group=UID, extra_groups=[])


@as_root
def test_none_of_the_user_can_stop_who_ends_them_all(monkeypatch):
    def attacked(pid, number):
        """Here the one who ends them all has the user's rights, and has not used them yet."""
        attacker.stdin.write(b"%d\n" % os.getpid())
        attacker.stdin.flush()
        os.write(told, attacker.stdout.readline())
        real_kill(pid, number)

    real_kill = os.kill
    reading, told = os.pipe()
    attacker = of_the_user("/bin/sh", "-c", 'read pid; kill -STOP "$pid" && echo it went || echo refused; sleep 1000')
    monkeypatch.setattr(ending.os, "kill", attacked)
    assert ending.kill_user(UID) is True
    assert attacker.wait(30) == -signal.SIGKILL
    assert os.read(reading, 100) == b"refused\n"
    for descriptor in (reading, told):
        os.close(descriptor)


def test_only_the_last_one_there_may_end_the_user(tmp_path):
    lock = str(tmp_path / "user.lock")
    first, second = sharing.join(lock), sharing.join(lock)
    with sharing.last(first) as is_last:
        assert not is_last
    with sharing.none_left(lock) as is_alone:
        assert not is_alone
    with sharing.last(second) as is_last:
        assert is_last
    with sharing.none_left(lock) as is_alone:
        assert is_alone


def test_nobody_comes_while_the_user_is_being_ended_and_all_may_once_it_is_over_whoever_has_a_copy(tmp_path):
    lock = str(tmp_path / "user.lock")
    descriptor = sharing.join(lock)
    copy = os.dup(descriptor)
    with sharing.last(descriptor) as is_last:
        assert is_last
        other = os.open(lock, os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
    for each in (other, copy, sharing.join(lock)):
        os.close(each)


def test_whoever_comes_while_the_end_of_the_user_does_not_end_hears_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sharing, "PATIENCE_S", 0.02)
    lock = str(tmp_path / "user.lock")
    with sharing.last(sharing.join(lock)), pytest.raises(OSError, match="does not come to its end"):
        sharing.join(lock)
    os.close(sharing.join(lock))


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path):
    (tmp_path / "user.lock").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"):
        sharing.join(str(tmp_path / "user.lock"))
    assert not (tmp_path / "other").exists()


def test_a_program_that_one_of_its_user_has_stopped_before_it_runs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "START_TIMEOUT_S", 0.05)
    monkeypatch.setattr(launch, "_become", lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
    workspace = os.open(tmp_path, os.O_PATH)
    with pytest.raises(launch.LaunchError, match="did not start in time"):
        launch._fork(-1, {}, launch._Plain(-1, b""), workspace)
    os.close(workspace)
