"""The filter of a session: each thing it refuses is tried and refused, and the things beside it still go."""

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import pty
import shutil
import socket
import struct
import subprocess
import sys
import termios
import threading

import pytest
from support.children import OK, call, in_child

from runner.sandbox import landlock, seccomp

STRICT = {"nested_userns": False, "unix": False, "udp": False, "sysv": False}
MPTCP, FAST_OPEN = 262, 0x20000000
AF_ALG, AF_PACKET, AF_VSOCK = 38, 17, 40
NETLINK_NETFILTER = 12
NEW_USER, NEW_IPC, SIGCHLD = 0x10000000, 0x08000000, 17

with_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
on_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="this CPU has no second table of calls")


def filtered(probes, **options):
    return in_child(lambda: seccomp.install(seccomp.program(**options)), probes)


def run_filtered(command, program):
    enter = lambda: seccomp.install(program)  # noqa: E731
    return subprocess.run(command, preexec_fn=enter, capture_output=True, text=True, check=False)


def by_name(name, *arguments):
    """A probe for the call of this name."""
    return lambda: call(seccomp.number(platform.machine(), name), *arguments)


def a_socket(*arguments):
    return lambda: socket.socket(*arguments).close()


def of_kind(listening, kind, protocol=0, flags=None):
    """A probe that reaches a listening socket, by `connect` or by sending at once."""

    def probe():
        with socket.socket(socket.AF_INET, kind, protocol) as client:
            if flags is None:
                client.connect(listening.getsockname())
            else:
                client.sendto(b"x", flags, listening.getsockname())

    return probe


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


# --- what is always refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in seccomp.NEVER if seccomp.number(platform.machine(), n) is not None])
def test_what_no_agent_needs_of_the_kernel_is_refused(name):
    assert filtered({name: by_name(name, 0, 0, 0, 0, 0)}) == {name: "EPERM"}


def test_a_session_cannot_type_into_a_terminal_or_load_drivers_for_one():
    _master, slave = pty.openpty()
    probes = {
        "push": lambda: fcntl.ioctl(slave, termios.TIOCSTI, b"x"),
        "paste": lambda: fcntl.ioctl(slave, termios.TIOCLINUX, b"\x03"),
        "discipline": lambda: fcntl.ioctl(slave, termios.TIOCSETD, struct.pack("i", 0)),
        "push, with other bits above": by_name("ioctl", slave, termios.TIOCSTI | 1 << 32, b"x"),
        "size": lambda: fcntl.ioctl(slave, termios.TIOCGWINSZ, bytes(8)),
        "attributes": lambda: termios.tcgetattr(slave),
    }
    assert filtered(probes) == {
        "push": "EPERM",
        "paste": "EPERM",
        "discipline": "EPERM",
        "push, with other bits above": "EPERM",
        "size": OK,
        "attributes": OK,
    }


def test_only_sockets_that_programs_use_can_be_made():
    probes = {
        "unix": a_socket(socket.AF_UNIX),
        "unix datagrams": a_socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        "tcp": a_socket(socket.AF_INET),
        "tcp 6": a_socket(socket.AF_INET6),
        "udp": a_socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK),
        "routes": a_socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
        "firewall": a_socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER),
        "ciphers": a_socket(AF_ALG, socket.SOCK_SEQPACKET),
        "packets": a_socket(AF_PACKET, socket.SOCK_RAW),
        "virtual machines": a_socket(AF_VSOCK),
    }
    refused = {"firewall", "ciphers", "packets", "virtual machines"}
    assert filtered(probes) == {name: "EPERM" if name in refused else OK for name in probes}


@on_x86_64
def test_calls_by_the_tables_of_other_programs_do_not_exist():
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\x48\x98\xc3")  # getpid as a 32-bit program calls it
    as_32_bits = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))

    def probe():
        if (result := as_32_bits()) < 0:
            raise OSError(-result, "int 0x80")

    probes = {"i386": probe, "x32": lambda: call(seccomp.X32_BIT | 39), "own": lambda: call(39)}
    assert filtered(probes) == {"i386": "ENOSYS", "x32": "ENOSYS", "own": OK}


# --- what is refused where nothing else keeps it in ------------------------------------------------------------------


def test_without_namespaces_inside_none_can_be_made_and_threads_and_children_still_can():
    def a_thread():
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

    def cloned(flags):
        """A child that leaves at once."""

        def probe():
            pid = by_name("clone", flags | SIGCHLD, 0, 0, 0, 0)()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)

        return probe

    probes = {name: by_name(name, 0, 0, 0, 0, 0) for name in seccomp.NAMESPACES}
    probes |= {
        "a child in a user namespace": cloned(NEW_USER),
        "a child in an IPC namespace": cloned(NEW_IPC),
        "clone3": by_name("clone3", 0, 0),
        "a child": cloned(0),
        "a thread": a_thread,
        "a program": lambda: subprocess.run(["true"], check=True),
    }
    told = filtered(probes, nested_userns=False)
    assert {told[name] for name in seccomp.NAMESPACES} == {"EPERM"}
    assert told["a child in a user namespace"] == told["a child in an IPC namespace"] == "EPERM"
    assert told["clone3"] == "ENOSYS"  # so libc takes the older call
    assert (told["a child"], told["a thread"], told["a program"]) == (OK, OK, OK)


