"""Attempts on processes: environments, memory, descriptors and signals of the server and of another session."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable

from .attempts import CANARY, Refused, Targets, Untried, attempt, read, secret_in
from .calls import PTRACE_SEIZE, call


def started(pid: int) -> int | None:
    """When a process started, in ticks since the machine did: with the number it tells who it really is."""
    try:
        return int(read(f"/proc/{pid}/stat").rpartition(b") ")[2].split()[19])
    except OSError:
        return None


def really(process: list[int]) -> int:
    """Its number, unless in here that is somebody else's."""
    pid, began = process
    if started(pid) not in (None, began):
        raise Refused("in here that number is another process's")
    return pid


def any_of(processes: list[list[int]], what: Callable[[int], str]) -> str:
    """Try it on each; raises the last refusal when it works on none."""
    problem: Exception = Untried("nobody to try it on")
    for process in processes:
        try:
            return what(really(process))
        except (OSError, Refused) as error:
            problem = error
    raise problem


def _signal(pid: int) -> str:
    os.kill(pid, 0)
    return f"may signal process {pid}"


def _trace(pid: int) -> str:
    call("ptrace", PTRACE_SEIZE, pid, 0, 0)  # let go again when this attempt's own process ends
    return f"traced process {pid}"


@attempt("pr01")
def read_the_servers_environment(targets: Targets) -> str:
    return secret_in(read(f"/proc/{really(targets['server'])}/environ"))


@attempt("pr02")
def read_every_environment(_targets: Targets) -> str:
    """Those of whoever started us included: what they were told may still be in there."""
    tried = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            tried += 1
            if CANARY.search(read(f"/proc/{name}/environ")):
                return f"read a secret of process {name}"
        except OSError:
            continue
    raise Refused(f"no secret in {tried} processes")


@attempt("pr03")
def read_by_the_servers_root(targets: Targets) -> str:
    return secret_in(read(f"/proc/{really(targets['server'])}/root{targets['signing_key']}"))


@attempt("pr04")
def open_the_servers_descriptors(targets: Targets) -> str:
    return secret_in(read(f"/proc/{really(targets['server'])}/fd/{targets['server_descriptor']}"))


@attempt("pr05")
def read_command_lines_of_outsiders(targets: Targets) -> str:
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if targets["mark"].encode() in read(f"/proc/{name}/cmdline"):
                return f"saw process {name}"
        except OSError:
            continue
    raise Refused("it is not to be seen")


@attempt("pr06")
def kill_another_sessions_process(targets: Targets) -> str:
    os.kill(really(targets["doomed"]), signal.SIGKILL)
    return "killed it"


@attempt("pr07")
def signal_the_server(targets: Targets) -> str:
    return any_of(targets["outsiders"], _signal)


@attempt("pr09")
def trace_the_server(targets: Targets) -> str:
    return any_of([targets["server"], targets["other"]], _trace)


class _Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


@attempt("pr10")
def read_another_sessions_memory(targets: Targets) -> str:
    kept = ctypes.create_string_buffer(16)
    ours = _Span(ctypes.addressof(kept), 16)
    theirs = _Span(targets["other_address"], 16)
    pid = really(targets["other"])
    count = call("process_vm_readv", pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
    return f"read {count} bytes of it"


@attempt("pr11")
def take_a_descriptor_of_the_server(targets: Targets) -> str:
    handle = os.pidfd_open(really(targets["server"]))
    taken = call("pidfd_getfd", handle, targets["server_descriptor"], 0)
    return secret_in(os.pread(taken, 4096, 0))


@attempt("pr12")
def slow_another_session_down(targets: Targets) -> str:
    pid = really(targets["other"])
    os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + 1)
    return "gave it less processor time"


@attempt("pr13")
def find_descriptors_that_were_left_open(_targets: Targets) -> str:
    for number in sorted(map(int, os.listdir("/proc/self/fd"))):
        if number <= 2:
            continue
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except OSError:  # the listing's own, closed by now
            continue
        if not os.get_inheritable(number):  # opened by ourselves: Python's own are never inherited
            continue
        return f"descriptor {number} is {target}"
    raise Refused("only our own")


@attempt("pr14")
def become_root_by_a_setuid_program(_targets: Targets) -> str:
    status = dict(line.split(":", 1) for line in read("/proc/self/status").decode().splitlines())
    nothing = subprocess.DEVNULL
    for program in ("/usr/bin/su", "/bin/su", "/usr/bin/mount"):
        try:
            child = subprocess.Popen([program], stdin=nothing, stdout=nothing, stderr=nothing)
        except OSError:
            continue
        try:
            words = dict(line.split(":", 1) for line in read(f"/proc/{child.pid}/status").decode().splitlines())
            if words["Uid"].split()[1] == "0":
                return f"{program} runs as root"
        finally:
            child.kill()
            child.wait()
    if status["NoNewPrivs"].strip() != "1":
        return "new privileges are not forbidden"
    raise Refused("new privileges are forbidden")


@attempt("pr15")
def have_capabilities(_targets: Targets) -> str:
    status = dict(line.split(":", 1) for line in read("/proc/self/status").decode().splitlines())
    held = {name: status[name].strip() for name in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(status[name], 16)}
    if not held:
        raise Refused("none at all")
    return str(held)
