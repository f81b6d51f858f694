"""Files that are mentioned and completed, and what was typed before: bounded, and nothing of a repository is run."""

import os
import subprocess

import pytest

from agterm_agent.screen import mentions
from agterm_agent.screen.history import MAX_ENTRIES, WorkspaceHistory
from agterm_agent.screen.paths import Paths


@pytest.fixture
def repository(workspace):
    for name, words in {"src/main.py": "m\n", "src/deep/other.py": "o\n", "junk.log": "j\n", "a b.txt": "ab\n"}.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text(words)
    (workspace / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "init", "-q", workspace], check=True)
    return workspace


def test_completion_knows_what_git_does_not_ignore(repository):
    paths = Paths(repository)
    assert "junk.log" not in paths.all()
    assert {"src/", "src/deep/", "src/main.py", "a b.txt"} <= set(paths.all())
    assert paths.best("main", 5)[0] == "src/main.py"
    assert paths.best("sdoth", 5) == ["src/deep/other.py"]
    assert paths.best("nothing like it", 5) == []


def test_completion_runs_nothing_that_a_repository_configures(repository, tmp_path):
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for name, value in {"core.fsmonitor": str(trap), "core.hooksPath": str(tmp_path)}.items():
        subprocess.run(["git", "-C", repository, "config", name, value], check=True)
    assert "src/main.py" in Paths(repository).all()
    assert not (tmp_path / "sprung").exists()


def test_without_git_the_folder_is_walked_but_not_what_is_never_wanted(workspace):
    (workspace / "node_modules" / "x").mkdir(parents=True)
    (workspace / "node_modules" / "x" / "y.js").write_text("")
    (workspace / "src").mkdir()
    (workspace / "src" / "main.py").write_text("")
    (workspace / "loop").symlink_to(workspace)
    assert Paths(workspace).all() == ["loop", "src/", "src/main.py"]


def test_a_mentioned_file_goes_with_the_prompt(repository):
    attached = mentions.attach('See @src/main.py, and @"a b.txt"; ask @nobody or mail me@src/main.py.', repository)
    assert attached.prompt.startswith("See @src/main.py, and")
    assert '<file path="src/main.py">\nm\n\n</file>' in attached.prompt
    assert '<file path="a b.txt">\nab\n\n</file>' in attached.prompt
    assert attached.prompt.count("<file ") == 2
    assert attached.notices == ["Read src/main.py (1 line)", "Read a b.txt (1 line)"]


def test_a_mentioned_folder_is_listed(repository):
    attached = mentions.attach("What is in @src/?", repository)
    assert "deep\nmain.py" in attached.prompt
    assert attached.notices == ["Listed src/ (2 entries)"]


def test_a_long_file_is_cut_with_a_notice(workspace):
    (workspace / "long.txt").write_text("x" * 100_000)
    attached = mentions.attach("@long.txt", workspace)
    assert len(attached.prompt) < 70_000
    assert "the first 65536 of 100000 bytes" in attached.prompt
    assert attached.notices == ["Read long.txt (the first 64 of 97 KiB)"]


def test_many_files_stop_where_the_prompt_is_full(workspace):
    for number in range(6):
        (workspace / f"{number}.txt").write_text("x" * 60_000)
    attached = mentions.attach(" ".join(f"@{number}.txt" for number in range(6)), workspace)
    assert len(attached.prompt) < 270_000
    assert (
        attached.notices[-1]
        == "@5.txt is not attached: the files before it fill the 256 KiB that can go with a prompt."
    )


def test_what_is_no_text_or_outside_or_no_file_stays_away(workspace, tmp_path):
    (tmp_path.parent / "secret").write_text("secret")
    (workspace / "away").symlink_to("/etc/passwd")
    (workspace / "data.bin").write_bytes(b"a\0b")
    os.mkfifo(workspace / "pipe")
    attached = mentions.attach("@away @data.bin @pipe @/etc/passwd", workspace)
    assert attached.prompt == "@away @data.bin @pipe @/etc/passwd"
    assert len(attached.notices) == 4
    assert all("is not attached" in notice for notice in attached.notices)


def test_what_was_typed_is_there_the_next_time_and_is_nobody_elses(tmp_path):
    path = tmp_path / "state" / "history.jsonl"
    WorkspaceHistory(path).store_string("one\ntwo")
    WorkspaceHistory(path).store_string("three")
    assert list(WorkspaceHistory(path).load_history_strings()) == ["three", "one\ntwo"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_history_is_bounded_and_bears_damage(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text('{"no": 1}\nbroken\n' + '"x"\n' * (2 * MAX_ENTRIES) + '"last"\n')
    assert next(iter(WorkspaceHistory(path).load_history_strings())) == "last"
    assert len(path.read_text().splitlines()) == MAX_ENTRIES
