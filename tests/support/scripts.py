"""Shell scripts that print a run's events, as an agent would that runs headless."""

import asyncio
import json
import shlex
from collections.abc import Callable
from typing import Any

from agterm_agent import events
from agterm_agent.events import Status


def says(*said):
    """A script that prints these events."""
    return "\n".join(f"printf '%s\\n' {shlex.quote(json.dumps(event))}" for event in said)


TRAIL = (
    events.session_state("c-1", messages=0, resumed=False),
    events.assistant_delta("I lo"),
    events.assistant_delta("ok."),
    events.assistant_message("I look."),
    events.tool_call("t-1", "read_file", {"path": "a.txt"}, safety="read_only"),
    events.tool_output("t-1", "alp"),
    events.tool_result("t-1", "alpha", ok=True, duration_ms=7),
    events.assistant_message("It says alpha."),
)
END = events.done(Status.DONE, "It says alpha.", conversation_id="c-1", usage={"requests": 2})


def body(answer: Any, heard: Callable[[bytes], object] = len) -> bytes:
    """What an answer of Django's test client says, also as a stream; `heard` is told what came so far."""
    if not answer.streaming:
        return bytes(answer.content)

    async def pieces() -> bytes:
        said = b""
        async for piece in answer.streaming_content:
            said += piece
            heard(said)
        return said

    return asyncio.run(pieces())


def data(answer: Any) -> Any:
    """The `data` of one that is a success."""
    said = json.loads(body(answer))
    assert said["success"], said
    return said["data"]
