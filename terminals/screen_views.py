"""The REST door of what terminals show: the exact screen, its text, its size."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.errors import Conflict, HostUnavailable
from core.payloads import parse_query
from sessions import shares
from sessions.models import ShareMode
from terminals import answers, payloads, screens

SHOWN = ("text", "cols", "rows", "offset", "cursor", "modes", "title", "alternate", "state")


class Snapshot(APIView):
    """The screen without its scrollback, as escape sequences and as text, and what the terminal knows."""

    @described(
        "getSnapshot",
        "The exact screen, as escape sequences and as text",
        answers.SnapshotAnswer,
        errors=(Conflict, HostUnavailable),
    )
    def get(self, request: Request, session_id: str) -> Response:
        row = shares.reach(caller(request), session_id, ShareMode.VIEW)
        told = screens.snapshot(row)
        return Response({"snapshot": told["data"]} | {name: told[name] for name in SHOWN})


class Output(APIView):
    """The last lines as plain text, scrollback included."""

    @described(
        "getOutput",
        "The last lines as plain text",
        answers.OutputAnswer,
        query=payloads.Lines,
        errors=(Conflict, HostUnavailable),
    )
    def get(self, request: Request, session_id: str) -> Response:
        row = shares.reach(caller(request), session_id, ShareMode.VIEW)
        wanted = parse_query(payloads.Lines, request.query_params)
        total, lines = screens.output(row, wanted.lines, wanted.offset)
        return Response({"totalLines": total, "offset": wanted.offset, "lines": lines, "raw": "\n".join(lines)})


class Size(APIView):
    @described("getSize", "The terminal's size", answers.SizeAnswer, errors=(Conflict, HostUnavailable))
    def get(self, request: Request, session_id: str) -> Response:
        cols, rows = screens.size(shares.reach(caller(request), session_id, ShareMode.VIEW))
        return Response({"cols": cols, "rows": rows})
