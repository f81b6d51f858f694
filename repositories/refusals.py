"""Why a merge was refused, file by file: what git finds in conflict, or what is not committed and would be lost."""

from core.errors import AgtermError, Conflict
from repositories import git
from repositories.overlaps import named
from sessions.models import Session

MAX_FILES = 500
MAX_BYTES = 1024 * 1024  # what the merge may say of them
KINDS = {
    "123": "both modified", "23": "both added", "1": "both deleted", "12": "deleted by them", "13": "deleted by us",
    "2": "added by us", "3": "added by them",
}  # fmt: skip
NOT_COMMITTED = "not committed"


def conflict(into: Session, other: Session, theirs: str, said: bytes) -> Conflict:
    """Of `git merge-tree -z`, the commit of `into` before it: each file and, in the words of `git status`, its kind.

    Raises `Conflict` too for what can't be read as that.
    """
    with git.reading():
        ours, _, *records = _whole_names(said)
        stages: dict[str, str] = {}
        for record in records:
            about, path = record.split("\t", 1)
            # git sets a file aside that is a folder on the other side, and says so in its name
            path = path.removesuffix(f"~{ours}").removesuffix(f"~{theirs}")
            stages[path] = stages.get(path, "") + about[-1]
        is_cut = len(said) >= MAX_BYTES
        if is_cut and stages:
            stages.popitem()  # more may be said of it
        files = {path: KINDS.get("".join(sorted(set(digits))), "both modified") for path, digits in stages.items()}
    over = f" over {_counted(len(files), is_cut)}" if files else ""
    return _refusal(f"{into.name} and {other.name} are in conflict{over}", into, other, files, is_cut)


def in_the_way(into: Session, other: Session, answer: git.Answer) -> AgtermError:
    """Of what a merge would change, an empty name, and what is not committed: the files that are both.

    Where that explains nothing, what git complains of.
    """
    is_cut = len(answer.output) >= MAX_BYTES
    wanted, _, dirty = answer.output.partition(b"\0\0")
    both = set(_whole_names(wanted + b"\0")) & set(_whole_names(dirty))
    if "overwritten by merge" not in answer.errors or not both:
        return git.refusal(answer.code, answer.errors)
    files = dict.fromkeys(sorted(both), NOT_COMMITTED)
    return _refusal(
        f"What is not committed in {into.name} would be overwritten, in {_counted(len(files), is_cut)}",
        into, other, files, is_cut,
    )  # fmt: skip


def _refusal(why: str, into: Session, other: Session, files: dict[str, str], is_cut: bool) -> Conflict:
    shown = [{"path": git.visible(path), "kind": kind} for path, kind in list(files.items())[:MAX_FILES]]
    return Conflict(
        f"{why}; nothing was merged",
        details={
            "into": named(into), "from": named(other), "files": shown, "truncated": is_cut or len(files) > MAX_FILES,
        },
    )  # fmt: skip


def _counted(count: int, is_cut: bool) -> str:
    return f"{'more than ' if is_cut else ''}{count} {'file' if count == 1 else 'files'}"


def _whole_names(said: bytes) -> list[str]:
    return said.decode("utf-8", "surrogateescape").split("\0")[:-1]
