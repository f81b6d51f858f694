"""A repository whose every setting is a trap: whatever the API asks of git, nothing reaches what is outside the box.

A trap writes its name into a canary file that everybody may write to, reads a secret that everybody may read, starts a
process that wants to stay, and leaves a word inside. The same repository without the box shows that they do go off.
"""

import os
import shutil
import subprocess

import pytest
from support.sockets import processes_with

GPG = "--status-fd=2"  # what git tells a program to sign with
STAYS = "1097"  # seconds that a trap's own process wants to sleep
HOOKS = (
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg",
    "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update",
    "post-receive", "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite",
    "sendemail-validate", "fsmonitor-watchman", "post-index-change",
)  # fmt: skip
ALIASED = ("status", "diff", "log", "show", "blame", "branch", "switch", "add", "reset", "commit", "restore", "clean")
READS = (  # what git must run to know what a file is; all else is not needed, and never run
    "clean", "smudge", "process",
)  # fmt: skip


HANDSHAKE = "0016git-filter-server\\n000eversion=2\\n00000000"  # of a filter that can do nothing

CLOSED = " ".join(f"{number}>&-" for number in range(3, 10))  # or git would wait for it as for its filter


class Trap:
    def __init__(self, workspace, outside):
        self.workspace, self.outside = workspace, outside
        self.canary, self.secret = outside / "canary", outside / "secret"
        self.fired, self.stolen = workspace.folder / ".git" / "fired", workspace.folder / ".git" / "stolen"
        self.secret.write_text("of the machine")
        self.program = workspace.folder / "trap"
        workspace.put({"trap": f"""#!/bin/sh
echo "$1" >> '{self.canary}'
cat '{self.secret}' >> '{self.stolen}'
echo "$1" >> '{self.fired}'
[ -n "$NOTHING_STAYS" ] || (setsid sleep {STAYS} > /dev/null 2>&1 {CLOSED} &)
case $1 in
    clean|smudge) cat ;;
    process) printf '{HANDSHAKE}'; exec cat > /dev/null ;;
    textconv) cat "$2" ;;
    hook-*|fsmonitor) exit 0 ;;
    *) exit 1 ;;
esac
"""})  # fmt: skip
        self.program.chmod(0o755)

    def __call__(self, name):
        return f"'{self.program}' {name}"

    def inside(self):
        return set(self.fired.read_text().split()) if self.fired.exists() else set()


def settings(trap):
    """Every setting that names a program, and some that lead elsewhere."""
    programs = {
        "core.fsmonitor": "fsmonitor", "core.editor": "editor", "sequence.editor": "editor", "core.pager": "pager",
        "core.sshCommand": "ssh", "core.askPass": "askpass", "core.gitProxy": "proxy",
        "core.alternateRefsCommand": "refs", "diff.external": "external",
        "diff.evil.command": "external", "diff.evil.textconv": "textconv", "filter.evil.clean": "clean",
        "filter.evil.smudge": "smudge", "filter.slow.process": "process", "merge.evil.driver": "driver",
        "interactive.diffFilter": "interactive", "uploadpack.packObjectsHook": "pack",
        "trailer.evil.command": "trailer", "diff.tool.evil.cmd": "tool",
    }  # fmt: skip
    shell = {
        "credential.helper": "credential", "submodule.inner.update": "submodule",
        **{f"alias.{name}": f"alias-{name}" for name in ALIASED},
    }  # fmt: skip
    return {
        **{name: trap(what) for name, what in programs.items()},
        **{name: f"!{trap(what)}" for name, what in shell.items()},
        **{f"pager.{name}": trap("pager") for name in ALIASED},
        **dict.fromkeys(("gpg.program", "gpg.ssh.program", "gpg.x509.program"), str(trap.program)),
        "core.hooksPath": ".planted-hooks", "commit.gpgSign": "true", "log.showSignature": "true", "gc.auto": "1",
        "remote.origin.url": f"ext::{trap('remote')}", "remote.origin.promisor": "true", "protocol.ext.allow": "always",
        "extensions.partialClone": "origin", "submodule.inner.url": f"ext::{trap('remote')}",
        "submodule.recurse": "true", "submodule.inner.active": "true",
        "core.attributesFile": str(trap.outside / "attributes"),
        "include.path": str(trap.outside / "included"),
    }  # fmt: skip


@pytest.fixture
def outside(runner):
    """A folder of the machine that everybody may enter, read and write."""
    folder = runner.roots / "outside"
    folder.mkdir()
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def planted(repo, outside):
    """The repository with all its traps set, and changes of every kind in it."""
    trap = Trap(repo, outside)
    attributes = "*.txt diff=evil filter=evil merge=evil\n*.slow filter=slow\n"
    repo.commit("second", **{"b.txt": "b\n", "c.slow": "c\n", "huge.txt": "line\n" * 40_000})
    inner = repo.folder / "inner"
    repo.repo.git.clone("--quiet", str(repo.folder), str(inner))
    module = f'[submodule "inner"]\n\tpath = inner\n\turl = ext::{trap("remote")}\n'
    repo.put({".gitmodules": module})
    repo.commit("third", **{"d.txt": "d\n"})
    repo.repo.git.branch("other", "HEAD~1")
    repo.put({".gitattributes": attributes, ".git/info/attributes": attributes})
    repo.put({"a.txt": "changed\n", "c.slow": "changed\n", "huge.txt": "changed\n" * 40_000, "new.txt": "new\n"})
    for folder in (".planted-hooks", ".git/hooks"):
        repo.put({f"{folder}/{name}": f"#!/bin/sh\nexec {trap(f'hook-{name}')}\n" for name in HOOKS})
        for name in HOOKS:
            (repo.folder / folder / name).chmod(0o755)
    for config in (repo.folder / ".git" / "config", inner / ".git" / "config"):
        for name, value in settings(trap).items():
            subprocess.run(["git", "config", "--file", str(config), name, value], check=True)
    (repo.folder / ".git" / "objects" / "info" / "alternates").write_text(f"{outside}\n")
    (repo.folder / "leads-out.txt").symlink_to(trap.secret)
    repo.hand_over()
    return trap


