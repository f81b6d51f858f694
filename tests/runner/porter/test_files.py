"""What callers do with the files of a workspace, by way of the porter."""

import base64
import io
import os
import stat
import tarfile
import zipfile

import pytest
from support.sockets import wait_until

from core.errors import Conflict, Forbidden, HostUnavailable, InvalidRequest, NotFound, SessionNotFound, TooLarge
from runner.addresses import connect
from runner.porter import client


def test_a_file_that_was_written_is_read_back_and_belongs_to_the_session(workspace):
    said = workspace.write("a/b/new.txt", b"hello ", b"world", create_parents=True)
    facts, data = workspace.bytes_of("files.read", path="a/b/new.txt")
    assert (said["size"], said["created"], data) == (11, True, b"hello world")
    assert facts["etag"] == said["etag"] == workspace.call("files.stat", path="a/b/new.txt")["etag"]
    assert facts["isBinary"] is False
    owner = workspace.folder.stat()
    for made in ("a", "a/b", "a/b/new.txt"):
        found = (workspace.folder / made).stat()
        assert (found.st_uid, found.st_gid) == (owner.st_uid, owner.st_gid)
    workspace.write("empty")
    assert workspace.read("empty") == b""


def test_a_file_that_is_written_again_keeps_its_mode(workspace):
    workspace.plant("run.sh").chmod(0o4750)
    assert workspace.write("run.sh", b"#!/bin/sh")["created"] is False
    assert stat.S_IMODE((workspace.folder / "run.sh").stat().st_mode) == 0o750
    assert (workspace.folder / "run.sh").read_bytes() == b"#!/bin/sh"


def test_a_write_is_refused_when_the_file_is_another_by_then(workspace):
    etag = workspace.write("f", b"1")["etag"]
    with pytest.raises(Conflict) as refused:
        workspace.write("f", b"2", if_none_match="*")
    assert refused.value.details == {"etag": etag}
    newer = workspace.write("f", b"2", if_match=etag)["etag"]
    with pytest.raises(Conflict) as refused:
        workspace.write("f", b"3", if_match=etag)
    assert refused.value.details == {"etag": newer}
    with pytest.raises(Conflict):
        workspace.write("gone", b"3", if_match=etag)
    assert workspace.read("f") == b"2"
    with pytest.raises(NotFound):
        workspace.write("no/such/folder", b"")


def test_a_write_that_is_too_much_or_not_all_changes_nothing(workspace):
    workspace.write("f", b"old")

    def broken():
        yield b"half"
        raise ConnectionResetError("the browser is gone")

    with pytest.raises(TooLarge):
        workspace.write("f", *[b"x" * 60_000] * 50, max_bytes=100_000)
    with pytest.raises(TooLarge):
        workspace.write("f", b"", max_bytes=10, size=11)
    with pytest.raises(InvalidRequest):
        workspace.write("f", b"123", size=4)
    with pytest.raises((ConnectionResetError, HostUnavailable)):
        client.upload(workspace.address, "files.write", broken(), place=workspace.place, path="f")
    assert workspace.read("f") == b"old"
    assert os.listdir(workspace.folder) == ["f"]


def test_a_list_comes_in_pages_folders_first(workspace):
    for name in ("z/inside", "b", "a", ".dot", "y/inside"):
        workspace.plant(name)
    (workspace.folder / "link").symlink_to("a")
    os.mkfifo(workspace.folder / "pipe")
    assert workspace.names() == ["y", "z", ".dot", "a", "b", "link", "pipe"]
    assert workspace.names(hidden=False) == ["y", "z", "a", "b", "link", "pipe"]
    pages, cursor = [], None
    while not pages or cursor is not None:
        page = workspace.call("files.list", limit=3, cursor=cursor)
        pages.append([entry["name"] for entry in page["entries"]])
        cursor = page["nextCursor"]
        assert page["truncated"] is (cursor is not None)
    assert pages == [["y", "z", ".dot"], ["a", "b", "link"], ["pipe"]]
    facts = {entry["name"]: entry for entry in workspace.call("files.list")["entries"]}
    assert {facts[name]["type"] for name in ("y", "a", "link", "pipe")} == {"directory", "file", "symlink", "fifo"}
    assert (facts["a"]["size"], facts["link"]["target"]) == (7, "a")
    assert workspace.call("files.stat", path="link")["target"] == "a"
    with pytest.raises(InvalidRequest):
        workspace.call("files.list", path="a")
    with pytest.raises(InvalidRequest):
        workspace.call("files.list", cursor="nonsense")


