"""Attempts on what talks: sockets of the machine, its queues and keys, other terminals."""

import ctypes
import fcntl
import os
import socket
import termios
import threading
import urllib.parse

from .attempts import Refused, Targets, Untried, attempt, need, read, secret_in
from .calls import KEYCTL_READ, call, checked, libc

TIMEOUT_S = 2.0
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
CONFIRM = "agterm-attack"  # what an impostor says to whoever connects


def _hear(family: int, kind: int, address: object, say: bytes = b"") -> bytes:
    with socket.socket(family, kind) as line:
        line.settimeout(TIMEOUT_S)
        line.connect(address)  # type: ignore[arg-type]
        if say:
            line.send(say)
        return line.recv(4096)


@attempt("net01")
def reach_a_service_of_the_machine(targets: Targets) -> str:
    return secret_in(_hear(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", targets["tcp_port"])))


@attempt("net02")
def reach_a_service_of_the_machine_by_datagram(targets: Targets) -> str:
    return secret_in(_hear(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", targets["udp_port"]), b"?"))


@attempt("net03")
def reach_a_socket_that_is_a_file(targets: Targets) -> str:
    return secret_in(_hear(socket.AF_UNIX, socket.SOCK_STREAM, targets["path_socket"]))


@attempt("net04")
def reach_a_socket_that_is_a_name(targets: Targets) -> str:
    return secret_in(_hear(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + targets["abstract_socket"]))


@attempt("net05")
def talk_to_the_host_of_a_virtual_machine(_targets: Targets) -> str:
    socket.socket(40, socket.SOCK_STREAM).close()
    return "has a VSOCK socket"


@attempt("net06")
def listen_to_the_wire(_targets: Targets) -> str:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300).close()
    return "has a raw socket"


@attempt("net07")
def list_the_machines_sockets(targets: Targets) -> str:
    if f":{targets['tcp_port']:04X} 00000000:0000".encode() in read("/proc/net/tcp"):
        return "saw the decoy's TCP socket"
    if targets["abstract_socket"].encode() in read("/proc/net/unix"):
        return "saw the decoy's Unix socket"
    raise Refused("they are not listed")


@attempt("net08")
def pretend_to_be_a_service_of_the_machine(targets: Targets) -> str:
    """Listen where somebody on the machine will look; whether he finds us, only he can say."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", targets["free_port"]))
    listener.listen()

    def greet() -> None:
        while True:
            caller, _ = listener.accept()
            with caller:
                caller.sendall(CONFIRM.encode())

    threading.Thread(target=greet, daemon=True).start()
    return "listens"


@attempt("net09")
def take_the_providers_door(_targets: Targets) -> str:
    """The port to which agents send their key."""
    address = os.environ["DOOR"]
    if "@" in address:
        raise Untried("the runner does not say where the door is")
    door = urllib.parse.urlsplit(address).port
    if not door:
        raise Refused("this session has no door")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", door))
        listener.listen()
    return f"listens on {door}"


@attempt("net10")
def command_the_runner(targets: Targets) -> str:
    problem: OSError | None = None
    for path in targets["runner_sockets"]:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(TIMEOUT_S)
                line.connect(path)
                return "connected to one of the runner's sockets"
        except OSError as error:
            problem = error
    assert problem is not None
    raise problem


@attempt("ipc02")
def read_a_key_of_the_servers_keyring(targets: Targets) -> str:
    kept = ctypes.create_string_buffer(256)
    call("keyctl", KEYCTL_READ, need(targets, "key"), kept, 256, 0)
    return secret_in(kept.raw)


@attempt("ipc03")
def read_the_servers_message_queue(targets: Targets) -> str:
    kept = ctypes.create_string_buffer(8192)
    queue = checked(libc.mq_open(need(targets, "queue").encode(), os.O_RDONLY | os.O_NONBLOCK), "mq_open")
    checked(libc.mq_receive(queue, kept, ctypes.c_size_t(8192), None), "mq_receive")
    return secret_in(kept.raw)


@attempt("tty01")
def type_into_the_own_terminal(_targets: Targets) -> str:
    """What is typed so is read by whoever reads the terminal next."""
    problem: OSError | None = None
    for request, argument in ((TIOCSTI, b"\n"), (TIOCLINUX, b"\x03")):
        try:
            fcntl.ioctl(0, request, argument)
        except OSError as error:
            problem = error
            continue
        return f"ioctl {request:#x} works"
    assert problem is not None
    raise problem


@attempt("tty02")
def open_another_sessions_terminal(targets: Targets) -> str:
    descriptor = os.open(need(targets, "other_terminal"), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    if os.fstat(descriptor).st_rdev == os.fstat(0).st_rdev:
        raise Refused("in here that name is our own terminal")
    termios.tcgetattr(descriptor)
    return "opened it for reading and writing"
