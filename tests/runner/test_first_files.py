"""The first files of a HOME: written at the start, and not over what became of them when it starts again."""

import json
import os

import pytest

from runner.sandbox import first_files

FILES = {".claude.json": '{"trusted": true}', ".config/settings": "colour = red"}


@pytest.fixture
def start(tmp_path):
    """`start(**files)`: what a program's start does to HOME, which is returned."""

    def do(files):
        first_files.write_new(tmp_path, files)
        return tmp_path

    return do


def test_they_are_there_after_the_first_start(start):
    home = start(FILES)
    assert {name: (home / name).read_text() for name in FILES} == FILES


def test_what_was_changed_since_stays_changed_and_what_was_removed_is_written_again(start):
    home = start(FILES)
    (home / ".claude.json").write_text('{"trusted": true, "theme": "dark"}')
    (home / ".config/settings").unlink()
    start(FILES)
    assert json.loads((home / ".claude.json").read_text())["theme"] == "dark"
    assert (home / ".config/settings").read_text() == "colour = red"


def test_a_text_that_is_another_now_is_written_over_what_was_changed(start):
    home = start(FILES)
    (home / ".config/settings").write_text("mine")
    (home / ".claude.json").write_text("mine")
    start(FILES | {".config/settings": "colour = blue"})
    assert (home / ".config/settings").read_text() == "colour = blue"
    assert (home / ".claude.json").read_text() == "mine"


def test_another_agent_in_between_makes_no_difference(start):
    home = start(FILES)
    (home / ".claude.json").write_text("mine")
    start({".codex/config.toml": "x"})
    start(FILES)
    assert (home / ".claude.json").read_text() == "mine"


@pytest.mark.parametrize("record", ["", "{", "[]", "7", "[" * 60_000, '{".claude.json": [1]}', "x" * 100_000])
def test_a_record_that_is_nonsense_counts_for_nothing(start, record):
    home = start(FILES)
    (home / first_files.RECORD).write_text(record)
    (home / ".claude.json").write_text("mine")
    assert (start(FILES) / ".claude.json").read_text() == FILES[".claude.json"]


@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_something_else_in_the_place_of_the_record_holds_up_no_start(start, tmp_path, kind):
    home = start(FILES)
    (home / first_files.RECORD).unlink()
    make = {"pipe": os.mkfifo, "folder": os.mkdir, "link": lambda path: os.symlink(tmp_path / "victim", path)}[kind]
    make(home / first_files.RECORD)
    start(FILES | {".claude.json": "new"})
    assert (home / ".claude.json").read_text() == "new"
    assert not (tmp_path / "victim").exists()


def test_a_file_that_the_user_has_linked_elsewhere_stays_a_link(start, tmp_path):
    home = start(FILES)
    (tmp_path / "dotfiles").write_text("mine")
    (home / ".config/settings").unlink()
    (home / ".config/settings").symlink_to(tmp_path / "dotfiles")
    start(FILES)
    assert (home / ".config/settings").readlink() == tmp_path / "dotfiles"
    assert (tmp_path / "dotfiles").read_text() == "mine"


def test_a_program_that_is_replaced_finds_what_the_one_before_has_changed(runner):
    files = {"settings": "first at @AGTERM_HOME@"}
    session_id = runner.script("echo changed > ~/settings; echo up; exec sleep 1000", home_files=files)
    with runner.watch(session_id) as reader:
        reader.see(b"up")
        again = {"argv": ["/bin/sh", "-c", "echo now $(cat ~/settings)"], "home_files": files}
        runner.call("replace", id=session_id, launch=again)
        reader.see(b"now changed")
