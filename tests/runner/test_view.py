"""What sessions see of PATH: toolchains as they were when the runner started, nobody's HOME, nothing of ours."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from runner.sandbox import view
from runner.sandbox.view import Toolchains


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder for a test's PATH, on a machine whose HOMEs are `root/home/ann` and `root/home/me`, the runner's."""
    root = tmp_path.resolve()
    (root / "passwd").write_text(f"ann:x:1:1:Ann:{root}/home/ann:/bin/sh\nnobody:x:2:2::/nonexistent:\n\nbroken line\n")
    monkeypatch.setattr(view, "PASSWD", root / "passwd")
    monkeypatch.setenv("HOME", str(root / "home/me"))
    for name in ("ann", "me"):
        (root / "home" / name).mkdir(parents=True)
    return root


def toolchain(prefix):
    """The `bin` of a new toolchain."""
    for name in ("bin", "lib"):
        (prefix / name).mkdir(parents=True)
    return prefix / "bin"


def look(*entries, hidden=()):
    """Folders and readable ones of a PATH of these entries, without the Python that may come first."""
    toolchains = Toolchains(os.pathsep.join(map(str, entries)), hidden)
    return toolchains.folders()[len(view._python()) :], toolchains.readable()[len(view._python()) :]


# --- programs of the system ------------------------------------------------------------------------------------------


