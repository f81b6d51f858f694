"""A blocking reader of `/api/events`, as an EventSource would be."""

import contextlib
import json
import socket
import threading
import time
from types import TracebackType
from typing import Any, Self

import httpx

TIMEOUT_S = 60.0


class EventReader:
    """Collects `(name, data)` of what the stream says; `status` and `headers` of the answer."""

    def __init__(self, client: httpx.Client, **options: Any) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.lines: list[str] = []
        self.ended = False
        self._context = client.stream("GET", "/api/events", timeout=httpx.Timeout(10, read=None), **options)
        self._answer = self._context.__enter__()
        self.status, self.headers = self._answer.status_code, self._answer.headers
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, as a page that is closed does."""
        stream = self._answer.extensions.get("network_stream")
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(0.5)  # one whose socket somebody else has closed already never wakes

    def _read(self) -> None:
        name = ""
        try:
            for line in self._answer.iter_lines():
                self.lines.append(line)
                key, _, value = line.partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    self.said.append((name, json.loads(value)))
        except (httpx.HTTPError, OSError):
            pass
        self.ended = True

    def see(self, name: str = "session", *, after: int = 0, **wanted: Any) -> dict[str, Any]:
        """The data of the first event of this name with these fields; waits for it."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            for said, data in self.said[after:]:
                if said == name and all(data.get(key) == value for key, value in wanted.items()):
                    return data
            assert time.monotonic() < deadline, f"not said: {name} {wanted}\n{self.said[-20:]}"
            time.sleep(0.02)

    def heard_of(self, session_id: str) -> list[str]:
        """Types of all that was said of a session."""
        return [data.get("type", "") for _, data in self.said if data.get("sessionId") == session_id]
