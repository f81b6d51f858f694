"""The porter process: takes over callers' connections from the runner, each work in a thread of its own."""

import json
import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

from core.errors import AgtermError, HostUnavailable, InternalError, InvalidRequest
from runner import wire
from runner.porter import failures, works
from runner.porter.conversation import Conversation
from runner.porter.place import Place

log = logging.getLogger("runner.porter")

MAX_AT_ONCE = 128
MAX_AT_ONCE_IN_PLACE = 32  # so that one session's callers leave room for the others'
MAX_GREEDY, MAX_GREEDY_IN_PLACE = 32, 8  # of works that take much memory
MAX_LONG = 512  # of works that last as long as their callers like
MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_DESCRIPTORS = 4
BUSY = "Too many files are being carried at once; try again"


class Server:
    """Serves one runner, whose `link` brings a line of JSON with each connection. Ends with it."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._under_way: Counter[Any] = Counter()

    def run(self) -> None:
        """Until the runner closes its end."""
        self._link.sendall(b"\n")
        buffer, descriptors = bytearray(), list[int]()
        while True:
            try:
                data, passed, flags, _address = socket.recv_fds(self._link, 65_536, MAX_DESCRIPTORS)
            except ConnectionError:
                return
            if not data:
                return
            if flags & socket.MSG_CTRUNC:  # nobody may be taken for another caller
                raise OSError("too many files are open; a caller's connection was lost")
            descriptors += passed  # they come with the first byte of their line, and no two lines in one piece
            buffer += data
            while (end := buffer.find(b"\n")) >= 0:
                line = bytes(buffer[:end])
                del buffer[: end + 1]
                request = json.loads(line)
                count = request["descriptors"]
                self._take(request, [socket.socket(fileno=each) for each in descriptors[:count]])
                del descriptors[:count]
            if len(buffer) > MAX_LINE_BYTES:
                raise ValueError("the runner's line does not end")

    def _take(self, request: dict[str, Any], sockets: Sequence[socket.socket]) -> None:
        conversation = Conversation(sockets[0], request["id"], sockets[1] if len(sockets) > 1 else None)
        try:
            threading.Thread(target=self.serve, args=(request, conversation), daemon=True).start()
        except RuntimeError:  # no more threads on this machine
            conversation.close()

    def serve(self, request: dict[str, Any], conversation: Conversation) -> None:
        """From the first word to the last; in a thread of its own, which may become another user for it."""
        keys = _keys(request)
        try:
            if self._enters(keys):
                try:
                    self._work(request, conversation)
                finally:
                    self._leaves(keys)
            else:
                conversation.fail(HostUnavailable(BUSY))
        except (OSError, wire.WireError) as error:
            log.debug("a caller has gone: %s", error)
        except Exception:
            log.exception("a work failed")
        finally:
            conversation.close()

    def _enters(self, keys: dict[Any, int]) -> bool:
        with self._lock:
            if any(self._under_way[key] >= most for key, most in keys.items()):
                return False
            self._under_way.update(keys.keys())
            return True

    def _leaves(self, keys: dict[Any, int]) -> None:
        with self._lock:
            self._under_way.subtract(keys.keys())
            for key in keys:
                if not self._under_way[key]:
                    del self._under_way[key]

    def _work(self, request: dict[str, Any], conversation: Conversation) -> None:
        conversation.ready()
        place = None
        try:
            work = works.find(request["what"])
            if request["place"] is not None:
                place = Place(request["place"])
                place.enter()
            elif request["what"] in works.IN_A_PLACE:
                raise InvalidRequest("This needs a place")
            work(conversation, place, request["params"])
        except AgtermError as error:
            conversation.fail(error)
        except (ConnectionError, TimeoutError):
            raise
        except OSError as error:
            conversation.fail(failures.of(error))
        except Exception:
            log.exception("a work failed: %s", request["what"])
            conversation.fail(InternalError("The porter failed; the runner's log says why"))
        finally:
            if place is not None:
                place.close()


def _keys(request: dict[str, Any]) -> dict[Any, int]:
    """What a work counts for, and how many of that there may be."""
    if request["what"] in works.LONG:
        return {"long": MAX_LONG}
    place = None if request["place"] is None else tuple(request["place"]["identity"])
    keys: dict[Any, int] = {"": MAX_AT_ONCE} | ({} if place is None else {place: MAX_AT_ONCE_IN_PLACE})
    if request["what"] in works.GREEDY:
        keys |= {"greedy": MAX_GREEDY, ("greedy", place): MAX_GREEDY_IN_PLACE}
    return keys


def run(descriptor: int) -> None:
    """Serve the runner at the other end of the socket; ends the process, whatever is under way."""
    status = 1
    try:
        Server(socket.socket(fileno=descriptor)).run()
        status = 0
    except Exception:
        log.exception("the porter failed")
    finally:
        os._exit(status)
