"""Joins a caller's connection with one to a server in a session: bytes go both ways until one of them has ended."""

import contextlib
import socket
import threading
from typing import Any

from core.errors import InvalidRequest
from runner.porter.conversation import Conversation
from runner.porter.place import Place

PIECE_BYTES = 64 * 1024


def splice(conversation: Conversation, _place: Place | None, _params: dict[str, Any]) -> None:
    """Reply, and pass on whatever comes. Nobody is hurried: a page may be silent for hours, and end when it likes."""
    if (server := conversation.extra) is None:
        raise InvalidRequest("There is nothing to be joined")
    caller = conversation.connection
    conversation.reply({})
    for each in (caller, server):
        each.settimeout(None)
    asking = threading.Thread(target=_pass_on, args=(caller, server), daemon=True)
    asking.start()
    _pass_on(server, caller)
    asking.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Until one of them has ended, which ends both: a server may never look whether its caller is still there."""
    piece = memoryview(bytearray(PIECE_BYTES))
    try:
        while count := source.recv_into(piece):
            target.sendall(piece[:count])
    except OSError:
        pass
    finally:
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
