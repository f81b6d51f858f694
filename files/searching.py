"""Searches names and contents below a folder: lines by ripgrep in the session's box, where there is one."""

import base64
import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from core.errors import InvalidRequest
from files import serializers, services
from files.payloads import SearchFiles
from files.places import Spot, joined
from sessions import errands
from sessions.models import Session

TIMEOUT_S = 10.0
MAX_OUTPUT_BYTES = 4 * 1024 * 1024
MAX_TEXT = 500  # characters of a line
BEFORE = 100  # of them before the first match, in a longer one
_ELSEWHERE, _NO_PROGRAM = 20, 127  # exit codes of the script
# A folder is entered before it is searched, so that no link in its path leads out, however fast it is exchanged.
_SCRIPT = f"""
top=$(pwd -P) && cd -P -- "$1" 2> /dev/null || exit {_ELSEWHERE}
case "$(pwd -P)/" in "${{top%/}}"/*) ;; *) exit {_ELSEWHERE} ;; esac
shift
exec "$@"
"""


def search(spot: Spot, wanted: SearchFiles) -> dict[str, Any]:
    """`{matches, truncated, engine}`; `truncated`: there may be more. Raises `NotFound`, `PathOutsideWorkspace`."""
    is_text = serializers.text(spot.path) == spot.path  # no other words can be passed to a program there
    if wanted.kind == "content" and spot.place.session is not None and is_text:
        services.stat(spot)  # what is not there, or elsewhere, is said in the same words as everywhere
        found = _by_ripgrep(spot, spot.place.session, wanted)
        if found is not None:
            return found
    return _builtin(spot, wanted)


def _builtin(spot: Spot, wanted: SearchFiles) -> dict[str, Any]:
    glob = {} if wanted.glob is None else {"glob": wanted.glob}
    found = services.ask(
        spot, "files.search", query=wanted.query, kind=wanted.kind, regex=wanted.regex, case=wanted.caseSensitive,
        hidden=wanted.hidden, limit=wanted.limit, **glob,
    )  # fmt: skip
    matches = [_shown(spot, match) for match in found["matches"]]
    return {"matches": matches, "truncated": found["truncated"], "engine": found["engine"]}


def _shown(spot: Spot, match: Mapping[str, Any]) -> dict[str, Any]:
    path = os.fsdecode(base64.b64decode(match["rawPath"])) if "rawPath" in match else match["path"]
    facts = {"ranges" if name == "matches" else name: value for name, value in match.items()}
    return facts | serializers.shown_path(joined(spot.shown, path))


# --- ripgrep ---------------------------------------------------------------------------------------------------------


def _by_ripgrep(spot: Spot, row: Session, wanted: SearchFiles) -> dict[str, Any] | None:
    """None when there is none in the session's box, and for what it can't enter: our own search says why."""
    argv = ["/bin/sh", "-c", _SCRIPT, "sh", f"./{spot.path}", *_command(wanted)]
    said = errands.run(row, argv, timeout_s=TIMEOUT_S, limit_bytes=MAX_OUTPUT_BYTES)
    if said.code in (_ELSEWHERE, _NO_PROGRAM):
        return None
    if said.code and not said.output:  # else it has told at least that it was done
        raise InvalidRequest(f"ripgrep refuses this query or glob: {_complaint(said.errors)}")
    matches: list[dict[str, Any]] = []
    for match in _matches(spot, said.output):
        if len(matches) == wanted.limit:
            return {"matches": matches, "truncated": True, "engine": "ripgrep"}
        matches.append(match)
    return {"matches": matches, "truncated": not said.whole or said.code is None, "engine": "ripgrep"}


def _command(wanted: SearchFiles) -> list[str]:
    options = [
        "--json", "--no-config", "--no-messages", "--one-file-system", f"--max-count={wanted.limit + 1}",
        "--case-sensitive" if wanted.caseSensitive else "--ignore-case",
    ]  # fmt: skip
    if not wanted.regex:
        options.append("--fixed-strings")
    if wanted.hidden:
        options += ["--hidden", "--glob=!.git"]
    if wanted.glob is not None:
        options.append(f"--glob={wanted.glob}")
    return ["rg", *options, f"--regexp={wanted.query}", "--", "./"]


def _complaint(errors: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in errors).split())[:MAX_TEXT]


def _matches(spot: Spot, output: bytes) -> Iterator[dict[str, Any]]:
    """Of the lines that came whole. A program of the session may have had a hand in them."""
    for line in output.split(b"\n"):
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
            said = orjson.loads(line)
            if said["type"] == "match":
                yield _match(spot, said["data"])


def _match(spot: Spot, data: Mapping[str, Any]) -> dict[str, Any]:
    line = _bytes(data["lines"]).rstrip(b"\r\n")
    whole = line.decode("utf-8", "replace")
    spans = [[_characters(line, part["start"]), _characters(line, part["end"])] for part in data["submatches"]]
    first = spans[0][0] if spans else 0
    start = max(0, first - BEFORE) if len(whole) > MAX_TEXT else 0
    text = whole[start : start + MAX_TEXT]
    path = os.fsdecode(_bytes(data["path"])).removeprefix("./")
    return {
        **serializers.shown_path(joined(spot.shown, path)),
        "line": data["line_number"],
        "column": first + 1,
        "text": text,
        "ranges": [[max(0, a - start), min(len(text), b - start)] for a, b in spans if a < start + len(text)],
    }


def _bytes(told: Mapping[str, str]) -> bytes:
    return told["text"].encode() if "text" in told else base64.b64decode(told["bytes"])


def _characters(line: bytes, offset: int) -> int:
    return len(line[:offset].decode("utf-8", "replace"))
