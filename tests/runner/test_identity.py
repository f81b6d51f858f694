"""What a session's program finds itself to be: an ordinary user with a clean desk, whoever the runner is."""

import os
import re
from pathlib import Path

import pytest
from support.server import RunnerProcess
from support.sockets import processes_with

SECRET = "sk-ant-of-the-server"
OWN_SECRET = "of the server's environment"
EXPECTED_NAMES = {
    "HOME", "PATH", "TMPDIR", "TERM", "COLORTERM", "LANG", "USER", "LOGNAME", "SHELL", "SESSION_MARK",
    "PWD", "SHLVL", "_", "OLDPWD",  # the shell's own
    "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy", "NODE_USE_ENV_PROXY",
}  # fmt: skip
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only a runner that is root gives sessions users of their own")


def fields(text):
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


@as_root
def test_it_never_runs_as_root(runner):
    assert runner.output_of("id -u; id -g; id -G").split() != ["0", "0", "0"]
    status = fields(runner.output_of("cat /proc/self/status"))
    for ids in (status["Uid"], status["Gid"]):
        assert len(set(ids.split())) == 1
        assert int(ids.split()[0]) >= 200_000
    assert status["Groups"].strip() == ""
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}


def test_it_can_gain_no_privileges(runner):
    assert fields(runner.output_of("cat /proc/self/status"))["NoNewPrivs"].strip() == "1"


@as_root
def test_two_sessions_are_two_users_who_cannot_read_or_signal_each_other(runner):
    first = runner.script("echo secret > $HOME/mine; echo secret > mine; echo written; sleep 1000")
    with runner.watch(first) as reader:
        reader.see(b"written")
    pid = runner.call("get", id=first)["pid"]
    private, workspace = runner.home / "sessions" / first, runner.home / "workspaces" / first
    said = runner.output_of(
        f"cat {private}/home/mine; cat {workspace}/mine; ls {private}/home; ls {private}/tmp;"
        f" kill -9 {pid}; cat /proc/{pid}/environ; ls /proc/{pid}/cwd/"
    )
    assert "secret" not in said
    assert first not in said.replace(str(private), "").replace(str(workspace), "")
    assert runner.call("get", id=first)["status"] == "running"


@as_root
def test_it_has_a_name(runner):
    assert runner.output_of("whoami; id -gn; cd ~ && pwd").split()[:2] == ["agent", "agent"]


def test_its_environment_is_clean(runner):
    names = set(re.findall(r"^(\w+)=", runner.output_of("env"), re.MULTILINE))
    assert names <= EXPECTED_NAMES
    assert {"HOME", "PATH", "TERM", "LANG"} <= names


def test_no_secret_of_the_server_is_in_its_environment_or_that_of_its_parents(runner):
    said = runner.output_of(
        "env; pid=$$; while [ $pid -gt 1 ]; do tr '\\0' '\\n' < /proc/$pid/environ;"
        " pid=$(awk '/^PPid/ {print $2}' /proc/$pid/status); done 2>&1"
    )
    assert SECRET not in said.replace(str(runner.pid), "")
    if os.geteuid() == 0:  # else it may read what is ours
        assert OWN_SECRET not in said


def test_the_spawner_and_the_supervisors_hold_no_secret_of_the_server(runner):
    session_id = runner.script("sleep 1000")
    family = [runner.helpers()["spawner"], *processes_with(session_id)]
    for pid in family:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert SECRET.encode() not in environment
        assert OWN_SECRET.encode() not in environment


def test_it_inherits_no_descriptor_but_its_terminal(runner):
    """By way of a file: the pipes that the shell makes itself are seen for a moment."""
    said = runner.output_of("ls -l /proc/$$/fd > list; grep -o '[0-9]* -> .*' list")
    assert re.fullmatch(r"(?:([0-9]+) -> (/dev/pts/\d+|/dev/tty)\n)+", said), said
    assert {line.split()[0] for line in said.splitlines()} <= {"0", "1", "2", "255"}


def test_its_terminal_is_its_own_and_its_controlling_one(runner):
    said = runner.output_of("tty; ps -o tpgid=,sid=,pid= -p $$; echo through > /dev/tty")
    assert re.match("/dev/(console|pts/)", said)
    assert "through" in said
    foreground, session, pid = said.splitlines()[1].split()
    assert session == pid
    assert foreground != "-1"


def test_its_home_is_private_and_writable_and_so_is_its_folder_for_temporary_files(runner):
    said = runner.output_of(
        "echo x > $HOME/file && echo y > $TMPDIR/file && echo z > file && mkdir -p ~/a/b && stat -c %a $HOME $TMPDIR ."
    )
    assert said.split() == ["700", "700", "700"]


def test_its_first_files_are_there_and_only_it_can_read_them(runner):
    files = {"settings.json": "{}", ".config/agent/key": "at @AGTERM_HOME@ and @AGTERM_WORKSPACE@"}
    said = runner.output_of(
        "cat ~/settings.json ~/.config/agent/key; echo; stat -c %a ~/settings.json ~/.config ~/.config/agent/key; pwd",
        home_files=files,
    )
    *_, workspace = said.split()
    assert said.startswith("{}at ")
    assert f"and {workspace}" in said
    assert "@" not in said
    assert "600\n700\n600" in said


def test_a_link_that_an_earlier_agent_left_is_not_written_through(runner, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    victim.chmod(0o666)
    session_id = runner.script(f"ln -s {victim} ~/settings.json; echo linked; sleep 1000")
    with runner.watch(session_id) as reader:
        reader.see(b"linked")
    with pytest.raises(Exception, match="first files"):
        runner.call("replace", id=session_id, launch={"argv": ["/bin/true"], "home_files": {"settings.json": "evil"}})
    assert victim.read_text() == "untouched"


@as_root
def test_it_works_below_a_folder_closed_to_all_but_root_and_sees_only_its_own_things_there(runner):
    assert runner.folder.stat().st_mode & 0o077 == 0
    assert runner.folder.stat().st_uid == 0
    neighbour = runner.script("sleep 1000")
    said = runner.output_of(f"echo works > file && cat file; pwd; find {runner.folder} -name '*' 2>/dev/null")
    assert said.startswith("works\n")
    assert str(runner.home / "workspaces") in said
    assert neighbour not in said
    assert "runner.sock" not in said
    assert "runner.log" not in said


def test_it_dumps_no_core(runner):
    assert runner.output_of("ulimit -c; ulimit -Hc").split() == ["0", "0"]


def test_its_signals_are_as_a_shell_expects_them(runner):
    status = fields(runner.output_of("cat /proc/self/status"))
    reserved = 0b11 << 31  # 32 and 33 belong to the C library; nobody else can set them, nor set them back
    assert {int(status[name], 16) & ~reserved for name in ("SigBlk", "SigIgn")} == {0}


@as_root
def test_a_runner_that_is_no_root_runs_sessions_as_itself_and_says_so():
    """Not root as far as it can tell: in a user namespace of its own."""
    through = ["unshare", "-U", "--map-user=1000", "--map-group=1000"]
    with RunnerProcess(through=through) as ordinary:
        session_id = ordinary.script("id -u; echo x > $HOME/file && stat -c %a $HOME; (setsid sleep 1007 &); read line")
        with ordinary.watch(session_id) as reader:
            reader.see(b"1000\r\n700")
        assert "shared by all sessions" in ordinary.call("isolation")["run_as"]
        ordinary.call("remove", id=session_id)
        assert processes_with(session_id) == []
        assert [*ordinary.home.glob("workspaces/*"), *ordinary.home.glob("sessions/*")] == []
