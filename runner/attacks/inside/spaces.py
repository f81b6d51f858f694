"""Attempts on the kernel and its namespaces: mounts, settings of the machine, rarely used system calls."""

import ctypes
import errno
import os
import struct

from .attempts import CANARY, Refused, Targets, attempt, need, read, secret_in
from .calls import (
    CLONE_NEWNS,
    CLONE_NEWUSER,
    MNT_DETACH,
    MS_BIND,
    MS_PRIVATE,
    MS_REC,
    MS_REMOUNT,
    attach_memory,
    call,
    checked,
    libc,
    mount,
)
from .processes import really


@attempt("ns01")
def look_beneath_the_mounts(targets: Targets) -> str:
    """Root of a user namespace of our own: take every mount away, make the rest writable, then look again."""
    _become_root_of_an_own_namespace()
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    places = [line.split()[4] for line in read("/proc/self/mountinfo").decode().splitlines()]
    for place in reversed(places):
        libc.umount2(place.encode(), MNT_DETACH)
        libc.mount(b"none", place.encode(), b"", ctypes.c_ulong(MS_REMOUNT | MS_BIND), None)
    seen = [path for path in _secrets(targets) if _reads_a_secret(path)]
    if seen:
        return f"read {seen[0]}"
    for folder in ("/usr", "/etc"):
        try:
            os.mkdir(f"{folder}/agterm-attack")
        except OSError:
            continue
        os.rmdir(f"{folder}/agterm-attack")
        return f"may write in {folder}"
    raise Refused(f"{len(places)} mounts stay as they are")


def _become_root_of_an_own_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    call("unshare", CLONE_NEWUSER | CLONE_NEWNS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as stream:
            stream.write(text)


def _secrets(targets: Targets) -> list[str]:
    return [targets["signing_key"], targets["database"], f"{targets['other_workspace']}/private.txt"]


def _reads_a_secret(path: str) -> bool:
    try:
        return CANARY.search(read(path)) is not None
    except OSError:
        return False


@attempt("ns02")
def enter_the_servers_namespaces(targets: Targets) -> str:
    """Those in which it is not at home already: entering one's own is no way out."""
    pid, entered, problem = really(targets["server"]), [], OSError(errno.EPERM, "setns: the same namespace")
    for kind in ("user", "mnt", "net", "pid", "ipc", "uts"):
        try:
            theirs = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
            call("setns", theirs, 0)
            entered.append(kind)
        except OSError as error:
            problem = error
    if not entered:
        raise problem
    return f"entered {', '.join(entered)}"


@attempt("ns03")
def walk_out_by_the_first_process(targets: Targets) -> str:
    problem: OSError | None = None
    for way in ("/proc/1/root", "/proc/1/cwd"):
        for path in (targets["signing_key"], targets["database"]):
            try:
                return secret_in(read(f"{way}{path}"))
            except OSError as error:
                problem = error
    assert problem is not None
    raise problem


def _opens_for_writing(*paths: str) -> str:
    """Open it and write nothing."""
    problems: list[OSError] = []
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as error:
            problems.append(error)
            continue
        return f"could write {path}"
    raise problems[0] if problems else FileNotFoundError(errno.ENOENT, "none of them is there")


@attempt("ns04")
def name_a_program_for_the_kernel_to_run(_targets: Targets) -> str:
    return _opens_for_writing("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/sys/kernel/uevent_helper")


@attempt("ns05")
def restart_the_machine(_targets: Targets) -> str:
    return _opens_for_writing("/proc/sysrq-trigger")


@attempt("ns06")
def leave_the_own_control_group(_targets: Targets) -> str:
    found = []
    for folder, _, files in os.walk("/sys/fs/cgroup"):
        found += [os.path.join(folder, name) for name in files if name in ("cgroup.procs", "tasks", "release_agent")]
        if len(found) > 500:
            break
    return _opens_for_writing(*found)


@attempt("krn01")
def use_the_kernels_dark_corners(_targets: Targets) -> str:
    """System calls with a long list of holes, none of which an agent needs."""
    event = struct.pack("=IIQQQQQ", 1, 112, 0, 0, 0, 0, 0x61)
    tries = {
        "io_uring_setup": (4, ctypes.create_string_buffer(120)),
        "bpf": (0, ctypes.create_string_buffer(struct.pack("=IIII", 2, 4, 4, 1), 128), 128),
        "perf_event_open": (ctypes.create_string_buffer(event, 112), 0, -1, -1, 0),
        "userfaultfd": (1,),
    }  # fmt: skip
    problem: OSError | None = None
    for name, arguments in tries.items():
        try:
            os.close(call(name, *arguments))
        except OSError as error:
            problem = error
            continue
        return f"{name} works"
    assert problem is not None
    raise problem


@attempt("ipc01")
def read_the_servers_shared_memory(targets: Targets) -> str:
    """By its key, as a program would, and by its number, which anybody can guess."""
    problem: Exception
    numbers = [need(targets, "memory_number")]
    try:
        numbers.append(checked(libc.shmget(targets["memory_key"], 64, 0), "shmget"))
    except OSError as error:
        problem = error
    for number in numbers:
        try:
            return secret_in(ctypes.string_at(attach_memory(number), 64))
        except (OSError, Refused) as error:
            problem = error
    raise problem
