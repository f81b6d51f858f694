"""Files as the API shows them; names as on the wire."""

import base64
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from core.errors import InvalidRequest
from core.moments import timestamp
from files.places import Place, Spot, joined


def listing(spot: Spot, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **located(spot),
        "entries": [entry(spot.place, joined(spot.path, _name(each)), each) for each in found["entries"]],
        "nextCursor": found.get("nextCursor"),
        "truncated": found["truncated"],
    }


def top(found: Sequence[Place]) -> dict[str, Any]:
    """Where a caller can look."""
    return {
        "path": None,
        "sessionId": None,
        "entries": list(map(_place, found)),
        "nextCursor": None,
        "truncated": False,
    }


def _place(place: Place) -> dict[str, Any]:
    row = place.session
    whose = (
        {"sessionId": None, "sessionName": None} if row is None else {"sessionId": str(row.pk), "sessionName": row.name}
    )
    return {"name": PurePosixPath(place.folder).name or "/", "path": place.folder, "type": "directory", **whose}


def entry(place: Place, path: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`rawPath` stands beside a path that is no UTF-8; asked for by that, it is found."""
    name = PurePosixPath(path).name or PurePosixPath(place.folder).name or "/"
    shown: dict[str, Any] = {
        "name": text(name),
        **shown_path(place.shown(path.lstrip("/"))),
        "type": facts["type"],
        "size": facts["size"],
        "modifiedAt": moment(facts["mtime"]),
        "mode": f"{facts['mode'] & 0o7777:04o}",
        "hidden": name.startswith("."),
    }
    for optional in ("target", "etag"):
        if facts.get(optional) is not None:
            shown[optional] = facts[optional]
    return shown


def located(spot: Spot) -> dict[str, Any]:
    row = spot.place.session
    return {**shown_path(spot.shown), "sessionId": None if row is None else str(row.pk)}


def contents(spot: Spot, facts: Mapping[str, Any], data: bytes, encoding: str | None) -> dict[str, Any]:
    """Raises `InvalidRequest` when text was asked for and it is none."""
    plain = None if encoding == "base64" else _decoded(data)
    if plain is None and encoding == "utf-8":
        raise InvalidRequest("The file is no UTF-8 text; ask for it with encoding=base64")
    return {
        **located(spot),
        "content": base64.b64encode(data).decode() if plain is None else plain,
        "encoding": "base64" if plain is None else "utf-8",
        "size": facts["size"],
        "modifiedAt": moment(facts["mtime"]),
        "etag": facts["etag"],
        "isBinary": facts["isBinary"],
    }


def written(spot: Spot, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**located(spot), "size": facts["size"], "etag": facts["etag"], "created": facts["created"]}


def shown_path(path: str) -> dict[str, str]:
    raw = os.fsencode(path)
    shown = {"path": text(path)}
    return shown if shown["path"].encode() == raw else shown | {"rawPath": base64.b64encode(raw).decode()}


def text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def moment(seconds: float) -> str:
    try:
        return timestamp(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):  # a year that a calendar does not have
        return timestamp(datetime.fromtimestamp(0, UTC))


def _name(facts: Mapping[str, Any]) -> str:
    raw = facts.get("rawName")
    return str(facts["name"]) if raw is None else os.fsdecode(base64.b64decode(raw))


def _decoded(data: bytes) -> str | None:
    try:
        return None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None
