"""How a workspace stands as a repository: its branch, what changed, and one line that says it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from core.moments import timestamp
from repositories import git
from sessions import errands
from sessions.models import Session

MAX_FILES = 50_000
MAX_NAME_CHARACTERS = 250  # of a branch in what is shown and kept for lists of sessions
Untracked = Literal["no", "normal", "all"]
WORDS = {
    "M": "modified", "T": "type changed", "A": "added", "D": "deleted", "R": "renamed", "C": "copied", "U": "unmerged",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """One changed file; `index` and `worktree` are git's letters (`.`: as before, `?`: git does not know it).

    Its names hold surrogates for what is not UTF-8 (`git.visible`).
    """

    path: str
    index: str
    worktree: str
    old_path: str | None = None
    is_submodule: bool = False
    is_conflicted: bool = False

    @property
    def is_untracked(self) -> bool:
        return self.index == "?"

    @property
    def is_staged(self) -> bool:
        return self.index not in ".?" and not self.is_conflicted

    @property
    def is_unstaged(self) -> bool:
        return self.worktree not in ".?" and not self.is_conflicted


@dataclass(slots=True)
class Status:
    """`branch`: None when HEAD is detached; `head`: None as long as there is no commit. `is_cut`: files are missing."""

    branch: str | None = None
    head: str | None = None
    upstream: str | None = None
    ahead: int = 0
    behind: int = 0
    files: list[File] = field(default_factory=list)
    is_cut: bool = False

    @property
    def staged(self) -> int:
        return sum(file.is_staged for file in self.files)

    @property
    def unstaged(self) -> int:
        return sum(file.is_unstaged for file in self.files)

    @property
    def untracked(self) -> int:
        return sum(file.is_untracked for file in self.files)

    @property
    def conflicted(self) -> int:
        return sum(file.is_conflicted for file in self.files)

    @property
    def formatted(self) -> str:
        """`main ↑2 ↓1 +1 ~3 ?2 !1`: commits ahead and behind; files staged, changed, unknown to git, in conflict."""
        name = self.branch or f"detached at {(self.head or '')[:7]}"
        counts = (("↑", self.ahead), ("↓", self.behind), ("+", self.staged), ("~", self.unstaged),
                  ("?", self.untracked), ("!", self.conflicted))  # fmt: skip
        return " ".join([git.visible(name), *(f"{sign}{count}" for sign, count in counts if count)])


def of(row: Session, *paths: str, untracked: Untracked = "normal") -> Status:
    """The status, of these paths only where some are named. Raises `git.NoRepository`, and as `git.ask`."""
    return parse(git.ask(row, *arguments(untracked), "--", *paths))


def arguments(untracked: Untracked) -> list[str]:
    return ["status", "--porcelain=v2", "--branch", "-z", "--find-renames", "--ignore-submodules=dirty",
            f"--untracked-files={untracked}"]  # fmt: skip


@git.reading()
def parse(answer: git.Answer) -> Status:
    status = Status(is_cut=answer.is_cut)
    whole, _, _ = answer.output.rpartition(b"\0")
    records = iter(whole.decode("utf-8", "surrogateescape").split("\0"))
    for record in records:
        if record.startswith("# "):
            _take_header(status, record)
        elif record and (file := _file(record, records)) is not None:
            status.files.append(file)
            if len(status.files) == MAX_FILES:
                status.is_cut = True
                break
    return status


def _take_header(status: Status, record: str) -> None:
    _, name, value = record.split(" ", 2)
    if name == "branch.oid":
        status.head = None if value == "(initial)" else git.visible(value)
    elif name == "branch.head":
        status.branch = None if value == "(detached)" else value[:MAX_NAME_CHARACTERS]
    elif name == "branch.upstream":
        status.upstream = value[:MAX_NAME_CHARACTERS]
    elif name == "branch.ab":
        ahead, behind = value.split()
        status.ahead, status.behind = int(ahead), -int(behind)


def _file(record: str, following: Iterator[str]) -> File | None:
    kind = record[0]
    if kind == "?":
        return File(record[2:], "?", "?")
    if kind == "1":
        _, letters, submodule, *_, path = record.split(" ", 8)
        return File(path, letters[0], letters[1], is_submodule=submodule[0] == "S")
    if kind == "2":
        _, letters, submodule, *_, path = record.split(" ", 9)
        return File(path, letters[0], letters[1], next(following, None), is_submodule=submodule[0] == "S")
    if kind == "u":
        _, letters, submodule, *_, path = record.split(" ", 10)
        return File(path, letters[0], letters[1], is_submodule=submodule[0] == "S", is_conflicted=True)
    return None


def remember(row: Session, status: Status | None) -> None:
    """Keep the newest word on the session's row, for lists of sessions."""
    word = None
    if status is not None:
        word = {
            "branch": status.branch and git.visible(status.branch),
            "formatted": status.formatted,
            "at": timestamp(datetime.now(UTC)),
        }
    home_id = row.pk if row.within_id is None else row.within_id
    Session.objects.filter(pk=home_id).update(git=word)


# --- as it stands on the wire ----------------------------------------------------------------------------------------


def shown(row: Session, status: Status | None) -> dict[str, Any]:
    """`{status, formatted, workspaceDir}`; None: the workspace is no repository."""
    home = errands.home_of(row)
    facts = status or Status()
    return {
        "status": {
            "isRepo": status is not None,
            "branch": facts.branch and git.visible(facts.branch),
            "detached": facts.branch is None and facts.head is not None,
            "head": facts.head,
            "upstream": facts.upstream and git.visible(facts.upstream),
            "ahead": facts.ahead,
            "behind": facts.behind,
            "staged": facts.staged,
            "unstaged": facts.unstaged,
            "untracked": facts.untracked,
            "conflicted": facts.conflicted,
        },
        "formatted": "" if status is None else status.formatted,
        "workspaceDir": home.workspace,
    }


def shown_files(files: Sequence[File]) -> list[dict[str, Any]]:
    return [
        {
            "path": git.visible(file.path),
            "oldPath": file.old_path and git.visible(file.old_path),
            "index": _word(file.index),
            "worktree": _word(file.worktree),
            "staged": file.is_staged,
            "unstaged": file.is_unstaged,
            "untracked": file.is_untracked,
            "conflicted": file.is_conflicted,
            "submodule": file.is_submodule,
        }
        for file in files
    ]


def _word(letter: str) -> str | None:
    return "untracked" if letter == "?" else WORDS.get(letter)
