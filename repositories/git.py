"""Asks git in a session's box, and turns what it complains of into our errors.

A repository is a program: its hooks, filters, monitors and helpers are commands that its owner wrote. So git runs where
the session's own program runs, as its user and without any network, and what it need not start it is told not to start.
What still runs there (a filter of the files, which git needs to read them) can do what the session can do, no more.
"""

import contextlib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import AgtermError, Conflict, InvalidRequest, NotFound
from sessions import errands
from sessions.models import Session

TIMEOUT_S = 30.0
LIMIT_BYTES = 4 * 1024 * 1024
MAX_COMPLAINT = 1000
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
SETTINGS = (
    "safe.directory=*", "core.fsmonitor=false", "core.pager=cat", "core.quotepath=off", "core.editor=true",
    "core.sshCommand=false", "core.askPass=", "credential.helper=", "protocol.allow=never", "submodule.recurse=false",
    "gc.auto=0", "maintenance.auto=false", "commit.gpgSign=false", "tag.gpgSign=false", "log.showSignature=false",
    "color.ui=false", "diff.noprefix=false", "diff.mnemonicPrefix=false", "diff.relative=false",
)  # fmt: skip
BASE = ("git", "--no-pager", "--no-optional-locks", *(word for setting in SETTINGS for word in ("-c", setting)))
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8", "LANGUAGE": "", "TERM": "dumb", "PAGER": "cat", "GIT_PAGER": "cat", "GIT_EDITOR": "true",
    "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "false", "SSH_ASKPASS": "false", "GIT_SSH_COMMAND": "false",
    "GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1", "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
}  # fmt: skip
REVISION = re.compile(r"(?![-^])[^\s\x00-\x1f\x7f]{1,250}")
_NO_REPOSITORY = ("not a git repository", "must be run in a work tree")
_NOT_FOUND = (
    "did not match any file", "unknown revision", "bad revision", "needed a single revision", "invalid reference",
    "no such path", "bad object", "not a valid object name", "ambiguous argument", "not a commit", "cannot stat",
    "non commit",
)  # fmt: skip
_INVALID = (
    "outside repository", "not a valid branch name", "not a valid ref name", "has only", "empty ident", "invalid path",
    "empty string is not a valid pathspec", "not a directory", "empty commit message",
)  # fmt: skip
NO_GIT = "git is not installed on the machine that runs this session"


class NoRepository(Conflict):
    default_message = "The workspace of this session is no git repository"


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said; `is_cut`: that was more than it was let say, and this is the beginning."""

    code: int | None
    output: bytes
    errors: str
    is_cut: bool

    def refuse(self) -> AgtermError:
        """What git complains of, as an error of ours."""
        return refusal(self.code, self.errors, self.output)


def ask(
    row: Session,
    *arguments: str,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    limit_bytes: int = LIMIT_BYTES,
    timeout_s: float = TIMEOUT_S,
    hooks: bool = False,
    fine: Sequence[int] = (0,),
) -> Answer:
    """Run `git arguments…` in the session's workspace; exit codes that are not `fine` are raised (`refusal`)."""
    argv = [*BASE, *(() if hooks else NO_HOOKS), *arguments]
    return _run(row, argv, given, env, limit_bytes, timeout_s, fine)


def script(
    row: Session,
    text: str,
    *arguments: str,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    limit_bytes: int = LIMIT_BYTES,
    timeout_s: float = TIMEOUT_S,
    hooks: bool = False,
    fine: Sequence[int] = (0,),
) -> Answer:
    """The same for a shell script with `arguments` as `$1`…, in which `git` is git as we run it.

    In it `no_repository` leaves where there is none. After `head_or_nothing`, `$tree` is the commit HEAD, or the empty
    tree where there is no commit yet. After `find_base "$commit"`, `$base` is where the work began: the commit named,
    else where the session's clone was when it began (`sessions.repo`), where its branch left its upstream, or HEAD.
    """
    return _run(row, script_argv(text, *arguments, hooks=hooks), given, env, limit_bytes, timeout_s, fine)


