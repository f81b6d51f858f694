"""The doors of what is too large to be held: downloads and archives, none of which is a page of this server."""

import mimetypes
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from channels.db import database_sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from accounts.streams import StreamView, admit
from core import envelope
from core.described import Raw, Sent, described
from core.errors import InvalidRequest
from core.payloads import parse_query
from files import answers, payloads, places, serializers, services
from files.places import Spot
from files.views import LOOKING
from runner.porter.client import Download as Stream

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store, no-transform",
    "X-Accel-Buffering": "no",
}
KINDS = {"zip": "application/zip", "tar": "application/x-tar", "tar.gz": "application/gzip"}
CONDITIONS = {"Range", "If-None-Match"}
_ANY = "application/octet-stream"
SHOWN = (Raw(_ANY), Raw("image/*"), Raw("audio/*"), Raw("video/*"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class _Reading(StreamView):
    http_method_names: Sequence[str] = ("get", "head")


class Download(_Reading):
    """`GET /api/files/download`: the whole file, or the range that is asked for; only its facts for HEAD."""

    @described(
        "downloadFile", "A file of any size, or a range of it, as an attachment", SHOWN,
        also={206: SHOWN, 304: Raw(""), 416: Raw("application/json", answers.RangeRefused)}, query=payloads.AtOne,
        errors=LOOKING,
        sends=(
            Sent("Range", "One range of bytes; of several the whole file is served."),
            Sent("If-Range", "The etag for which the range counts."),
            Sent("If-None-Match", "Etags that the caller has; 304 for one of them."),
        ),
    )  # fmt: skip
    async def get(self, request: HttpRequest) -> HttpResponseBase:
        spot, _ = await _in_thread(_asked, request, payloads.AtOne)
        if request.method == "GET" and not CONDITIONS & set(request.headers):
            stream = await services.download(spot, "files.download")
            headers = _headers(spot, stream.facts) | {"Content-Length": str(stream.facts["size"])}
            return StreamingHttpResponse(pieces(stream), headers=headers)
        return await self._under_conditions(request, spot)

    head = get

    async def _under_conditions(self, request: HttpRequest, spot: Spot) -> HttpResponseBase:
        """Which file it is comes first, then which part of that one."""
        found = await services.download(spot, "files.download", length=0)
        found.close()
        headers, size, etag = _headers(spot, found.facts), found.facts["size"], f'"{found.facts["etag"]}"'
        if etag in [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]:
            return HttpResponse(status=304, headers=headers)
        part = _part(request, size, etag)
        if part is not None and not part.length:
            refused = envelope.render(InvalidRequest(f"The file has {size} bytes; none of these"))
            refused.status_code, refused["Content-Range"] = 416, f"bytes */{size}"
            return refused
        if part is not None:
            headers["Content-Range"] = f"bytes {part.offset}-{part.offset + part.length - 1}/{size}"
        status = 200 if part is None else 206
        headers["Content-Length"] = str(size if part is None else part.length)
        if request.method == "HEAD":
            return HttpResponse(status=status, headers=headers)
        wanted = {} if part is None else {"offset": part.offset, "length": part.length}
        stream = await services.download(spot, "files.download", if_etag=found.facts["etag"], **wanted)
        return StreamingHttpResponse(pieces(stream), status=status, headers=headers)


class Archive(_Reading):
    """`GET /api/files/archive`: a folder, or one file, as it is packed."""

    http_method_names = ("get",)

    @described(
        "archiveFiles", "A folder, or one file, packed as it is sent", tuple(map(Raw, KINDS.values())),
        query=payloads.Archive, errors=LOOKING,
        details="One that breaks off ends in a broken connection, never as a whole one.",
    )  # fmt: skip
    async def get(self, request: HttpRequest) -> HttpResponseBase:
        spot, wanted = await _in_thread(_asked, request, payloads.Archive)
        stream = await services.download(spot, "files.archive", format=wanted.format, hidden=wanted.hidden)
        headers = {**HEADERS, "Content-Type": KINDS[wanted.format], **_attached(stream.facts["name"])}
        return StreamingHttpResponse(pieces(stream), headers=headers)


async def pieces(stream: Stream) -> AsyncIterator[bytes]:
    """Its bytes; that it broke off is raised, and ends the connection instead of the answer."""
    try:
        async for piece in stream:
            yield piece
    finally:
        stream.close()


def kind_of(path: str) -> str:
    """The content type of what can't be a program anywhere, so that pictures can be shown; all else is just bytes."""
    guessed, packed = mimetypes.guess_type(path, strict=False)
    is_shown = guessed and not packed and guessed.partition("/")[0] in ("image", "audio", "video")
    return guessed if guessed and is_shown and "xml" not in guessed else _ANY


def _headers(spot: Spot, facts: Mapping[str, Any]) -> dict[str, str]:
    said = {"Content-Type": kind_of(spot.path), "ETag": f'"{facts["etag"]}"', "Accept-Ranges": "bytes"}
    return {**HEADERS, **said, **_attached(spot.shown)}


def _attached(path: str) -> dict[str, str]:
    name = _CONTROL.sub("_", serializers.text(path.rstrip("/").rpartition("/")[2])) or "file"
    return {"Content-Disposition": content_disposition_header(True, name) or "attachment"}


class _Part(NamedTuple):
    offset: int
    length: int  # 0: there is no such part


def _part(request: HttpRequest, size: int, etag: str) -> _Part | None:
    """What `Range` asks for; None for all of it, as also for several parts, or of another version (`If-Range`)."""
    asked = re.fullmatch(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", request.headers.get("Range", ""), re.ASCII)
    if asked is None or request.headers.get("If-Range", etag).strip() != etag:
        return None
    first, last = asked[1], asked[2]
    if not first:
        count = min(int(last), size) if last else -1
        return None if count < 0 else _Part(size - count, count)
    if last and int(last) < int(first):
        return None
    end = min(int(last) + 1, size) if last else size
    return _Part(int(first), max(0, end - int(first)))


def _asked(request: HttpRequest, model: type[payloads.At]) -> tuple[Spot, payloads.At]:
    user = admit(request).user
    wanted = parse_query(model, {name: str(value) for name, value in request.GET.items() if name != "token"})
    return places.find(user, wanted.place, wanted.sessionId), wanted


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await database_sync_to_async(function, thread_sensitive=False)(*arguments)