def test_a_program_of_the_system_is_found_whatever_path_says(monkeypatch, tmp_path):
    (tmp_path / "rm").write_text("#!/bin/sh\n")
    (tmp_path / "rm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    view.system_program.cache_clear()
    found = view.system_program("rm")
    assert os.path.isabs(found)
    assert found == shutil.which("rm", path=os.defpath)


def test_a_program_that_the_system_has_not_is_named():
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        view.system_program("no-such-program")


# --- what is on PATH -------------------------------------------------------------------------------------------------


def test_a_bin_beside_a_lib_stands_for_its_toolchain_and_any_other_folder_for_itself(root):
    whole, alone = toolchain(root / "node"), root / "alone" / "bin"
    alone.mkdir(parents=True)
    assert look(whole, alone) == ([str(whole), str(alone)], [str(root / "node"), str(alone)])


def test_folders_keep_their_order_and_come_once(root):
    one, two = toolchain(root / "one"), toolchain(root / "two")
    (root / "link").symlink_to(one)
    assert look(two, root / "link", two, one) == ([str(two), str(one)], [str(root / "two"), str(root / "one")])


def test_the_systems_folders_need_not_be_shown(root):
    folders, readable = look("/usr/bin", "/bin", "/usr/sbin")
    assert folders == list(dict.fromkeys(str(Path(entry).resolve()) for entry in ("/usr/bin", "/bin", "/usr/sbin")))
    assert readable == []


def test_a_link_is_followed_once_and_does_not_show_itself(root):
    whole = toolchain(root / "v20")
    (root / "current").symlink_to("v20")
    assert look(root / "current" / "bin") == ([str(whole)], [str(root / "v20")])


@pytest.mark.parametrize("entry", ["", ".", "bin", "./bin", "../bin", "~/bin", "/nowhere/at/all", "/etc/passwd"])
def test_what_is_relative_missing_or_no_folder_is_left_out(root, monkeypatch, entry):
    (root / "bin").mkdir()
    (root / "below").mkdir()
    monkeypatch.chdir(root / "below" if entry.startswith("..") else root)
    assert look(entry) == ([], [])


def test_what_can_not_be_looked_at_or_not_stand_on_path_is_left_out(root):
    (root / "loop").symlink_to("loop")
    (root / "a:b").mkdir()
    (root / "colon").symlink_to("a:b")
    assert look(root / "loop", root / "colon", "/" + "x" * 300) == ([], [])


def test_shims_and_our_own_programs_are_left_out(root):
    (root / "pyenv" / "shims").mkdir(parents=True)
    assert look(root / "pyenv" / "shims") == ([], [])
    if sys.prefix != sys.base_prefix:
        assert look(Path(sys.prefix) / "bin") == ([], [])


# --- what is nobody's business ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ann", "me"])
def test_nobodys_home_is_shown(root, name):
    home = root / "home" / name
    programs = toolchain(home)
    assert look(home, programs) == ([str(programs)], [str(programs)]), "only the programs"
    (root / "link").symlink_to(home)
    assert look(root / "link", root / "home", root) == ([], []), "nor by a link, nor with what holds it"


@pytest.mark.parametrize("name", [".local", ".cargo", "go"])
@pytest.mark.parametrize("way", ["home/ann", "link"])
def test_data_beside_programs_in_a_home_is_not_shown(root, name, way):
    (root / "link").symlink_to("home/ann")
    programs = toolchain(root / "home/ann" / name)
    assert look(root / way / name / "bin", root / way / name) == ([str(programs)], [str(programs)])


def test_data_beside_programs_is_not_shown_either_where_the_home_holds_a_link_to_it(root):
    programs = toolchain(root / "data")
    (root / "home/ann/.cargo").symlink_to(root / "data")
    assert look(programs) == ([str(programs)], [str(programs)])


def test_a_toolchain_in_a_home_is_shown(root):
    programs = toolchain(root / "home/ann/.nvm/v20")
    assert look(programs) == ([str(programs)], [str(programs.parent)])


def test_nothing_of_ours_is_shown_nor_what_holds_it(root):
    ours, run = root / "opt" / "data", root / "run"
    inside = toolchain(ours / "node")
    run.mkdir()
    holding = toolchain(root / "opt")
    assert look(inside, ours, run, root / "opt", hidden=(ours, run)) == ([], [])
    assert look(holding, hidden=(ours, run)) == ([str(holding)], [str(holding)])


def test_what_is_hidden_is_compared_by_where_it_leads(root):
    inside = toolchain(root / "data" / "node")
    (root / "link").symlink_to("data")
    assert look(inside, root / "link" / "node" / "bin", hidden=(root / "link",)) == ([], [])
    assert look(root / "link" / "node" / "bin", hidden=(root / "data",)) == ([], [])


# --- what has changed since ------------------------------------------------------------------------------------------


@pytest.fixture
def watched(root):
    """Toolchains of a PATH of `a/bin` and a link to `b/bin`, and a place for what a session would rather show."""
    toolchain(root / "a"), toolchain(root / "b"), toolchain(root / "planted")
    (root / "link").symlink_to(root / "b" / "bin")
    made = Toolchains(f"{root}/a/bin:{root}/link", [])
    assert {f"{root}/a/bin", f"{root}/b/bin"} <= set(made.folders())
    return made


def shown(toolchains, root):
    """Which of the test's folders are on PATH and readable, each relative to `root`."""
    said = (toolchains.folders(), toolchains.readable())
    return tuple([str(Path(path).relative_to(root)) for path in paths if path.startswith(str(root))] for paths in said)


def test_a_folder_that_another_has_replaced_is_left_out(watched, root):
    (root / "a" / "bin").rename(root / "moved")
    (root / "a" / "bin").mkdir()
    assert shown(watched, root) == (["b/bin"], ["b"])


def test_a_folder_that_a_link_has_replaced_is_left_out(watched, root):
    (root / "a" / "bin").rename(root / "moved")
    (root / "a" / "bin").symlink_to(root / "planted" / "bin")
    assert shown(watched, root) == (["b/bin"], ["b"])


def test_a_toolchain_that_a_link_has_replaced_is_left_out(watched, root):
    (root / "a").rename(root / "moved")
    (root / "a").symlink_to(root / "moved")
    assert shown(watched, root) == (["b/bin"], ["b"])


def test_an_entry_whose_link_leads_elsewhere_is_left_out_and_what_it_leads_to_is_not_shown(watched, root):
    (root / "link").rename(root / "moved")
    (root / "link").symlink_to(root / "planted" / "bin")
    assert shown(watched, root) == (["a/bin"], ["a"])


def test_a_folder_that_has_gone_is_left_out_and_is_back_when_it_is_back(watched, root):
    (root / "a").rename(root / "moved")
    assert shown(watched, root) == (["b/bin"], ["b"])
    (root / "moved").rename(root / "a")
    assert shown(watched, root) == (["a/bin", "b/bin"], ["a", "b"])


def test_a_folder_that_was_not_there_at_the_start_is_never_shown(root):
    made = Toolchains(str(root / "later" / "bin"), [])
    toolchain(root / "later")
    assert shown(made, root) == ([], [])
