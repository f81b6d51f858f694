"""The doors by which bytes come in: files into a workspace, and images for an agent to look at."""

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import Raw, described
from core.errors import NotFound
from core.payloads import parse_query
from files import answers, examples, image_services, images, intake, payloads, places, uploads
from files.stream_views import HEADERS
from files.views import CHANGING, CONDITIONS

FORM = "multipart/form-data"
BODIES = (Raw("application/octet-stream"), Raw(FORM, payloads.Form))


class Upload(APIView):
    @described(
        "uploadFiles", "Uploads files into a folder, by a form, or one file as it is", answers.FilesUploaded,
        status=201, asks=BODIES, query=payloads.Upload, sends=CONDITIONS, errors=CHANGING, example=examples.UPLOADED,
        details="Of a form each part with a `filename` becomes a file in the folder `path`.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        return Response({"files": _stored(request)}, status=201)

    @described(
        "uploadFile", "Uploads a file as it is, or a form with files", answers.FilesUploaded,
        status=201, asks=BODIES, query=payloads.Upload, sends=CONDITIONS, errors=CHANGING, example=examples.UPLOADED,
        details="The body is the file, and `path` names it; what breaks off leaves nothing.",
    )  # fmt: skip
    def put(self, request: Request) -> Response:
        return Response({"files": _stored(request)}, status=201)


def _stored(request: Request) -> list[dict[str, object]]:
    user = caller(request)
    content_type = request.headers.get("Content-Type", "")
    is_form = content_type.lower().startswith(FORM)
    wanted = parse_query(payloads.Upload if is_form else payloads.UploadOne, request.query_params)
    spot = places.find(user, wanted.place, wanted.sessionId)
    conditions = payloads.conditions(request.headers.get("If-Match"), request.headers.get("If-None-Match"))
    most, parents = settings.AGTERM.upload_max_mb << 20, wanted.createParents
    with uploads.place(user.pk):
        body, size = intake.body_of(request._request)
        if not is_form:
            return [uploads.one(spot, body, conditions, size=size, most=most, create_parents=parents)]
        return uploads.several(
            spot, body, conditions, content_type=content_type, size=size, most=most, create_parents=parents
        )


class Image(APIView):
    @described(
        "uploadImage", "Keeps an image where an agent can look at it", answers.ImageUploaded,
        asks=tuple(map(Raw, images.EXTENSIONS)), query=payloads.Image, errors=CHANGING, example=examples.IMAGE,
        details="10 MB at most. Without `sessionId` it goes into the workspace of your newest session that runs.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user, wanted = caller(request), parse_query(payloads.Image, request.query_params)
        data = request._request.read(images.MAX_BYTES + 1)
        row, path = image_services.store(user, data, request.headers.get("Content-Type", ""), wanted.sessionId)
        return Response({"id": str(row.pk), "url": f"/uploads/{row.pk}", "path": path})


class OneImage(APIView):
    @described("getImage", "An image, for who uploaded it", tuple(map(Raw, images.EXTENSIONS)), errors=(NotFound,))
    def get(self, request: Request, upload_id: str) -> HttpResponse:
        row = image_services.find(caller(request), upload_id)
        headers = {**HEADERS, "Content-Disposition": "inline"}
        return HttpResponse(image_services.content(row), content_type=row.content_type, headers=headers)
