"""The repository that a session's workspace begins with: what was asked for, and the program that fetches it there.

The program is a shell script that runs on the session's own terminal and in its box, before the agent (`Create.before`
of `runner.protocol`). What callers say reaches it as arguments, never as text of the script. It may run again at any
time: it goes on where it was interrupted, and a workspace in which anything lies stays as it is.
"""

from typing import Any

from django.conf import settings

from agents.services import literal
from core.errors import InvalidRequest
from sessions import addresses
from sessions.models import Session
from sessions.payloads import CreateSession

SOURCE = "@AGTERM_SOURCE@"  # stands for the repository's folder as the runner found it
STATES = {"needs_input": [r"^(?:Username|Password) for '[^'\n]{1,200}': *\Z"], "working": [r"\A"]}  # what git asks for
SCRIPT = r"""
kind=$1 source=$2 branch=$3 own=$4 depth=$5 name=$6 email=$7 new=.agterm-clone
say() { printf 'agterm: %s\n' "$*"; }
if [ -e .git/index ] || [ -e .git/agterm-base ]; then exit 0; fi
command -v git >/dev/null || { say 'git is not installed on this machine'; exit 127; }
export GIT_CONFIG_GLOBAL="$TMPDIR/agterm-clone.config"
printf '[include]\n\tpath = ~/.gitconfig\n[safe]\n\tdirectory = *\n' >"$GIT_CONFIG_GLOBAL"
rm -rf "$new"
if [ ! -e .git ]; then
    if [ -n "$(ls -A)" ]; then say 'the workspace is not empty, so nothing is cloned into it'; exit 0; fi
    say "cloning $8"
    set -- --no-checkout --progress
    if [ "$kind" = path ]; then
        export GIT_ALLOW_PROTOCOL=file
        if ! [ -r "$source/HEAD" ] || ! [ -r "$source/objects" ] || ! [ -x "$source/objects" ]; then
            say "the session's user can't read the repository there; it needs to be readable for others (chmod -R o+rX)"
            exit 1
        fi
        if [ -n "$own" ]; then set -- "$@" --shared; else set -- "$@" --no-hardlinks; fi
    else
        export GIT_ALLOW_PROTOCOL=http:https
        [ -z "$depth" ] || set -- "$@" --depth "$depth"
    fi
    [ -z "$branch" ] || set -- "$@" --branch "$branch"
    git clone "$@" -- "$source" "$new" || { code=$?; rm -rf "$new"; exit "$code"; }
    git -C "$new" config user.name "$name" && git -C "$new" config user.email "$email" || exit 1
    mv "$new/.git" .git && rmdir "$new" || exit 1
fi
rm -f .git/index.lock
if git rev-parse --quiet --verify HEAD >/dev/null; then
    if [ -z "$own" ]; then set --
    elif git show-ref --quiet --verify "refs/heads/$own"; then set -- "$own"
    elif git show-ref --quiet --verify "refs/remotes/origin/$own"; then set -- -b "$own" --track "origin/$own"
    else set -- --no-track -b "$own"
    fi
    git checkout --force --progress "$@" -- || exit 1
    git rev-parse HEAD >.git/agterm-base
else
    [ -z "$own" ] || git symbolic-ref HEAD "refs/heads/$own"
    : >.git/agterm-base
fi
"""


def asked(row: Session, wanted: CreateSession) -> dict[str, Any]:
    """What `row` remembers of the repository; nothing where none was asked for.

    Raises `InvalidRequest` for one that this session could not reach, or that its owner may not name.
    """
    repo = wanted.repo
    if repo is None:
        return {}
    if repo.url is not None and (row.recipe.get("network") or settings.AGTERM.network) in ("none", "gateway"):
        raise _invalid("url", "this session's network does not reach it; choose network proxy")
    if repo.path is not None and not settings.AGTERM.allowed_roots and not row.owner.is_staff:
        raise _invalid(
            "path", "is for administrators here; the operator names folders for everybody with AGTERM_ALLOWED_ROOTS"
        )
    return {
        "source": repo.url or repo.path,
        "kind": "path" if repo.url is None else "url",
        "branch": repo.branch,
        "worktree": repo.worktree,
        "depth": repo.depth,
    }


def name_branch(row: Session) -> None:
    """Give the branch of the session's own a name, if it is to have one and nobody said which."""
    if row.repo and row.repo["worktree"] and not row.repo["branch"]:
        row.repo["branch"] = addresses.name_from(row.name, row.pk.hex[:8])


def _invalid(field: str, text: str) -> InvalidRequest:
    message = f"repo.{field}: {text}"
    return InvalidRequest(message, details={"fields": [{"field": f"repo.{field}", "message": message}]})


def place(row: Session) -> dict[str, Any]:
    """What `Create` needs for the session's repository, if it has one: the program, and the folder it reads."""
    if row.repo.get("kind") != "path":
        return before(row)
    return before(row) | {"source": {"path": row.repo["source"], "shared": row.repo["worktree"]}}


def before(row: Session) -> dict[str, Any]:
    """`{before}` for `Create` and `Replace`: it comes to nothing where all is there already."""
    repo = row.repo
    if not repo:
        return {}
    branch, depth = repo["branch"] or "", str(repo["depth"] or "")
    source = SOURCE if repo["kind"] == "path" else literal(repo["source"])
    theirs, own = ("", branch) if repo["worktree"] else (branch, "")
    words = [source, *map(literal, (theirs, own, depth, *_person(row), repo["source"]))]
    return {"before": {"argv": ["/bin/sh", "-c", SCRIPT, "agterm", repo["kind"], *words], "state_patterns": STATES}}


def _person(row: Session) -> tuple[str, str]:
    """The name and the address that commits in the session carry."""
    owner = row.owner
    return owner.get_full_name() or owner.username, owner.email or f"{owner.username}@agterm.invalid"
