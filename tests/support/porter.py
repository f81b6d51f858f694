"""A workspace as callers of the porter see it, and works done in this process, through no runner."""

import contextlib
import os
import socket
import threading
from pathlib import Path

from runner import client as runner_client
from runner import protocol, wire
from runner.porter import client
from runner.porter.conversation import Conversation
from runner.porter.server import Server
from runner.protocol import Kind


class Workspace:
    """`folder`: where it is; the rest asks the porter."""

    def __init__(self, runner, session_id):
        self.runner, self.id, self.address = runner, session_id, runner.address
        self.folder = Path(runner.call("get", id=session_id)["workspace"])
        self.place = {"session": session_id}

    def plant(self, path, data=b"planted"):
        """A file of the session's own user."""
        return own(self.folder / path, data)

    def call(self, what, **params):
        return client.call(self.address, what, place=self.place, **params)

    def read(self, path, **params):
        return client.read(self.address, "files.read", place=self.place, path=path, **params)[1]

    def bytes_of(self, what, **params):
        return client.read(self.address, what, place=self.place, **params)

    def write(self, path, *chunks, **params):
        return client.upload(self.address, "files.write", chunks, place=self.place, path=path, **params)

    def names(self, path="", **params):
        return [entry["name"] for entry in self.call("files.list", path=path, **params)["entries"]]


def own(path, data=b"planted"):
    """As if the owner of the folder had made it; the folders above, too."""
    missing = [each for each in reversed(path.parents) if not each.exists()]
    for each in missing:
        each.mkdir()
        own_as_above(each)
    path.write_bytes(data)
    own_as_above(path)
    return path


def own_as_above(path):
    if os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid, follow_symlinks=False)


def work(facts, what, data=None, **params):
    """A work in this very process, at a place of these facts, through no runner: `(reply, bytes)`, or its error raised.

    `data`: what the caller sends. Raises `ConnectionError` when the work breaks off.
    """
    ours, theirs = socket.socketpair()
    request = {"id": 0, "what": what, "place": facts, "params": params}
    server = Server(theirs)
    thread = threading.Thread(target=server.serve, args=(request, Conversation(theirs, 0)))
    thread.start()
    with ours:
        frames, decoder, sent = [], wire.Decoder(), False
        while chunk := _received(ours):
            frames += decoder.feed(chunk)
            if frames and data is not None and not sent:
                sent = True
                with contextlib.suppress(BrokenPipeError):
                    ours.sendall(wire.encode(Kind.DATA, data) + wire.encode(Kind.DATA))
    thread.join()
    replies = [protocol.loads(frame.body) for frame in frames if frame.kind == Kind.REPLY]
    parts = [frame.body for frame in frames if frame.kind == Kind.DATA]
    result = runner_client.result_of(replies[0])
    if parts and parts[-1]:
        raise ConnectionError("broken off")
    return result, b"".join(parts)


def _received(connection):
    try:
        return connection.recv(65_536)
    except ConnectionResetError:  # it was closed with something unread
        return b""


def facts_of(folder, hidden=()):
    """A place for `work`, as the user who runs the tests."""
    found = folder.stat()
    return {
        "path": str(folder),
        "identity": [found.st_dev, found.st_ino],
        "user": None,
        "hidden": [[str(each), each.stat().st_dev, each.stat().st_ino] for each in hidden],
    }
