"""Landlock's rules, each tried in a child that lives by them; and what becomes of them on older kernels."""

import os
import signal
import socket
import stat
import subprocess
import threading

import pytest
from support.children import OK, in_child

from runner.sandbox import landlock
from runner.sandbox.landlock import DEVICE, READ, READ_EXECUTE, READ_WRITE, Policy

SYSTEM = [("/usr", READ_EXECUTE), ("/lib", READ_EXECUTE), ("/lib64", READ_EXECUTE), ("/bin", READ_EXECUTE)]

pytestmark = pytest.mark.skipif(landlock.abi() == 0, reason="this kernel has no Landlock")


def since(version):
    return pytest.mark.skipif(landlock.abi() < version, reason=f"needs version {version} of Landlock")


def confined(probes, paths=(), connect=None, bind=None, scoped=False):
    def enter():
        landlock.restrict(landlock.build(Policy(list(paths), connect, bind, scoped)))

    return in_child(enter, probes)


def reading(path):
    return path.read_bytes


def writing(path):
    return lambda: path.write_bytes(b"new")


@pytest.fixture
def folders(tmp_path):
    """`own` with a program and a link out of it, and `other` with a secret."""
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "file").write_text("secret")
    (own / "link").symlink_to(other / "file")
    (own / "program").write_text("#!/bin/sh\nexit 0\n")
    (own / "program").chmod(0o755)
    return own, other


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_folder_to_write_in_is_all_ones_own_and_nothing_beside_it_is(folders):
    own, other = folders
    probes = {
        "read": reading(own / "file"),
        "write": writing(own / "file"),
        "make": writing(own / "new"),
        "folder": (own / "folder").mkdir,
        "move into it": lambda: (own / "new").rename(own / "folder" / "new"),
        "remove": (own / "folder" / "new").unlink,
        "run": lambda: subprocess.run([own / "program"], check=True),
        "read beside": reading(other / "file"),
        "read by a link": reading(own / "link"),
        "write beside": writing(other / "file"),
        "make beside": writing(other / "new"),
        "list beside": lambda: os.listdir(other),
        "take from beside": lambda: (other / "file").rename(own / "taken"),
        "link to beside": lambda: os.link(other / "file", own / "linked"),
        "list above": lambda: os.listdir(own.parent),
        "a device": lambda: os.mknod(own / "device", stat.S_IFBLK | 0o600, os.makedev(7, 0)),
    }
    mine = ("read", "write", "make", "folder", "move into it", "remove", "run")
    told = confined(probes, [(str(own), READ_WRITE), *SYSTEM])
    assert [told[name] for name in mine] == [OK] * len(mine)
    refused = {name: answer for name, answer in told.items() if name not in mine}
    assert set(refused.values()) <= {"EACCES", "EXDEV", "EPERM"}
    assert (other / "file").read_text() == "secret"


def test_a_folder_to_read_can_not_be_written_or_run(folders):
    own, _other = folders
    probes = {
        "read": reading(own / "file"),
        "list": lambda: os.listdir(own),
        "write": writing(own / "file"),
        "truncate": lambda: os.truncate(own / "file", 0),
        "make": writing(own / "new"),
        "remove": (own / "file").unlink,
        "run": lambda: subprocess.run([own / "program"], check=True),
    }
    told = confined(probes, [(str(own), READ), *SYSTEM])
    assert told == {name: OK if name in ("read", "list") else "EACCES" for name in probes}
    assert confined({"run": probes["run"]}, [(str(own), READ_EXECUTE), *SYSTEM]) == {"run": OK}
    assert (own / "file").read_text() == "secret"


def test_a_single_file_may_be_named_and_devices_used(folders):
    own, _other = folders
    probes = {
        "file": reading(own / "file"),
        "the one beside": reading(own / "program"),
        "nothing": lambda: os.write(os.open("/dev/null", os.O_WRONLY | os.O_TRUNC), b"x"),
        "chance": lambda: os.close(os.open("/dev/urandom", os.O_RDONLY)),
    }
    told = confined(probes, [(str(own / "file"), READ_WRITE), ("/dev/null", DEVICE)])
    assert told == {"file": OK, "the one beside": "EACCES", "nothing": OK, "chance": "EACCES"}


def test_paths_that_do_not_exist_are_left_out(folders):
    own, _other = folders
    paths = [(str(own / "missing"), READ), (str(own / "file" / "below"), READ), (str(own), READ)]
    assert confined({"read": reading(own / "file")}, paths) == {"read": OK}


