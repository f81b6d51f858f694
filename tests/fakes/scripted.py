"""The fake provider with a script: what the model says and which tools it calls, step by step, in every dialect.

`with Scripted([Step("I look.", calls=[("read_file", {"path": "a.py"})]), Step("Done.")]) as provider:` answers the
first metered request with the first step, and so on; when the script is over, the last step again.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from fakes import anthropic, chat, google, openai
from fakes.dialects import Answer, Call, Reply, Used
from fakes.moods import USUAL, Mood
from fakes.provider import DIALECTS, Provider

NAMES = {"anthropic": "anthropic", "openai-responses": "openai", "openai-chat": "chat", "google": "google"}
MODELS = {
    "anthropic": "claude-sonnet-4-5",
    "openai-responses": "gpt-5.5",
    "openai-chat": "gpt-5.5",
    "google": "gemini-3.8-flash",
}


@dataclass(frozen=True)
class Step:
    """One answer of the model. `mood`: refuse, die, be slow instead or besides (`fakes.moods.Mood`).

    In OpenAI's dialects the arguments of a call may be a text, which need not be JSON.
    """

    text: str = ""
    calls: Sequence[tuple[str, Any]] = ()
    thoughts: str = ""
    mood: Mood = USUAL
    use: Used | None = None
    ids: list[str] = field(default_factory=list)  # ids of the calls, where a test wants to know them


class Scripted(Provider):
    """`bodies` and `headers`: what was asked, request by request."""

    def __init__(self, script: Iterable[Step] | Callable[[Call, int], Step], **more: Any) -> None:
        super().__init__(**more)
        self._script = script if callable(script) else list(script)
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def address(self, dialect: str) -> str:
        """The base address that a client of this dialect is given."""
        return f"{self.url}/v1" if dialect.startswith("openai") else self.url

    def answer(self, call: Call) -> Answer | None:
        name = next((name for name, dialect in DIALECTS.items() if dialect.matches(call.route)), None)
        if name is None:
            return super().answer(call)
        body = DIALECTS[name].free(call)
        if body is not None:
            return super().answer(call)
        self.headers.append(call.headers)
        self.bodies.append(call.body)
        step = self._step(call)
        if step.mood.refusal:
            return self._noted(name, call, self._in_mood(DIALECTS[name], call, step.mood))
        answer = BUILDERS[name](call, step, DIALECTS[name])
        answer.delay_s, answer.pause_s = step.mood.delay_s, step.mood.pause_s
        if step.mood.dies and answer.events:
            answer.dies_after = max(len(answer.events) // 2, 1)
        return self._noted(name, call, answer)

    def _step(self, call: Call) -> Step:
        number = len(self.bodies) - 1
        if callable(self._script):
            return self._script(call, number)
        return self._script[min(number, len(self._script) - 1)]


def _reply(step: Step) -> Reply:
    return Reply(step.text, thoughts=step.thoughts, **({"piece": step.mood.piece} if step.mood.piece else {}))


def _used(call: Call, step: Step, dialect: ModuleType) -> Used:
    used: Used = step.use or dialect.used(call, _reply(step))
    return replace(used, **step.mood.use)


def _calls(step: Step, prefix: str) -> list[tuple[str, str, Any]]:
    ids = [*step.ids, *(f"{prefix}{uuid.uuid4().hex}" for _ in step.calls)]
    return [(identity, name, given) for identity, (name, given) in zip(ids, step.calls, strict=False)]


def _anthropic(call: Call, step: Step, dialect: ModuleType) -> Answer:
    used = _used(call, step, dialect)
    made: Answer = dialect.answer(call, _reply(step), used)
    message = anthropic._message(call, _reply(step), made.usage) | {"id": made.id}
    if not step.text:
        message["content"] = [block for block in message["content"] if block["type"] != "text"]
    for identity, name, given in _calls(step, "toolu_"):
        message["content"].append({"type": "tool_use", "id": identity, "name": name, "input": given})
        message["stop_reason"] = "tool_use"
    return _filled(made, call, message, lambda: anthropic._events(message, _reply(step).piece))


def _responses(call: Call, step: Step, dialect: ModuleType) -> Answer:
    used = _used(call, step, dialect)
    made: Answer = dialect.answer(call, _reply(step), used)
    response = openai._response(made.model) | {"id": made.id}
    items = [item for item in openai._items(_reply(step), set()) if step.text or item["type"] != "message"]
    for identity, name, given in _calls(step, "call_"):
        item = {"id": f"fc_{identity}", "type": "function_call", "status": "completed", "call_id": identity}
        items.append({**item, "name": name, "arguments": _written(given)})
    done = {**response, "status": "completed", "output": items, "usage": made.usage}
    return _filled(made, call, done, lambda: openai._events(response, items, done, _reply(step).piece))


def _chat(call: Call, step: Step, dialect: ModuleType) -> Answer:
    made: Answer = dialect.answer(call, _reply(step), _used(call, step, dialect))
    tools = []
    for index, (identity, name, given) in enumerate(_calls(step, "call_")):
        function = {"name": name, "arguments": _written(given)}
        tools.append({"index": index, "id": identity, "type": "function", "function": function})
    if not tools:
        return made
    if made.events is None:
        made.body["choices"][0]["message"]["tool_calls"] = tools
        made.body["choices"][0]["finish_reason"] = "tool_calls"
        return made
    at = next(i for i, (_, event) in enumerate(made.events) if event["choices"][0]["finish_reason"])
    last = made.events[at][1]
    last["choices"][0]["finish_reason"] = "tool_calls"
    more = {**last, "choices": [chat._choice("delta", {"tool_calls": tools}, None)]}
    made.events.insert(at, (None, more))
    return made


def _google(call: Call, step: Step, dialect: ModuleType) -> Answer:
    made: Answer = dialect.answer(call, _reply(step), _used(call, step, dialect))
    calls = [{"functionCall": {"id": i, "name": n, "args": g}} for i, n, g in _calls(step, "")]
    if made.events is None:
        made.body["candidates"][0]["content"]["parts"] += calls
        return made
    if calls:
        last = made.events[-1][1]
        last["candidates"][0].pop("finishReason")
        made.events.append((None, google._chunk(made, calls, made.usage, is_last=True)))
    return made


def _written(given: dict[str, Any] | str) -> str:
    return given if isinstance(given, str) else json.dumps(given)


def _filled(made: Answer, call: Call, whole: dict[str, Any], events: Callable[[], Any]) -> Answer:
    if call.body.get("stream"):
        made.events = events()
    else:
        made.body = whole
    return made


BUILDERS: dict[str, Callable[[Call, Step, ModuleType], Answer]] = {
    "anthropic": _anthropic,
    "openai": _responses,
    "chat": _chat,
    "google": _google,
}
