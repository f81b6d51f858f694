"""A reader whose picture can't be drawn."""

import asyncio
from types import SimpleNamespace

from core.errors import InternalError
from runner import protocol
from runner.attachment import Attachment
from runner.journal import Journal
from runner.protocol import Kind


async def test_a_reader_whose_picture_cannot_be_drawn_is_told_and_gets_what_comes_from_then_on():
    async def repaint(history):
        raise InternalError("This screen cannot be drawn any more")

    terminal = SimpleNamespace(
        journal=Journal(1 << 20), repaint=repaint, status="running", on_progress=lambda: None,
        control=SimpleNamespace(join=lambda reader, size: None, picture=lambda reader: b""),
    )  # fmt: skip
    terminal.journal.append(b"before")
    sent = []
    params = protocol.Attach(id="0" * 36, since=None)
    reader = Attachment(terminal, params, lambda kind, *parts: sent.append((kind, b"".join(parts))), lambda: True)
    reader.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    terminal.journal.append(b"after")
    reader.pump()
    (event, said), (output, body) = sent
    assert (event, output) == (Kind.EVENT, Kind.OUTPUT)
    assert b"cannot be drawn" in said
    assert body == protocol.offset_header(6) + b"after"
