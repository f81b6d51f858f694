"""What CLIs report by OTLP at `/llm/otlp/v1/<signal>`: no provider's, so it ends here.

The relay says whose report it is. No key is asked for: Codex would have to keep it in a file. Reading reports takes
time that calls would like to have: they are read one after the other, and only so many.
"""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from channels.db import database_sync_to_async

from gateway.bodies import Body
from gateway.exchange import Exchange
from gateway.refusals import Refusal
from transcripts import telemetry

NAME = "otlp"
VERSION = "v1/"
LEAST_BYTES = 1024  # a small report costs some work as well
OF_ONE = (telemetry.MAX_BODY_BYTES, 32 * 1024)  # bytes at once, and a second from then on; a second reads about 1 MB
OF_ALL = (4 * telemetry.MAX_BODY_BYTES, 256 * 1024)


class Allowance:
    """How much may be reported: so much at once, by one session and by all, which comes back with time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[uuid.UUID | None, tuple[float, float]] = {}  # bytes, as of when; None: of all

    def spend(self, session_id: uuid.UUID, size: int) -> None:
        """Raises `Refusal` (429) when it is used up."""
        size, now = max(size, LEAST_BYTES), self._clock()
        counted = {who: self._counted(who, now) for who in (None, session_id)}
        for who, (most, a_second) in ((session_id, OF_ONE), (None, OF_ALL)):
            if (missing := counted[who] + size - most) > 0:
                raise Refusal(429, "this is more than is read here", retry_after_s=1 + int(missing / a_second))
        for who, used in counted.items():
            self._used[who] = (used + size, now)
        if len(self._used) > 1000:
            self._used = {who: kept for who, kept in self._used.items() if self._counted(who, now)}

    def _counted(self, who: uuid.UUID | None, now: float) -> float:
        """What of the bytes reported still counts."""
        used, at = self._used.get(who, (0.0, now))
        return max(0.0, used - (now - at) * (OF_ALL if who is None else OF_ONE)[1])


_allowance = Allowance()
_reader = ThreadPoolExecutor(1, thread_name_prefix="reports")


async def take(exchange: Exchange, session_id: uuid.UUID, body: Body) -> None:
    """Answer one report; raises `Refusal` for what is no report at all."""
    path = exchange.path.decode("latin-1")
    if exchange.method != "POST" or not path.startswith(VERSION):
        raise Refusal(404, "reports are sent by POST to v1/logs, v1/metrics or v1/traces")
    if exchange.header(b"content-encoding") not in (b"", b"identity"):
        raise Refusal(415, "send reports unpacked")
    length = exchange.header(b"content-length")
    if length.isdigit() and int(length) > telemetry.MAX_BODY_BYTES:
        raise Refusal(413, f"over {telemetry.MAX_BODY_BYTES} bytes")
    await exchange.read_body(body)
    _allowance.spend(session_id, len(body))
    kind = exchange.header(b"content-type").decode("latin-1")
    receive = database_sync_to_async(telemetry.receive, thread_sensitive=False, executor=_reader)
    answer = await receive(session_id, path.removeprefix(VERSION), kind, body.whole)
    headers = [(b"content-type", answer.content_type.encode()), (b"content-length", str(len(answer.body)).encode())]
    await exchange.begin(answer.status, headers)
    await exchange.pass_on(answer.body, is_last=True)
