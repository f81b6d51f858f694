"""The REST door of files: one view a URL, no logic of its own. What streams: `stream_views`, `upload_views`."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import Sent, described
from core.envelope import parse
from core.errors import (
    Conflict,
    Forbidden,
    HostUnavailable,
    NotFound,
    PathOutsideWorkspace,
    SessionNotFound,
    StorageFull,
    TooLarge,
)
from core.payloads import parse_query
from files import answers, dirs, examples, payloads, places, searching, serializers, services
from files.places import Spot

LOOKING = (PathOutsideWorkspace, Forbidden, NotFound, SessionNotFound, Conflict, TooLarge, HostUnavailable)
CHANGING = (*LOOKING, StorageFull)
CONDITIONS = (
    Sent("If-Match", "The etag that the file must still have."),
    Sent("If-None-Match", "`*`: the file must not be there yet."),
)


class List(APIView):
    @described(
        "listFiles", "Lists a folder, or the places where you can look", answers.FileListing,
        query=payloads.List, errors=LOOKING, example=examples.LISTING,
        details="Folders come first, then by name. Without `path` and `sessionId` the entries are the places.",
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.List, request.query_params)
        if wanted.place is None and wanted.sessionId is None:
            return Response(serializers.top(places.all_of(caller(request))))
        spot = _spot(request, wanted)
        return Response(serializers.listing(spot, services.listed(spot, wanted)))


class Stat(APIView):
    @described(
        "statFile", "The facts of a file or folder; of a link, the link's", answers.FileStat,
        query=payloads.At, errors=LOOKING, example=examples.STAT,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        spot = _spot(request, parse_query(payloads.At, request.query_params))
        return Response({"entry": serializers.entry(spot.place, spot.path, services.stat(spot))})


class Read(APIView):
    @described(
        "readFile", "All that is in a file, 1 MiB at most", answers.FileContents,
        query=payloads.Read, errors=LOOKING, example=examples.CONTENTS,
        details="What is no UTF-8 text comes as base64; `encoding=utf-8` refuses it with 400 instead.",
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.Read, request.query_params)
        spot = _spot(request, wanted)
        facts, data = services.read(spot)
        shown = serializers.contents(spot, facts, data, wanted.encoding)
        return Response(shown, headers={"ETag": f'"{facts["etag"]}"'})


class Write(APIView):
    @described(
        "writeFile", "Writes a file, whole or not at all", answers.FileWritten,
        asks=payloads.WriteFile, sends=CONDITIONS, errors=CHANGING, example=examples.WRITTEN,
        example_asked=examples.WRITE,
        details="8 MiB at most. 409 with `details.etag` when it is not the version that was named.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        wanted = parse(payloads.WriteFile, request.data)
        conditions = payloads.conditions(
            wanted.ifMatch or request.headers.get("If-Match"),
            wanted.ifNoneMatch or request.headers.get("If-None-Match"),
        )
        spot, data = _spot(request, wanted), wanted.data
        facts = services.write(
            spot,
            services.pieces_of(data),
            conditions,
            max_bytes=payloads.MAX_CONTENT_BYTES,
            create_parents=wanted.createParents,
        )
        return Response(serializers.written(spot, facts))


class MakeFolder(APIView):
    @described(
        "makeFolder", "Makes a folder; 200 when it was there", answers.FolderMade,
        status=201, also={200: answers.FolderMade}, asks=payloads.MakeFolder, errors=CHANGING,
        example=examples.MADE, example_asked=examples.MAKE,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        wanted = parse(payloads.MakeFolder, request.data)
        spot = _spot(request, wanted)
        created = services.make_folder(spot, parents=wanted.parents)
        return Response(serializers.located(spot) | {"created": created}, status=201 if created else 200)


class Delete(APIView):
    @described(
        "deleteFile", "Deletes a file, a link or a folder", answers.FileDeleted,
        query=payloads.Delete, errors=CHANGING, example=examples.DELETED,
        details="409 for a folder that is not empty, unless `recursive=true`.",
    )  # fmt: skip
    def delete(self, request: Request) -> Response:
        wanted = parse_query(payloads.Delete, request.query_params)
        spot = _spot(request, wanted)
        services.delete(spot, recursive=wanted.recursive)
        return Response(serializers.located(spot) | {"deleted": True})


class Rename(APIView):
    @described(
        "renameFile", "Renames or moves within one workspace or allowed root", answers.FileRenamed,
        asks=payloads.RenameFile, errors=CHANGING, example=examples.RENAMED, example_asked=examples.RENAME,
        details="409 when something is there already, unless `overwrite`.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        old, new = services.rename(caller(request), parse(payloads.RenameFile, request.data))
        return Response(
            serializers.located(new) | {"oldPath": serializers.text(old.shown), "newPath": serializers.text(new.shown)}
        )


class Search(APIView):
    @described(
        "findFiles", "Searches names or contents below a folder", answers.FileMatches,
        query=payloads.SearchFiles, errors=LOOKING, example=examples.MATCHES,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self._found(request, parse_query(payloads.SearchFiles, request.query_params))

    @described(
        "searchFiles", "The same, for what is too long for a URL", answers.FileMatches,
        asks=payloads.SearchFiles, errors=LOOKING, example=examples.MATCHES, example_asked=examples.SEARCH,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        return self._found(request, parse(payloads.SearchFiles, request.data))

    @staticmethod
    def _found(request: Request, wanted: payloads.SearchFiles) -> Response:
        spot = _spot(request, wanted)
        return Response(serializers.located(spot) | searching.search(spot, wanted))


class Folders(APIView):
    @described(
        "completeFolder", "How the path of a folder may go on", answers.FolderCompletion,
        query=payloads.Folders, errors=(HostUnavailable,), example=examples.FOLDERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return Response(dirs.completed(caller(request), parse_query(payloads.Folders, request.query_params).q))


def _spot(request: Request, wanted: payloads.At) -> Spot:
    return places.find(caller(request), wanted.place, wanted.sessionId)
