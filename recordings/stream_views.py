"""The doors of recordings that carry files: exports, the cast for a player, its events; none holds a thread."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from accounts.streams import StreamView, admit
from core import envelope
from core.described import Raw, Sent, described
from core.errors import Conflict, HostUnavailable
from core.payloads import parse, parse_query
from recordings import examples, export, payloads, services
from recordings.models import Recording, Status

SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "X-Accel-Buffering": "no"}

FILES = tuple(Raw(kind.content_type.partition(";")[0]) for kind in export.KINDS.values())
ERRORS = (Conflict, HostUnavailable)


class Export(StreamView):
    """`POST /api/recordings/:id/export`: an attachment."""

    http_method_names = ("post",)

    @described(
        "exportRecording", "A recording as a file", FILES,
        asks=payloads.ExportRecording, errors=ERRORS, example_asked=examples.EXPORT,
        details="`html` is one page with a player that needs no network; 409 where the server has no built page.",
    )  # fmt: skip
    async def post(self, request: HttpRequest, recording_id: str) -> HttpResponseBase:
        row, wanted = await sync_to_async(_asked)(request, recording_id)
        file = await export.opened(row, wanted)
        headers = SAFE | {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(file.pieces, content_type=file.content_type, headers=headers)


class Cast(StreamView):
    """`GET /api/recordings/:id/cast`: for a player in a page of ours."""

    http_method_names = ("get",)

    @described(
        "getCast", "A recording as asciicast, for a player in a page", Raw(export.KINDS["asciinema"].content_type),
        also={304: Raw("")}, query=payloads.CastOptions, errors=ERRORS,
        sends=(Sent("If-None-Match", "Etags that the caller has; 304 for one of them."),),
    )  # fmt: skip
    async def get(self, request: HttpRequest, recording_id: str) -> HttpResponseBase:
        row = await sync_to_async(_found)(request, recording_id)
        asked = parse_query(payloads.Cast, request.GET)
        wanted = payloads.ExportRecording(
            format="asciinema", version=3 if asked.version == "3" else 2, redact=asked.redact
        )
        headers = SAFE | {"Cache-Control": "private, no-cache"} | _tag(row, wanted)
        if headers.get("ETag") in _known_tags(request):
            return HttpResponse(status=304, headers=headers)
        file = await export.opened(row, wanted)
        return StreamingHttpResponse(file.pieces, content_type=file.content_type, headers=headers)


def _tag(row: Recording, wanted: payloads.ExportRecording) -> dict[str, str]:
    """None for one that still grows."""
    if row.status == Status.RECORDING:
        return {}
    return {"ETag": f'"{row.pk.hex}-{row.size_bytes:x}-{wanted.version}{"r" if wanted.redact else ""}"'}


def _known_tags(request: HttpRequest) -> set[str]:
    said = request.headers.get("If-None-Match", "")
    return {tag.strip().removeprefix("W/") for tag in said.split(",") if tag.strip()}


def _asked(request: HttpRequest, recording_id: str) -> tuple[Recording, payloads.ExportRecording]:
    row = _found(request, recording_id)
    asked = Request(request, parsers=[envelope.StrictJSONParser()], negotiator=envelope.JSONOnly())
    return row, parse(payloads.ExportRecording, asked.data)


def _found(request: HttpRequest, recording_id: str) -> Recording:
    """As it is now, so that its markers are those of what is read."""
    row = services.find(admit(request, looking=True).user, recording_id)
    services.refresh([row])
    return row