GETS = (
    ("", {"overlaps": "true"}), ("/files", {}), ("/diff", {}), ("/diff", {"untracked": "true"}),
    ("/diff", {"staged": "true"}), ("/diff", {"from": "HEAD~1", "to": "HEAD"}), ("/log", {}),
    ("/log", {"path": "a.txt"}), ("/show", {}), ("/blame", {"path": "a.txt"}), ("/branches", {}),
    ("/overlaps", {}), ("/patch", {}),    ("/patch", {"format": "mbox", "from": "HEAD~1"}),
)  # fmt: skip
POSTS = (
    ("/stage", {"paths": ["a.txt", "new.txt"]}), ("/unstage", {"all": True}), ("/branches", {"name": "fresh"}),
    ("/discard", {"paths": ["a.txt", "new.txt"], "untracked": True}),
    ("/commit", {"message": "b", "paths": ["huge.txt"]}), ("/stage", {"all": True}),
    ("/commit", {"message": "everything", "all": True}),
    ("/branches", {"name": "another", "switch": True}), ("/switch", {"branch": "other"}), ("/switch", {"ref": "main"}),
)  # fmt: skip


def assert_untouched(trap, what):
    assert not trap.canary.exists(), (what, trap.canary.read_text())
    assert not (trap.stolen.exists() and trap.stolen.read_text()), what
    assert processes_with(f"sleep\x00{STAYS}") == [], what
    assert sorted(path.name for path in trap.outside.iterdir()) == ["secret"], what


def test_no_call_lets_a_planted_repository_touch_the_machine(planted, repo, runner, tmp_path):
    assert runner.call("isolation")["level"] in ("namespaces", "landlock", "landlock-files")
    shutil.copytree(repo.folder, tmp_path / "control", symlinks=True)
    answers = []
    for what, query in GETS:
        answers.append((what, repo.get(what, **query)))
        assert_untouched(planted, what)
    for what, staged in (("/stage", "false"), ("/unstage", "true")):
        (hunk,) = repo.said("/diff", path="a.txt", staged=staged)["files"][0]["hunks"]
        answers.append((what, repo.post(what, paths=["a.txt"], hunks=[hunk["id"]])))
        assert_untouched(planted, f"{what} of a hunk")
    for what, body in POSTS:
        answers.append((what, repo.post(what, **body)))
        assert_untouched(planted, what)
    assert [(what, answer.json()) for what, answer in answers if answer.status_code >= 400] == []
    assert planted.inside() <= set(READS), "git was let run what it did not need"
    assert planted.inside() >= {"clean", "smudge"}, "the traps are not set"
    repo.put({"a.txt": "again\n"})
    assert repo.post("/commit", message="With hooks", all=True, hooks=True).status_code == 201
    assert planted.inside() >= {"hook-pre-commit", "hook-commit-msg", "hook-post-commit"}
    assert_untouched(planted, "hooks")
    fires_without_the_box(planted, tmp_path / "control")


def fires_without_the_box(trap, folder):
    """The same repository, asked by plain git as anybody would ask it."""
    environment = {**os.environ, "NOTHING_STAYS": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    for command in ("status", "diff", "show", "add a.txt", "commit -m x", "-c commit.gpgSign=false commit -m x"):
        asked = ["git", *command.split()]
        subprocess.run(asked, check=False, cwd=folder, env=environment, capture_output=True, timeout=60)
    fired = set(trap.canary.read_text().split())
    assert fired >= {"fsmonitor", "clean", "external", "textconv", GPG, "hook-pre-commit", "hook-post-index-change"}
    assert trap.stolen.read_text().startswith("of the machine")


def test_a_repository_that_lies_elsewhere_is_none(workspace, repo, outside):
    """By a `.git` file, a shared folder, or a working tree somewhere else."""
    shutil.copytree(repo.folder / ".git", outside / "elsewhere")
    (outside / "tree").mkdir()
    (outside / "tree" / "a.txt").write_text("of the machine\n")
    for place, folders, files in os.walk(outside):
        for name in (".", *folders, *files):
            os.chmod(os.path.join(place, name), 0o777)
    by_file, by_common, by_tree = workspace(), workspace().init(), workspace().init()
    by_file.put({".git": f"gitdir: {outside / 'elsewhere'}\n"})
    by_common.commit("own", a__txt="own\n")
    by_common.put({".git/commondir": f"{outside / 'elsewhere'}\n"})
    by_tree.commit("own", a__txt="own\n")
    with by_tree.repo.config_writer() as writer:
        writer.set_value("core", "worktree", str(outside / "tree"))
    by_tree.hand_over()
    for found in (by_file, by_common, by_tree):
        for what, query in GETS:
            said = found.get(what, **query)
            assert b"of the machine" not in said.content, what
            assert repo.repo.head.commit.hexsha.encode() not in said.content, what
        for what, body in POSTS:
            found.post(what, **body)
    assert by_file.said()["status"]["isRepo"] is False
    assert (outside / "tree" / "a.txt").read_text() == "of the machine\n"
    assert (outside / "elsewhere" / "HEAD").read_text() == "ref: refs/heads/main\n"
    assert not (outside / "elsewhere" / "refs" / "heads" / "fresh").exists()
