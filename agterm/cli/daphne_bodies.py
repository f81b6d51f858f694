"""Daphne has a body whole before an application hears of the request; it gets no large one of nobody here.

A body beyond what stays in memory waits, with its connection paused, until the log-in was looked at (`files.intake`).
"""

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from twisted.internet.address import UNIXAddress

from core import envelope
from core.errors import AgtermError
from files import intake


class MeasuredRequest(WebRequest):  # type: ignore[misc]  # Daphne has no types
    """Refuses what is too much as soon as that is known, and cuts the connection."""

    _size = 0
    _is_refused = False

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        self._grow(length or 0)

    def handleContentChunk(self, data: bytes) -> None:
        if not self._is_refused:
            super().handleContentChunk(data)
            self._grow(max(self._size, self.content.tell()))

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Twisted would read a POSTed form into memory, of which nobody asks it anything."""
        self._command = command
        if not self._is_refused:
            super().requestReceived(b"" if command == b"POST" else command, path, version)

    def process(self) -> Any:
        self.method = self._command
        return super().process()

    def _grow(self, size: int) -> None:
        if isinstance(self.channel.transport.getHost(), UNIXAddress):
            return  # of a session: the providers' door measures for itself
        before, self._size = self._size, size
        if size > max(before, settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
            scope = self._scope()
            most = intake.most_of(scope)
            if size > most:
                self._refuse(intake.too_large(scope))
            elif before <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                self.channel.pauseProducing()
                self._looking = asyncio.ensure_future(self._look(scope))

    async def _look(self, scope: dict[str, Any]) -> None:
        try:
            await database_sync_to_async(intake.check_log_in, thread_sensitive=False)(scope)
        except AgtermError as error:
            self._refuse(error)
            return
        if self.channel is not None:
            self.channel.resumeProducing()

    def _refuse(self, error: AgtermError) -> None:
        self._is_refused = True
        if self.channel is not None:
            response = envelope.render(error)
            self.channel.transport.write(
                b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                % (response.status_code, response.reason_phrase.encode(), len(response.content), response.content)
            )
            self.channel.loseConnection()

    def _scope(self) -> dict[str, Any]:
        """As much of it as says who is calling, and for what."""
        target, _, query = self.channel._path.partition(b"?")
        raw = self.requestHeaders.getAllRawHeaders()
        return {
            "type": "http", "method": self.channel._command.decode(), "path": target.decode("latin-1"),
            "raw_path": target, "query_string": query, "root_path": "",
            "headers": [(name.lower(), value) for name, values in raw for value in values],
            "client": (getattr(self.client, "host", ""), 0) if self.client else None,
        }  # fmt: skip


class MeasuringFactory(HTTPFactory):  # type: ignore[misc]
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = MeasuredRequest
        return protocol
