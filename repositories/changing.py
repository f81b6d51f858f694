"""What a caller does to a repository: stage, commit, throw away, branch. No hook of its runs, unless he asks for it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from core.errors import Conflict, NotFound
from repositories import git, history, status
from sessions.models import Session

WRITE_TIMEOUT_S = 60.0
NOTHING_TO_COMMIT = "There is nothing to commit"
_COMMIT = """
no_repository
what=$1 message=$2
shift 2
case $what in
    all) git add --all -- . || exit ;;
    paths) git add --all -- "$@" || exit ;;
esac
[ "$what" = paths ] || set --
[ "$what" = paths ] || [ -e "$(git rev-parse --git-path MERGE_HEAD)" ] || ! git diff --cached --quiet || exit 3
git commit --quiet --no-status --no-gpg-sign --cleanup=whitespace --message="$message" ${1:+--only} -- "$@"
"""
_DISCARD = """
head_or_nothing
git restore --quiet --source="$tree" --staged --worktree --no-recurse-submodules \\
    --pathspec-from-file=- --pathspec-file-nul
"""


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    email: str

    @classmethod
    def of(cls, user: User) -> "Author":
        """As whom the user commits who says nothing else."""
        return cls(_clean(user.get_full_name()) or user.username, user.email or f"{user.username}@agterm.invalid")

    def environment(self) -> dict[str, str]:
        name, email = _clean(self.name), _clean(self.email)
        return {
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email,
        }  # fmt: skip


def _clean(text: str) -> str:
    """Without what would end the field in a commit."""
    return "".join(character for character in text if character.isprintable() and character not in "<>").strip()


def stage(row: Session, paths: Sequence[str]) -> None:
    """These files as they are now, also that they are gone, are part of the next commit."""
    git.ask(row, "add", "--all", "--", *paths, timeout_s=WRITE_TIMEOUT_S)


def unstage(row: Session, paths: Sequence[str]) -> None:
    """Back to what HEAD holds of them, in the index alone."""
    git.ask(row, "reset", "--quiet", "--", *paths, timeout_s=WRITE_TIMEOUT_S)


def commit(
    row: Session,
    message: str,
    author: Author,
    *,
    paths: Sequence[str] = (),
    everything: bool = False,
    hooks: bool = False,
) -> dict[str, Any]:
    """Commit what is staged; or `paths` as they are now and nothing else; or everything. Returns the commit.

    `hooks`: let the repository's own hooks run, in the box; one that fails is `Conflict` with its words.
    """
    what = "paths" if paths else "all" if everything else "staged"
    answer = git.script(
        row, _COMMIT, what, message, *paths,
        env=author.environment(), hooks=hooks, timeout_s=WRITE_TIMEOUT_S, fine=(0, 1, 3),
    )  # fmt: skip
    if answer.code == 3 or (answer.code == 1 and not git.complaint(answer.errors)):
        raise Conflict(f"{NOTHING_TO_COMMIT}{', or a hook of the repository refused it' if hooks else ''}")
    if answer.code:
        raise answer.refuse()
    return history.commit(row, "HEAD")[0]


def discard(row: Session, paths: Sequence[str], *, untracked: bool) -> dict[str, list[str]]:
    """Throw away what is not committed of `paths` (none: of everything), staged or not; there is no way back.

    `untracked`: files that git does not know too, but nothing that is ignored. Returns `{restored, removed}`. Raises
    `NotFound` where nothing has changed, and `Conflict` where git knows none of it and that was not asked for.
    """
    changed = status.of(row, *paths, untracked="all")
    if changed.is_cut:
        raise Conflict("Too many files have changed to discard them at once; name some of them")
    known = [file for file in changed.files if not file.is_untracked]
    unknown = [file.path for file in changed.files if file.is_untracked]
    if not changed.files:
        raise NotFound("Nothing has changed there")
    if not known and not untracked:
        raise Conflict("git does not know these files; say untracked: true to remove them")
    restored = [path for file in known for path in (file.path, file.old_path) if path is not None]
    if restored:
        given = b"".join(os.fsencode(path) + b"\0" for path in restored)
        git.script(row, _DISCARD, given=given, timeout_s=WRITE_TIMEOUT_S)
    if untracked and unknown:
        git.ask(row, "clean", "--quiet", "--force", "-d", "--", *(paths or ["."]), timeout_s=WRITE_TIMEOUT_S)
    removed = [path for path in unknown if not path.endswith("/")] if untracked else []  # a repository in it stays
    return {"restored": [git.visible(path) for path in restored], "removed": [git.visible(path) for path in removed]}


def branch(row: Session, name: str, *, start: str | None, switch: bool) -> None:
    """A new branch at `start` (None: HEAD); raises `Conflict` for one that is there."""
    git.ask(row, "check-ref-format", "--branch", name)
    begin = [start] if start is not None else []
    if switch:
        git.ask(row, "switch", "--quiet", "--no-track", "--create", name, *begin, timeout_s=WRITE_TIMEOUT_S)
    else:
        git.ask(row, "branch", "--no-track", name, *begin)


def switch(row: Session, name: str, *, detach: bool) -> None:
    """To a branch, or with `detach` to any commit; raises `Conflict` where what is not committed is in the way."""
    how = "--detach" if detach else "--no-guess"
    git.ask(row, "switch", "--quiet", "--no-recurse-submodules", how, name, timeout_s=WRITE_TIMEOUT_S)