def test_names_that_are_no_text_can_be_listed_read_renamed_and_removed(workspace):
    strange = b"caf\xe9"
    workspace.plant(os.fsdecode(strange), b"latin")
    [entry] = workspace.call("files.list")["entries"]
    assert (entry["name"], base64.b64decode(entry["rawName"])) == ("caf�", strange)
    assert workspace.bytes_of("files.read", rawPath=entry["rawName"])[1] == b"latin"
    [match] = workspace.call("files.search", query="caf")["matches"]
    assert match["rawPath"] == entry["rawName"]
    workspace.call("files.rename", rawOld=entry["rawName"], new="café")
    assert workspace.names() == ["café"]
    workspace.call("files.rename", old="café", rawNew=entry["rawName"])
    workspace.call("files.delete", rawPath=entry["rawName"])
    assert workspace.names() == []
    with pytest.raises(InvalidRequest):
        workspace.call("files.stat", rawPath="no base64!")


def test_a_read_says_what_it_is_and_refuses_what_is_too_large(workspace):
    workspace.plant("zero", b"a\0b")
    workspace.plant("latin", b"x" * 300_000 + b"\xe9")
    workspace.plant("text", "ü".encode() * 200_000)
    kinds = {name: workspace.bytes_of("files.read", path=name)[0]["isBinary"] for name in ("zero", "latin", "text")}
    assert kinds == {"zero": True, "latin": True, "text": False}
    with pytest.raises(TooLarge) as refused:
        workspace.read("zero", max_bytes=2)
    assert refused.value.details == {"size": 3}
    with pytest.raises(InvalidRequest):
        workspace.read("")
    with pytest.raises(NotFound):
        workspace.read("zero/below")


def test_any_range_of_a_file_can_be_downloaded(workspace):
    data = os.urandom(700_000)
    workspace.plant("blob", data)
    facts, whole = workspace.bytes_of("files.download", path="blob")
    assert (facts["length"], whole) == (700_000, data)
    facts, part = workspace.bytes_of("files.download", path="blob", offset=300_000, length=5, if_etag=facts["etag"])
    assert (facts["offset"], facts["size"], part) == (300_000, 700_000, data[300_000:300_005])
    assert workspace.bytes_of("files.download", path="blob", offset=699_999, length=50)[1] == data[-1:]
    assert workspace.bytes_of("files.download", path="blob", offset=10**9)[1] == b""
    with pytest.raises(Conflict):
        workspace.bytes_of("files.download", path="blob", if_etag="another")


async def test_a_download_comes_as_it_is_taken_and_can_be_left(workspace):
    workspace.plant("blob", bytes(3_000_000))
    whole = await client.download(workspace.address, "files.download", place=workspace.place, path="blob")
    assert whole.facts["size"] == 3_000_000
    assert sum([len(data) async for data in whole]) == 3_000_000
    left = await client.download(workspace.address, "files.download", place=workspace.place, path="blob")
    left.close()
    with pytest.raises(NotFound):
        await client.download(workspace.address, "files.download", place=workspace.place, path="none")


