"""What a repository remembers: commits, who wrote which line, branches."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from core.errors import InvalidRequest, NotFound
from core.moments import timestamp
from repositories import diffs, git
from sessions.models import Session

FIELDS = (
    "sha",
    "parents",
    "name",
    "email",
    "at",
    "committer",
    "committer_email",
    "committed_at",
    "refs",
    "subject",
    "body",
)
FORMAT = "%x00".join(("%H", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%D", "%s", "%b"))
RECORD = ("--no-color", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--encoding=UTF-8", "-z",
          f"--format={FORMAT}")  # fmt: skip
MAX_BODY_CHARACTERS = 20_000
MAX_BRANCHES = 1000
MAX_BLAMED_LINES = 5000
NO_SUCH = 3  # exit code of our scripts for a commit that is not there
CURSOR = re.compile(r"([0-9a-f]{40,64})\.(\d{1,9})")
_LOG = f"""
no_repository
from=$1 path=$2
shift 2
start=$(git rev-parse -q --verify "$from^{{commit}}") || exit {NO_SUCH}
printf '%s\\0' "$start"
git log "$@" "$start" -- ${{path:+"$path"}}
"""
_ONE = f"""
no_repository
sha=$(git rev-parse -q --verify "$1^{{commit}}") || exit {NO_SUCH}
shift
git log -1 --no-patch "$@" "$sha" || exit
parent=$(git rev-parse -q --verify "$sha^1") || parent=$(git hash-object -t tree /dev/null)
printf '%s\\0%s\\0' "$parent" "$sha"
"""
_REFERENCES = "%00".join(
    ("%(HEAD)", "%(refname)", "%(symref)", "%(objectname)", "%(upstream:short)", "%(upstream:track,nobracket)",
     "%(worktreepath)", "%(committerdate:unix)", "%(contents:subject)")
)  # fmt: skip
_BRANCHES = f"""
no_repository
printf '%s\\n' "$(git symbolic-ref -q --short HEAD)"
git for-each-ref --count={MAX_BRANCHES + 1} --sort=-committerdate --format='{_REFERENCES}' refs/heads refs/remotes
"""
_BLAMED = re.compile(r"([0-9a-f]{40,64}) (\d+) (\d+)(?: \d+)?")


@dataclass(frozen=True, slots=True)
class Page:
    commits: list[dict[str, Any]]
    cursor: str | None


def log(row: Session, *, ref: str | None, path: str | None, limit: int, cursor: str | None) -> Page:
    """Commits from `ref` (None: HEAD) back, the newest first; a page goes on from the commit at which the first began.

    Raises `NotFound` for a commit that is not there, and as `git.ask`.
    """
    skip, start = 0, ref or "HEAD"
    if cursor is not None:
        if (found := CURSOR.fullmatch(cursor)) is None:
            raise InvalidRequest("cursor must be one that a page of this list came with")
        start, skip = found[1], int(found[2])
    options = [*RECORD, f"--max-count={limit + 1}", f"--skip={skip}"]
    answer = git.script(row, _LOG, start, path or "", *options, fine=(0, NO_SUCH))
    if answer.code == NO_SUCH:
        if ref is None and cursor is None:
            return Page([], None)  # there is no commit yet
        raise NotFound(f"There is no commit {ref or start}")
    first, _, rest = answer.output.partition(b"\0")
    commits = list(islice(_commits(rest), limit + 1))
    has_more = len(commits) > limit or answer.is_cut
    commits = commits[:limit]
    return Page(commits, f"{git.text(first)}.{skip + len(commits)}" if has_more and commits else None)


def commit(row: Session, ref: str) -> tuple[dict[str, Any], str, str]:
    """The commit, its first parent (or the empty tree) and itself; raises `NotFound`."""
    answer = git.script(row, _ONE, ref, *RECORD, fine=(0, NO_SUCH))
    if answer.code == NO_SUCH:
        raise NotFound(f"There is no commit {ref}")
    with git.reading():
        *_, parent, sha, _ = answer.output.split(b"\0")
    found = next(_commits(answer.output), None)
    if found is None:
        raise NotFound(f"There is no commit {ref}")
    return found, git.text(parent), git.text(sha)


def shown(row: Session, ref: str, *, path: str | None, context: int) -> dict[str, Any]:
    """`{commit, files, stat, truncated}`: what the commit did to its first parent."""
    found, parent, sha = commit(row, ref)
    diff = diffs.of(row, diffs.Wanted(base=parent, to=sha, path=path, context=context))
    return {"commit": found, **diffs.shown(diff)}


def _commits(records: bytes) -> Iterator[dict[str, Any]]:
    """Whole records only."""
    fields = records.split(b"\0")[:-1]
    for at in range(0, len(fields) - len(FIELDS) + 1, len(FIELDS)):
        said = dict(zip(FIELDS, map(git.text, fields[at : at + len(FIELDS)]), strict=True))
        body = said["body"].strip("\n")
        yield {
            "sha": said["sha"],
            "parents": said["parents"].split(),
            "author": {"name": said["name"], "email": said["email"], "at": moment(said["at"])},
            "committer": {
                "name": said["committer"],
                "email": said["committer_email"],
                "at": moment(said["committed_at"]),
            },
            "refs": [name for name in said["refs"].split(", ") if name],
            "subject": said["subject"],
            "body": body[:MAX_BODY_CHARACTERS],
        }


def moment(seconds: str) -> str | None:
    """Unix seconds as on the wire; None for what no calendar holds."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return timestamp(datetime.fromtimestamp(int(seconds), UTC))
    return None


