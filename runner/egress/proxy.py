"""The proxy to the public internet: CONNECT tunnels, and plain requests for http:// addresses."""

import re
from collections.abc import Sequence
from http import HTTPStatus

from runner.egress import heads
from runner.egress.connecting import Connector, Unreachable
from runner.egress.destinations import Refused, host_name
from runner.egress.flow import Opened, Problem
from runner.egress.heads import BadRequest, Endless, Head
from runner.egress.log import NetworkLog

TUNNEL_IDLE_S, HTTP_IDLE_S = 600.0, 300.0
HTTP_PORT = 80
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:/?#@\\]+)(?::(?P<port>[0-9]{1,5}))?")


class ProxyWay:
    """One session's way through the proxy, narrowed to the hosts of `allow` if there are any."""

    def __init__(self, session_id: str, allow: Sequence[str], connector: Connector, log: NetworkLog) -> None:
        self._session_id, self._allow = session_id, tuple(allow)
        self._connector, self._log = connector, log

    async def open(self, head: Head) -> Opened:
        tunnel = head.method == b"CONNECT"
        host, port, target = _tunnel_target(head) if tunnel else _request_target(head)
        body: heads.Body = Endless() if tunnel else head.body()
        try:
            connection = await self._connector.connect(self._session_id, host, port, self._allow)
        except Refused as error:
            self._log.note(self._session_id, host, port, "refused", str(error))
            raise Problem(403, str(error)) from None
        except Unreachable as error:
            self._log.note(self._session_id, host, port, "failed", str(error))
            raise Problem(502, str(error)) from None
        entry = self._log.note(self._session_id, host, port, "allowed", "")
        return Opened(
            connection,
            b"" if tunnel else _rewritten(head, target),
            b"HTTP/1.1 200 Connection established\r\n\r\n" if tunnel else b"",
            body,
            idle_s=TUNNEL_IDLE_S if tunnel else HTTP_IDLE_S,
            half_close=tunnel,
            ended=lambda sent, received: self._log.moved(entry, sent, received),
        )

    def render(self, problem: Problem) -> bytes:
        body = f"AGTerm: {problem.text}\n".encode()
        fields = (
            (b"Content-Type", b"text/plain; charset=utf-8"),
            (b"Content-Length", b"%d" % len(body)),
            (b"Connection", b"close"),
        )
        phrase = HTTPStatus(problem.status).phrase.encode()
        return heads.encode(b"HTTP/1.1", b"%d" % problem.status, phrase, fields=fields) + body


def _tunnel_target(head: Head) -> tuple[str, int, bytes]:
    host, port = _authority(head.target.decode("ascii"))
    if port is None:
        raise BadRequest("CONNECT needs host:port.")
    return host, port, b""


def _request_target(head: Head) -> tuple[str, int, bytes]:
    text = head.target.decode("ascii")
    scheme, separator, rest = text.partition("://")
    if not separator or text.startswith("/"):
        raise BadRequest("This is a proxy: it takes CONNECT host:port, or requests for a whole http:// address.")
    if scheme.lower() != "http":
        raise BadRequest("Only http:// addresses can be asked for like this; everything else goes through CONNECT.")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    path = rest[len(authority) :]
    if "#" in path:
        raise BadRequest("A fragment of an address is not for servers.")
    host, port = _authority(authority)
    return host, port or HTTP_PORT, (path if path.startswith("/") else "/" + path).encode()


def _authority(text: str) -> tuple[str, int | None]:
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise BadRequest("The address names no host.")
    port = None if found["port"] is None else int(found["port"])
    if port is not None and not 0 < port < 65536:
        raise BadRequest("A port is a number from 1 to 65535.")
    try:
        return host_name(found["host"]), port
    except ValueError as error:
        raise BadRequest(f"The address names no host: {error}.") from None


def _rewritten(head: Head, target: bytes) -> bytes:
    """As the far server expects it: the path alone, the address's host, one request for this connection."""
    authority = head.target.split(b"://", 1)[1]
    host = re.split(rb"[/?#]", authority, maxsplit=1)[0]
    fields = [(name, value) for name, value in head.end_to_end() if name.lower() != b"host"]
    fields = [(b"Host", host), *fields, (b"Connection", b"close")]
    return heads.encode(head.method, target, head.version, fields=fields)
