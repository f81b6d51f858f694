"""What can be done with files. The porter beside the runner does it (`runner.porter`); this says where."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from core.errors import TooLarge
from files import payloads, places
from files.payloads import Conditions
from files.places import Spot, named
from runner.porter import client
from runner.porter.client import Download

MAX_READ_BYTES = 1024 * 1024
PIECE_BYTES = 256 * 1024


def ask(spot: Spot, what: str, **params: Any) -> Any:
    """What the porter answers to a work at this spot; raises its errors."""
    return client.call(spot.place.runner, what, place=spot.place.asked, **spot.asked, **params)


def listed(spot: Spot, wanted: payloads.List) -> dict[str, Any]:
    cursor = {} if wanted.cursor is None else {"cursor": wanted.cursor}
    found: dict[str, Any] = ask(spot, "files.list", hidden=wanted.hidden, limit=wanted.limit, **cursor)
    return found


def stat(spot: Spot) -> dict[str, Any]:
    found: dict[str, Any] = ask(spot, "files.stat")
    return found


def read(spot: Spot) -> tuple[dict[str, Any], bytes]:
    """The facts of a file, and all that is in it; raises `TooLarge` over 1 MiB."""
    try:
        facts, data = client.read(
            spot.place.runner, "files.read", place=spot.place.asked, max_bytes=MAX_READ_BYTES, **spot.asked
        )
    except TooLarge as error:
        message = "A file of at most 1 MB can be read; download the others (/api/files/download)"
        raise TooLarge(message, details=error.details) from None
    return facts, data


async def download(spot: Spot, what: str, **params: Any) -> Download:
    """The facts that a work tells first, and then its bytes; whoever has it closes it."""
    return await client.download(spot.place.runner, what, place=spot.place.asked, **spot.asked, **params)


def write(
    spot: Spot,
    pieces: Iterable[bytes],
    conditions: Conditions,
    *,
    max_bytes: int,
    create_parents: bool,
    size: int | None = None,
) -> dict[str, Any]:
    """Put a file there in place of the one before, at once and whole, or not at all. `size`: what is to come."""
    found: dict[str, Any] = client.upload(
        spot.place.runner,
        "files.write",
        pieces,
        place=spot.place.asked,
        max_bytes=max_bytes,
        create_parents=create_parents,
        size=size,
        **spot.asked,
        **conditions.asked,
    )
    return found


def pieces_of(data: bytes) -> Iterable[bytes]:
    return (data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES))


def make_folder(spot: Spot, *, parents: bool) -> bool:
    """Whether it was not there; with `parents` that is no failure."""
    return bool(ask(spot, "files.mkdir", parents=parents)["created"])


def delete(spot: Spot, *, recursive: bool) -> None:
    ask(spot, "files.delete", recursive=recursive)


def rename(user: User, wanted: payloads.RenameFile) -> tuple[Spot, Spot]:
    """Returns where it was and where it is."""
    old, new = places.find_both(user, wanted.old, wanted.new, wanted.sessionId)
    client.call(
        old.place.runner,
        "files.rename",
        place=old.place.asked,
        overwrite=wanted.overwrite,
        **named("old", old.path),
        **named("new", new.path),
    )
    return old, new
