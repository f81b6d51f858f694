"""Starting a program: what can go wrong says what it is and leaves nothing behind."""

import contextlib
import os
import shutil
import uuid
from pathlib import Path

import pytest
from support.server import RunnerProcess
from support.sockets import processes_with, wait_until

from core.errors import Conflict, InvalidRequest, StorageFull
from runner.sandbox import linux
from runner.workspace import folders


def leftovers(runner, session_id):
    """Folders and processes of that session."""
    folders = [*runner.home.glob(f"workspaces/{session_id}*"), *runner.home.glob(f"sessions/{session_id}*")]
    return folders + processes_with(session_id)


@pytest.fixture
def refused(runner):
    """`refused(argv, error, match)`: starting fails so, nothing is left, and the same id can be used at once."""

    def check(argv, error, match, **options):
        session_id = str(uuid.uuid4())
        with pytest.raises(error, match=match):
            runner.program(*argv, session_id=session_id, **options)
        assert runner.call("list") == []
        assert leftovers(runner, session_id) == []
        runner.script("sleep 100", session_id=session_id)

    return check


def test_a_program_that_is_not_there(refused):
    refused(["/nowhere/to/be/found"], InvalidRequest, "/nowhere/to/be/found: No such file")


def test_a_program_that_is_not_on_the_path(refused):
    refused(["no-such-program"], InvalidRequest, "no-such-program: ")


def test_a_file_that_may_not_be_executed(refused, runner):
    file = runner.roots / "plain.txt"
    file.write_text("not a program")
    refused([str(file)], InvalidRequest, "Permission denied")


def test_a_file_that_is_no_program(refused, runner):
    file = runner.roots / "garbage"
    file.write_bytes(b"\x7fELF garbage")
    file.chmod(0o755)
    refused([str(file)], InvalidRequest, "Exec format error")


def test_an_environment_that_is_none(refused):
    refused(["/bin/true"], (InvalidRequest, Conflict), "could not be started", env={"A=B": "x"})


# --- cwd -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def inside(runner):
    """A folder in an allowed root, removed afterwards."""
    folder = runner.roots / "project"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("cwd", ["relative", "./x", "", "~", "/tmp\0/x"])
def test_a_cwd_that_is_not_absolute(refused, cwd):
    refused(["/bin/true"], InvalidRequest, "^cwd must be an absolute path$", cwd=cwd)


@pytest.mark.parametrize("cwd", ["/nowhere/at/all", "/" + "x" * 300, "/etc/passwd/below"])
def test_a_cwd_that_does_not_exist(refused, cwd):
    refused(["/bin/true"], InvalidRequest, "^cwd does not exist$", cwd=cwd)


def test_a_cwd_that_is_a_link_to_itself_does_not_exist(refused, inside):
    (inside / "loop").symlink_to(inside / "loop")
    refused(["/bin/true"], InvalidRequest, "^cwd does not exist$", cwd=str(inside / "loop"))


def test_a_cwd_that_is_a_file(refused, inside):
    (inside / "file").touch()
    refused(["/bin/true"], InvalidRequest, "^cwd is not a directory$", cwd=str(inside / "file"))


def test_a_cwd_outside_the_allowed_roots(refused):
    refused(["/bin/true"], InvalidRequest, "outside the allowed roots", cwd="/etc")


def test_a_cwd_in_our_own_folders_is_refused_whatever_way_leads_there(tmp_path):
    home, elsewhere = tmp_path / "home", tmp_path / "link"
    elsewhere.symlink_to(tmp_path)
    with RunnerProcess({"AGTERM_ALLOWED_ROOTS": "/", "AGTERM_HOME": str(elsewhere / "home")}, home=home) as runner:
        session_id = runner.program("/bin/sleep", "1000")
        for cwd in (home, elsewhere / "home", home / "workspaces" / session_id, runner.folder):
            with pytest.raises(InvalidRequest, match="where AGTerm keeps its own data"):
                runner.program("/bin/true", cwd=str(cwd))
        assert [info["id"] for info in runner.call("list")] == [session_id]


@pytest.mark.parametrize("way", ["out", "out/ssl", "../../../../../../../../etc"])
def test_a_cwd_that_a_link_or_dots_lead_out_of_the_allowed_roots(refused, inside, way):
    (inside / "out").symlink_to("/etc")
    refused(["/bin/true"], InvalidRequest, "outside the allowed roots", cwd=f"{inside}/{way}")


def test_a_sibling_whose_name_begins_like_the_root_is_outside(refused, runner):
    sibling = runner.roots.with_name(runner.roots.name + "-more")
    sibling.mkdir()
    refused(["/bin/true"], InvalidRequest, "outside the allowed roots", cwd=str(sibling))


def test_a_cwd_with_quotes_in_its_name_is_refused(refused, inside):
    (inside / 'a"b').mkdir()
    refused(["/bin/true"], InvalidRequest, "quotes", cwd=str(inside / 'a"b'))


