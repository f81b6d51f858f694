"""Attacks that reviewers thought of: on what starts a session, and on where the runner thinks that its folders are."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import textwrap
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support.server import RunnerProcess
from support.sockets import wait_until

from core.errors import AgtermError
from runner.sandbox import linux

WHO = ["root", "ordinary"]
LEVELS = ["namespaces", "landlock"]
CANARY = "CANARY-of-the-review"
RESTARTS = 20


@contextmanager
def a_runner(ordinary, who, level, *, home=None, **settings):
    """A runner of root's or of an ordinary user's, with `roots`, a folder in which sessions may do what they like.

    `home`: where below it AGTERM_HOME is. A file there that its mode would let everybody read holds the canary.
    """
    if why := _cannot(ordinary, who):
        warnings.warn(f"not verified: {who}, {level}: {why}", stacklevel=1)
        pytest.skip(why)
    account = None if who == "root" or os.geteuid() else pwd.getpwnam(ordinary.name)
    folder = Path(tempfile.mkdtemp(prefix="agterm-reviewed-"))
    roots = folder / "roots"
    roots.mkdir()
    through = []
    if account is not None:
        ids = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        through = ["setpriv", *ids, "sh", "-c", f'shift; exec "{ordinary.python}" "$@"', "sh"]
        settings |= {"HOME": str(ordinary.home)}
    settings = {"PATH": os.defpath, **settings, "AGTERM_ISOLATION": level, "AGTERM_ALLOWED_ROOTS": str(roots)}
    started = RunnerProcess(
        {name: value.replace("@roots", str(roots)) for name, value in settings.items()},
        through=through, home=None if home is None else roots / home,
    )  # fmt: skip
    started.roots = roots
    started.data = (folder / "data") if home is not None and "link" in home else started.home
    if started.data != started.home:
        started.data = roots / "data"
        started.home.symlink_to(started.data)
    started.data.mkdir(parents=True, exist_ok=True)
    (started.data / "canary").write_text(CANARY)
    for path in (folder, roots, *roots.rglob("*"), started.folder, started.data, started.data / "canary"):
        if account is not None:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
        if path.is_dir():
            path.chmod(0o777 if path.is_relative_to(roots) else 0o755)
    started.data.chmod(0o711)
    try:
        with started:
            yield started
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cannot(ordinary, who):
    if who == "root" and os.geteuid() != 0:
        return "the tests are not run by root"
    return "no Python that he may run" if who == "ordinary" and ordinary.python is None else ""


@pytest.fixture(scope="module", params=[(who, level) for who in WHO for level in LEVELS], ids="-".join)
def runner(request, ordinary):
    who, level = request.param
    with a_runner(ordinary, who, level) as started:
        started.level = level
        yield started


def folder_of(runner, name):
    """A new folder below the roots that every session may change, whoever it is."""
    path = runner.roots / name
    path.mkdir()
    path.chmod(0o777)
    owner = runner.roots.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
    return path


def said(runner, session_id, name="said"):
    path = runner.data / "sessions" / session_id / "home" / name
    return path.read_text(errors="replace") if path.exists() else ""


def through(runner, session_id):
    wait_until("it is through", lambda: said(runner, session_id, "done"))
    return said(runner, session_id)


# --- libraries that the caller names ---------------------------------------------------------------------------------

LIBRARY = """
#include <stdio.h>
#include <string.h>
#include <unistd.h>
unsigned int la_version(unsigned int version) { return version; }
__attribute__((constructor)) static void loaded(void) {
    char line[256], program[256] = "?";
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length < 0 ? 0 : length] = 0;
    FILE *status = fopen("/proc/self/status", "r"), *out = fopen(TRACE, "a");
    if (!out) return;
    fprintf(out, "%s ", program);
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "Seccomp:", 8)) fputs(line, out);
    if (!status) fputs("?\\n", out);
    fclose(out);
}
"""


@pytest.fixture(scope="module")
def spying(runner):
    """A folder for a session with a library that writes down what loads it, and with which filter."""
    compiler = shutil.which("cc")
    if compiler is None:
        warnings.warn("not verified: libraries that a caller names: there is no C compiler", stacklevel=1)
        pytest.skip("there is no C compiler")
    folder = folder_of(runner, "spying")
    command = [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", str(folder / "spy.so")]
    subprocess.run([*command, f'-DTRACE="{folder}/trace"'], input=LIBRARY, text=True, check=True)
    (folder / "spy.so").chmod(0o755)
    return folder


@pytest.mark.parametrize("name", ["LD_PRELOAD", "LD_AUDIT"])
def test_a_library_that_the_caller_names_is_loaded_inside_the_box_and_nowhere_else(runner, spying, name):
    (spying / "trace").unlink(missing_ok=True)
    session_id = runner.program(
        "/bin/bash", "-c", "echo x > ~/done; exec sleep 1000", cwd=str(spying), env={name: str(spying / "spy.so")}
    )
    through(runner, session_id)
    wait_until("it is loaded", (spying / "trace").exists)
    runner.call("remove", id=session_id)
    loaded = [line.split() for line in (spying / "trace").read_text().splitlines()]
    assert any(program.endswith("bash") for program, *_ in loaded), loaded  # it works for whom it is meant
    assert {filter_ for _, _, filter_ in loaded} == {"2"}, loaded
    assert not any("bwrap" in program or "python" in program for program, *_ in loaded), loaded


def test_what_stands_outside_the_box_has_nothing_of_the_callers_in_its_environment(runner):
    variables = {"LD_LIBRARY_PATH": "/of-the-caller", "GLIBC_TUNABLES": "glibc.malloc.check=0", "LD_X": "of-the-caller"}
    session_id = runner.program("/bin/sleep", "1000", env=variables)
    inside = Path(f"/proc/{runner.call('get', id=session_id)['pid']}/environ").read_bytes()
    assert b"of-the-caller" in inside
    guards = [pid for pid in linux.descendants(runner.pid) if _program(pid) != "sleep"]
    assert any(_program(pid) == "bwrap" for pid in guards) == (runner.level == "namespaces")
    for pid in guards:
        with suppress(ProcessLookupError, FileNotFoundError):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            assert not any(name.encode() + b"=" in environment for name in variables), _program(pid)
    runner.call("remove", id=session_id)


def _program(pid):
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name
    except OSError:
        return ""


# --- a workspace that is swapped for a link --------------------------------------------------------------------------

LOOK = "cat canary > ~/said 2>&1; ls -a >> ~/said; echo x > ~/done; exec sleep 1000"
FLIP = """
import ctypes
libc = ctypes.CDLL(None)
print("flipping", flush=True)
while True: libc.renameat2(-100, b"sub", -100, b"link", 2)
"""


@pytest.fixture(params=["AGTERM_HOME", "beyond the roots"])
def target(request, runner):
    """A folder that no session may be in. The second: one that only the runner's user may enter."""
    if request.param == "AGTERM_HOME":
        return runner.data
    folder = runner.roots.parent / "beyond"
    if not folder.exists():
        folder.mkdir()
        (folder / "canary").write_text(CANARY)
        owner = runner.roots.stat()
        for path in (folder, folder / "canary"):
            os.chown(path, owner.st_uid, owner.st_gid)
        folder.chmod(0o700)
    return folder


