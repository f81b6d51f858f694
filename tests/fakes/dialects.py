"""What the three wire dialects of the fake provider have in common: a call, its answer, and a JSON shape filled in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fakes.moods import Tool


@dataclass
class Call:
    """One request as it came: `path` with its query, header names in lower case, the decoded body."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def route(self) -> str:
        return self.path.partition("?")[0]


@dataclass(frozen=True)
class Reply:
    """What the model says: thoughts first, then text, then perhaps a tool call."""

    text: str
    thoughts: str = ""
    tool: Tool | None = None


@dataclass
class Answer:
    """What goes back: either `events` (sent one by one as server-sent events) or one JSON `body`.

    `delay_s` passes before the first byte, `pause_s` before each event.
    """

    model: str
    usage: dict[str, Any]
    body: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str | None, dict[str, Any]]] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    delay_s: float = 0.0
    pause_s: float = 0.0


def server_sent(events: list[tuple[str | None, dict[str, Any]]]) -> Iterator[bytes]:
    for name, data in events:
        head = f"event: {name}\n" if name else ""
        yield f"{head}data: {json.dumps(data)}\n\n".encode()


def pieces(text: str, size: int = 6) -> list[str]:
    """The text in the small parts that a stream brings it in."""
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]


def example_of(schema: dict[str, Any]) -> Any:
    """The smallest value that fits a JSON schema (also Google's upper-case kind)."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = (kind[0] if isinstance(kind, list) else kind).lower()
    if kind == "object":
        return {name: example_of(inner) for name, inner in schema.get("properties", {}).items()}
    return {"string": "fake", "integer": 1, "number": 1, "boolean": False, "array": [], "null": None}[kind]
