"""Differences as data: files, hunks and lines, with a bound on each, from what `git diff` prints.

git prints three things one after the other: the files (`--raw -z`, names as they are), their counts (`--numstat`) and
the patches in the same order. So no name has to be read from a patch, where it would be quoted, and of a difference
that is too long at least the files are whole.
"""

import hashlib
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.errors import NotFound
from repositories import git
from repositories.status import WORDS
from sessions.models import Session

LIMIT_BYTES = 4 * 1024 * 1024
MAX_FILES = 3000
MAX_LINES, MAX_LINES_OF_FILE = 20_000, 5000
MAX_LINE_CHARACTERS = 4000
SUBMODULE = "160000"
OPTIONS = (
    "--raw", "--numstat", "--patch", "-z", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames",
    "--submodule=short", "--ignore-submodules=dirty", "--src-prefix=a/", "--dst-prefix=b/", "--no-abbrev",
    "--no-relative", "--inter-hunk-context=0",
)  # fmt: skip
_RAW = re.compile(rb":(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*")
_COUNTS = re.compile(rb"(\d+|-)\t(\d+|-)\t(.*)", re.DOTALL)
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_KINDS = {b"+": "add", b"-": "delete", b" ": "context", b"": "context"}  # "": a blank line whose blank was suppressed
# `-p`: by its time git knows which files may have changed since it was written, though they look the same
WITH_UNTRACKED = """
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
index=$(git rev-parse --git-path index) && objects=$(git rev-parse --git-path objects) || exit 128
case "$objects" in /*) ;; *) objects="$PWD/$objects" ;; esac
mkdir "$folder/objects"
[ ! -e "$index" ] || cp -p "$index" "$folder/index" || exit 1
export GIT_INDEX_FILE="$folder/index" GIT_OBJECT_DIRECTORY="$folder/objects"
export GIT_ALTERNATE_OBJECT_DIRECTORIES="$objects"
git add --intent-to-add --ignore-errors -- . 2> /dev/null
"""
NO_SUCH = 3
_DIFF = f"""
base=$1 to=$2 path=$3
shift 3
head_or_nothing
[ "$base" != HEAD ] || base=$tree
named() {{ [ -z "$1" ] || git rev-parse -q --verify "$1^{{tree}}"; }}
base=$(named "$base") && to=$(named "$to") || exit {NO_SUCH}
git diff "$@" ${{base:+"$base"}} ${{to:+"$to"}} -- ${{path:+"$path"}}
"""


@dataclass(slots=True)
class FileDiff:
    """`status` as git's letter; `is_cut`: hunks or lines of it are missing. `additions` is None for a binary file."""

    path: str
    status: str
    old_path: str | None = None
    is_submodule: bool = False
    additions: int | None = 0
    deletions: int | None = 0
    is_cut: bool = False
    hunks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_binary(self) -> bool:
        return self.additions is None


@dataclass(slots=True)
class Diff:
    files: list[FileDiff] = field(default_factory=list)
    is_cut: bool = False


