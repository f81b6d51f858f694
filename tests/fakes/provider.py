"""A small real LLM provider for tests: Anthropic, OpenAI and Google on one port, with its own account of every call.

`python -m fakes.provider --port 0` prints its port; `with Provider() as provider:` runs it in a thread.
Every prompt is answered `PONG from <model>`, unless its words ask for more (`fakes.moods`); GET /calls gives the
account.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType, TracebackType
from typing import Any, ClassVar

from fakes import anthropic, google, openai
from fakes.dialects import Answer, Call, Reply, server_sent
from fakes.moods import Mood, mood_of

DIALECTS = {"anthropic": anthropic, "openai": openai, "google": google}
AUTH_HEADERS = ("authorization", "x-api-key", "x-goog-api-key")


def pong(call: Call, model: str) -> str:
    return f"PONG from {model}"


class Provider:
    """The server and its account. `reply` makes the text of an answer from the call and the model."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1", reply: Callable[[Call, str], str] = pong) -> None:
        self.reply = reply
        self._calls: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer((host, port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}"

    def __enter__(self) -> "Provider":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve_forever(self) -> None:
        self._server.serve_forever()

    @property
    def environment(self) -> dict[str, str]:
        """The provider variables a server is started with to use this provider for everything."""
        return {
            "ANTHROPIC_API_KEY": "sk-ant-fake-0123456789abcdefghij-anthropic",
            "ANTHROPIC_BASE_URL": self.url,
            "OPENAI_API_KEY": "sk-fake-0123456789abcdefghij-openai",
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "GEMINI_API_KEY": "AIza-fake-0123456789abcdefghij-google",
            "GOOGLE_GEMINI_BASE_URL": self.url,
        }

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Every call so far: dialect, path, model, usage, stream, auth {header: value}, status."""
        with self._lock:
            return list(self._calls)

    def answer(self, call: Call) -> Answer | None:
        """The answer to a call, written into the account; None when no dialect has such a path."""
        name = next((name for name, dialect in DIALECTS.items() if dialect.matches(call.route)), None)
        if name is None:
            return self._note(None, call, None)
        dialect = DIALECTS[name]
        model = dialect.answer(call, Reply("")).model
        return self._note(name, call, self._in_mood(dialect, call, model, mood_of(dialect.asked(call))))

    def _in_mood(self, dialect: ModuleType, call: Call, model: str, mood: Mood) -> Answer:
        if mood.refusal:
            status, message = _REFUSALS[mood.refusal]
            body = dialect.refusal(status or dialect.OVERLOADED, message, is_final=mood.is_final)
            headers = {"x-should-retry": "false"} if mood.is_final else {}
            return Answer(model, {}, body=body, status=status or dialect.OVERLOADED, headers=headers)
        reply = Reply(self.reply(call, model) + mood.more, thoughts=mood.thoughts, tool=mood.tool)
        answer: Answer = dialect.answer(call, reply)
        answer.delay_s, answer.pause_s = mood.delay_s, mood.pause_s
        return answer

    def _note(self, dialect: str | None, call: Call, answer: Answer | None) -> Answer | None:
        entry = {
            "dialect": dialect,
            "path": call.path,
            "model": answer.model if answer else None,
            "usage": answer.usage if answer else None,
            "stream": answer is not None and answer.events is not None,
            "auth": {name: call.headers[name] for name in AUTH_HEADERS if name in call.headers},
            "status": answer.status if answer else 404,
        }
        with self._lock:
            self._calls.append(entry)
        return answer


_REFUSALS = {
    "limit": (429, "The fake provider is asked too often."),
    "overload": (None, "The fake provider is overloaded."),
    "bill": (402, "The budget of this session is used up."),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: ClassVar[Provider]

    def do_GET(self) -> None:
        if self.path == "/calls":
            self._json(200, {"calls": self.provider.calls})
        else:
            self.provider.answer(Call(self.path, self._lower_headers(), {}))
            self._json(404, {"error": {"message": f"GET {self.path} is not served"}})

    def do_HEAD(self) -> None:
        self._json(404, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            self._json(400, {"error": {"message": "the body is not JSON"}})
            return
        answer = self.provider.answer(Call(self.path, self._lower_headers(), body))
        if answer is None:
            self._json(404, {"error": {"message": f"POST {self.path} is not served"}})
            return
        time.sleep(answer.delay_s)
        try:
            if answer.events is None:
                self._json(answer.status, answer.body, answer.headers)
            else:
                self._stream(answer)
        except OSError:  # the CLI hung up
            self.close_connection = True

    def _lower_headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self._head(status, {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(data)

    def _stream(self, answer: Answer) -> None:
        self._head(
            answer.status,
            {"content-type": "text/event-stream", "transfer-encoding": "chunked", **answer.headers},
        )
        for event in server_sent(answer.events or []):
            time.sleep(answer.pause_s)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the account says what came."""


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
