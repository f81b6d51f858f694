"""Notes that persist per workspace: they can be listed, changed and deleted, and stay within bounds."""

import json
import stat
import subprocess
import sys

import pytest

from agterm_agent.engine import memory as subject
from agterm_agent.engine.memory import Memory, MemoryRefusedError


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "state")


def texts(memory):
    return {note.number: note.text for note in memory.all()}


def test_a_note_is_there_for_the_next_conversation(memory, tmp_path):
    memory.add("Tests run with make check")
    memory.add("Never touch vendor/")
    assert texts(Memory(tmp_path / "state")) == {1: "Tests run with make check", 2: "Never touch vendor/"}
    assert memory.as_prompt() == "[1] Tests run with make check\n[2] Never touch vendor/"


def test_notes_are_changed_and_deleted_by_number(memory):
    for text in ("one", "two", "three"):
        memory.add(text)
    memory.edit(2, "zwei")
    memory.delete(3)
    assert texts(memory) == {1: "one", 2: "zwei"}
    assert memory.add("four").number == 4, "a number is not given out twice"
    assert memory.clear() == 3
    assert memory.all() == []


def test_the_same_note_is_kept_once(memory):
    assert memory.add("one").number == memory.add(" one ").number
    assert texts(memory) == {1: "one"}


def test_a_note_is_one_line_without_control_characters(memory):
    memory.add("two\nlines \x1b[31mred\u202e")
    assert texts(memory) == {1: "two lines [31mred"}


@pytest.mark.parametrize("text", ["", " \n ", "x" * (subject.MAX_NOTE_CHARACTERS + 1)])
def test_a_note_that_is_empty_or_too_long_is_refused(memory, text):
    with pytest.raises(MemoryRefusedError):
        memory.add(text)
    assert memory.all() == []


def test_all_notes_together_are_bounded(memory, monkeypatch):
    monkeypatch.setattr(subject, "MAX_NOTES", 3)
    for number in range(3):
        memory.add(f"note {number}")
    with pytest.raises(MemoryRefusedError, match="3 notes already"):
        memory.add("one more")
    monkeypatch.setattr(subject, "MAX_CHARACTERS", 25)
    with pytest.raises(MemoryRefusedError, match="more than 25 characters"):
        memory.edit(1, "a much longer note than this was")
    assert texts(memory) == {1: "note 0", 2: "note 1", 3: "note 2"}


@pytest.mark.parametrize("act", [lambda memory: memory.edit(7, "x"), lambda memory: memory.delete(7)])
def test_a_note_that_is_not_there_is_said_to_be_missing(memory, act):
    with pytest.raises(MemoryRefusedError, match="no note 7"):
        act(memory)


def test_two_agents_lose_no_note_of_each_other(memory, tmp_path):
    program = (
        "import sys; from pathlib import Path; from agterm_agent.engine.memory import Memory\n"
        "for number in range(20): Memory(Path(sys.argv[1])).add(f'{sys.argv[2]} {number}')"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "state"), name]) for name in "ab"]
    assert [each.wait(60) for each in running] == [0, 0]
    assert sorted(texts(memory).values()) == sorted(f"{name} {number}" for name in "ab" for number in range(20))


def test_a_damaged_file_is_put_aside_and_stops_nobody(memory):
    memory.add("one")
    memory.path.write_text('{"last": 1, "notes": [{"num')
    assert memory.all() == []
    assert memory.path.with_suffix(".damaged.json").read_text().startswith('{"last": 1')
    memory.add("two")
    assert texts(memory) == {1: "two"}


def test_a_file_that_is_deeper_than_it_can_be_is_put_aside(memory):
    memory.add("One.")
    memory.path.write_text("[" * 200_000)
    assert memory.all() == []


def test_nobody_else_may_read_the_notes(memory):
    memory.add("one")
    assert stat.S_IMODE(memory.path.stat().st_mode) == 0o600
    assert json.loads(memory.path.read_text())["last"] == 1
