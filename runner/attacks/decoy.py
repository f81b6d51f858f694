"""A stand-in for the server, as a process: it has a secret wherever a real one might, and lets itself be attacked.

`python -m runner.attacks.decoy FOLDER MARK`: says in one line of JSON where its secrets are, and is there until its
standard input ends. The secret comes in its environment, as `DECOY_SECRET`.
"""

import ctypes
import json
import os
import socket
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from runner.attacks.inside.calls import (
    KEY_SPEC_USER_KEYRING,
    KEYCTL_UNLINK,
    attach_memory,
    call,
    checked,
    libc,
)

IPC_CREAT, IPC_EXCL, IPC_RMID = 0o1000, 0o2000, 0


def main(folder: Path, mark: str) -> None:
    secret = os.environ["DECOY_SECRET"].encode()
    facts = _files(folder, secret) | _sockets(folder, mark, secret) | _memory(secret) | _queue(mark, secret)
    facts |= _key(mark, secret)
    print(json.dumps(facts), flush=True)
    sys.stdin.buffer.read()
    _tidy(facts)


def _files(folder: Path, secret: bytes) -> dict[str, Any]:
    path = folder / "open-secret"
    path.write_bytes(secret)
    path.chmod(0o600)
    return {"server_descriptor": os.open(path, os.O_RDONLY)}


def _sockets(folder: Path, mark: str, secret: bytes) -> dict[str, Any]:
    internet, path, name = socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    internet.bind(("127.0.0.1", 0))
    path.bind(str(folder / "decoy.sock"))
    (folder / "decoy.sock").chmod(0o600)
    name.bind("\0" + mark)
    for listener in (internet, path, name):
        listener.listen()
        threading.Thread(target=_greet, args=(listener, secret), daemon=True).start()
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 0))
    threading.Thread(target=_answer, args=(datagrams, secret), daemon=True).start()
    return {
        "tcp_port": internet.getsockname()[1],
        "udp_port": datagrams.getsockname()[1],
        "path_socket": str(folder / "decoy.sock"),
        "abstract_socket": mark,
    }


def _greet(listener: socket.socket, secret: bytes) -> None:
    while True:
        caller, _ = listener.accept()
        with caller, suppress(OSError):
            caller.sendall(secret)


def _answer(datagrams: socket.socket, secret: bytes) -> None:
    while True:
        _, sender = datagrams.recvfrom(4096)
        datagrams.sendto(secret, sender)


def _memory(secret: bytes) -> dict[str, Any]:
    with suppress(OSError):
        key = int.from_bytes(os.urandom(3))
        number = checked(libc.shmget(key, 64, IPC_CREAT | IPC_EXCL | 0o600), "shmget")
        ctypes.memmove(attach_memory(number, writable=True), secret, len(secret))
        return {"memory_key": key, "memory_number": number}
    return {"memory_key": None, "memory_number": None}


def _queue(mark: str, secret: bytes) -> dict[str, Any]:
    name = f"/{mark}"
    with suppress(OSError):
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
        queue = checked(libc.mq_open(name.encode(), flags, stat.S_IRUSR | stat.S_IWUSR, None), "mq_open")
        checked(libc.mq_send(queue, secret, ctypes.c_size_t(len(secret)), 0), "mq_send")
        return {"queue": name}
    return {"queue": None}


def _key(mark: str, secret: bytes) -> dict[str, Any]:
    with suppress(OSError, NotImplementedError):
        key = call("add_key", b"user", mark.encode(), secret, len(secret), KEY_SPEC_USER_KEYRING)
        return {"key": key}
    return {"key": None}


def _tidy(facts: dict[str, Any]) -> None:
    """What outlives a process."""
    if facts["memory_number"] is not None:
        libc.shmctl(facts["memory_number"], IPC_RMID, None)
    if facts["queue"] is not None:
        libc.mq_unlink(facts["queue"].encode())
    if facts["key"] is not None:
        with suppress(OSError):
            call("keyctl", KEYCTL_UNLINK, facts["key"], KEY_SPEC_USER_KEYRING)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
