"""Names that are exchanged all the time while they are used: what is inside with what leads outside."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from support.porter import facts_of, work

from core.errors import AgtermError
from runner.porter import beneath, client

SHORT_S, LONG_S = 0.7, 10.0
EXCHANGE = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
print("", flush=True)
while True:
    with open("new", "w") as file:
        file.write("mine")
    os.symlink(sys.argv[1], "new-link")
    os.rename("new", "g")  # a write that was in time has replaced the link
    os.rename("new-link", "g-link")
    for _ in range(200):
        for a, b in ((b"d", b"d-link"), (b"f", b"f-link"), (b"g", b"g-link")):
            libc.renameat2(-100, a, -100, b, 2)
"""


@contextlib.contextmanager
def exchanging(folder, outside):
    """`d`, `f` and `g` are each now a folder or a file of the place's own, now a link to what is outside."""
    owner = folder.stat()
    (folder / "d").mkdir()
    for name in ("d/secret", "f"):
        (folder / name).write_bytes(b"mine")
    (folder / "d-link").symlink_to(outside)
    (folder / "f-link").symlink_to(outside / "secret")
    for each in folder.rglob("*"):
        os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)
    argv = [sys.executable, "-c", EXCHANGE, str(outside / "secret")]
    racer = subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE)
    try:
        racer.stdout.readline()
        yield
    finally:
        racer.send_signal(signal.SIGKILL)
        racer.wait()
        racer.stdout.close()


def tries(ask):
    """`ask(what, data=None, **params)` → the reply and its bytes; each of these is asked again and again."""
    return {
        "read": lambda: ask("files.read", path="d/secret"),
        "read the link": lambda: ask("files.read", path="f"),
        "download": lambda: ask("files.download", path="d/secret"),
        "list": lambda: ask("files.list", path="d"),
        "stat": lambda: ask("files.stat", path="d/others"),
        "write": lambda: ask("files.write", data=b"mine", path="d/secret"),
        "write the link": lambda: ask("files.write", data=b"mine", path="g"),
        "write anew": lambda: ask("files.write", data=b"mine", path="d/x/new", create_parents=True),
        "mkdir": lambda: ask("files.mkdir", path="d/made/inner", parents=True),
        "delete": lambda: ask("files.delete", path="d/inner", recursive=True),
        "delete the tree": lambda: ask("files.delete", path="d/x", recursive=True),
        "rename out": lambda: ask("files.rename", old="d/secret", new="d/others", overwrite=True),
        "rename in": lambda: ask("files.rename", old="d/others", new="d/secret", overwrite=True),
        "archive": lambda: ask("files.archive", path="d", format="tar"),
        "archive all": lambda: ask("files.archive", format="zip"),
        "search": lambda: ask("files.search", path="d", query="needle", kind="content"),
    }


def race(ask, for_s):
    """How often each call was answered, and every answer in which something of others was."""
    done, leaks = dict.fromkeys(tries(ask), 0), []
    until = time.monotonic() + for_s

    def again_and_again(name, call):
        while time.monotonic() < until:
            try:
                reply, data = call()
            except AgtermError:
                continue
            done[name] += 1
            if b"needle" in data or "needle" in repr(reply) or "of-others" in repr(reply):
                leaks.append((name, reply, data))

    threads = [threading.Thread(target=again_and_again, args=each) for each in tries(ask).items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return done, leaks


def state_of(folder):
    return sorted((str(path), path.lstat().st_ino, path.lstat().st_mtime_ns) for path in folder.rglob("*"))


def over_the_wire(workspace):
    def ask(what, data=None, **params):
        if data is None:
            line = client.read if what in WITH_DATA else lambda *a, **k: (client.call(*a, **k), b"")
            return line(workspace.address, what, place=workspace.place, **params)
        return client.upload(workspace.address, what, [data], place=workspace.place, **params), b""

    return ask


WITH_DATA = ("files.read", "files.download", "files.archive")


@pytest.fixture
def busy(outside):
    """What is outside has a name that nobody inside has."""
    (outside / "of-others").write_bytes(b"needle of others")
    return outside


def test_names_that_are_exchanged_under_a_call_never_lead_out(workspace, busy):
    before = state_of(busy)
    with exchanging(workspace.folder, busy):
        _done, leaks = race(over_the_wire(workspace), SHORT_S)
    assert leaks == []
    assert state_of(busy) == before


def test_nor_do_they_where_the_kernel_has_no_call_for_it(tmp_path, busy, monkeypatch):
    monkeypatch.setattr(beneath, "_MODERN", False)
    facts, before = facts_of(tmp_path), state_of(busy)
    with exchanging(tmp_path, busy):
        _done, leaks = race(lambda what, data=None, **params: work(facts, what, data, **params), SHORT_S)
    assert leaks == []
    assert state_of(busy) == before


@pytest.mark.alone
def test_ten_seconds_of_exchanging_get_nothing_out_of_any_call(workspace, busy):
    """All calls at once; and one who looks before he opens is shown to fall for it."""
    before = state_of(busy)
    with exchanging(workspace.folder, busy):
        done, leaks = race(over_the_wire(workspace), LONG_S)
        deadline = time.monotonic() + 60
        while not naively(workspace.folder, "d/secret").startswith(b"needle"):
            assert time.monotonic() < deadline, "this race can't be lost, so it proves nothing"
    assert leaks == []
    assert state_of(busy) == before
    assert min(done[name] for name in ("read", "read the link", "list", "write the link", "search")) > 10, done


def naively(folder, path):
    try:
        real = os.path.realpath(folder / path)
        if not real.startswith(f"{folder}/"):
            return b""
        with open(folder / path, "rb") as file:
            return file.read()
    except OSError:
        return b""