def test_without_any_path_nothing_at_all_can_be_opened(folders):
    own, _other = folders
    probes = {
        "file": reading(own / "file"),
        "root": lambda: os.listdir("/"),
        "program": lambda: os.execv("/bin/true", ["true"]),
    }
    assert set(confined(probes).values()) == {"EACCES"}


def test_what_is_started_inside_lives_by_the_rules_too(folders):
    own, other = folders
    script = f"cat {own}/file && ! cat {other}/file"
    told = confined({"sh": lambda: subprocess.run(["sh", "-c", script], check=True)}, [(str(own), READ), *SYSTEM])
    assert told == {"sh": OK}


# --- ports, signals, abstract sockets --------------------------------------------------------------------------------


@since(landlock.NETWORK_ABI)
def test_only_the_ports_named_can_be_reached_and_bound():
    with socket.create_server(("127.0.0.1", 0)) as allowed, socket.create_server(("127.0.0.1", 0)) as other:

        def connecting(server):
            return lambda: socket.create_connection(server.getsockname()).close()

        probes = {
            "allowed": connecting(allowed),
            "other": connecting(other),
            "bind": lambda: socket.create_server(("127.0.0.1", 0)).close(),
        }
        ports, files = {allowed.getsockname()[1]}, [("/", READ)]
        assert confined(probes, files, connect=ports, bind=set()) == {
            "allowed": OK,
            "other": "EACCES",
            "bind": "EACCES",
        }
        assert confined(probes, files, connect=set(), bind={0}) == {"allowed": "EACCES", "other": "EACCES", "bind": OK}
        assert set(confined(probes, files).values()) == {OK}


@since(landlock.SCOPES_ABI)
def test_in_its_scope_a_program_reaches_no_process_and_no_abstract_socket_outside():
    name = f"\0outside-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as outside:
        outside.bind(name)
        outside.listen()

        def own_child():
            child = subprocess.Popen(["sleep", "60"])
            child.send_signal(signal.SIGKILL)
            child.wait()

        probes = {
            "signal": lambda: os.kill(os.getppid(), 0),
            "connect": lambda: socket.socket(socket.AF_UNIX).connect(name),
            "its own child": own_child,
        }
        everything = [("/", READ_WRITE | DEVICE)]
        assert confined(probes, everything, scoped=True) == {"signal": "EPERM", "connect": "EPERM", "its own child": OK}
        assert set(confined(probes, everything, scoped=False).values()) == {OK}


# --- the descriptor, and older kernels -------------------------------------------------------------------------------


def test_rules_bind_who_enters_them_and_no_program_inherits_their_descriptor(folders):
    own, other = folders
    rules = landlock.build(Policy([(str(own), READ)], None, None, False))
    assert not os.get_inheritable(rules)
    told = in_child(lambda: landlock.restrict(rules), {"beside": reading(other / "file")})
    assert told == {"beside": "EACCES"}
    assert (other / "file").read_text() == "secret"
    os.close(rules)


@pytest.mark.parametrize("version", range(1, 7))
def test_an_older_kernel_keeps_the_rules_that_it_knows(monkeypatch, folders, version):
    own, other = folders
    if version > landlock.abi():
        pytest.skip(f"this kernel has version {landlock.abi()} of Landlock")
    monkeypatch.setattr(landlock, "abi", lambda: version)
    told = confined(
        {"own": writing(own / "file"), "beside": reading(other / "file")},
        [(str(own), READ_WRITE), ("/dev/null", DEVICE)], connect={1}, bind=set(), scoped=True,
    )  # fmt: skip
    assert told == {"own": OK, "beside": "EACCES"}


def test_without_landlock_building_says_so(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(OSError, match="no Landlock"):
        landlock.build(Policy([], None, None, True))


def test_a_policy_that_can_not_be_built_leaves_no_descriptor_behind():
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(ValueError):
        landlock.build(Policy([("nul\0byte", READ)], None, None, False))
    assert len(os.listdir("/proc/self/fd")) == before


def test_rules_entered_by_one_thread_do_not_bind_the_others(folders):
    """Why whoever wants a whole process in a box enters it before the first thread."""
    own, _other = folders

    def enter():
        thread = threading.Thread(target=lambda: landlock.restrict(landlock.build(Policy([], None, None, False))))
        thread.start()
        thread.join()

    assert in_child(enter, {"read": reading(own / "file")}) == {"read": OK}
