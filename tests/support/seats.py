"""A session of a real agent CLI in a running server: used by REST, seen as its runner sees it."""

from pathlib import Path
from typing import Any

from support.server import AgtermServer
from support.sockets import RunnerReader

COLS, ROWS = 120, 40
PATIENCE_S = 60
READY = {
    "claude": "manual mode on",
    "codex": "Ask Codex to do anything",
    "gemini": "Type your message",
    "opencode": "Ask anything",
}
AT_PROMPT = READY | {"agterm": "Ask anything"}


class Seat:
    """`screen()` is what the session's program shows now."""

    def __init__(self, server: AgtermServer, agent: str, **fields: object) -> None:
        self.server, self.agent = server, agent
        self.id = server.start_session(agent, cols=COLS, rows=ROWS, **fields)
        self._reader = RunnerReader(server.runner_address)
        self._reader.ask("attach", id=self.id, since=0, control=False)
        self._reader.output.start = 0

    def close(self) -> None:
        self._reader.__exit__(None, None, None)
        self.server.api.delete(f"/api/sessions/{self.id}")

    # --- what is seen ----------------------------------------------------------------------------------------------

    def screen(self) -> str:
        return self._reader.output.screen(COLS, ROWS)

    @property
    def printed(self) -> str:
        """All that was ever written to the terminal."""
        return bytes(self._reader.output.data).decode(errors="replace")

    def ready(self) -> "Seat":
        self.see(AT_PROMPT[self.agent])
        return self

    def see(self, words: str, *, times: int = 1) -> None:
        self.until(f"{words!r} on the screen", lambda: self.screen().count(words) >= times)

    def see_state(self, *states: str) -> None:
        self.until(
            f"the state {' or '.join(states)}", lambda: self._reader.states[-1:] and self._reader.states[-1] in states
        )

    def until(self, what: str, condition: Any) -> None:
        try:
            self._reader.until(what, condition, PATIENCE_S)
        except AssertionError as error:
            raise AssertionError(
                f"waited in vain for {what}: {str(error)[:100]}. Last screen:\n{self.screen()}"
            ) from None

    def until_ended(self) -> None:
        self._reader.event("exited", PATIENCE_S)

    # --- what is done ----------------------------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Type a prompt, see it on the screen, press Enter, not so fast that it is taken for a pasted newline."""
        self.type(words)
        self.see(words[:40])
        self._reader.rest(0.4)
        self.type("\r")

    def type(self, keys: str) -> None:
        self.post("input", data=keys)

    def rest(self, seconds: float) -> None:
        self._reader.rest(seconds)

    def agree(self) -> None:
        """Say yes to what is asked, once the dialog is there; an agent reports it before it takes keys for it."""
        self.see_state("needs_input")
        self._reader.rest(1)
        self.type("\r")

    def post(self, call: str, **body: object) -> Any:
        answer = self.server.api.post(f"/api/sessions/{self.id}/{call}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def change(self, **fields: object) -> Any:
        answer = self.server.api.patch(f"/api/sessions/{self.id}", json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["session"]

    @property
    def row(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server.api.get(f"/api/sessions/{self.id}").json()["data"]["session"]
        return found

    def file(self, name: str) -> str:
        """What a file of the workspace says; nothing while there is none."""
        path = Path(self.row["workspaceDir"], name)
        return path.read_text() if path.exists() else ""
