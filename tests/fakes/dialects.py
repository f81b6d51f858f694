"""What the dialects of the fake provider share: a call, its answer, what it used, a JSON shape filled in."""

import json
from dataclasses import dataclass, field
from typing import Any

from fakes.moods import Tool

CHARACTERS_OF_A_TOKEN = 4
CACHED_TENTHS = 6
WRITTEN_TENTHS = 2
Events = list[tuple[str | None, dict[str, Any]]]


@dataclass
class Call:
    """One request as it came: `path` with its query, header names in lower case, the decoded body and its size."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    size: int = 0

    @property
    def route(self) -> str:
        return self.path.partition("?")[0]


@dataclass(frozen=True)
class Reply:
    """What the model says: thoughts first, then text, then perhaps a tool call; streamed in parts of `piece` bytes."""

    text: str
    thoughts: str = ""
    tool: Tool | None = None
    piece: int = 6


@dataclass(frozen=True)
class Used:
    """What a call is billed for. No token is in two classes, except that `cache_write_1h` is a part of `cache_write`
    and `reasoning` one of `output`.
    """

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.cache_write


@dataclass
class Answer:
    """What goes back: either `events` (sent one by one as server-sent events) or one JSON `body`.

    `used` is what it costs, None when it is free; `usage` how the dialect tells it. `delay_s` passes before the first
    byte, `pause_s` before each event; after `dies_after` events the connection breaks.
    """

    model: str
    used: Used | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    events: Events | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    delay_s: float = 0.0
    pause_s: float = 0.0
    dies_after: int | None = None
    is_metered: bool = True  # whether it is a call that costs something, unless it is refused
    entry: dict[str, Any] = field(default_factory=dict)  # its line in the account


def server_sent(event: tuple[str | None, dict[str, Any]]) -> bytes:
    name, data = event
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def pieces(text: str, size: int) -> list[str]:
    """The text in the small parts that a stream brings it in."""
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]


def tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_OF_A_TOKEN)


def used_by(call: Call, reply: Reply, *, writes: bool, writes_1h: bool = False, hidden: int = 0) -> Used:
    """As of a model with a prompt cache: the prompt's size in tokens, most of it read from the cache.

    `hidden` are the tokens of thoughts that are not shown.
    """
    prompt = max(tokens(" " * call.size), 8)
    read = prompt * CACHED_TENTHS // 10
    written = prompt * WRITTEN_TENTHS // 10 if writes else 0
    reasoning = tokens(reply.thoughts) + hidden
    said = tokens(reply.text) + (tokens(reply.tool.text) + 12 if reply.tool else 0)
    return Used(
        input=prompt - read - written,
        cache_read=read,
        cache_write=written,
        cache_write_1h=written // 3 if writes_1h else 0,
        output=said + reasoning,
        reasoning=reasoning,
    )


def example_of(schema: dict[str, Any]) -> Any:
    """The smallest value that fits a JSON schema (also Google's upper-case kind)."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = (kind[0] if isinstance(kind, list) else kind).lower()
    if kind == "object":
        return {name: example_of(inner) for name, inner in schema.get("properties", {}).items()}
    return {"string": "fake", "integer": 1, "number": 1, "boolean": False, "array": [], "null": None}[kind]
