"""AGENTS.md and CLAUDE.md: which are read, in which order, and what a hostile project can't do with them."""

import os

import pytest

from agterm_agent.engine import instructions
from agterm_agent.engine.instructions import ALL_BYTES, FILE_BYTES


@pytest.fixture
def project(tmp_path):
    """A repository with a folder in it; `config` is the user's own."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "project" / "part" / "inner").mkdir(parents=True)
    (tmp_path / "config").mkdir()
    return tmp_path / "project"


def read(workspace):
    config = next(folder for folder in workspace.parents if (folder / "config").is_dir()) / "config"
    return instructions.read(workspace, config)


def test_the_users_own_come_first_and_the_nearest_last(project, tmp_path):
    (tmp_path / "config" / "AGENTS.md").write_text("Answer in German.")
    (project / "AGENTS.md").write_text("Use tabs.")
    (project / "part" / "AGENTS.md").write_text("Use spaces here.")
    found = read(project / "part")
    assert found.text.index("German") < found.text.index("tabs") < found.text.index("spaces here")
    assert found.files == (tmp_path / "config" / "AGENTS.md", project / "AGENTS.md", project / "part" / "AGENTS.md")
    assert found.notices == ()


def test_claude_md_is_read_where_there_is_no_agents_md(project):
    (project / "AGENTS.md").write_text("Read me.")
    (project / "CLAUDE.md").write_text("Not me.")
    (project / "part" / "CLAUDE.md").write_text("But me.")
    found = read(project / "part")
    assert "Read me." in found.text
    assert "But me." in found.text
    assert "Not me." not in found.text


def test_nothing_above_the_repository_is_read(project, tmp_path):
    (tmp_path / "AGENTS.md").write_text("From above.")
    assert read(project / "part").text == ""


def test_without_a_repository_only_the_workspace_is_read(tmp_path):
    (tmp_path / "config").mkdir()
    workspace = tmp_path / "a" / "b"
    workspace.mkdir(parents=True)
    (tmp_path / "a" / "AGENTS.md").write_text("Above.")
    (workspace / "AGENTS.md").write_text("Here.")
    assert read(workspace).files == (workspace / "AGENTS.md",)


def test_a_link_within_the_project_is_followed_and_one_that_leads_out_is_not(project, tmp_path):
    (tmp_path / "secret").write_text("PRIVATE KEY")
    (project / "CLAUDE.md").write_text("Shared words.")
    (project / "part" / "AGENTS.md").symlink_to("../CLAUDE.md")
    (project / "part" / "inner" / "AGENTS.md").symlink_to(tmp_path / "secret")
    found = read(project / "part" / "inner")
    assert found.text.count("Shared words.") == 2
    assert "PRIVATE" not in found.text
    assert "leads out of" in found.notices[0]


def test_a_pipe_or_a_folder_in_its_place_is_not_waited_for(project):
    os.mkfifo(project / "AGENTS.md")
    (project / "part" / "AGENTS.md").mkdir()
    (project / "part" / "CLAUDE.md").write_text("Words.")
    found = read(project / "part")
    assert "Words." in found.text
    assert len(found.notices) == 2


def test_long_files_are_cut_with_a_notice(project):
    (project / "AGENTS.md").write_text("x" * (FILE_BYTES + 1))
    found = read(project)
    assert len(found.text) < FILE_BYTES + 200
    assert "only the first" in found.notices[0]


def test_all_files_together_are_bounded(project):
    folder = project
    for name in ["", "part", "inner", "more"]:
        folder = folder / name
        folder.mkdir(exist_ok=True)
        (folder / "AGENTS.md").write_text("x" * (FILE_BYTES - 1))
    found = read(folder)
    assert len(found.text) < ALL_BYTES + 1000
    assert found.notices


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's files")
def test_somebody_elses_repository_around_the_workspace_does_not_count(project):
    os.lchown(project / ".git", 4711, 4711)
    (project / "AGENTS.md").write_text("From a stranger.")
    assert read(project / "part").text == ""


def test_bytes_that_are_no_text_do_no_harm(project):
    (project / "AGENTS.md").write_bytes(b"fine \xff\xfe words")
    assert "words" in read(project).text