# --- blame -----------------------------------------------------------------------------------------------------------


def blame(row: Session, path: str, *, ref: str | None, first: int, last: int | None) -> dict[str, Any]:
    """`{path, ref, lines: [{line, originalLine, commit, text}], commits: {sha: …}, truncated}`.

    Without `ref` of the file as it lies there; the commit of a line that is not committed is None.
    """
    most = first + MAX_BLAMED_LINES
    span = f"-L{first},{min(last, most) if last is not None else most}"
    options = ["--no-textconv", "--porcelain", "--encoding=UTF-8", *([] if first == 1 and last is None else [span])]
    answer = git.ask(row, "blame", *options, *([ref] if ref else []), "--", path)
    lines, commits = _blamed(answer.output)
    is_cut = answer.is_cut or len(lines) > MAX_BLAMED_LINES or (last is not None and last > most)
    lines = lines[:MAX_BLAMED_LINES]
    named = {line["commit"] for line in lines}
    kept = {sha: facts for sha, facts in commits.items() if sha in named}
    return {"path": path, "ref": ref, "lines": lines, "commits": kept, "truncated": is_cut}


@git.reading()
def _blamed(output: bytes) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    lines: list[dict[str, Any]] = []
    commits: dict[str, dict[str, Any]] = {}
    sha, original, final = "", 0, 0
    for raw in output.split(b"\n")[:-1]:
        said = git.text(raw)
        if said.startswith("\t"):
            known = sha if sha.strip("0") else None
            text = said[1 : 1 + diffs.MAX_LINE_CHARACTERS]
            lines.append({"line": final, "originalLine": original, "commit": known, "text": text})
        elif (head := _BLAMED.fullmatch(said)) is not None:
            sha, original, final = head[1], int(head[2]), int(head[3])
            commits.setdefault(sha, {"author": {"name": "", "email": "", "at": None}, "subject": "", "path": ""})
        else:
            _note_blamed(commits.get(sha), *said.partition(" ")[::2])
        if len(lines) > MAX_BLAMED_LINES:
            break
    return lines, {sha: facts for sha, facts in commits.items() if sha.strip("0")}


def _note_blamed(facts: dict[str, Any] | None, name: str, value: str) -> None:
    if facts is None:
        return
    if name == "author":
        facts["author"]["name"] = value
    elif name == "author-mail":
        facts["author"]["email"] = value.strip("<>")
    elif name == "author-time":
        facts["author"]["at"] = moment(value)
    elif name == "summary":
        facts["subject"] = value
    elif name == "filename":
        facts["path"] = value


# --- branches --------------------------------------------------------------------------------------------------------


def branches(row: Session) -> dict[str, Any]:
    """`{current, branches: [{name, remote, current, sha, …}], truncated}`, those with the newest commits first."""
    answer = git.script(row, _BRANCHES)
    current, _, rest = git.text(answer.output).partition("\n")
    lines = (line.split("\0") for line in rest.split("\n") if line.count("\0") == 8)
    with git.reading():
        found = [branch for line in islice(lines, 2 * MAX_BRANCHES) if (branch := _branch(line)) is not None]
    is_cut = answer.is_cut or len(found) > MAX_BRANCHES
    return {"current": current or None, "branches": found[:MAX_BRANCHES], "truncated": is_cut}


def _branch(fields: list[str]) -> dict[str, Any] | None:
    is_head, full, symbolic, sha, upstream, track, worktree, at, subject = fields
    if symbolic:  # origin/HEAD, another name of a branch that is in the list
        return None
    counts = dict(part.split(" ", 1) for part in track.split(", ") if part.startswith(("ahead ", "behind ")))
    is_remote = full.startswith("refs/remotes/")
    return {
        "name": full.removeprefix("refs/heads/").removeprefix("refs/remotes/"),
        "remote": is_remote,
        "current": is_head == "*",
        "sha": sha,
        "upstream": upstream or None,
        "ahead": int(counts.get("ahead", 0)),
        "behind": int(counts.get("behind", 0)),
        "upstreamGone": track == "gone",
        "checkedOut": bool(worktree),
        "committedAt": moment(at),
        "subject": subject,
    }