def test_folders_are_made_renamed_and_removed(workspace):
    assert workspace.call("files.mkdir", path="a/b/c", parents=True) == {"created": True}
    assert workspace.call("files.mkdir", path="a/b/c", parents=True) == {"created": False}
    with pytest.raises(Conflict):
        workspace.call("files.mkdir", path="a")
    with pytest.raises(NotFound):
        workspace.call("files.mkdir", path="x/y")
    workspace.write("a/f", b"1")
    workspace.write("g", b"2")
    with pytest.raises(Conflict):
        workspace.call("files.rename", old="a/f", new="g")
    with pytest.raises(InvalidRequest):
        workspace.call("files.rename", old="a", new="a/b/inside")
    workspace.call("files.rename", old="a/f", new="g", overwrite=True)
    assert workspace.read("g") == b"1"
    with pytest.raises(Conflict):
        workspace.call("files.delete", path="a")
    assert workspace.call("files.delete", path="a", recursive=True) == {"removed": 3}
    assert workspace.call("files.delete", path="g") == {"removed": 1}
    assert workspace.names() == []
    for what in ({"path": ""}, {"path": "", "recursive": True}):
        with pytest.raises(InvalidRequest):
            workspace.call("files.delete", **what)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_a_folder_is_packed_as_it_is(workspace, kind):
    blob = os.urandom(600_000)
    for name, data in (("p/blob", blob), ("p/s/empty", b""), ("p/.dot", b"."), ("p/run", b"#!")):
        workspace.plant(name, data)
    (workspace.folder / "p/run").chmod(0o755)
    (workspace.folder / "p/link").symlink_to("/etc/passwd")
    os.mkfifo(workspace.folder / "p/pipe")
    facts, packed = workspace.bytes_of("files.archive", path="p", format=kind)
    assert facts["name"] == f"p.{kind}"
    found = dict(_members(packed, kind))
    assert sorted(found) == ["p/.dot", "p/blob", "p/link", "p/run", "p/s/", "p/s/empty"]
    assert found["p/blob"] == (stat.S_IFREG | 0o644, blob)
    assert found["p/link"] == (stat.S_IFLNK | 0o777, b"/etc/passwd")
    assert found["p/run"] == (stat.S_IFREG | 0o755, b"#!")
    plain = workspace.bytes_of("files.archive", path="p", format=kind, hidden=False)[1]
    assert "p/.dot" not in dict(_members(plain, kind))


def _members(packed, kind):
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert archive.testzip() is None
            for info in archive.infolist():
                yield info.filename, (info.external_attr >> 16, archive.read(info))
        return
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz" if kind == "tar.gz" else "r:") as archive:
        for info in archive:
            if info.issym():
                yield info.name, (stat.S_IFLNK | 0o777, info.linkname.encode())
            elif info.isdir():
                yield f"{info.name}/", (stat.S_IFDIR | info.mode, b"")
            else:
                yield info.name, (stat.S_IFREG | info.mode, archive.extractfile(info).read())


def test_files_and_lines_are_found(workspace):
    workspace.plant("src/Main.py", "first\nüü Needle and needle\r\nlast".encode())
    workspace.plant("src/other.txt", b"needle")
    workspace.plant("needle.bin", b"\0needle")
    workspace.plant(".git/config", b"needle")
    assert workspace.call("files.search", query="main")["matches"] == [{"path": "src/Main.py", "type": "file"}]
    assert workspace.call("files.search", query="main", case=True)["matches"] == []
    found = workspace.call("files.search", query="needle", kind="content", glob="*.py", hidden=True)
    [line] = found["matches"]
    assert (line["path"], line["line"], line["column"], line["text"]) == ("src/Main.py", 2, 4, "üü Needle and needle")
    assert [line["text"][a:b] for a, b in line["matches"]] == ["Needle", "needle"]
    assert (found["truncated"], found["engine"]) == (False, "builtin")
    everywhere = workspace.call("files.search", query="n[e]+dle", kind="content", regex=True, hidden=True)
    assert [match["path"] for match in everywhere["matches"]] == ["src/Main.py", "src/other.txt"]
    cut = workspace.call("files.search", query="e", limit=1)
    assert (len(cut["matches"]), cut["truncated"]) == (1, True)
    for bad in ({"query": "a(b", "regex": True}, {"query": ""}, {"query": r"(\pL{100}){100}", "regex": True}):
        with pytest.raises(InvalidRequest):
            workspace.call("files.search", **bad)


