"""`@file` in a prompt: the file's content goes with it, as much as is reasonable, and a person is told what went."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.places import Places
from agterm_agent.tools.text import counted, visible

FILE_BYTES = 64 * 1024
ALL_BYTES = 256 * 1024
MAX_NAMES = 500  # of a folder
MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|([^\s"]+))')
_AFTER = ".,;:!?)]}'"


@dataclass
class Attached:
    """A prompt with what it mentions. `notices`: what a person should know of it, one line each."""

    prompt: str
    notices: list[str] = field(default_factory=list)


def attach(text: str, workspace: Path) -> Attached:
    """Adds the content of every file that is mentioned and exists; an `@` before other words means nothing."""
    places = Places(workspace)
    parts, notices, left = [], [], ALL_BYTES
    for name in dict.fromkeys(_mentioned(text, places.workspace)):
        try:
            content, notice = _content(places, name, min(FILE_BYTES, left))
        except ToolError as error:
            notices.append(f"@{name} is not attached: {error}")
            continue
        left -= len(content.encode())
        parts.append(f'<file path="{name}">\n{content}\n</file>')
        notices.append(notice)
    return Attached("\n\n".join([text, *parts]), notices)


def _mentioned(text: str, workspace: Path) -> list[str]:
    names = []
    for quoted, bare in MENTION.findall(text):
        tries = [quoted] if quoted else [bare, bare.rstrip(_AFTER)]
        name = next((name for name in tries if name and os.path.lexists(workspace / name)), None)
        if name is not None:
            names.append(name)
    return names


def _content(places: Places, name: str, limit: int) -> tuple[str, str]:
    real = places.resolve(name)
    if not real.is_relative_to(places.workspace):
        raise ToolError("it is outside the workspace.")
    if limit <= 0:
        raise ToolError(f"the files before it fill the {ALL_BYTES // 1024} KiB that can go with a prompt.")
    if real.is_dir():
        with places.folder(real) as descriptor:
            names = sorted(os.listdir(descriptor))
        listed = "\n".join(visible(each).replace("\n", " ") for each in names[:MAX_NAMES])
        more = f"\n[… {len(names) - MAX_NAMES} more …]" if len(names) > MAX_NAMES else ""
        return listed + more, f"Listed {name} ({counted(len(names), 'entry', 'entries')})"
    found = places.read(real, limit)
    if b"\0" in found.data:
        raise ToolError("it is not text.")
    content = visible(found.data.decode("utf-8", errors="replace"))
    lines = content.count("\n") + (not content.endswith("\n") and bool(content))
    if not found.cut:
        return content, f"Read {name} ({counted(lines, 'line')})"
    size = real.stat().st_size
    return (
        f"{content}\n[… the first {limit} of {size} bytes; the rest is left out …]",
        f"Read {name} (the first {limit // 1024} of {size // 1024} KiB)",
    )