def test_a_good_cwd_is_where_the_program_works_and_is_never_removed(runner, inside):
    (inside / "kept").write_text("mine")
    session_id = runner.script("pwd; cat kept", cwd=str(inside))
    with runner.watch(session_id) as reader:
        reader.event("exited")
        assert reader.output.data.decode().split() == [str(inside), "mine"]
    assert runner.call("get", id=session_id)["workspace"] == str(inside)
    runner.call("remove", id=session_id)
    assert (inside / "kept").read_text() == "mine"
    assert leftovers(runner, session_id) == []


@pytest.fixture
def made(tmp_path):
    """`made(**options)`: the folders of a session, in a home of the test's own."""

    def make(session_id="s", **options):
        where = {"workspaces": tmp_path / "home/workspaces", "private": tmp_path / "home/sessions"}
        (tmp_path / "home").mkdir(exist_ok=True)
        return folders.make(session_id, **where, **{"cwd": None, "roots": (tmp_path,), **options})

    return make


def test_folders_say_which_folder_the_workspace_is(made, tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "link").symlink_to("project")
    for place in (made(), made(cwd=str(tmp_path / "project")), made(cwd=str(tmp_path / "link"))):
        facts = place.workspace.stat()
        assert place.identity == (facts.st_dev, facts.st_ino)
        assert place.workspace == place.workspace.resolve()
    assert made().identity == made().identity != made("other").identity


def test_a_workspace_that_a_link_has_replaced_is_another(made, tmp_path):
    before = made()
    before.workspace.rename(tmp_path / "moved")
    before.workspace.symlink_to(tmp_path / "moved")
    assert made().identity != before.identity


def test_a_cwd_lies_in_none_of_the_hidden_folders(made, tmp_path):
    run, project = tmp_path / "run", tmp_path / "project"
    for folder in (run / "below", project):
        folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to("run")
    for hidden, cwd in (
        ((run,), run), ((run,), run / "below"), ((project, run), run), ((tmp_path / "link",), run), (None, "home"),
    ):  # fmt: skip
        with pytest.raises(InvalidRequest, match="where AGTerm keeps its own data"):
            made(cwd=str(tmp_path / cwd), hidden=hidden)
    assert made(cwd=str(project), hidden=(run,)).workspace == project.resolve()


# --- programs that the runner itself starts --------------------------------------------------------------------------

PLANTED = ("rm", "chmod", "bwrap", "setsid", "unshare", "nsenter", "sh", "python3", "true")


def test_what_is_planted_on_path_is_never_started_by_the_runner(tmp_path):
    planted, started = tmp_path / "bin", tmp_path / "started"
    planted.mkdir()
    for name in PLANTED:
        (planted / name).write_text(f'#!/bin/sh\necho "$0 $*" >> {started}\n')
        (planted / name).chmod(0o755)
    with RunnerProcess({"PATH": f"{planted}:{os.environ['PATH']}"}) as runner:
        session_id = runner.script("sleep 1000")
        closed = runner.home / "workspaces" / session_id / "closed" / "below"
        closed.mkdir(parents=True)
        closed.parent.chmod(0)
        runner.call("remove", id=session_id)
        assert leftovers(runner, session_id) == []
    assert not started.exists(), started.read_text()


# --- the disk --------------------------------------------------------------------------------------------------------


def small_disk(folder, options):
    """The command that starts a runner whose home is a tiny disk, as whoever we are."""
    mount = 'mount -t tmpfs -o "$0" disk "$1" && shift && exec "$@"'
    if os.geteuid() == 0:
        return ["unshare", "-m", "sh", "-c", mount, options, str(folder)]
    as_ourselves = ["unshare", "-U", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
    return ["unshare", "-Urm", "sh", "-c", mount, options, str(folder), *as_ourselves]


@pytest.fixture(params=["size=64k,mode=755", "size=64k,nr_inodes=24,mode=755"], ids=["bytes", "inodes"])
def cramped(request, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    with RunnerProcess(through=small_disk(folder, request.param), home=folder) as started:
        started.disk = Path(f"/proc/{started.pid}/root") / folder.relative_to("/")
        yield started


def fill(disk):
    """Leave no byte and no name free."""
    for number in range(100):
        with contextlib.suppress(OSError):
            (disk / f"filler{number}").write_bytes(bytes(4096))


def test_a_full_disk_is_said_to_be_full_and_nothing_is_left_on_it(cramped):
    cramped.call("remove", id=cramped.program("/bin/true"))
    wait_until("its supervisor is gone", lambda: len(linux.descendants(cramped.pid)) == len(cramped.helpers()) - 1)
    fill(cramped.disk)
    session_id = str(uuid.uuid4())
    with pytest.raises(StorageFull, match="full"):
        cramped.program("/bin/true", session_id=session_id)
    assert cramped.call("list") == []
    assert list(cramped.disk.glob("*/*")) == []
    assert processes_with(session_id) == []
    for filler in cramped.disk.glob("filler*"):
        filler.unlink()
    cramped.program("/bin/true", session_id=session_id)


def test_a_disk_too_small_for_the_agents_first_files_is_full_too(cramped):
    with pytest.raises(StorageFull):
        cramped.program("/bin/true", home_files={"big": "x" * 70_000})
    assert cramped.call("list") == []
    assert list(cramped.disk.glob("*/*")) == []
