"""A small real LLM provider for tests: Anthropic, OpenAI and Google on one port, with its own account of every call.

`python -m fakes.provider --port 0` prints its port; `with Provider() as provider:` runs it in a thread.
Every prompt is answered `PONG from <model>`, unless its words ask for more (`fakes.moods`); GET /calls gives the
account (`fakes.account`), GET /totals its sums.
"""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType, TracebackType
from typing import Any

from fakes import anthropic, chat, google, openai
from fakes.account import Account
from fakes.dialects import Answer, Call, Reply, Used, example_of
from fakes.moods import USUAL, Mood, mood_of
from fakes.prices import PRICES
from fakes.server import Server

DIALECTS = {"anthropic": anthropic, "openai": openai, "chat": chat, "google": google}


def pong(call: Call, model: str) -> str:
    return f"PONG from {model}"


def as_usual(call: Call, used: Used) -> Used:
    return used


class Provider:
    """The server and its account.

    `reply` makes the text of an answer from the call and the model, `usage` what is billed for it from what would be
    otherwise; neither may wait for anything.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        reply: Callable[[Call, str], str] = pong,
        usage: Callable[[Call, Used], Used] = as_usual,
    ) -> None:
        self.reply, self.usage = reply, usage
        self.account = Account()
        self._said_once: set[tuple[str, str]] = set()
        self._server = Server(self._respond, self._settle, host, port)
        self.port = self._server.port
        self.url = f"http://{host}:{self.port}"

    def __enter__(self) -> "Provider":
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    def serve_forever(self) -> None:
        self._server.serve_forever()

    @property
    def environment(self) -> dict[str, str]:
        """The provider variables a server is started with to use this provider for everything.

        The keys are this process's own, so that who looks for them finds none of the tests beside it.
        """
        return {
            "ANTHROPIC_API_KEY": f"sk-ant-fake-0123456789abcdefghij-{os.getpid()}",
            "ANTHROPIC_BASE_URL": self.url,
            "OPENAI_API_KEY": f"sk-fake-0123456789abcdefghij-{os.getpid()}",
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "GEMINI_API_KEY": f"AIza-fake-0123456789abcdefghij-{os.getpid()}",
            "GOOGLE_GEMINI_BASE_URL": self.url,
        }

    @property
    def compatible(self) -> dict[str, str]:
        """The same for providers that speak Chat Completions."""
        return {
            "GROQ_API_KEY": f"gsk-fake-0123456789abcdefghij-{os.getpid()}",
            "GROQ_BASE_URL": self.url,
            "OPENROUTER_API_KEY": f"sk-or-fake-0123456789abcdefghij-{os.getpid()}",
            "OPENROUTER_BASE_URL": f"{self.url}/openrouter/api/v1",
        }

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The account's entries of every call so far."""
        return self.account.entries

    def _respond(self, method: str, call: Call) -> Answer:
        if method == "POST":
            return self.answer(call) or _not_served(method, call)
        if method == "GET" and call.path in ("/calls", "/totals"):
            return Answer("", body={"calls": self.calls} if call.path == "/calls" else self.account.totals)
        if method == "GET" and call.route.endswith("/models"):
            known = [{"id": name, "object": "model", "name": f"models/{name}"} for name in PRICES]
            return self._noted(
                None, call, Answer("", body={"object": "list", "data": known, "models": known}, is_metered=False)
            )
        self.account.note(None, call, None)
        return _not_served(method, call)

    def answer(self, call: Call) -> Answer | None:
        """The answer to a call, written into the account; None when no dialect has such a path."""
        name = next((name for name, dialect in DIALECTS.items() if dialect.matches(call.route)), None)
        if name is None:
            self.account.note(None, call, None)
            return None
        dialect = DIALECTS[name]
        body = dialect.free(call)
        if body is not None:
            return self._noted(name, call, Answer(dialect.model_of(call), body=body, is_metered=False))
        said = dialect.asked(call)
        mood = mood_of(said)
        if mood is not USUAL and _is_for_a_title(call):
            mood = USUAL
        if mood.is_once and (mood.refusal or mood.dies) and self._is_said_again(name, said):
            mood = replace(mood, refusal=None, dies=False)
        return self._noted(name, call, self._in_mood(dialect, call, mood))

    def forget_what_was_said(self) -> None:
        """What comes only `once` comes again for whoever says these words from now on."""
        self._said_once.clear()

    def _is_said_again(self, dialect: str, said: str) -> bool:
        is_again = (dialect, said) in self._said_once
        self._said_once.add((dialect, said))
        return is_again

    def _in_mood(self, dialect: ModuleType, call: Call, mood: Mood) -> Answer:
        model = dialect.model_of(call)
        if mood.refusal:
            status, message = _REFUSALS[mood.refusal]
            body = dialect.refusal(status or dialect.OVERLOADED, message, is_final=mood.is_final)
            headers = dialect.ids() | ({"x-should-retry": "false"} if mood.is_final else {})
            if mood.is_once:
                headers["retry-after"] = "1"
            return Answer(model, body=body, status=status or dialect.OVERLOADED, headers=headers)
        schema = dialect.schema(call)
        text = json.dumps(example_of(schema)) if schema else self.reply(call, model) + mood.more
        reply = Reply(text, thoughts=mood.thoughts, tool=mood.tool, **({"piece": mood.piece} if mood.piece else {}))
        used = replace(self.usage(call, dialect.used(call, reply)), **mood.use)
        answer: Answer = dialect.answer(call, reply, used)
        answer.delay_s, answer.pause_s = mood.delay_s, mood.pause_s
        if mood.dies and answer.events:
            answer.dies_after = len(answer.events) // 2
        return answer

    def _noted(self, dialect: str | None, call: Call, answer: Answer) -> Answer:
        self.account.note(dialect, call, answer)
        return answer

    def _settle(self, answer: Answer, sent: int | None, hung_up: bool) -> None:
        if answer.entry:
            self.account.settle(DIALECTS.get(answer.entry["dialect"] or ""), answer, sent, hung_up=hung_up)


def _is_for_a_title(call: Call) -> bool:
    """Whether it is the small call by which OpenCode finds a name for a conversation; it quotes what was said."""
    body = call.body
    first = body.get("system") or body.get("systemInstruction") or (body.get("input") or body.get("messages"))[:1]
    return "title generator" in json.dumps(first)[:400]


def _not_served(method: str, call: Call) -> Answer:
    return Answer("", body={"error": {"message": f"{method} {call.path} is not served"}}, status=404)


_REFUSALS = {
    "limit": (429, "The fake provider is asked too often."),
    "overload": (None, "The fake provider is overloaded."),
    "bill": (402, "The budget of this session is used up."),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args()
    provider = Provider(given.port, given.host)
    print(provider.port, flush=True)
    provider.serve_forever()


if __name__ == "__main__":
    main()
