"""The REST door of recordings: one view a URL, no logic of its own."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable, InvalidRequest, SessionNotFound, StorageFull
from core.payloads import parse_query
from recordings import answers, examples, payloads, serializers, services
from sessions import services as sessions

STARTING = (SessionNotFound, Conflict, HostUnavailable, StorageFull)


class Recordings(APIView):
    @described(
        "listRecordings", "Recordings, the newest first", answers.RecordingList,
        query=payloads.ListRecordings, example=examples.LIST,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListRecordings, request.query_params)
        rows, cursor = services.listed(caller(request), wanted)
        return Response({"recordings": serializers.recordings(rows), "nextCursor": cursor})


class Active(APIView):
    @described("listActiveRecordings", "Recordings under way", answers.ActiveRecordings, example=examples.ACTIVE)
    def get(self, request: Request) -> Response:
        rows = services.active(caller(request))
        return Response({"activeRecordings": serializers.recordings(rows), "count": len(rows)})


class OneRecording(APIView):
    @described("getRecording", "A recording", answers.RecordingAnswer, example=examples.ONE)
    def get(self, request: Request, recording_id: str) -> Response:
        return _shown(request, recording_id)

    @described(
        "deleteRecording", "Deletes a recording and its file; one under way ends first", answers.RecordingDeleted,
        errors=(HostUnavailable,), example=examples.DELETED,
    )  # fmt: skip
    def delete(self, request: Request, recording_id: str) -> Response:
        services.remove(services.find(caller(request), recording_id, "delete"))
        return Response({"id": recording_id, "deleted": True})


class Info(APIView):
    """The same by the path that TermFlow's clients know."""

    @described("getRecordingInfo", "A recording", answers.RecordingAnswer, example=examples.ONE)
    def get(self, request: Request, recording_id: str) -> Response:
        return _shown(request, recording_id)


class Start(APIView):
    @described(
        "startRecordingOf", "Records the session that the body names, from now on", answers.RecordingChanged,
        status=201, asks=payloads.StartRecording, errors=STARTING, example=examples.STARTED,
        example_asked=examples.START,
        details="The body's options may stand in an object `options` as well. 409 when it is recorded already.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        wanted = parse(payloads.StartRecording, request.data)
        if wanted.sessionId is None:
            raise InvalidRequest("sessionId is required")
        return _started(request, wanted.sessionId, wanted)


class StartOf(APIView):
    @described(
        "startRecording", "Records the session from now on", answers.RecordingChanged,
        status=201, asks=payloads.StartRecording, errors=STARTING, example=examples.STARTED,
        example_asked={"title": "The migration"}, details="409 when it is recorded already, or is lost.",
    )  # fmt: skip
    def post(self, request: Request, session_id: str) -> Response:
        return _started(request, session_id, parse(payloads.StartRecording, request.data))


class Stop(APIView):
    @described(
        "stopRecording", "Ends a recording, by its own id or its session's", answers.RecordingChanged,
        errors=(SessionNotFound, Conflict, HostUnavailable), example=examples.STOPPED,
    )  # fmt: skip
    def post(self, request: Request, some_id: str) -> Response:
        return Response(serializers.done(services.stop(caller(request), some_id)))


class StatusOf(APIView):
    @described("getRecordingState", "Whether a session is recorded", answers.RecordingState, example=examples.STATE)
    def get(self, request: Request, session_id: str) -> Response:
        session = sessions.find(caller(request), session_id)
        return Response(serializers.status(session.pk, services.of_session(session)))


def _shown(request: Request, recording_id: str) -> Response:
    row = services.find(caller(request), recording_id)
    services.refresh([row])
    return Response({"recording": serializers.recording(row)})


def _started(request: Request, session_id: str, wanted: payloads.StartRecording) -> Response:
    session = sessions.find(caller(request), session_id)
    row = services.start(session, title=wanted.title, include_input=wanted.includeInput)
    return Response(serializers.done(row), status=201)
