"""What a session's workspace and screen look like now, for whoever goes on with the work."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from runner.errands import Outcome

FOLDER = ".agterm"  # where a word for the next agent is put down
SCREEN_LINES = 200
MAX_STATUS_BYTES, MAX_DIFF_BYTES = 20_000, 200_000
TIMEOUT_S = 10.0
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "TERM": "dumb"}
_GIT = "git --no-pager -c safe.directory='*' -c core.quotepath=off -c color.ui=false -c core.fsmonitor=false"
_LOOK = f"""
can_write() {{
    [ -w . ] && [ ! -L {FOLDER} ] && {{ [ ! -e {FOLDER} ] || [ -d {FOLDER} -a -w {FOLDER} ]; }} || return
    for file in {FOLDER}/handoff.md {FOLDER}/.gitignore; do
        [ ! -L $file ] && {{ [ ! -e $file ] || [ -f $file -a -w $file ]; }} || return
    done
}}
if can_write; then echo yes; else echo no; fi
exec {_GIT} status --short --branch"""
_DIFF = f"""
base=$({_GIT} rev-parse -q --verify HEAD) || base=--cached
exec {_GIT} diff --no-ext-diff --no-textconv $@ $base --"""

Run = Callable[[Sequence[str], int], Awaitable[Outcome]]  # argv and the most bytes it may say


async def workspace(run: Run) -> dict[str, Any]:
    """`{writable, git}`: whether the word for the next agent can be put down, and `{status, stat, diff, whole}`.

    `git` is None when the workspace is no repository (or git is not there, or takes too long).
    """
    look = await run(["/bin/sh", "-c", _LOOK], MAX_STATUS_BYTES)
    answer, _, status = _text(look).partition("\n")
    facts: dict[str, Any] = {"writable": answer == "yes", "git": None}
    if look.code == 0 or not look.whole:
        stat = await run(["/bin/sh", "-c", _DIFF, "sh", "--stat=120"], MAX_STATUS_BYTES)
        diff = await run(["/bin/sh", "-c", _DIFF, "sh"], MAX_DIFF_BYTES)
        whole = look.whole and stat.whole and diff.whole
        facts["git"] = {"status": status, "stat": _text(stat), "diff": _text(diff), "whole": whole}
    return facts


def last_lines(text: str) -> str:
    """The end of a screen with its history."""
    return "\n".join(text.rstrip().splitlines()[-SCREEN_LINES:])


def _text(outcome: Outcome) -> str:
    """Printable text; what was cut off ends with a whole line, so that half a secret can't be the end of it."""
    output = outcome.output if outcome.whole else outcome.output[: outcome.output.rfind(b"\n") + 1]
    text = output.decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
