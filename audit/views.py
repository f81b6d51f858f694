"""The REST door of the audit log, for administrators: reading, exporting, and looking whether it is whole."""

from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Staff
from audit import answers, chain, export, payloads
from audit.models import AuditEvent
from core.described import Raw, described
from core.payloads import parse_query

KINDS = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class Events(APIView):
    permission_classes = (Staff,)

    @described(
        "listAuditEvents",
        "What was done, the newest first; for administrators",
        answers.AuditAnswer,
        query=payloads.ListEvents,
    )
    def get(self, request: Request) -> Response:
        wanted = parse_query(payloads.ListEvents, request.query_params)
        rows = AuditEvent.objects.filter(**wanted.wanted()).order_by("-seq")
        if wanted.cursor is not None:
            rows = rows.filter(seq__lt=wanted.cursor)
        found = list(rows[: wanted.limit + 1])
        cursor = str(found[wanted.limit - 1].seq) if len(found) > wanted.limit else None
        return Response({"events": [payloads.event(row) for row in found[: wanted.limit]], "nextCursor": cursor})


class Export(APIView):
    permission_classes = (Staff,)

    @described(
        "exportAudit", "The audit log as a file", (Raw("application/x-ndjson"), Raw("text/csv")), query=payloads.Export
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        wanted = parse_query(payloads.Export, request.query_params)
        headers = {"Content-Disposition": f'attachment; filename="agterm-audit.{wanted.format}"'}
        body = export.sent(wanted.format, wanted.wanted())
        return StreamingHttpResponse(body, content_type=KINDS[wanted.format], headers=headers)


class Verify(APIView):
    permission_classes = (Staff,)

    @described("verifyAudit", "Whether the audit log is whole", answers.AuditVerifiedAnswer)
    def get(self, request: Request) -> Response:
        found = chain.verify()
        facts = {"head": found.head, "brokenAt": found.broken_at, "reason": found.reason}
        return Response({"ok": found.ok, "events": found.events, **facts})
