"""Which other live sessions changed the same files, before two agents' work has to be brought together."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from core.errors import AgtermError
from repositories import git
from sessions import errands
from sessions.models import LIVE, Session

MAX_SESSIONS = 50
MAX_PATHS = 500
MAX_CHANGED = 20_000  # of one session
LIMIT_BYTES = 1024 * 1024
TIMEOUT_S = 10.0
_LOOK = """
no_repository
origin=$(git config --get remote.origin.url)
find_base ""
root=
[ -n "$origin" ] || root=$(git rev-list --max-parents=0 "$tree" 2> /dev/null | tail -n 1)
printf '%s\\0%s\\0' "$origin" "$root"
git diff --name-only -z --no-renames --no-ext-diff --no-textconv --ignore-submodules=dirty "$base" -- || exit
git ls-files --others --exclude-standard -z
"""


@dataclass(frozen=True, slots=True)
class Look:
    """`keys`: by which it is known to be of the same repository as another; `paths` that it changed, `is_cut`: some."""

    row: Session
    keys: frozenset[tuple[str, str]]
    paths: frozenset[str]
    is_cut: bool


def of(row: Session) -> dict[str, Any]:
    """`{overlaps: [{path, sessions: [{id, name}]}], unknown: [{id, name}], truncated}`.

    Changed is what differs from where the work began (`find_base` of `git.script`). `unknown`: sessions that could not
    be looked into just now. Raises as `git.ask` for the session itself.
    """
    home = errands.home_of(row)
    others = Session.objects.filter(owner_id=home.owner_id, status__in=LIVE, within=None).exclude(pk=home.pk)
    rows = [home, *others.order_by("-active_at")[: MAX_SESSIONS + 1]]
    is_cut = len(rows) > MAX_SESSIONS + 1
    rows = rows[: MAX_SESSIONS + 1]
    looks = [_looked(one, said) for one, said in zip(rows, _said(rows), strict=True)]
    own, unknown = looks[0], [one for one, look in zip(rows, looks, strict=True) if isinstance(look, AgtermError)]
    if not isinstance(own, Look):
        raise own or git.NoRepository
    found: dict[str, list[Session]] = defaultdict(list)
    for look in looks[1:]:
        if isinstance(look, Look) and look.keys & own.keys:
            is_cut = is_cut or look.is_cut
            for path in look.paths & own.paths:
                found[path].append(look.row)
    return {
        "overlaps": [
            {"path": git.visible(path), "sessions": [named(one) for one in found[path]]}
            for path in sorted(found)[:MAX_PATHS]
        ],
        "unknown": [named(one) for one in unknown],
        "truncated": is_cut or own.is_cut or len(found) > MAX_PATHS,
    }


def _said(rows: list[Session]) -> list[errands.Outcome | AgtermError]:
    orders = [errands.Order(one, git.script_argv(_LOOK), git.environment(one)) for one in rows]
    return errands.run_each(orders, timeout_s=TIMEOUT_S, limit_bytes=LIMIT_BYTES)


def _looked(row: Session, said: errands.Outcome | AgtermError) -> Look | AgtermError | None:
    """None: it works in no repository."""
    if isinstance(said, AgtermError):
        return said
    is_cut = not said.whole and len(said.output) >= LIMIT_BYTES
    if said.code != 0 and not is_cut:
        refused = git.refusal(said.code, said.errors)
        return None if isinstance(refused, git.NoRepository) else refused
    try:
        with git.reading():
            origin, root, *paths = said.output.decode("utf-8", "surrogateescape").split("\0")[:-1]
    except AgtermError as error:
        return error
    source = str((row.repo or {}).get("source") or "")
    keys = {
        ("folder", f"{row.runner} {row.workspace}"),
        *((kind, _plain(name)) for kind, name in (("origin", source), ("origin", origin), ("root", root)) if name),
    }
    is_cut = is_cut or len(paths) > MAX_CHANGED
    return Look(row, frozenset(keys), frozenset(paths[:MAX_CHANGED]), is_cut)


def _plain(address: str) -> str:
    """Of an address, what is the same however it is written."""
    return address.rstrip("/").removesuffix(".git")


def named(row: Session) -> dict[str, str]:
    """How an answer speaks of another session."""
    return {"id": str(row.pk), "name": row.name}