@pytest.fixture
def project(runner):
    """`project` with a folder `sub` in it, the workspaces of two sessions."""
    folder = folder_of(runner, f"project-{len(os.listdir(runner.roots))}")
    folder_of(runner, f"{folder.name}/sub")
    yield folder
    for info in runner.call("list"):
        runner.call("remove", id=info["id"])


def test_a_workspace_that_became_a_link_is_refused_when_its_session_starts_again(runner, project, target):
    victim = runner.script("exec sleep 1000", cwd=str(project / "sub"))
    runner.script(f"mv sub aside; ln -s '{target}' sub; : > swapped; exec sleep 1000", cwd=str(project))
    wait_until("it is swapped", (project / "swapped").exists)
    assert (project / "sub" / "canary").read_text() == CANARY  # whoever follows the link is there
    with pytest.raises(AgtermError):
        runner.call("replace", id=victim, launch={"argv": ["/bin/bash", "-c", LOOK]})
    assert said(runner, victim) == ""


def test_a_workspace_that_flips_between_folder_and_link_never_leads_beyond(runner, project, target):
    victim = runner.script("exec sleep 1000", cwd=str(project / "sub"))
    (project / "sub" / "own").touch()
    (project / "link").symlink_to(target)
    flipper = runner.program("python3", "-c", FLIP, cwd=str(project))
    with runner.watch(flipper) as reader:
        reader.see(b"flipping")
    seen = set()
    for number in range(RESTARTS):
        look = LOOK.replace("~/said", f"~/said-{number}").replace("~/done", f"~/done-{number}")
        seen.add((project / "link").is_symlink())
        with suppress(AgtermError):
            runner.call("replace", id=victim, launch={"argv": ["/bin/bash", "-c", look]})
            wait_until("it has looked, or ended", lambda: _is_through(runner, victim, f"done-{number}"))  # noqa: B023
        found = said(runner, victim, f"said-{number}")
        assert CANARY not in found
        assert not found or "own" in found.split()
    wait_until("it flipped", lambda: seen.add((project / "link").is_symlink()) or len(seen) == 2)
    assert {path.name for path in target.iterdir() if path.name.startswith(("said", "done"))} == set()


