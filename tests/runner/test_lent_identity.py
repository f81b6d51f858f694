"""The filter of a session leaves no file that lends its user to others; modes of all other kinds are free."""

import errno
import os
import platform
import shutil
import struct
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from support.children import OK, call, in_child

from runner.sandbox import seccomp


def filtered(probes):
    return in_child(lambda: seccomp.install(seccomp.program()), probes)


def by_name(name, *arguments):
    """A probe for the call of this name."""
    return lambda: call(seccomp.number(platform.machine(), name), *arguments)


LENDING = {
    "chmod": lambda mode: call_if_there("chmod", b"there", mode),
    "fchmod": lambda mode: by_name("fchmod", os.open("there", os.O_RDONLY), mode)(),
    "fchmodat": lambda mode: by_name("fchmodat", -100, b"there", mode)(),
    "fchmodat2": lambda mode: by_name("fchmodat2", -100, b"there", mode, 0)(),
    "open": lambda mode: call_if_there("open", b"made by open", os.O_CREAT | os.O_RDWR, mode),
    "openat": lambda mode: by_name("openat", -100, b"made by openat", os.O_CREAT | os.O_RDWR, mode)(),
    "openat without a name": lambda mode: by_name("openat", -100, b".", os.O_TMPFILE | os.O_RDWR, mode)(),
    "openat2": lambda mode: by_name(
        "openat2", -100, b"made by openat2", struct.pack("QQQ", os.O_CREAT | os.O_RDWR, mode, 0), 24
    )(),
    "creat": lambda mode: call_if_there("creat", b"made by creat", mode),
    "mknod": lambda mode: call_if_there("mknod", b"made by mknod", 0o100000 | mode, 0),
    "mknodat": lambda mode: by_name("mknodat", -100, b"made by mknodat", 0o100000 | mode, 0)(),
}  # each with the mode that it gives a file
ONLY_ON_FILES = {name for name in LENDING if "chmod" not in name}


def call_if_there(name, *arguments):
    """Not every CPU has each of them."""
    if (number := seccomp.number(platform.machine(), name)) is None:
        raise PermissionError(errno.EPERM, "no such call")
    call(number, *arguments)


def lending(mode, enter):
    """How each way ends to give a file this mode; what lies in the folder then with somebody's identity to lend."""

    def within(way):
        return lambda: LENDING[way](mode)

    def entered():
        os.umask(0)
        enter()

    return in_child(entered, {way: within(way) for way in LENDING})


@pytest.fixture
def a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").touch()
    return tmp_path


def lent(folder):
    return {path.name for path in folder.iterdir() if path.stat().st_mode & 0o6000}


@pytest.mark.parametrize("mode", [0o4755, 0o6755, 0o4000])
def test_nobody_can_be_lent_the_sessions_user_by_a_file(a_file, mode):
    told = lending(mode, lambda: seccomp.install(seccomp.program()))
    assert told == {way: "ENOSYS" if way == "openat2" else "EPERM" for way in LENDING}
    assert lent(a_file) == set()


def test_without_the_filter_each_way_makes_such_a_file(a_file):
    told = lending(0o4755, lambda: None)
    absent = {way for way in LENDING if way in seccomp.CALLS and seccomp.number(platform.machine(), way) is None}
    assert {way for way, outcome in told.items() if outcome != OK} <= absent | {"fchmodat2"}  # from Linux 6.6 on
    assert lent(a_file) >= {"there", "made by openat", "made by openat2", "made by mknodat"}


def test_a_new_file_can_not_lend_its_group_and_a_folder_can_hand_its_group_on(a_file):
    told = lending(0o2755, lambda: seccomp.install(seccomp.program()))
    assert {way for way, outcome in told.items() if outcome != OK} >= ONLY_ON_FILES
    assert filtered({"folder": lambda: (os.mkdir("shared"), os.chmod("shared", 0o2775))}) == {"folder": OK}
    assert (a_file / "shared").stat().st_mode & 0o7777 == 0o2775


def test_other_modes_and_files_that_are_only_opened_are_nobodys_business(a_file):
    """What is in place of the mode where no file is made is whatever was left there."""
    probes = {way: (lambda way=way: LENDING[way](0o1755)) for way in LENDING if way != "openat2"}
    probes["opened"] = by_name("openat", -100, b"there", os.O_RDWR, 0o7777)
    absent = {way for way in probes if way in seccomp.CALLS and seccomp.number(platform.machine(), way) is None}
    assert {way for way, outcome in filtered(probes).items() if outcome != OK} <= absent | {"fchmodat2"}


def as_nobody(command, folder):
    """A command with the filter, as an ordinary user who owns the folder."""
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)

    def enter():
        os.chdir(folder)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
        os.umask(0o022)
        seccomp.install(seccomp.program())

    return subprocess.run(command, preexec_fn=enter, env={"PATH": os.defpath, "HOME": str(folder)}, text=True,
                          capture_output=True, check=False)  # fmt: skip


@pytest.fixture
def open_folder():
    with tempfile.TemporaryDirectory(prefix="agterm-open-") as name:
        yield Path(name)


SHARED = """
git init -q --shared shared; cd shared; git config user.email a@b; git config user.name a
echo x > f; git add f; git commit -qm one; test -g .git/objects
"""
ARCHIVE = "tar xf archive.tar && test -x tool && ! test -u tool && tar xf archive.tar plain && cp -p tool copy"


@pytest.mark.parametrize(("program", "script"), [
    ("git", SHARED),
    ("tar", ARCHIVE),
    ("node", """node -e "fs = require('fs'); fs.cpSync('archive.tar', 'b'); fs.chmodSync('b', 0o755)" """),
])  # fmt: skip
def test_everyday_programs_do_not_feel_it(open_folder, program, script):
    """Shared repositories, and archives with a set-uid program in them, unpacked by an ordinary user."""
    if shutil.which(program, path=os.defpath) is None:
        pytest.skip(f"{program} is not installed for everybody")
    with tarfile.open(open_folder / "archive.tar", "w") as archive:
        for name, mode in (("tool", 0o4755), ("plain", 0o644)):
            member = tarfile.TarInfo(name)
            member.mode = mode
            archive.addfile(member)
    (open_folder / "archive.tar").chmod(0o644)
    done = as_nobody(["/bin/sh", "-ec", script], open_folder)
    assert done.returncode == 0, done.stderr
