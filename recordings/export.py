"""Recordings as files: what the runner's porter makes of them, passed on as it comes; none is ever whole in memory."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from recordings import page
from recordings.models import Recording
from recordings.payloads import ExportRecording
from runner.porter import client
from runner.porter.client import Download


class Kind(NamedTuple):
    suffix: str
    content_type: str
    work: str  # the format's name at the porter


KINDS = {
    "asciinema": Kind("cast", "application/x-asciicast", "cast"),
    "json": Kind("json", "application/json", "json"),
    "text": Kind("txt", "text/plain; charset=utf-8", "text"),
    "html": Kind("html", "text/html; charset=utf-8", "cast"),
}


class File(NamedTuple):
    name: str
    content_type: str
    pieces: AsyncIterator[bytes]


async def opened(row: Recording, wanted: ExportRecording) -> File:
    """Raises what the porter answers, `HostUnavailable`, and `Conflict` for HTML without a player, before any byte."""
    kind = KINDS[wanted.format]
    built = page.player() if wanted.format == "html" else None
    work = "cast3" if wanted.format == "asciinema" and wanted.version == 3 else kind.work
    read = await client.download(row.runner, "recordings.read", id=str(row.pk), format=work, redact=wanted.redact)
    pieces = _pieces(read)
    if built is not None:
        pieces = page.pieces(row, pieces, built, redact=wanted.redact)
    return File(f"recording-{row.pk}.{kind.suffix}", kind.content_type, pieces)


async def _pieces(download: Download) -> AsyncIterator[bytes]:
    """A reader who leaves hangs up on the porter as well."""
    try:
        async for piece in download:
            yield piece
    finally:
        download.close()