def _is_through(runner, session_id, name):
    return said(runner, session_id, name) or runner.call("get", id=session_id)["status"] != "running"


# --- our own data in the midst of what a session may see -------------------------------------------------------------

MOVE = """
exec > ~/said 2>&1
for folder in var var/lib var/lib/agterm; do mv $folder $folder-moved && echo moved $folder; done
python3 -c 'import ctypes, os; os.makedirs("other/lib/agterm")
for name in (b"var", b"var/lib"): print("flip", ctypes.CDLL(None).renameat2(-100, name, -100, b"other", 2))'
find . -name canary -exec cat {} +
cat var/lib/agterm/canary var/lib/agterm/run/relay.key
echo x > ~/done; exec sleep 1000
"""
READ = """
exec > ~/said 2>&1
for file in canary agterm.sqlite3 run/relay.key; do cat "DATA/$file" "HOME_PATH/$file"; done
ls DATA HOME_PATH; find . -name canary -exec cat {} +
echo x > ~/done; exec sleep 1000
"""


def keys(runner):
    (runner.data / "run").mkdir(exist_ok=True)
    path = runner.data / "run" / "relay.key"
    return [path.read_text().strip()] if path.exists() else []


def read_script(runner):
    return READ.replace("DATA", str(runner.data)).replace("HOME_PATH", str(runner.home))


@pytest.mark.parametrize("who", WHO)
def test_our_data_deep_in_a_workspace_can_not_be_moved_out_from_under_its_cover(ordinary, who):
    with a_runner(ordinary, who, "namespaces", home="var/lib/agterm") as runner:
        for _again in range(2):  # the second begins with what the first has left
            session_id = runner.script(MOVE, cwd=str(runner.roots))
            told = through(runner, session_id)
            assert CANARY not in told
            assert "moved" not in [line.split()[0] for line in told.splitlines() if line], told
            assert "flip 0" not in told
            assert not any(key in told for key in keys(runner))
        assert (runner.data / "canary").read_text() == CANARY


@pytest.mark.parametrize("home", ["var/lib/agterm", "link"])
@pytest.mark.parametrize("who", WHO)
def test_where_it_can_not_be_covered_such_a_workspace_is_refused(ordinary, who, home):
    with a_runner(ordinary, who, "landlock", home=home) as runner:
        with pytest.raises(AgtermError, match="AGTERM_HOME"):
            runner.script("exec sleep 1000", cwd=str(runner.roots))
        runner.script("exec sleep 1000")  # while others start


@pytest.mark.parametrize("who", WHO)
def test_our_data_that_a_link_leads_to_is_covered_in_a_workspace(ordinary, who):
    with a_runner(ordinary, who, "namespaces", home="link") as runner:
        session_id = runner.script(read_script(runner), cwd=str(runner.roots))
        told = through(runner, session_id)
        assert CANARY not in told
        assert not any(key in told for key in keys(runner))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("who", WHO)
def test_our_data_stays_hidden_in_a_folder_that_every_session_may_read(ordinary, who, level):
    """A folder beside it is shown, so that what is not seen is hidden and not merely missing."""
    with a_runner(ordinary, who, level, home="shown/agterm", AGTERM_SANDBOX_READABLE="@roots/shown") as runner:
        session_id = runner.script(read_script(runner))
        told = through(runner, session_id)
        assert CANARY not in told
        assert not any(key in told for key in keys(runner))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("who", WHO)