@with_bwrap
@pytest.mark.parametrize(("nested", "works"), [(True, True), (False, False)])
def test_a_sandbox_inside_works_exactly_when_namespaces_may_be_nested(nested, works):
    filter_ = seccomp.program(nested_userns=nested)
    inner = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "echo", "inside"]
    done = run_filtered(inner, filter_)
    assert (done.returncode == 0, done.stdout == "inside\n") == (works, works), done.stderr


@with_bwrap
def test_bubblewrap_takes_the_filter_from_a_descriptor():
    filter_ = seccomp.as_descriptor(seccomp.program())
    call_keyctl = f"import ctypes; print(ctypes.CDLL(None).syscall({seccomp.number(platform.machine(), 'keyctl')}, 0))"
    code = f"{call_keyctl}; import socket; socket.socket(); print('tcp')"
    told = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "--seccomp", str(filter_), sys.executable, "-c", code],
        pass_fds=[filter_], capture_output=True, text=True, check=True,
    )  # fmt: skip
    os.close(filter_)
    assert told.stdout == "-1\ntcp\n"


def test_without_unix_sockets_only_connected_pairs_are_left(tmp_path):
    path = str(tmp_path / "outside")
    outside = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    outside.bind(path)

    def pair(kind):
        return lambda: [end.close() for end in socket.socketpair(socket.AF_UNIX, kind)]

    def sent_from_a_pair():
        ours, _theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        ours.sendto(b"out", path)

    def sent_from_a_raw_pair():
        ours, _theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)
        ours.sendto(b"out", path)

    probes = {
        "stream": a_socket(socket.AF_UNIX),
        "datagrams": a_socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        "pair": pair(socket.SOCK_STREAM | socket.SOCK_CLOEXEC),
        "pair of packets": pair(socket.SOCK_SEQPACKET),
        "sent from a pair": sent_from_a_pair,
        "sent from a raw pair": sent_from_a_raw_pair,
        "tcp": a_socket(socket.AF_INET),
    }
    free = in_child(lambda: None, probes)
    assert set(free.values()) == {OK}  # so each refusal below is the filter's
    outside.recv(10)
    outside.recv(10)
    refused = {"stream", "datagrams", "sent from a pair", "sent from a raw pair"}
    assert filtered(probes, unix=False) == {name: "EPERM" if name in refused else OK for name in probes}
    outside.setblocking(False)
    with pytest.raises(BlockingIOError):
        outside.recv(10)


def test_without_udp_only_tcp_itself_is_left_of_the_internet(listening):
    probes = {
        "udp": a_socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC),
        "udp 6": a_socket(socket.AF_INET6, socket.SOCK_DGRAM),
        "raw": a_socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "multipath": of_kind(listening, socket.SOCK_STREAM, MPTCP),
        "fast open": of_kind(listening, socket.SOCK_STREAM, flags=FAST_OPEN),
        "tcp": of_kind(listening, socket.SOCK_STREAM),
        "tcp by its name": of_kind(listening, socket.SOCK_STREAM, socket.IPPROTO_TCP),
        "tcp 6": a_socket(socket.AF_INET6, socket.SOCK_STREAM | socket.SOCK_CLOEXEC),
        "unix datagrams": a_socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        "routes": a_socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
    }
    refused = {"udp", "udp 6", "raw", "multipath", "fast open"}
    assert filtered(probes, udp=False) == {name: "EPERM" if name in refused else OK for name in probes}


@pytest.mark.parametrize("way", ["sendto", "sendmsg", "sendmmsg"])
def test_no_way_to_send_opens_a_connection_on_the_quiet(way, listening):
    """Each of them would with the flag of TCP Fast Open; without the flag each sends as ever."""
    ours, theirs = socket.socketpair()
    one = struct.pack("@QIxxxx6Q", 0, 0, 0, 0, 0, 0, 0, 0)  # a message without a byte or an address; room to spare

    def probe(flags):
        arguments = {"sendto": (b"x", 1, flags, 0, 0), "sendmsg": (one, flags), "sendmmsg": (one, 1, flags)}[way]
        return by_name(way, ours.fileno(), *arguments)

    told = filtered({"open": probe(FAST_OPEN), "send": probe(0)}, udp=False)
    assert told == {"open": "EPERM", "send": OK}
    theirs.close()


