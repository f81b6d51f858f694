"""The REST door of previews: which port a session speaks of, and on which ones it listens."""

import re

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import caller
from core.described import described
from core.errors import Conflict, HostUnavailable
from previews import answers
from sessions import services as sessions

LINES = 10_000
EXAMPLE = {
    "ports": [
        {
            "port": 5173,
            "address": "127.0.0.1",
            "pid": 4242,
            "command": "node server.js",
            "previewUrl": "/preview/5173/?agtermSession=5b0f3c52-8a0e-4c8e-9d63-1f7c1a3a2e90",
        }
    ]
}
_ADDRESS = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):([0-9]{1,5})(?![0-9])")


class DetectPort(APIView):
    """The port of the last local address in what the session has printed."""

    @described(
        "detectPort", "The port of the last local address that the session printed", answers.DetectedPort,
        errors=(Conflict, HostUnavailable), example={"detected": True, "port": 5173},
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        row = sessions.find(caller(request), session_id)
        told = sessions.ask_live(row, "lines", count=LINES, skip=0)
        port = last_port(told["lines"])
        return Response({"detected": False} if port is None else {"detected": True, "port": port})


class Ports(APIView):
    @described(
        "listPorts", "TCP ports on which processes of the session listen", answers.ListeningPorts,
        errors=(Conflict, HostUnavailable), example=EXAMPLE,
    )  # fmt: skip
    def get(self, request: Request, session_id: str) -> Response:
        row = sessions.find(caller(request), session_id)
        found = sessions.ask_live(row, "ports")
        address = "/preview/{}/?agtermSession={}"
        return Response({"ports": [each | {"previewUrl": address.format(each["port"], row.pk)} for each in found]})


def last_port(lines: list[str]) -> int | None:
    for line in reversed(lines):
        ports = [int(text) for text in _ADDRESS.findall(line) if 1 <= int(text) <= 65535]
        if ports:
            return ports[-1]
    return None