def test_a_folder_for_all_to_read_that_became_a_link_leads_to_nothing_of_ours(ordinary, who, level):
    """One session has it in its workspace, and swaps it for a link; the next one reads what is shown to it there."""
    with a_runner(ordinary, who, level, AGTERM_SANDBOX_READABLE="@roots/work/outer/shown") as runner:
        work = folder_of(runner, "work")
        folder_of(runner, "work/outer")
        (folder_of(runner, "work/outer/shown") / "file").write_text("for-all")
        first = runner.script("cat outer/shown/file > ~/said; echo x > ~/done; exec sleep 1000", cwd=str(work))
        assert "for-all" in through(runner, first)
        swap = f"mv outer aside; mkdir outer; ln -s '{runner.data}' outer/shown; : > swapped; exec sleep 1000"
        runner.script(swap, cwd=str(work))
        wait_until("it is swapped", (work / "swapped").exists)
        assert (work / "outer" / "shown" / "canary").read_text() == CANARY  # whoever follows the link is there
        with suppress(AgtermError):  # to be refused is as good
            reader = runner.script(read_script(runner).replace("find .", f"cat {work}/outer/shown/canary; find ."))
            told = through(runner, reader)
            assert CANARY not in told
            assert not any(key in told for key in keys(runner))


# --- programs and modes ----------------------------------------------------------------------------------------------

PLANTED = ["rm", "chmod", "bwrap", "setsid", "git", "python3", "sh", "env", "prlimit", "nsenter"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("who", WHO)
def test_no_program_that_a_session_plants_on_the_path_is_run_for_it_outside(ordinary, who, level):
    with a_runner(ordinary, who, level, PATH=f"@roots/bin:{os.defpath}") as runner:
        shelf = folder_of(runner, "bin")
        mark = runner.folder / "ran outside"
        script = f'#!/bin/bash\necho "$0 $*" >> "{mark}"\nexec "/usr/bin/${{0##*/}}" "$@"\n'
        session_id = runner.script(
            f"for name in {' '.join(PLANTED)}; do cp source $name; /bin/chmod 755 $name; done;"
            " : > planted; exec /bin/sleep 1000",
            cwd=str(shelf), workspace_files={"source": script},
        )  # fmt: skip
        wait_until("it is planted", (shelf / "planted").exists)
        subprocess.run([str(shelf / "rm"), "--version"], check=True, capture_output=True)
        assert mark.exists()  # it works for whoever runs it
        mark.unlink()
        for _again in range(2):
            other = runner.script("mkdir -p a/b; chmod 0 a; exec sleep 1000")
            runner.call("replace", id=other, launch={"argv": ["/bin/sleep", "1000"]})
            runner.call("remove", id=other)
            assert not (runner.data / "workspaces" / other).exists()
        runner.call("remove", id=session_id)
        assert not mark.exists(), mark.read_text()


def test_a_session_leaves_no_program_that_lends_its_user(runner):
    """Where it works somebody else on the machine, who may enter that folder, becomes the session's user."""
    folder = folder_of(runner, "lending")
    code = textwrap.dedent("""
        import os, stat
        for way in (lambda: os.chmod("one", 0o4755), lambda: os.open("two", os.O_CREAT | os.O_RDWR, 0o4755),
                    lambda: os.mknod("three", stat.S_IFREG | 0o6755)):
            try: way(); print("lent")
            except PermissionError: print("refused")
    """)
    (folder / "code.py").write_text(code)
    session_id = runner.script(
        "exec > ~/said 2>&1; cp /bin/true one; python3 code.py; chmod u+s one; echo \"rc $?\"; chmod 755 one;"
        " mkdir shared; chmod 2775 shared; echo x > ~/done; exec sleep 1000",
        cwd=str(folder),
    )  # fmt: skip
    told = through(runner, session_id)
    runner.call("remove", id=session_id)
    assert told.split()[:3] == ["refused"] * 3, told
    assert "rc 1" in told
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes["one"] == 0o755
    assert modes["shared"] == 0o2775
    assert not any(mode & stat.S_ISUID for mode in modes.values())