def test_a_match_in_a_long_line_is_shown_with_what_is_around_it(workspace):
    workspace.plant("min.js", b"x" * 5000 + b"needle" + b"y" * 5000)
    [match] = workspace.call("files.search", query="needle", kind="content")["matches"]
    [[start, end]] = match["matches"]
    assert (match["text"][start:end], match["column"], len(match["text"])) == ("needle", 5001, 500)


def test_what_the_sessions_user_may_not_is_forbidden(workspace):
    closed = workspace.plant("closed")
    closed.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(closed, 0, 0)
    else:
        closed.chmod(0)
    with pytest.raises(Forbidden):
        workspace.read("closed")
    assert workspace.call("files.stat", path="closed")["size"] == 7


def test_a_place_is_a_session_or_an_allowed_root(runner, workspace):
    root = runner.roots / "root of files"
    root.mkdir()
    (root / "f").write_bytes(b"of the machine")
    place = {"root": str(root)}
    assert client.read(runner.address, "files.read", place=place, path="f")[1] == b"of the machine"
    client.upload(runner.address, "files.write", [b"1"], place=place, path="g")
    assert (root / "g").stat().st_uid == root.stat().st_uid
    with pytest.raises(SessionNotFound):
        client.call(runner.address, "files.list", place={"session": "00000000-0000-4000-8000-000000000000"})
    for outside in ("/", "/etc", str(runner.home), f"{root}/../..", str(runner.roots.parent), "/no/such/thing"):
        with pytest.raises(Forbidden) as refused:
            client.call(runner.address, "files.list", place={"root": outside})
        assert refused.value.code == "PATH_OUTSIDE_WORKSPACE"
    with pytest.raises(NotFound):
        client.call(runner.address, "files.list", place={"root": f"{root}/none"})
    with pytest.raises(InvalidRequest):
        client.call(runner.address, "files.list")
    with pytest.raises(InvalidRequest):
        workspace.call("no.such.work")
    with pytest.raises(InvalidRequest):
        workspace.call("files.list", limit=0)


async def test_one_places_callers_leave_room_for_the_others(runner, workspace):
    other = runner.program("/bin/cat", network="none")
    workspace.plant("blob", bytes(10_000_000))
    stalled = [
        await client.download(workspace.address, "files.download", place=workspace.place, path="blob")
        for _ in range(32)
    ]
    with pytest.raises(HostUnavailable):
        workspace.call("files.list")
    assert client.call(runner.address, "files.list", place={"session": other})["entries"] == []
    for each in stalled:
        each.close()
    wait_until("there is room again", lambda: _is_served(workspace))


def _is_served(workspace):
    try:
        workspace.call("files.list")
    except HostUnavailable:
        return False
    return True


def test_a_connection_that_is_used_otherwise_is_not_handed_over(runner, workspace):
    with runner.watch(workspace.id) as reader, pytest.raises(Conflict):
        reader.ask("carry", what="files.list", place=workspace.place)


def open_in(*pids):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def test_callers_that_vanish_leave_nothing_open(runner, workspace):
    workspace.plant("blob", bytes(3_000_000))
    assert workspace.names() == ["blob"]  # the first to ask starts the porter
    porter = runner.helpers()["porter"]
    before = open_in(porter, runner.pid)
    for _ in range(20):
        with connect(runner.address, 5) as connection:
            connection.sendall(client.request("files.download", workspace.place, None, {"path": "blob"}))
            connection.recv(10)
    wait_until("nothing is open", lambda: open_in(porter, runner.pid) <= before)
    assert runner.helpers()["porter"] == porter
