"""Stores files that callers send, as they come: one as the body itself, or several as a form's."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import FILE, LazyStream, MultiPartParserError, Parser
from django.utils.http import parse_header_parameters

from core.errors import AgtermError, InvalidRequest, RateLimited, TooLarge
from files import serializers, services
from files.payloads import Conditions
from files.places import Spot, joined

MAX_FILES, MAX_PARTS = 1000, 2000  # of one form; the parser takes its time for each
MOST_AT_ONCE = 8  # of one user in this process; each holds a thread
_FORM_BYTES = 1024 * 1024  # what a form may take beside its files
_under_way: Counter[int] = Counter()
_lock = threading.Lock()


@contextmanager
def place(user_id: int) -> Iterator[None]:
    """One of the uploads that a user may have under way; raises `RateLimited`."""
    with _lock:
        if _under_way[user_id] >= MOST_AT_ONCE:
            raise RateLimited(f"{MOST_AT_ONCE} uploads are under way already", limit=MOST_AT_ONCE, retry_after_s=5)
        _under_way[user_id] += 1
    try:
        yield
    finally:
        with _lock:
            _under_way[user_id] -= 1


def one(
    spot: Spot, body: Iterator[bytes], conditions: Conditions, *, size: int | None, most: int, create_parents: bool
) -> dict[str, Any]:
    """The body is the file. `size`: as the caller announced it. Raises `TooLarge` before anything is stored."""
    if size is not None and size > most:
        raise too_large(most)
    facts = services.write(spot, body, conditions, max_bytes=most, create_parents=create_parents, size=size)
    return serializers.written(spot, facts)


def several(
    folder: Spot,
    body: Iterator[bytes],
    conditions: Conditions,
    *,
    content_type: str,
    size: int | None,
    most: int,
    create_parents: bool,
) -> list[dict[str, Any]]:
    """The files of a form, by their own names in `folder`; what was stored before one fails is told with the error."""
    if size is not None and size > most + _FORM_BYTES:
        raise too_large(most)
    stored: list[dict[str, Any]] = []
    try:
        for name, content in _files(_measured(body, most + _FORM_BYTES), _boundary(content_type)):
            if len(stored) == MAX_FILES:
                raise TooLarge(f"At most {MAX_FILES} files at once")
            spot = Spot(folder.place, joined(folder.path, name).lstrip("/"))
            stored.append(one(spot, content, conditions, size=None, most=most, create_parents=create_parents))
    except (MultiPartParserError, SuspiciousOperation):
        raise InvalidRequest("The form can't be read", details={"stored": stored}) from None
    except AgtermError as error:
        error.details = {**(error.details or {}), "stored": stored}
        raise
    if not stored:
        raise InvalidRequest("The form has no file; send one as a part with a filename")
    return stored


def too_large(most: int) -> TooLarge:
    return TooLarge(f"At most {most >> 20} MiB may be uploaded here (AGTERM_UPLOAD_MAX_MB)", details={"maxBytes": most})


def _measured(body: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in body:
        size += len(piece)
        if size > most:
            raise too_large(most - _FORM_BYTES)
        yield piece


def _boundary(content_type: str) -> bytes:
    boundary: str = parse_header_parameters(content_type)[1].get("boundary", "")
    if not 0 < len(boundary) <= 200 or not boundary.isascii():
        raise InvalidRequest("The form says no boundary")
    return boundary.encode()


def _files(body: Iterator[bytes], boundary: bytes) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of each; what is not read of one is skipped."""
    for count, (kind, headers, stream) in enumerate(Parser(LazyStream(cast(Any, body)), boundary)):
        if count == MAX_PARTS:
            raise TooLarge(f"At most {MAX_PARTS} parts in a form")
        if kind == FILE:
            yield _name(headers), stream
        for _ in stream:
            pass


def _name(headers: Mapping[str, Any]) -> str:
    """Without the folders that some callers put before it. Raises `InvalidRequest`."""
    filename: bytes = headers["content-disposition"][1]["filename"]
    name = filename.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    if name in ("", ".", "..") or "\0" in name:
        raise InvalidRequest("filename: must be the name of a file")
    return name
