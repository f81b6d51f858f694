"""The REST door of what runs have done, of tools and documents: one view a URL, no logic of its own."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.envelope import parse
from core.errors import Conflict, HostUnavailable
from core.payloads import parse_query
from runs import answers, configuration, documents, examples, payloads, serializers, services, tools
from runs.trail import PIECES


class Runs(APIView):
    @described(
        "listRuns", "Headless runs, the newest first, without events and diffs", answers.RunList,
        query=payloads.ListRuns, example=examples.LIST,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListRuns, request.query_params)
        rows, cursor = services.listed(caller(request), wanted)
        return Response({"runs": serializers.runs(rows), "nextCursor": cursor})


class OneRun(APIView):
    @described("getRun", "A run with its events so far and its diff", answers.RunAnswer, example=examples.ONE)
    def get(self, request: Request, run_id: str) -> Response:
        run = services.find(caller(request), run_id)
        events = serializers.events(run.events.exclude(kind__in=PIECES))
        return Response({"run": serializers.run(run) | {"events": events}})


class Answer(APIView):
    @described(
        "answerRun", "Allows or refuses the tool call that waits", answers.RunAnswered,
        asks=payloads.AnswerRun, errors=(Conflict, HostUnavailable), example=examples.ANSWERED,
        example_asked=examples.ANSWER,
    )  # fmt: skip
    def post(self, request: Request, run_id: str) -> Response:
        run = services.find(caller(request), run_id)
        given = parse(payloads.AnswerRun, request.data)
        services.answer(run, given)
        return Response({"runId": run_id, "id": given.id, "decision": given.decision})


class History(APIView):
    @described(
        "listToolCalls", "Past tool calls of your runs, the newest first", answers.ToolHistory,
        query=payloads.ListHistory, example=examples.HISTORY,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListHistory, request.query_params)
        calls, cursor = services.history(caller(request), wanted)
        return Response({"history": [serializers.call(*one) for one in calls], "nextCursor": cursor})


class Tools(APIView):
    @described(
        "listTools",
        "The tools of agterm-agent, and what your documents become",
        answers.ToolList,
        example=examples.TOOLS,
    )
    def get(self, request: Request) -> Response:
        return Response({"tools": tools.of(caller(request))})


class ToolSchema(APIView):
    @described(
        "getToolSchema",
        "Your documents with the tools that each becomes",
        answers.ToolSchema,
        example=examples.RESOURCES,
    )
    def get(self, request: Request) -> Response:
        return Response(tools.schema(caller(request)))


class Documents(APIView):
    @described(
        "listApiDocuments",
        "Your OpenAPI documents",
        answers.ApiDocumentList,
        example={"documents": [examples.DOCUMENT]},
    )
    def get(self, request: Request) -> Response:
        return Response({"documents": [documents.shown(row) for row in documents.listed(caller(request))]})


class OneDocument(APIView):
    @described("getApiDocument", "One of them with its content", answers.ApiDocumentWhole, example=examples.WHOLE)
    def get(self, request: Request, name: str) -> Response:
        row = documents.find(caller(request), name)
        return Response({"document": documents.shown(row) | {"content": documents.content(row)}})

    @described(
        "putApiDocument", "Registers an OpenAPI document; 201 when there was none of that name",
        answers.ApiDocumentAnswer, also={201: answers.ApiDocumentAnswer}, asks=payloads.PutDocument, errors=(Conflict,),
        example={"document": examples.DOCUMENT}, example_asked=examples.PUT,
        details="Each operation becomes a tool. Addresses are never fetched; 409 for too many documents.",
    )  # fmt: skip
    def put(self, request: Request, name: str) -> Response:
        row, is_new = documents.put(caller(request), name, parse(payloads.PutDocument, request.data))
        return Response({"document": documents.shown(row)}, status=201 if is_new else 200)

    @described(
        "deleteApiDocument", "Forgets a document", answers.ApiDocumentDeleted, example={"name": "pets", "deleted": True}
    )
    def delete(self, request: Request, name: str) -> Response:
        documents.delete(documents.find(caller(request), name))
        return Response({"name": name, "deleted": True})


class PublicConfiguration(APIView):
    @described(
        "getPublicConfiguration", "How this server runs agents headless", answers.RunConfiguration,
        example=examples.CONFIGURATION,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        root = settings.AGTERM.public_url.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
        return Response(configuration.public(caller(request), root))
