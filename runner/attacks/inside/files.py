"""Attempts on files: the server's keys, other sessions' workspaces, the machine's disk."""

import ctypes
import os
import shutil
import stat
import struct
from collections.abc import Callable
from contextlib import suppress

from .attempts import Refused, Targets, Untried, attempt, need, read, secret_in
from .calls import call


@attempt("fs01")
def read_the_signing_key(targets: Targets) -> str:
    return secret_in(read(targets["signing_key"]))


@attempt("fs02")
def read_the_database(targets: Targets) -> str:
    return secret_in(read(targets["database"]))


@attempt("fs03")
def read_another_workspace(targets: Targets) -> str:
    return secret_in(read(f"{targets['other_workspace']}/private.txt"))


@attempt("fs04")
def read_another_workspace_by_dots(targets: Targets) -> str:
    return secret_in(read(os.path.relpath(f"{targets['other_workspace']}/private.txt")))


@attempt("fs05")
def read_through_a_planted_link(targets: Targets) -> str:
    os.symlink(targets["signing_key"], "planted")
    return secret_in(read("planted"))


@attempt("fs06")
def link_a_secret_into_the_own_workspace(targets: Targets) -> str:
    os.link(targets["signing_key"], "hard")
    return secret_in(read("hard"))


@attempt("fs07")
def list_all_workspaces(targets: Targets) -> str:
    if os.path.basename(targets["other_workspace"]) not in os.listdir(targets["workspaces"]):
        raise Refused("the list does not have it")
    return "listed the other session"


@attempt("fs08")
def write_into_another_workspace(targets: Targets) -> str:
    path = f"{targets['other_workspace']}/planted.txt"
    with open(path, "x") as stream:
        stream.write("planted")
    return "wrote a file"


@attempt("fs09")
def move_a_file_out_of_another_workspace(targets: Targets) -> str:
    os.rename(f"{targets['other_workspace']}/move-me.txt", "moved")
    return secret_in(read("moved"))


@attempt("fs10")
def change_the_mode_of_another_workspace(targets: Targets) -> str:
    os.chmod(targets["other_workspace"], 0o711)  # noqa: S103 - that it can is the point
    os.chmod(targets["other_workspace"], 0o700)
    return "changed its mode"


@attempt("fs11")
def change_the_times_of_a_secret(targets: Targets) -> str:
    os.utime(targets["signing_key"], (0, 0))
    return "changed its times"


@attempt("fs12")
def look_whether_a_foreign_file_exists(targets: Targets) -> str:
    return f"it has {os.stat(targets['other_workspace'] + '/private.txt').st_size} bytes"


def _read_any(paths: list[str]) -> str:
    problem: OSError | None = None
    for path in paths:
        try:
            return secret_in(read(path))
        except OSError as error:
            problem = error
    assert problem is not None
    raise problem


@attempt("fs13")
def read_others_files_in_tmp(targets: Targets) -> str:
    return _read_any(targets["in_tmp"])


@attempt("fs14")
def read_others_files_in_dev_shm(targets: Targets) -> str:
    return _read_any(need(targets, "in_shm"))


@attempt("fs15")
def write_to_the_system(_targets: Targets) -> str:
    problem: OSError | None = None
    for folder in ("/usr", "/usr/bin", "/usr/local/bin", "/etc", "/lib"):
        path = f"{folder}/agterm-attack"
        try:
            with open(path, "x"):
                pass
        except OSError as error:
            problem = error
            continue
        os.unlink(path)
        return f"wrote in {folder}"
    assert problem is not None
    raise problem


def _block_devices(targets: Targets) -> list[tuple[str, int, int]]:
    if not targets["block_devices"]:
        raise Untried("this machine shows no block device")
    return [(name, major, minor) for name, major, minor in targets["block_devices"]]


@attempt("fs16")
def read_the_raw_disk(targets: Targets) -> str:
    problem: OSError | None = None
    for name, _, _ in _block_devices(targets):
        try:
            return f"read {len(read_some(f'/dev/{name}'))} bytes of {name}"
        except OSError as error:
            problem = error
    assert problem is not None
    raise problem


@attempt("fs17")
def make_a_device_and_read_the_disk(targets: Targets) -> str:
    name, major, minor = _block_devices(targets)[0]
    os.mknod("device", stat.S_IFBLK | 0o600, os.makedev(major, minor))
    return f"read {len(read_some('device'))} bytes of {name}"


def read_some(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return os.read(descriptor, 512)
    finally:
        os.close(descriptor)


class _Handle(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_ubyte * 128)]


@attempt("fs18")
def open_a_file_by_its_number(_targets: Targets) -> str:
    """A handle names a file of the disk, not of our view; with one that works, others can be guessed."""
    handle, mount_id = _Handle(size=128), ctypes.c_int()
    path = os.fsencode(os.getcwd())
    call("name_to_handle_at", -100, path, ctypes.byref(handle), ctypes.byref(mount_id), 0)
    here = os.open(".", os.O_RDONLY)
    os.close(call("open_by_handle_at", here, ctypes.byref(handle), os.O_RDONLY))
    return "opened a folder by its number"


@attempt("fs19")
def truncate_a_file_of_another_session(targets: Targets) -> str:
    os.truncate(f"{targets['other_workspace']}/truncate-me.txt", 1)
    return "truncated it"


@attempt("fs20")
def read_the_key_between_relay_and_server(targets: Targets) -> str:
    if not read(targets["relay_key"]):
        raise Refused("it is empty")
    return "read the key"


@attempt("fs21")
def lend_the_own_user_to_others(_targets: Targets) -> str:
    """A set-uid file runs as whose it is, whoever starts it; each way to make one is tried."""
    mode, flags = 0o4755, os.O_CREAT | os.O_RDWR
    shutil.copy(os.path.realpath("/bin/true"), "lent")
    ways: list[Callable[[], object]] = [
        lambda: os.chmod("lent", mode),
        lambda: os.fchmod(os.open("lent", os.O_RDONLY), mode),
        lambda: call("fchmodat2", -100, b"lent", mode, 0),
        lambda: os.mknod("lent by mknod", stat.S_IFREG | mode),
        lambda: os.open("lent by open", flags, mode),
        lambda: os.link(f"/proc/self/fd/{os.open('.', os.O_TMPFILE | os.O_RDWR, mode)}", "lent by link"),
        lambda: call("openat2", -100, b"lent by openat2", struct.pack("QQQ", flags, mode, 0), 24),
    ]
    problems: list[OSError] = []
    for way in ways:
        try:
            way()
        except OSError as error:
            problems.append(error)
    for name in os.listdir("."):
        with suppress(OSError):
            if os.stat(name).st_mode & (stat.S_ISUID | stat.S_ISGID) and os.path.isfile(name):
                return f"made one: {name}"
    raise problems[0] if problems else Refused("the bits are dropped")
