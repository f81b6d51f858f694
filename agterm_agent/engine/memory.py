"""What the agent remembers of a workspace between conversations: a short list of notes that a person can edit."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agterm_agent.policy import Safety
from agterm_agent.tools.declaration import Tool, ToolContext, ToolOutput

MAX_NOTES = 100
MAX_NOTE_CHARACTERS = 1000
MAX_CHARACTERS = 16_000  # all notes together: they are in every prompt


class MemoryRefusedError(Exception):
    """A note that can't be kept or is not there; the message is for people and for the model."""


@dataclass(frozen=True)
class Note:
    """One note. `number` names it as long as it lives and is given to no other; `at`: seconds since 1970."""

    number: int
    text: str
    at: float


class Memory:
    """The notes of one workspace, in `memory.json`. Several agents may use them at once."""

    def __init__(self, state_folder: Path) -> None:
        self.path = state_folder / "memory.json"

    def all(self) -> list[Note]:
        """The notes, the oldest first."""
        return self._read()[1]

    def as_prompt(self) -> str:
        """The notes as the model reads them; empty when there are none. Raises `OSError`."""
        return "\n".join(f"[{note.number}] {note.text}" for note in self.all())

    def add(self, text: str) -> Note:
        """Keep a note; one that is there already stays what it is."""
        text = _tidy(text)
        with self._changing() as (last, notes):
            if known := next((note for note in notes if note.text == text), None):
                return known
            if len(notes) >= MAX_NOTES:
                raise MemoryRefusedError(f"there are {MAX_NOTES} notes already: delete some first")
            note = Note(last + 1, text, time.time())
            self._write(note.number, [*notes, note])
            return note

    def edit(self, number: int, text: str) -> Note:
        text = _tidy(text)
        with self._changing() as (last, notes):
            note = Note(_the(number, notes).number, text, time.time())
            self._write(last, [note if each.number == number else each for each in notes])
            return note

    def delete(self, number: int) -> Note:
        with self._changing() as (last, notes):
            note = _the(number, notes)
            self._write(last, [each for each in notes if each is not note])
            return note

    def clear(self) -> int:
        """Delete all notes, and return how many there were."""
        with self._changing() as (last, notes):
            self._write(last, [])
            return len(notes)

    @contextmanager
    def _changing(self) -> Iterator[tuple[int, list[Note]]]:
        """The notes, while nobody else changes them."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path.parent / "memory.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._read()

    def _read(self) -> tuple[int, list[Note]]:
        """The highest number given so far, and the notes. A file that can't be read is put aside, never lost."""
        try:
            told = json.loads(self.path.read_text())
            return int(told["last"]), [Note(int(n["number"]), str(n["text"]), float(n["at"])) for n in told["notes"]]
        except FileNotFoundError:
            return 0, []
        except (ValueError, TypeError, KeyError, RecursionError):
            self.path.replace(self.path.with_suffix(".damaged.json"))
            return 0, []

    def _write(self, last: int, notes: list[Note]) -> None:
        if sum(len(note.text) for note in notes) > MAX_CHARACTERS:
            raise MemoryRefusedError(f"the notes would have more than {MAX_CHARACTERS} characters: delete some first")
        made = self.path.with_suffix(f".{os.getpid()}.new")
        with made.open("w") as stream:
            json.dump({"last": last, "notes": [asdict(note) for note in notes]}, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        made.chmod(0o600)
        made.replace(self.path)


def _the(number: int, notes: list[Note]) -> Note:
    for note in notes:
        if note.number == number:
            return note
    raise MemoryRefusedError(f"there is no note {number}")


def _tidy(text: str) -> str:
    """One line of text: the notes are a list."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not text:
        raise MemoryRefusedError("a note needs a text")
    if len(text) > MAX_NOTE_CHARACTERS:
        raise MemoryRefusedError(f"a note has {MAX_NOTE_CHARACTERS} characters at most, this one {len(text)}")
    return text


def tool(memory: Memory) -> Tool:
    """By which the model keeps a note."""

    async def run(arguments: dict[str, Any], _: ToolContext) -> ToolOutput:
        try:
            note = memory.add(arguments["note"])
        except (MemoryRefusedError, OSError) as error:
            return ToolOutput(f"Not kept: {error}", ok=False)
        return ToolOutput(f"Kept as note {note.number}.")

    return Tool(
        name="remember",
        description="Keep a short note on this workspace for later conversations: what cannot be read from its files.",
        parameters={"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"]},
        run=run,
        safety=Safety.READ_ONLY,  # of the workspace nothing is changed, only the agent's own notes
    )