def test_landlocks_rules_on_ports_hold_only_together_with_the_filter(listening):
    """Landlock alone lets Fast Open and multipath TCP through; together only the port allowed is left."""
    if landlock.abi() < landlock.NETWORK_ABI:
        pytest.skip("this kernel's Landlock has no rules on ports")
    with socket.create_server(("127.0.0.1", 0)) as allowed:
        policy = landlock.Policy([("/", landlock.READ_WRITE)], {allowed.getsockname()[1]}, set(), True)

        def enter():
            landlock.restrict(landlock.build(policy))
            seccomp.install(seccomp.program(udp=False))

        probes = {
            "connect": of_kind(listening, socket.SOCK_STREAM),
            "fast open": of_kind(listening, socket.SOCK_STREAM, flags=FAST_OPEN),
            "multipath": of_kind(listening, socket.SOCK_STREAM, MPTCP),
            "allowed": of_kind(allowed, socket.SOCK_STREAM),
        }
        told = in_child(enter, probes)
    assert told == {"connect": "EACCES", "fast open": "EPERM", "multipath": "EPERM", "allowed": OK}


def test_without_system_v_nothing_shared_by_number_can_be_reached():
    free = in_child(lambda: None, {"shmget": by_name("shmget", 0, 4096, 0o600 | 0o1000)})
    assert free == {"shmget": OK}  # IPC_PRIVATE
    probes = {name: by_name(name, -1, 0, 0, 0, 0) for name in seccomp.SYSTEM_V}
    assert set(filtered(probes, sysv=False).values()) == {"EPERM"}
    assert "EPERM" not in filtered({"semget": by_name("semget", 0, 1, 0o600 | 0o1000)}).values()


@pytest.mark.parametrize("command", [
    ["git", "--version"],
    [sys.executable, "-c", "import ssl, sqlite3, threading, multiprocessing; threading.Thread(target=int).start()"],
    ["sh", "-c", "echo a | cat | (sleep 0 & wait; cat)"],
    ["node", "-e", "require('child_process').execSync('true')"],
])  # fmt: skip
def test_everyday_programs_run_with_the_strictest_filter(command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    filter_ = seccomp.program(**STRICT)
    done = run_filtered(command, filter_)
    assert done.returncode == 0, done.stderr


def test_a_program_inside_may_take_more_rights_from_itself():
    """As agents do that have a sandbox of their own."""
    strict = seccomp.program(unix=False)
    told = filtered({"again": lambda: seccomp.install(strict), "unix": a_socket(socket.AF_UNIX)})
    assert told == {"again": OK, "unix": "EPERM"}


# --- the tables of other machines ------------------------------------------------------------------------------------


def verdict(program, architecture, number, *arguments):
    """What the kernel would answer: an interpreter for those instructions that we use."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    steps = list(struct.iter_unpack("<HBBI", program))
    place = value = 0
    while True:
        code, yes, no, operand = steps[place]
        place += 1
        if code == seccomp.LOAD:
            (value,) = struct.unpack_from("<I", data, operand)
        elif code == seccomp.MASK:
            value &= operand
        elif code == seccomp.ANSWER:
            return "ok" if operand == seccomp.ALLOW else errno.errorcode[operand & 0xFFFF]
        else:
            test = {seccomp.EQUAL: value == operand, seccomp.AT_LEAST: value >= operand}
            place += yes if test.get(code, bool(value & operand)) else no


@pytest.mark.parametrize(("machine", "architecture"), seccomp.AUDIT_ARCHITECTURE.items())
def test_both_cpus_have_the_same_rules(monkeypatch, machine, architecture):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    usual, strict = seccomp.program(), seccomp.program(**STRICT)
    for name in seccomp.CALLS:
        number = seccomp.number(machine, name)
        if number is None:
            continue
        zeros = (verdict(usual, architecture, number), verdict(strict, architecture, number))
        expected = {
            **dict.fromkeys(seccomp.NAMESPACES + seccomp.SYSTEM_V, ("ok", "EPERM")),
            **dict.fromkeys(seccomp.NEVER, ("EPERM", "EPERM")),
            "clone3": ("ok", "ENOSYS"),
            "openat2": ("ENOSYS", "ENOSYS"),
            "socket": ("EPERM", "EPERM"),  # the family 0
            "socketpair": ("ok", "EPERM"),
        }
        assert zeros == expected.get(name, ("ok", "ok")), name
    assert verdict(usual, architecture ^ 1, 0) == "ENOSYS"
    numbers = {seccomp.number(machine, name) for name in seccomp.CALLS}
    others = [verdict(strict, architecture, number) for number in range(480) if number not in numbers]
    assert set(others) == {"ok"}


def test_a_machine_without_a_table_is_told(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(seccomp.Unsupported):
        seccomp.program()