def script_argv(text: str, *arguments: str, hooks: bool = False) -> list[str]:
    own = shlex.join([*BASE[1:], *(() if hooks else NO_HOOKS)])
    return ["/bin/sh", "-c", f'git() {{ command git {own} "$@"; }}\n{_HELPERS}{text}', "sh", *arguments]


_HELPERS = """\
head_or_nothing() { tree=$(git rev-parse -q --verify 'HEAD^{commit}') || tree=$(git hash-object -t tree /dev/null); }
no_repository() { git rev-parse --git-dir > /dev/null || exit 128; }
find_base() {
    head_or_nothing
    nothing=$(git hash-object -t tree /dev/null)
    given=$1 kept=$(git rev-parse --git-path agterm-base)
    if [ -z "$given" ] && [ -f "$kept" ]; then
        read -r given < "$kept" || given=$nothing
        case $given in *[!0-9a-f]*) given= ;; esac
    fi
    if [ "$given" = "$nothing" ]; then base=$nothing
    elif [ -n "$given" ]; then base=$(git merge-base "$given" "$tree" 2> /dev/null) || base=$given
    else base=$(git merge-base '@{upstream}' "$tree" 2> /dev/null) || base=$tree
    fi
}
"""


def environment(row: Session) -> dict[str, str]:
    """For git in the session's workspace, which is as far up as it looks for a repository."""
    home = errands.home_of(row)
    return {**ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(PurePosixPath(home.workspace).parent)}


def _run(
    row: Session,
    argv: Sequence[str],
    given: bytes,
    env: Mapping[str, str] | None,
    limit_bytes: int,
    timeout_s: float,
    fine: Sequence[int],
) -> Answer:
    try:
        said = errands.run(
            row, argv, input=given, env=environment(row) | dict(env or {}), timeout_s=timeout_s, limit_bytes=limit_bytes
        )
    except InvalidRequest as error:
        raise Conflict(NO_GIT) if "could not be started" in error.message else error from None
    answer = Answer(said.code, said.output, said.errors, not said.whole and len(said.output) >= limit_bytes)
    if answer.code not in fine and not answer.is_cut:
        raise answer.refuse()
    return answer


def refusal(code: int | None, errors: str, output: bytes = b"") -> AgtermError:
    """git's own words as `NoRepository`, `NotFound`, `InvalidRequest` or `Conflict`."""
    if code is None:
        return Conflict("git took too long in this workspace and was ended")
    said = complaint(errors) or complaint(text(output))
    known = said.lower()
    if any(words in known for words in _NO_REPOSITORY):
        return NoRepository()
    if code == 127 or "git: not found" in known:
        return Conflict(NO_GIT)
    if any(words in known for words in _NOT_FOUND):
        return NotFound(said)
    if any(words in known for words in _INVALID):
        return InvalidRequest(said)
    return Conflict(said or f"git could not do it (it ended with {code})")


def complaint(errors: str) -> str:
    """The first lines of what git says on standard error, printable and without its hints."""
    lines = [line for line in errors.splitlines() if line.strip() and not line.startswith(("hint:", "warning:"))]
    for first in ("fatal: ", "error: "):  # what filters and helpers say may stand before it
        begin = next((number for number, line in enumerate(lines) if line.startswith(first)), None)
        if begin is not None:
            lines = lines[begin:]
            break
    said = "; ".join(re.sub(r"^(fatal|error): ", "", line.strip()) for line in lines[:5])
    return "".join(character if character.isprintable() else "\ufffd" for character in said)[:MAX_COMPLAINT]


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """What can't be read as what git says becomes `Conflict`: a filter in the repository may have said it instead."""
    try:
        yield
    except (ValueError, IndexError):
        raise Conflict("What git says of this repository can't be read") from None


def text(said: bytes) -> str:
    """What git printed, with U+FFFD for what is not UTF-8."""
    return said.decode("utf-8", "replace")


def visible(name: str) -> str:
    """The same for a name that was read with surrogates."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
