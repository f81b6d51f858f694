"""The porter's work `recordings.read`: sends a recording to the caller in the form that he asked for."""

from pathlib import Path
from typing import Any

from pydantic import Field

from core.errors import NotFound
from runner.params import ID_PATTERN
from runner.porter.asked import Asked
from runner.porter.conversation import Conversation
from runner.porter.place import Place
from runner.recorder import export
from runner.recorder.facts import Folder


class Read(Asked):
    """`folder` is said by the runner, whatever the caller says."""

    id: str = Field(pattern=ID_PATTERN)
    folder: str
    format: export.Format = "cast"
    redact: bool = False


def read(conversation: Conversation, place: Place | None, params: dict[str, Any]) -> None:
    """Reply: `{size}` of the file as it is on disk, then the data. Raises `NotFound`."""
    asked = Read.of(params)
    folder = Folder(Path(asked.folder))
    path = folder.cast(asked.id)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise NotFound("There is no such recording") from None
    found = export.pieces(path, asked.format, folder.known(asked.id), redact=asked.redact)
    conversation.reply({"size": size})
    for piece in found:
        conversation.send(piece)
    conversation.end()
