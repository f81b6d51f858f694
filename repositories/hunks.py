"""Single hunks of a file in and out of the index: the caller names them, the patch is made of our own difference.

A hunk's id is made of all its lines and where they stand, so one that has changed meanwhile is not found any more.
"""

from collections.abc import Sequence

from core.errors import Conflict, InvalidRequest, TooLarge
from repositories import diffs, git
from sessions.models import Session

TIMEOUT_S = 60.0
CHANGED = "The file has changed meanwhile; look at its differences again"
# names are quoted in a patch that is to be read again, so without -z
_OPTIONS = [word for word in diffs.OPTIONS if word not in ("--raw", "--numstat", "-z")]
_APPLY = ("-c", "apply.ignoreWhitespace=no", "apply", "--cached", "--whitespace=nowarn")


def stage(row: Session, path: str, ids: Sequence[str]) -> None:
    """Of what differs from the index these hunks alone are part of the next commit; raises as `unstage`."""
    git.ask(row, *_APPLY, "-", given=_patch(row, path, ids, []), timeout_s=TIMEOUT_S)


def unstage(row: Session, path: str, ids: Sequence[str]) -> None:
    """Take these hunks out of the index; the file stays as it is.

    Raises `Conflict` when one of them is not there any more, and as `git.ask`; nothing has changed then.
    """
    git.ask(row, *_APPLY, "--reverse", "-", given=_patch(row, path, ids, ["--cached"]), timeout_s=TIMEOUT_S)


def _patch(row: Session, path: str, ids: Sequence[str], which: list[str]) -> bytes:
    answer = git.ask(row, "diff", *_OPTIONS, "--unified=3", *which, "--", path, limit_bytes=diffs.LIMIT_BYTES)
    if answer.is_cut:
        raise TooLarge("The file differs in too much to take hunks of it; take all of it")
    lines = answer.output.split(b"\n")[:-1]
    if sum(line.startswith(b"diff --") for line in lines) > 1:
        raise InvalidRequest("Hunks are of one file, which is still one of its kind")
    with git.reading():
        head, hunks = diffs.split(lines)
    wanted = [hunk for hunk in hunks if hunk.id in ids]
    if len(wanted) != len(set(ids)):
        raise Conflict(CHANGED)
    head = [line for line in head if not line.startswith((b"old mode ", b"new mode "))]  # these are no part of a hunk
    return b"".join(line + b"\n" for line in [*head, *(line for hunk in wanted for line in hunk.lines)])
