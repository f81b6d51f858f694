"""Conversations on disk: a file of JSON lines each, only ever appended to, so that a crash costs its last line at most.

Messages are whatever JSON objects the engine makes of them; a title is found in the first prompt of a person.
"""

import fcntl
import json
import os
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Message = dict[str, Any]
ID_PATTERN = re.compile(r"[0-9a-f]{4,32}")
LATEST = "latest"
TITLE_CHARACTERS = 80


class StoreError(Exception):
    """A conversation that is not there, not readable or in use; the message is for people."""


@dataclass(frozen=True)
class Summary:
    """A conversation as a list shows it. `at`: when something was last said, in seconds since 1970."""

    id: str
    title: str
    at: float
    messages: int


class Store:
    """The conversations of one workspace."""

    def __init__(self, state_folder: Path) -> None:
        self.folder = state_folder / "conversations"

    def create(self) -> "Saved":
        """A new conversation. Its file is made when the first message is added."""
        return Saved(self.folder / f"{secrets.token_hex(8)}.jsonl")

    def open(self, wanted: str) -> "Saved":
        """A saved one by its id, by the beginning of its id, or the `latest`; nobody else may have it open."""
        saved = Saved(self.folder / f"{self.find(wanted)}.jsonl")
        saved.load()
        return saved

    def find(self, wanted: str) -> str:
        """The id that is meant."""
        if wanted == LATEST:
            newest = max(self._files(), key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)
            if newest is None:
                raise StoreError("there is no conversation in this folder yet")
            return newest.stem
        if not ID_PATTERN.fullmatch(wanted):
            raise StoreError(f"{wanted[:60]!r} is no conversation's id: at least 4 of its characters, or latest")
        found = [path.stem for path in self._files() if path.stem.startswith(wanted)]
        if wanted in found:
            return wanted
        if len(found) != 1:
            raise StoreError(
                f"{len(found)} conversations begin with {wanted}"
                if found
                else f"no conversation {wanted} in this folder"
            )
        return found[0]

    def all(self) -> list[Summary]:
        """Every conversation, the newest first."""
        found = filter(None, map(_summary, self._files()))
        return sorted(found, key=lambda summary: summary.at, reverse=True)

    def delete(self, wanted: str) -> str:
        """Delete one, and return its id."""
        with self.open(wanted) as saved:
            saved.path.unlink()
            return saved.id

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("*.jsonl") if ID_PATTERN.fullmatch(path.stem)]


class Saved:
    """One conversation and its file: `messages` is what the model knows of it, `totals` what it has used.

    What is added is on the disk when the call returns. Locked from the first use until `close`.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.id = path, path.stem
        self.messages: list[Message] = []
        self.totals: dict[str, Any] = {}
        self.title = ""
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def append(self, messages: Iterable[Message]) -> None:
        """Add messages to the conversation."""
        added = list(messages)
        title = self.title or next(filter(None, map(title_of, added)), "")
        titled = [{"title": title}] if title != self.title else []
        self._write([*titled, *({"message": message} for message in added)])
        self.title = title
        self.messages += added

    def replace(self, messages: Iterable[Message]) -> None:
        """From now on the model knows these messages instead: a compaction, a conversation cleared."""
        replaced = list(messages)
        self._write([{"replace": replaced}])
        self.messages = replaced

    def note_totals(self, totals: dict[str, Any]) -> None:
        """What the conversation has used so far, all in all."""
        self._write([{"totals": totals}])
        self.totals = totals

    def load(self) -> None:
        """Read the file; a last line that a crash has torn is cut off."""
        self._descriptor = _open_locked(self.path, os.O_RDWR)
        lines = self.path.read_bytes().split(b"\n")
        if lines.pop():
            os.ftruncate(self._descriptor, sum(len(line) + 1 for line in lines))
        for number, line in enumerate(lines, 1):
            record = _record(line)
            if record is None and number < len(lines):
                raise StoreError(f"the conversation {self.id} is damaged in line {number} of {self.path}")
            self._take(record or {})

    def _take(self, record: dict[str, Any]) -> None:
        if "message" in record:
            self.messages.append(record["message"])
        elif "replace" in record:
            self.messages = record["replace"]
        self.totals = record.get("totals", self.totals)
        self.title = record.get("title", self.title)

    def _write(self, records: list[dict[str, Any]]) -> None:
        if not records:
            return
        if self._descriptor is None:
            _make_folder(self.path.parent)
            self._descriptor = _open_locked(self.path, os.O_RDWR | os.O_CREAT)
            records = [{"conversation": self.id, "at": time.time()}, *records]
        end = os.lseek(self._descriptor, 0, os.SEEK_END)
        data = memoryview(b"".join(_line(record) for record in records))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, end)
            raise StoreError(f"can't save the conversation in {self.path}: {error.strerror}") from None


def _open_locked(path: Path, flags: int) -> int:
    """The file, which no other agent may have open: two would mix what they add."""
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"can't open {path}: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreError(f"the conversation {path.stem} is open in another agterm-agent") from None
    except OSError:  # a file system without locks, as some of a network
        return descriptor
    return descriptor


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"can't make {folder}: {error.strerror}") from None


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"


def title_of(message: Message) -> str:
    """The first line of a prompt; empty when the message is none of a person's."""
    parts = message.get("parts") or [] if message.get("kind") == "request" else []
    for part in parts:
        content = part.get("content") if part.get("part_kind") == "user-prompt" else None
        if isinstance(content, list):
            content = next((piece for piece in content if isinstance(piece, str)), None)
        if isinstance(content, str) and content.strip():
            words = " ".join(content.split())
            return words if len(words) <= TITLE_CHARACTERS else words[: TITLE_CHARACTERS - 1] + "…"
    return ""


def _record(line: bytes) -> dict[str, Any] | None:
    """What a line says; None when it is no record."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and _is_sound(record) else None


def _is_sound(record: dict[str, Any]) -> bool:
    replaced = record.get("replace", [])
    said = [
        *([record["message"]] if "message" in record else []),
        *(replaced if isinstance(replaced, list) else [None]),
    ]
    return (
        all(isinstance(message, dict) and isinstance(message.get("parts"), list) for message in said)
        and all(isinstance(part, dict) for message in said for part in message["parts"])
        and isinstance(record.get("totals", {}), dict)
        and isinstance(record.get("title", ""), str)
    )


def _summary(path: Path) -> Summary | None:
    """What a list shows of a file, as far as it can be read: another program may be writing or deleting it."""
    title, messages = "", 0
    try:
        lines, at = path.read_bytes().split(b"\n"), path.stat().st_mtime
    except OSError:
        return None
    for record in filter(None, map(_record, lines)):
        title = record.get("title", title)
        messages = len(record["replace"]) if "replace" in record else messages + ("message" in record)
    return Summary(path.stem, title, at, messages)
