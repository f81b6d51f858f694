"""Undo: what the tools changed comes back exactly, and never over what somebody else has done since."""

import json
import os
import stat

import pytest

from agterm_agent.tools.changes import MAX_KEPT, Changes
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.places import Places
from agterm_agent.tools.toolbox import Toolbox


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def filled(workspace):
    (workspace / "a.txt").write_bytes(b"one\r\n\xff\n")
    (workspace / "b.txt").write_text("two\n")
    (workspace / "b.txt").chmod(0o640)
    return contents(workspace)


async def test_the_last_turn_is_taken_back_and_then_the_one_before(box, call, workspace, filled):
    await call("edit_file", path="a.txt", old_text="one", new_text="1")
    box.begin_turn()
    await call("write_file", path="new/deep/c.txt", content="three")
    assert box.changes.undo_turn() == ["new/deep/c.txt"]
    assert not (workspace / "new").exists()
    assert box.changes.undo_turn() == ["a.txt"]
    assert contents(workspace) == filled
    assert box.changes.undo_turn() == []
    assert list(box.changes.folder.iterdir()) == []


async def test_a_whole_turn_is_taken_back_and_no_more(box, call, workspace, filled):
    await call("write_file", path="b.txt", content="earlier\n")
    box.begin_turn()
    await call("edit_file", path="b.txt", old_text="earlier", new_text="first")
    await call("edit_file", path="b.txt", old_text="first", new_text="second")
    await call("write_file", path="c.txt", content="new")
    await call("edit_file", path="c.txt", old_text="new", new_text="newer")
    assert box.changes.changed_files() == ["b.txt", "c.txt"]
    assert box.changes.undo_turn() == ["b.txt", "c.txt"]
    assert contents(workspace) == filled | {"b.txt": b"earlier\n"}
    assert box.changes.changed_files() == []
    assert box.changes.undo_turn() == ["b.txt"]
    assert contents(workspace) == filled
    assert stat.S_IMODE((workspace / "b.txt").stat().st_mode) == 0o640


async def test_nothing_is_undone_where_a_file_has_been_changed_since(box, call, workspace, filled):
    await call("write_file", path="a.txt", content="by the agent")
    await call("write_file", path="b.txt", content="by the agent")
    (workspace / "b.txt").write_text("by a person")
    with pytest.raises(ToolError, match=r"b\.txt has been changed since"):
        box.changes.undo_turn()
    assert contents(workspace) == {"a.txt": b"by the agent", "b.txt": b"by a person"}
    (workspace / "b.txt").unlink()
    with pytest.raises(ToolError, match=r"b\.txt has been changed since"):
        box.changes.undo_turn()
    (workspace / "b.txt").symlink_to("a.txt")
    with pytest.raises(ToolError, match=r"b\.txt has become a link"):
        box.changes.undo_turn()
    assert (workspace / "a.txt").read_text() == "by the agent"


async def test_what_a_person_has_put_back_already_is_undone_without_a_word(box, call, workspace, filled):
    await call("write_file", path="a.txt", content="by the agent")
    (workspace / "a.txt").write_bytes(filled["a.txt"])
    assert box.changes.undo_turn() == ["a.txt"]
    assert contents(workspace) == filled


async def test_a_folder_that_is_used_since_stays(box, call, workspace):
    await call("write_file", path="new/c.txt", content="three")
    (workspace / "new" / "mine.txt").write_text("mine")
    box.changes.undo_turn()
    assert contents(workspace) == {"new/mine.txt": b"mine"}


async def test_undo_works_after_the_agent_was_started_again(box, call, workspace, filled):
    await call("write_file", path="a.txt", content="by the agent")
    again = Toolbox(workspace, box.changes.folder)
    again.begin_turn()
    assert again.changes.changed_files() == []
    assert again.changes.undo_turn() == ["a.txt"]
    assert contents(workspace) == filled


async def test_another_conversation_has_changes_of_its_own(box, call, workspace, filled):
    first = box.changes.folder
    await call("write_file", path="a.txt", content="by the first")
    box.keep_changes_in(first.with_name("second"))
    assert box.changes.undo_turn() == []
    box.keep_changes_in(first)
    assert box.changes.undo_turn() == ["a.txt"]


async def test_a_journal_that_was_tampered_with_writes_nothing_foreign(box, call, workspace, outside, filled):
    await call("write_file", path="a.txt", content="by the agent")
    entry = next(box.changes.folder.glob("*.json"))
    kept = entry.with_suffix(".before")
    kept.write_bytes(b"evil")
    with pytest.raises(ToolError, match="no longer known"):
        box.changes.undo_turn()
    (outside / "victim").write_text("mine")
    entry.write_text(json.dumps(json.loads(entry.read_text()) | {"path": str(outside / "victim")}))
    with pytest.raises(ToolError, match="outside the workspace"):
        Changes(box.changes.folder, Places(workspace)).undo_turn()
    entry.write_text("{broken")
    assert Changes(box.changes.folder, Places(workspace)).undo_turn() == []
    assert (outside / "victim").read_text() == "mine"
    assert (workspace / "a.txt").read_text() == "by the agent"


async def test_a_write_that_fails_is_not_in_the_journal(box, call, workspace):
    name = "x" * 254 + "/f"
    assert (await call("write_file", path=name, content="1")).ok
    assert not (await call("write_file", path="y" * 300, content="1")).ok
    assert box.changes.changed_files() == [name]


async def test_the_journal_does_not_grow_for_ever(box, call, workspace, monkeypatch):
    monkeypatch.setattr("agterm_agent.tools.changes.MAX_KEPT", 3)
    for number in range(6):
        box.begin_turn()
        await call("write_file", path="a.txt", content=str(number))
    assert len(list(box.changes.folder.glob("*.json"))) == 3
    assert [box.changes.undo_turn() for _ in range(4)] == [["a.txt"]] * 3 + [[]]
    assert (workspace / "a.txt").read_text() == "2"
    assert MAX_KEPT >= 100


async def test_the_journal_is_for_its_owner_alone(box, call):
    await call("write_file", path="a.txt", content="secret")
    await call("write_file", path="a.txt", content="other")
    assert stat.S_IMODE(box.changes.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(os.stat(path).st_mode) for path in box.changes.folder.iterdir()} == {0o600}
