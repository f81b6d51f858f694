"""How the work of two sessions on one source compares, and how it comes together, without a look into each other's box.

What the one has and the other lacks leaves the one's box as a pack of git's and is given to git in the other's, so that
neither box ever shows the other's folder. Work that is not committed belongs to it, as a commit that no branch knows.
"""

import re
import uuid
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from core.errors import Conflict, InvalidRequest, TooLarge
from repositories import diffs, git, history, refusals
from repositories.changing import Author
from runner.beside import MAX_ERRAND_BYTES
from sessions import errands
from sessions.models import LIVE, Session

SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
TIMEOUT_S = 120.0
CHUNK_BYTES = 4 * 1024 * 1024
KNOWN_COMMITS = 1000
MAX_FILES = 50_000
NO_COMMIT, NO_COMMON, NOTHING_NEW, CONFLICTS, IN_THE_WAY = 11, 12, 13, 14, 15  # exit codes of our scripts
_HEAD = f"""
no_repository
head=$(git rev-parse -q --verify 'HEAD^{{commit}}') || exit {NO_COMMIT}
"""
_WORK = f"""{_HEAD}{diffs.WITH_UNTRACKED}
git add --all -- . || exit
tree=$(git write-tree) || exit
work=$head
if [ "$tree" != "$(git rev-parse "$head^{{tree}}")" ]; then
    work=$(git commit-tree -p "$head" -m "$1" "$tree") || exit
fi
"""
_KNOWN = f"""{_HEAD}
git rev-list --max-count={KNOWN_COMMITS} "$head"
git for-each-ref --count={KNOWN_COMMITS} --format='%(objectname)' refs/heads refs/remotes
"""
_GIVE = f"""{_WORK}
printf '%s\\n' "$work"
{{
    printf '%s\\n' "$work"
    git cat-file --batch-check='%(objecttype) %(objectname)' | sed -n 's/^commit /^/p'
}} | git pack-objects --revs --thin --stdout -q --delta-base-offset
"""
_TAKE = """
find "$TMPDIR" -maxdepth 1 -name 'agterm-work-*' -mmin +10 -delete
exec cat >> "$TMPDIR/$1"
"""
_TAKEN = """
pack="$TMPDIR/$2" theirs=$3
git unpack-objects -q < "$pack"
code=$?
rm -f "$pack"
[ "$code" = 0 ] || exit "$code"
"""
_COMPARE = f"""{_WORK}{_TAKEN}
shift 3
base=$(git merge-base "$work" "$theirs") || exit {NO_COMMON}
changed() {{ git diff --name-only -z --no-renames --no-ext-diff --no-textconv "$base" "$1" -- > "$2" || exit; }}
changed "$work" "$folder/mine"
changed "$theirs" "$folder/theirs"
printf '%s %s %s\\n' "$base" "$(wc -c < "$folder/mine")" "$(wc -c < "$folder/theirs")"
cat "$folder/mine" "$folder/theirs"
git diff "$@" "$work" "$theirs" --
"""
_MERGE = f"""{_HEAD}{_TAKEN}
git merge-base "$head" "$theirs" > /dev/null || exit {NO_COMMON}
! git merge-base --is-ancestor "$theirs" "$head" || exit {NOTHING_NEW}
next=$theirs
if ! git merge-base --is-ancestor "$head" "$theirs"; then
    git merge-tree --write-tree --no-messages -z "$head" "$theirs" > "$pack"
    code=$?
    [ "$code" != 1 ] || {{
        {{ printf '%s\\0' "$head"; cat "$pack"; }} | head -c {refusals.MAX_BYTES}
        rm -f "$pack"
        exit {CONFLICTS}
    }}
    [ "$code" = 0 ] || exit "$code"
    tree=$(tr -d '\\0' < "$pack")
    rm -f "$pack"
    [ "$tree" != "$(git rev-parse "$head^{{tree}}")" ] || exit {NOTHING_NEW}
    next=$(git commit-tree -p "$head" -p "$theirs" -m "$1" "$tree") || exit
fi
git merge --quiet --ff-only --no-stat --no-autostash --no-verify-signatures "$next" && exit
differs() {{ git diff --name-only -z --no-renames --no-ext-diff --no-textconv --ignore-submodules=dirty "$@" --; }}
{{
    differs "$head" "$next"
    printf '\\0'
    differs "$head"
    git ls-files --others --exclude-standard -z
}} | head -c {refusals.MAX_BYTES}
exit {IN_THE_WAY}
"""
_BUNDLE = f"""{_HEAD}
find_base ""
name=$(git symbolic-ref -q HEAD) || name=HEAD
[ "$base" != "$head" ] || exit {NOTHING_NEW}
if [ "$base" = "$nothing" ]; then git bundle create -q - "$name"; else git bundle create -q - "$name" "^$base"; fi
"""
_FINE = (0, NO_COMMIT, NO_COMMON, NOTHING_NEW, CONFLICTS, IN_THE_WAY)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`mine`, `theirs`: files that each has changed since `base`, where both began; `diff` from mine to theirs."""

    base: str
    mine: list[str]
    theirs: list[str]
    diff: diffs.Diff


def compare(row: Session, other: Session) -> Comparison:
    """What both have changed since they parted. Raises `InvalidRequest`, `Conflict`, `TooLarge`, and as `git.ask`."""
    name, theirs = _bring(row, other)
    answer = git.script(
        row, _COMPARE, "work", name, theirs, *diffs.OPTIONS, "--unified=3",
        env=_author(row), limit_bytes=diffs.LIMIT_BYTES, timeout_s=TIMEOUT_S, fine=_FINE,
    )  # fmt: skip
    _check(answer, row, other)
    head, _, rest = answer.output.partition(b"\n")
    with git.reading():
        base, *sizes = head.decode().split()
        mine, end = int(sizes[0]), sum(map(int, sizes))
    if len(rest) < end or rest.count(b"\0", 0, end) > MAX_FILES:
        raise TooLarge("The two sessions differ in too many files to compare them here")
    return Comparison(base, _paths(rest[:mine]), _paths(rest[mine:end]), diffs.parse(rest[end:], is_cut=answer.is_cut))


def merge(row: Session, other: Session, message: str | None) -> dict[str, Any] | None:
    """Bring the other session's work into this one's branch: the commit it is on then, None where nothing is new.

    Raises `Conflict`, with the files in its details (`refusals`), where both changed the same, or where uncommitted
    work here would be overwritten; nothing has changed then. Else as `compare`.
    """
    name, theirs = _bring(row, other)
    words = message or f"Merge the work of {other.name}"
    answer = git.script(row, _MERGE, words, name, theirs, env=_author(row), timeout_s=TIMEOUT_S, fine=_FINE)
    if answer.code == NOTHING_NEW:
        return None
    if answer.code == CONFLICTS:
        raise refusals.conflict(row, other, theirs, answer.output)
    if answer.code == IN_THE_WAY:
        raise refusals.in_the_way(row, other, answer)
    _check(answer, row, other)
    return history.commit(row, "HEAD")[0]


def deliver(row: Session, others: list[Session], message: str | None) -> tuple[Session, dict[str, Any] | None]:
    """`merge` into that one of `others` which works in the very folder that this session's repository came from.

    Nobody else can write there. Raises `Conflict` when there is none, and as `merge`.
    """
    repo = errands.home_of(row).repo
    if repo.get("kind") != "path":
        raise Conflict("This session began with no folder of this machine; fetch its work as a bundle or a patch")
    source = PurePosixPath(repo["source"])
    here = [other for other in others if other.status in LIVE and other.runner == errands.home_of(row).runner]
    target = next((other for other in here if PurePosixPath(other.workspace) == source), None)
    if target is None:
        raise Conflict(
            f"No live session of yours works in {source}: start one with this cwd, or fetch the work as a bundle or a "
            "patch and apply it yourself"
        )
    return target, merge(target, row, message)


def bundle(row: Session) -> bytes:
    """The branch since where it began, for `git fetch` or `git pull` wherever that is known.

    Raises `Conflict` when nothing is committed since, `TooLarge`, and as `git.ask`.
    """
    answer = git.script(row, _BUNDLE, limit_bytes=MAX_ERRAND_BYTES, timeout_s=TIMEOUT_S, fine=_FINE)
    if answer.code == NOTHING_NEW:
        raise Conflict("There is no commit since the session's repository was made")
    _check(answer, row, row)
    return _whole(answer)


def _bring(row: Session, other: Session) -> tuple[str, str]:
    """Let git in the box of `row` have what the other has done: the file of the pack there, and the newest commit."""
    if errands.home_of(row).pk == errands.home_of(other).pk:
        raise InvalidRequest("Both are the same workspace")
    if row.owner_id != other.owner_id:
        raise Conflict("The two sessions are of different users")
    known = git.script(row, _KNOWN, timeout_s=TIMEOUT_S, fine=_FINE)
    _check(known, row, other)
    words = f"Work of {other.name} that was not committed"
    answer = git.script(
        other, _GIVE, words,
        given=known.output, env=_author(other), limit_bytes=MAX_ERRAND_BYTES, timeout_s=TIMEOUT_S, fine=_FINE,
    )  # fmt: skip
    _check(answer, other, row)
    commit, _, pack = _whole(answer).partition(b"\n")
    theirs = git.text(commit)
    if not SHA.fullmatch(theirs):
        raise Conflict("git in the other session's workspace does not say what it holds")
    name = f"agterm-work-{uuid.uuid4()}"
    for at in range(0, len(pack), CHUNK_BYTES):
        git.script(row, _TAKE, name, given=pack[at : at + CHUNK_BYTES], timeout_s=TIMEOUT_S)
    return name, theirs


def _check(answer: git.Answer, row: Session, other: Session) -> None:
    if answer.code == NO_COMMIT:
        raise Conflict(f"There is no commit yet in {row.name}")
    if answer.code == NO_COMMON:
        raise Conflict(f"{row.name} and {other.name} have no history in common")


def _whole(answer: git.Answer) -> bytes:
    if answer.is_cut:
        raise TooLarge(f"The work has more than {MAX_ERRAND_BYTES >> 20} MiB; fetch its files as an archive")
    return answer.output


def _paths(said: bytes) -> list[str]:
    return said.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _author(row: Session) -> dict[str, str]:
    return Author.of(row.owner).environment()
