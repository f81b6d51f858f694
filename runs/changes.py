"""What a run has changed in its workspace, where that is a git repository: two snapshots and the diff between them.

git is asked in the session's box, by a program beside its own. A snapshot is a tree that the repository does not know:
its objects lie below HOME until the diff is made. It holds what is not committed and what git does not know yet, but
nothing that is ignored. Whose the folder is does not matter, as nothing that it configures can leave the box.
"""

import asyncio
import contextlib
import logging
import re
import uuid
from dataclasses import dataclass
from typing import Any

from core.errors import AgtermError
from runner.stream import Event, Output, TerminalStream
from sessions import isolation, lifecycle
from sessions.models import Session

log = logging.getLogger("agterm.runs")

MAX_DIFF_BYTES = 1024 * 1024
TIMEOUT_S = 30.0
TREE = re.compile(rb"[0-9a-f]{40,64}")
ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "TERM": "dumb"}
SCRIPT = f"""
exec 2>/dev/null
ask() {{ git --no-pager -c safe.directory='*' -c core.quotepath=off -c color.ui=false -c core.fsmonitor=false "$@"; }}
index=$(ask rev-parse --git-path index) && objects=$(ask rev-parse --git-path objects) && folder=$(mktemp -d) || exit 1
kept="$HOME/.cache/agterm-snapshots"
mkdir -p "$kept" || exit 1
trap 'rm -rf "$folder"; [ -z "$1" ] || rm -rf "$kept"' EXIT
cp -p "$index" "$folder/index"
export GIT_INDEX_FILE="$folder/index" GIT_OBJECT_DIRECTORY="$kept" GIT_ALTERNATE_OBJECT_DIRECTORIES="$PWD/$objects"
case "$objects" in /*) GIT_ALTERNATE_OBJECT_DIRECTORIES="$objects" ;; esac
ask add --all . && tree=$(ask write-tree) || exit 1
echo "$tree"
[ -z "$1" ] || ask diff --no-ext-diff --no-textconv "$1" "$tree" | head -c {MAX_DIFF_BYTES + 1}
"""


@dataclass(frozen=True, slots=True)
class Diff:
    """A unified diff; `is_whole`: nothing was left out because it is long."""

    text: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the session's folders are found (`runner.protocol.Create`), and the least that must stand around them."""

    session_id: str
    address: str
    cwd: str | None
    minimum: str

    @classmethod
    def of(cls, home: Session) -> "Place":
        return cls(str(home.pk), home.runner, lifecycle.folder_of(home), isolation.minimum())


async def snapshot(place: Place) -> str:
    """The workspace as it is now; empty where it is no git repository, or nobody can tell."""
    said = await _told(place, "")
    return said[0] if said else ""


async def since(place: Place, tree: str) -> Diff | None:
    """What has changed since the snapshot `tree`; None where nobody can tell."""
    said = await _told(place, tree)
    if said is None:
        return None
    _, diff = said
    if len(diff) <= MAX_DIFF_BYTES:
        return Diff(_text(diff), True)
    return Diff(_text(diff[: diff.rfind(b"\n", 0, MAX_DIFF_BYTES) + 1]), False)


def _text(diff: bytes) -> str:
    return diff.decode("utf-8", "replace").replace("\0", "\ufffd")


async def _told(place: Place, tree: str) -> tuple[str, bytes] | None:
    """The tree of now, and the diff to it; None where git does not tell, or not in time."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            output = await _output(place, ["/bin/sh", "-c", SCRIPT, "sh", tree])
    except (AgtermError, TimeoutError) as error:
        log.warning("the workspace of session %s could not be compared: %s", place.session_id, error)
        return None
    first, _, rest = output.partition(b"\n")
    return (first.decode(), rest) if TREE.fullmatch(first) else None


async def _output(place: Place, argv: list[str]) -> bytes:
    """What a program prints that runs in the session's folders, in a box like its own without any network."""
    stream, program = await TerminalStream.open(place.address), str(uuid.uuid4())
    launch: dict[str, Any] = {
        "argv": argv, "env": ENVIRONMENT, "raw": True, "network": "none", "isolation_minimum": place.minimum,
    }  # fmt: skip
    try:
        here = {"within": place.session_id, "cwd": place.cwd, "cols": 200, "rows": 50}
        await stream.request("create", id=program, launch=launch, **here)
        try:
            return await _read(stream, program)
        finally:
            with contextlib.suppress(AgtermError):
                await asyncio.shield(stream.request("remove", id=program, keep_workspace=True, for_good=True))
    finally:
        stream.close()


async def _read(stream: TerminalStream, program: str) -> bytes:
    await stream.request("attach", id=program, control=True, since=0, history=0)
    output = bytearray()
    while (item := await stream.next()) is not None:
        if isinstance(item, Output):
            output += item.data
            stream.acknowledge(item.offset + len(item.data))
        elif isinstance(item, Event) and item.name in ("exited", "closed"):
            break
    return bytes(output)