@dataclass(slots=True)
class Hunk:
    """As git prints it: `lines` begin with the one that says where it stands."""

    old: int
    old_lines: int
    new: int
    new_lines: int
    header: bytes
    lines: list[bytes]

    @property
    def id(self) -> str:
        """Of what it changes, and where; not of the line that git prints for orientation, which may be another one."""
        place = b"%d %d %d %d" % (self.old, self.old_lines, self.new, self.new_lines)
        return hashlib.sha256(b"\n".join([place, *self.lines[1:]])).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare: `base` (None: HEAD) with `to`, or where that is None with what is not committed.

    `staged`: True: the index with `base`; False: the working tree with the index; None: the working tree with `base`.
    `untracked`: files that git does not know, as if they were added; only of the working tree.
    """

    base: str | None = None
    to: str | None = None
    staged: bool | None = None
    path: str | None = None
    context: int = 3
    untracked: bool = False


def of(row: Session, wanted: Wanted) -> Diff:
    """The difference, bounded; raises as `git.ask`."""
    is_of_worktree = wanted.to is None and not wanted.staged
    base = "" if is_of_worktree and wanted.staged is False else wanted.base or "HEAD"
    options = [*OPTIONS, f"--unified={wanted.context}", *(["--cached"] if wanted.staged and wanted.to is None else [])]
    before = WITH_UNTRACKED if wanted.untracked and is_of_worktree else ""
    answer = git.script(
        row,
        f"no_repository{before}{_DIFF}",
        base,
        wanted.to or "",
        wanted.path or "",
        *options,
        limit_bytes=LIMIT_BYTES,
        fine=(0, NO_SUCH),
    )
    if answer.code == NO_SUCH:
        raise NotFound(f"There is no commit {' or no '.join(filter(None, (wanted.base, wanted.to)))}")
    return parse(answer.output, is_cut=answer.is_cut)


@git.reading()
def parse(output: bytes, *, is_cut: bool = False) -> Diff:
    """`output` of git with `OPTIONS`; `is_cut`: it goes on."""
    found, position = _named(output)
    diff = Diff(found[:MAX_FILES], is_cut or len(found) > MAX_FILES)
    _take_patches(diff, found, output[position:], is_cut=is_cut)
    return diff


def _named(output: bytes) -> tuple[list[FileDiff], int]:
    """The files with their counts, and where the patches begin."""
    position = 0

    def field_at() -> bytes | None:
        nonlocal position
        end = output.find(b"\0", position)
        if end < 0:
            return None
        value, position = output[position:end], end + 1
        return value

    files: list[FileDiff] = []
    while (head := _RAW.match(output, position)) is not None:
        position = head.end() + 1
        old = field_at()
        new = field_at() if head[3] in (b"R", b"C") else old
        if old is None or new is None:
            return files, len(output)
        is_submodule = SUBMODULE.encode() in (head[1], head[2])
        old_path = git.text(old) if new != old else None
        files.append(FileDiff(git.text(new), head[3].decode(), old_path, is_submodule))
    for file in files:
        counts = _COUNTS.fullmatch(field_at() or b"")
        if counts is None:
            return files, len(output)
        if not counts[3]:  # both names of a rename follow
            field_at(), field_at()
        if counts[1] == b"-":
            file.additions = file.deletions = None
        else:
            file.additions, file.deletions = int(counts[1]), int(counts[2])
    return files, position + 1 if files else position


def _take_patches(diff: Diff, files: list[FileDiff], patches: bytes, *, is_cut: bool) -> None:
    lines = patches.split(b"\n")[:-1]  # the last line ends there, or is cut off
    sections = [number for number, line in enumerate(lines) if line.startswith((b"diff --", b"* Unmerged path "))]
    bounds = pairwise([*sections, len(lines)])
    total = 0
    for file in files:
        for _ in range(2 if file.status == "T" else 1):  # another kind of file: one patch takes it away, one brings it
            begin, end = next(bounds, (len(lines), len(lines)))
            is_missing = begin == len(lines) and (file.is_binary is False and bool(file.additions or file.deletions))
            is_last = is_cut and end == len(lines)
            room = min(MAX_LINES_OF_FILE, max(0, MAX_LINES - total))
            whole = _take_hunks(file, lines[begin:end], room) and not (is_missing or is_last)
            total += sum(len(hunk["lines"]) for hunk in file.hunks)
            file.is_cut = file.is_cut or not whole
    diff.is_cut = diff.is_cut or any(file.is_cut for file in files)


def split(lines: list[bytes]) -> tuple[list[bytes], list[Hunk]]:
    """Of one patch what stands above its hunks, and these."""
    above: list[bytes] = []
    hunks: list[Hunk] = []
    old_left = new_left = 0
    for line in lines:
        if old_left <= 0 and new_left <= 0 and (head := _HUNK.match(line)) is not None:
            old_left, new_left = int(head[2] or 1), int(head[4] or 1)
            hunks.append(Hunk(int(head[1]), old_left, int(head[3]), new_left, head[5], [line]))
        elif not hunks:
            above.append(line)
        elif line.startswith(b"\\"):
            hunks[-1].lines.append(line)
        elif old_left > 0 or new_left > 0:
            kind = _KINDS.get(line[:1], "context")
            old_left, new_left = old_left - (kind != "add"), new_left - (kind != "delete")
            hunks[-1].lines.append(line)
    return above, hunks


def _take_hunks(file: FileDiff, patch: list[bytes], room: int) -> bool:
    """Read the hunks of one patch; False when not all lines are there."""
    for hunk in split(patch)[1]:
        old, new, lines = hunk.old, hunk.new, list[dict[str, Any]]()
        file.hunks.append({
            "id": hunk.id, "oldStart": old, "oldLines": hunk.old_lines, "newStart": new, "newLines": hunk.new_lines,
            "header": git.text(hunk.header), "lines": lines,
        })  # fmt: skip
        for raw in hunk.lines[1:]:
            if raw.startswith(b"\\"):
                if lines:
                    lines[-1]["noNewline"] = True
                continue
            if room <= 0:
                return False
            room -= 1
            kind = _KINDS.get(raw[:1], "context")
            is_old, is_new = kind != "add", kind != "delete"
            lines.append(_line(kind, old if is_old else None, new if is_new else None, git.text(raw[1:])))
            old, new = old + is_old, new + is_new
    return not any(line.get("clipped") for shown in file.hunks for line in shown["lines"])


def _line(kind: str, old: int | None, new: int | None, text: str) -> dict[str, Any]:
    line = {"type": kind, "oldLine": old, "newLine": new, "text": text[:MAX_LINE_CHARACTERS]}
    return line | ({"clipped": True} if len(text) > MAX_LINE_CHARACTERS else {})


# --- as it stands on the wire ----------------------------------------------------------------------------------------


def shown(diff: Diff) -> dict[str, Any]:
    """`{files, stat, truncated}`."""
    return {
        "files": [_shown_file(file) for file in diff.files],
        "stat": {
            "files": len(diff.files),
            "additions": sum(file.additions or 0 for file in diff.files),
            "deletions": sum(file.deletions or 0 for file in diff.files),
        },
        "truncated": diff.is_cut,
    }


def _shown_file(file: FileDiff) -> dict[str, Any]:
    return {
        "path": file.path,
        "oldPath": file.old_path,
        "status": WORDS.get(file.status, "modified"),
        "submodule": file.is_submodule,
        "binary": file.is_binary,
        "additions": file.additions,
        "deletions": file.deletions,
        "truncated": file.is_cut,
        "hunks": file.hunks,
    }
