"""Names of the folders in a folder, for whoever types the path of one."""

import heapq
import os
import stat
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from runner.porter import entries
from runner.porter.asked import At
from runner.porter.beneath import held
from runner.porter.conversation import Conversation
from runner.porter.place import Place


class Completion(At):
    """`prefix`: how the names begin, in either case; those with a dot are told only when it has one, too."""

    prefix: str = Field("", max_length=1000)
    limit: int = Field(200, ge=1, le=1000)


def complete(conversation: Conversation, place: Place, params: dict[str, Any]) -> None:
    """Reply: `{names, truncated}`, sorted. Links are no folders here, and names that are no UTF-8 are left out."""
    asked = Completion.of(params)
    with held(entries.folder(place, asked.names)) as opened:
        names = heapq.nsmallest(asked.limit + 1, _names(place, opened, asked.prefix.lower()))
    conversation.reply({"names": names[: asked.limit], "truncated": len(names) > asked.limit})


def _names(place: Place, opened: int, prefix: str) -> Iterator[str]:
    with os.scandir(opened) as found:
        for each in found:
            begins = each.name.lower().startswith(prefix) and (prefix.startswith(".") or not each.name.startswith("."))
            if begins and _is_text(each.name) and _is_shown(place, opened, each.name):
                yield each.name


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _is_shown(place: Place, opened: int, name: str) -> bool:
    try:
        found = os.stat(name, dir_fd=opened, follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and not place.is_hidden(found)
