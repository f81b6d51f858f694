"""What a hostile workspace, or a hostile caller, gets out of the porter: nothing that is not the session's own."""

import errno
import io
import os
import socket
import stat
import tarfile
import threading

import pytest
from support.porter import facts_of, own, own_as_above, work
from support.sockets import is_alive, rss_kib, wait_until

from core.errors import (
    AgtermError,
    Conflict,
    HostUnavailable,
    InternalError,
    InvalidRequest,
    PathOutsideWorkspace,
    TooLarge,
)
from runner.addresses import connect
from runner.porter import archives, beneath, calls, client, placing
from runner.workspace.folders import Folders

OUTSIDE = ("..", "../x", "a/../../x", "/etc/passwd", "//etc/passwd", "a\0b", "./../x", "/")
ONE_PATH = ("files.list", "files.stat", "files.read", "files.download", "files.mkdir", "files.delete", "files.write")


def every_call(workspace, path):
    """Each work that names a path, with that path; what it raises, or None, by its name."""
    tries = {what: {"path": path} for what in ONE_PATH}
    tries["files.mkdir"] |= {"parents": True}
    tries["files.delete"] |= {"recursive": True}
    tries["files.write"] |= {"create_parents": True}
    tries["files.archive"] = {"path": path, "format": "tar"}
    tries["files.search"] = {"path": path, "query": "e", "kind": "content"}
    said = {}
    for what, params in tries.items():
        said[what] = refusal(lambda what=what, params=params: upload(workspace, what, params))
    said["old"] = refusal(lambda: workspace.call("files.rename", old=path, new="stolen"))
    said["new"] = refusal(lambda: workspace.call("files.rename", old="mine", new=path, overwrite=True))
    return said


def upload(workspace, what, params):
    if what == "files.write":
        client.upload(workspace.address, what, [b"planted"], place=workspace.place, **params)
    else:
        client.call(workspace.address, what, place=workspace.place, **params)


def refusal(do):
    try:
        do()
    except AgtermError as error:
        return error
    return None


def state_of(folder):
    return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_ino) for path in folder.rglob("*"))


def test_no_path_that_leads_out_is_taken(workspace):
    workspace.plant("mine")
    for path in OUTSIDE:
        said = every_call(workspace, path)
        assert {name: type(error) for name, error in said.items()} == dict.fromkeys(said, PathOutsideWorkspace), path
    for path in ("x" * 256, "a/" * 2500, "x" * 9000):
        said = every_call(workspace, path)
        assert {name: type(error) for name, error in said.items()} == dict.fromkeys(said, InvalidRequest), path
    assert workspace.names() == ["mine"]


@pytest.mark.parametrize("links", ["followed inside", "never followed"])
def test_no_link_leads_out(workspace, outside, links, monkeypatch):
    """With the kernel's own walk, and with ours where it has none."""
    before = state_of(outside)
    for name, target in {
        "file": outside / "secret",
        "folder": outside,
        "up": "../../../../..",
        "proc": "/proc/self/root",
        "fd": "/proc/self/fd/3",
        "loop": "loop",
    }.items():
        (workspace.folder / name).symlink_to(target)
    workspace.plant("in/f", b"inside")
    (workspace.folder / "ok").symlink_to("in")
    if links == "never followed":
        monkeypatch.setattr(beneath, "_MODERN", False)

        def reading(path):
            return work(facts_of(workspace.folder), "files.read", path=path)[1]
    else:
        assert workspace.read("ok/f") == b"inside"
        reading = workspace.read
    for path in ("file", "folder/secret", "up/etc/passwd", "proc/etc/passwd", "fd", "loop", "loop/x"):
        with pytest.raises((PathOutsideWorkspace, AgtermError)) as refused:
            reading(path)
        assert refused.value.code in ("PATH_OUTSIDE_WORKSPACE", "NOT_FOUND")
    if links == "followed inside":
        for path in ("folder/secret", "folder/inner", "folder/new", "up/tmp/x", "proc/tmp/x"):
            said = every_call(workspace, path)
            refused = {name: type(error) for name, error in said.items() if name != "new"}
            assert refused == dict.fromkeys(refused, PathOutsideWorkspace), path
        with pytest.raises(Conflict):
            workspace.write("file", b"through")
        with pytest.raises(Conflict):
            workspace.write("file", b"through", if_none_match="*")
        assert workspace.call("files.search", query="needle of others", kind="content")["matches"] == []
    assert state_of(outside) == before


