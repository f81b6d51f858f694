"""A session's whole work since where it began, as a patch that can be applied elsewhere."""

from dataclasses import dataclass
from typing import Literal

from core.errors import NotFound, TooLarge
from repositories import git
from repositories.diffs import WITH_UNTRACKED
from runner.beside import MAX_ERRAND_BYTES
from sessions import errands
from sessions.models import Session

Format = Literal["diff", "mbox"]
KINDS = {"diff": "text/x-diff", "mbox": "application/mbox"}
TIMEOUT_S = 60.0
NO_SUCH = 3
_BEGIN = f"""
no_repository
[ -z "$1" ] || given=$(git rev-parse -q --verify "$1^{{commit}}") || exit {NO_SUCH}
find_base "$given"
"""
_DIFF = f"""{_BEGIN}{WITH_UNTRACKED}
git diff --binary --full-index --no-color --no-ext-diff --no-textconv --find-renames --submodule=short \\
    --src-prefix=a/ --dst-prefix=b/ "$base" --
"""
_MBOX = f"""{_BEGIN}
[ "$base" = "$tree" ] && exit
if [ "$base" = "$nothing" ]; then set -- --root HEAD; else set -- "$base..HEAD"; fi
git format-patch --stdout --binary --full-index --no-color --no-ext-diff --no-textconv \\
    --no-signature --no-attach --no-thread --no-cover-letter --no-base --src-prefix=a/ --dst-prefix=b/ "$@" --
"""


@dataclass(frozen=True, slots=True)
class Patch:
    content: bytes
    name: str
    content_type: str


def of(row: Session, *, base: str | None, form: Format) -> Patch:
    """`diff`: all that differs from `base`, committed or not, one diff. `mbox`: the commits since then, as mails.

    `base`: None: as `find_base` of `git.script` finds it. Raises `NotFound` for one that is not there, `TooLarge`, and
    as `git.ask`.
    """
    answer = git.script(
        row, _DIFF if form == "diff" else _MBOX, base or "",
        limit_bytes=MAX_ERRAND_BYTES, timeout_s=TIMEOUT_S, fine=(0, NO_SUCH),
    )  # fmt: skip
    if answer.code == NO_SUCH:
        raise NotFound(f"There is no commit {base}")
    if answer.is_cut:
        raise TooLarge(
            f"The patch has more than {MAX_ERRAND_BYTES >> 20} MiB; fetch the files themselves as an archive"
        )
    return Patch(answer.output, f"{errands.home_of(row).pk}.{form}", KINDS[form])