def test_removing_a_link_leaves_what_it_leads_to(workspace, outside):
    before = state_of(outside)
    own(workspace.folder / "tree/f")
    (workspace.folder / "tree/link").symlink_to(outside)
    (workspace.folder / "link").symlink_to(outside)
    workspace.call("files.delete", path="link", recursive=True)
    workspace.call("files.delete", path="tree", recursive=True)
    assert workspace.names() == []
    assert state_of(outside) == before


def test_a_write_never_reaches_another_name_of_the_same_file(workspace, outside):
    os.link(outside / "secret", workspace.folder / "hard")
    workspace.write("hard", b"mine")
    assert (outside / "secret").read_bytes() == b"needle of others"
    assert workspace.read("hard") == b"mine"


def test_pipes_sockets_and_devices_are_told_of_and_never_opened(workspace):
    os.mkfifo(workspace.folder / "pipe", 0o666)
    listener = socket.socket(socket.AF_UNIX)
    before = os.getcwd()
    os.chdir(workspace.folder)
    listener.bind("socket")
    os.chdir(before)
    kinds = {"pipe": "fifo", "socket": "socket"}
    if os.geteuid() == 0:
        os.mknod(workspace.folder / "device", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero has no end
        kinds["device"] = "device"
    woken = threading.Event()
    threading.Thread(target=lambda: (os.close(os.open(workspace.folder / "pipe", os.O_WRONLY)), woken.set())).start()
    for name, kind in kinds.items():
        assert workspace.call("files.stat", path=name)["type"] == kind
        for what in ("files.read", "files.download", "files.write", "files.list", "files.archive"):
            params = {"path": name} | ({"format": "tar"} if what == "files.archive" else {})
            assert isinstance(refusal(lambda what=what, params=params: upload(workspace, what, params)), InvalidRequest)
    assert workspace.call("files.search", query="x", kind="content")["searched"] == 0
    with tarfile.open(fileobj=io.BytesIO(workspace.bytes_of("files.archive", format="tar")[1])) as archive:
        assert archive.getnames() == []
    assert not woken.is_set()  # who waited to write into the pipe still does
    os.close(os.open(workspace.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK))
    wait_until("the writer has gone", woken.is_set)
    listener.close()


def test_a_file_of_a_terabyte_that_is_all_holes_costs_nothing(workspace):
    planted = workspace.plant("sparse", b"")
    os.truncate(planted, 1 << 40)
    assert "sparse" in workspace.names()  # the first to ask starts the porter
    porter = workspace.runner.helpers()["porter"]
    with pytest.raises(TooLarge):
        workspace.read("sparse", max_bytes=64 << 20)
    assert workspace.bytes_of("files.download", path="sparse", offset=1 << 39, length=100)[1] == bytes(100)
    with pytest.raises(TooLarge):
        workspace.call("files.archive", format="zip")
    assert workspace.call("files.search", query="x", kind="content")["matches"] == []
    assert rss_kib(porter) < 200 * 1024
    workspace.write("sparse", b"small")
    assert workspace.read("sparse") == b"small"


def test_a_hundred_thousand_entries_come_in_pages_and_go_at_once(workspace):
    many = workspace.folder / "many"
    many.mkdir()
    folder = os.open(many, os.O_DIRECTORY)
    for number in range(100_000):
        os.mknod(f"{number:06}", dir_fd=folder)
    os.close(folder)
    own_as_above(many)
    first = workspace.call("files.list", path="many", limit=5000)
    porter = workspace.runner.helpers()["porter"]
    assert (len(first["entries"]), first["truncated"]) == (5000, True)
    second = workspace.call("files.list", path="many", limit=1, cursor=first["nextCursor"])
    assert second["entries"][0]["name"] == "005000"
    assert workspace.call("files.search", query="099999")["matches"] == [{"path": "many/099999", "type": "file"}]
    assert rss_kib(porter) < 250 * 1024
    assert workspace.call("files.delete", path="many", recursive=True) == {"removed": 100_001}


def test_folders_in_one_another_without_end_can_be_removed(workspace):
    at = os.open(workspace.folder, os.O_DIRECTORY)
    for _ in range(1000):
        os.mkdir("d", dir_fd=at)
        if os.geteuid() == 0:
            owner = workspace.folder.stat()
            os.chown("d", owner.st_uid, owner.st_gid, dir_fd=at)
        inner = os.open("d", os.O_DIRECTORY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    with pytest.raises(TooLarge):
        workspace.call("files.archive", format="tar")
    assert workspace.call("files.search", query="d")["truncated"] is True
    assert workspace.call("files.delete", path="d", recursive=True) == {"removed": 1000}
    assert workspace.names() == []


def test_a_file_that_shrinks_while_it_is_packed_breaks_the_stream_off(workspace):
    planted = workspace.plant("shrinks", os.urandom(6_000_000))
    with connection_to(workspace, "files.archive", {"format": "tar"}) as connection:
        wait_until("it is being sent", lambda: len(connection.recv(1 << 20, socket.MSG_PEEK)) > 100_000)
        os.truncate(planted, 10)
        with pytest.raises(HostUnavailable):
            rest_of(connection)


def connection_to(workspace, what, params):
    connection = connect(workspace.address, 5)
    connection.sendall(client.request(what, workspace.place, None, params))
    connection.settimeout(30)
    return connection


def rest_of(connection):
    """Raises `HostUnavailable` when it ends without the empty frame that says so."""
    ends = b""
    while data := connection.recv(1 << 20):
        ends = (ends + data)[-5:]
    if ends != bytes((0, 0, 0, 0, 9)):
        raise HostUnavailable


def test_a_porter_that_is_killed_leaves_nothing_half_done(own_runner):
    session = own_runner.program("/bin/cat", network="none")
    folder = own_runner.home / "workspaces" / session
    place = {"session": session}
    client.upload(own_runner.address, "files.write", [b"old" * 100_000], place=place, path="f")
    for number in range(3):
        porter = own_runner.helpers()["porter"]

        def chunks(porter=porter):
            yield b"new" * 100_000
            wait_until("the bytes are on their way", lambda: any_nameless(porter))
            os.kill(porter, 9)
            yield b"new" * 100_000

        name = "f" if number else "g"
        with pytest.raises(HostUnavailable):
            client.upload(own_runner.address, "files.write", chunks(), place=place, path=name)
        assert client.read(own_runner.address, "files.read", place=place, path="f")[1] == b"old" * 100_000
        assert os.listdir(folder) == ["f"]
    assert client.upload(own_runner.address, "files.write", [b"new"], place=place, path="f")["created"] is False
    assert (folder / "f").read_bytes() == b"new"
    porter = own_runner.helpers()["porter"]
    own_runner.kill()
    wait_until("the porter has ended with its runner", lambda: not is_alive(porter))


def any_nameless(pid):
    """Whether it holds a file open that has no name, and something is in it."""
    for each in os.scandir(f"/proc/{pid}/fd"):
        try:
            if "(deleted)" in os.readlink(each.path) and os.stat(each.path).st_size >= 300_000:
                return True
        except FileNotFoundError:
            continue
    return False


def test_what_a_crash_left_in_the_moment_of_publishing_is_taken_away_by_the_next_write(workspace, monkeypatch):
    facts = facts_of(workspace.folder)
    work(facts, "files.write", path="f", data=b"old")
    monkeypatch.setattr(os, "rename", died)
    monkeypatch.setattr(os, "unlink", lambda *a, **k: None)
    with pytest.raises(InternalError):
        work(facts, "files.write", path="f", data=b"lost")
    monkeypatch.undo()
    assert len(os.listdir(workspace.folder)) == 2
    work(facts, "files.write", path="f", data=b"new")
    assert (os.listdir(workspace.folder), workspace.read("f")) == (["f"], b"new")


def test_a_file_system_without_nameless_files_will_do(tmp_path, monkeypatch):
    real = os.open

    def refusing(path, flags, *arguments, **options):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "not here")
        return real(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", refusing)
    facts = facts_of(tmp_path)
    assert work(facts, "files.write", path="f", data=b"1")[0]["created"] is True
    assert work(facts, "files.write", path="f", data=b"2")[0]["created"] is False
    with pytest.raises(TooLarge):
        work(facts, "files.write", path="f", data=b"3333", max_bytes=3)
    assert (os.listdir(tmp_path), (tmp_path / "f").read_bytes()) == (["f"], b"2")


def died(*_arguments, **_options):
    raise RuntimeError


def test_our_own_folders_are_out_of_reach_where_a_place_contains_them(tmp_path):
    home = tmp_path / "deep" / "agterm"
    own(home / "agterm.sqlite3", b"secret")
    own(tmp_path / "f", b"mine")
    (tmp_path / "link").symlink_to("deep/agterm")
    facts = facts_of(tmp_path, [home])
    for path in ("deep/agterm", "deep/agterm/agterm.sqlite3", "link/agterm.sqlite3"):
        for what in ("files.stat", "files.read", "files.list"):
            with pytest.raises(PathOutsideWorkspace):
                work(facts, what, path=path)
    changes = [
        ("files.write", {"path": "deep/agterm/new", "data": b"x"}),
        ("files.write", {"path": "link/new", "data": b"x"}),
        ("files.mkdir", {"path": "deep/agterm/new"}),
        ("files.delete", {"path": "deep/agterm/agterm.sqlite3"}),
        ("files.delete", {"path": "deep", "recursive": True}),
        ("files.rename", {"old": "deep", "new": "away"}),
        ("files.rename", {"old": "deep/agterm", "new": "away"}),
        ("files.rename", {"old": "f", "new": "deep/agterm/f"}),
        ("files.rename", {"old": "f", "new": "deep/agterm", "overwrite": True}),
    ]
    for what, params in changes:
        with pytest.raises(PathOutsideWorkspace):
            work(facts, what, **params)
    assert [entry["name"] for entry in work(facts, "files.list", path="deep")[0]["entries"]] == []
    assert work(facts, "files.search", query="sqlite")[0]["matches"] == []
    assert work(facts, "files.search", query="secret", kind="content")[0]["matches"] == []
    packed = work(facts, "files.archive", format="tar")[1]
    assert b"secret" not in packed
    home.parent.rename(tmp_path / "moved")  # as a program may that runs in the place
    for what, path in (("files.read", "moved/agterm/agterm.sqlite3"), ("files.list", "moved/agterm")):
        with pytest.raises(PathOutsideWorkspace):
            work(facts, what, path=path)
    assert b"secret" not in work(facts, "files.archive", format="tar")[1]
    assert work(facts, "files.read", path="f")[1] == b"mine"


def test_a_workspace_of_ours_is_no_hidden_place_though_it_lies_in_one(tmp_path):
    home, workspace = tmp_path, tmp_path / "workspaces" / "one"
    own(workspace / "f", b"mine")
    found = workspace.stat()
    folders = Folders(workspace, home / "h", home / "t", True, None, (found.st_dev, found.st_ino))
    facts = placing.of_session(folders, placing.hidden_now([home, home / "workspaces"]))
    assert facts["hidden"] == []
    assert work(facts, "files.read", path="f")[1] == b"mine"
    workspace.rename(home / "gone")
    workspace.mkdir()
    with pytest.raises(AgtermError) as refused:
        work(facts, "files.list")
    assert refused.value.code == "NOT_FOUND"


def test_too_many_entries_for_an_archive_are_refused_before_its_first_byte(tmp_path, monkeypatch):
    for number in range(5):
        own(tmp_path / f"f{number}")
    monkeypatch.setattr(archives, "MAX_ENTRIES", 4)
    with pytest.raises(TooLarge):
        work(facts_of(tmp_path), "files.archive", format="zip")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's runner gives sessions users of their own")
def test_a_thread_of_a_session_has_its_users_rights_and_no_other_thread(tmp_path):
    (tmp_path / "root's").write_bytes(b"secret")
    (tmp_path / "root's").chmod(0o600)
    seen = {}

    def look():
        calls.become(65_534, 65_534)
        calls.keep_capabilities()
        for what, do in {
            "read": (tmp_path / "root's").read_bytes,
            "owner": lambda: os.chown(tmp_path / "root's", 65_534, 65_534),
        }.items():
            try:
                do()
                seen[what] = "done"
            except OSError as error:
                seen[what] = type(error)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == {"read": PermissionError, "owner": PermissionError}
    assert (tmp_path / "root's").read_bytes() == b"secret"  # other threads are what they were
