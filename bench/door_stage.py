"""What `bench.door` measures on: a provider, AGTerm with a session and LiteLLM's proxy before it, and the ways there.

Every measurement is checked: the ledger must have exactly the calls that the provider was asked through AGTerm, with
their tokens and price, or the figures count for nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from bench import door_client, usage
from bench.agterm_server import ROOT, AgtermServer
from bench.litellm_peer import LiteLlm

DIRECT, DOOR, SESSION, LITELLM = "direct", "door", "from a session", "LiteLLM"
WAYS = (DIRECT, DOOR, SESSION, LITELLM)
LIMIT_S = 180.0
LOOK_S = 0.01
# model, path at the provider, the same at the door, the end of an answer, dollars a million tokens in and out
DIALECTS = {
    "anthropic": ("claude-sonnet-4-5", "/v1/messages", "/llm/anthropic/v1/messages", '"message_stop"}', 3, 15),
    "chat": ("gpt-5.5", "/v1/chat/completions", "/llm/openai/chat/completions", "[DONE]", 5, 30),
}
# In place of Claude Code: says what it was told, then follows a plan for every line that is typed.
PROGRAM = """#!/bin/sh
env > told.part && mv told.part told
while read -r _; do python3 -I door_client.py plan.json > done.part 2>&1; mv done.part done; done
"""


class WrongLedger(Exception):
    """The ledger is not what the provider billed."""


class Stage:
    """`measure` along one of `WAYS`; all processes end on leaving."""

    def __init__(self, ways: tuple[str, ...] = WAYS) -> None:
        self._ways = ways
        self._stack = ExitStack()
        self._folder = Path(tempfile.mkdtemp(prefix="agterm-bench-door-"))
        self._plans = 0

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._stack.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        self._provider = self._start_provider()
        self._folder.chmod(0o755)  # sessions, which may run as others, are to find the program in it
        program = self._folder / "claude"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        os.environ |= {
            "ANTHROPIC_API_KEY": "sk-ant-of-the-benchmark", "ANTHROPIC_BASE_URL": f"http://{self._provider}",
            "OPENAI_API_KEY": "sk-of-the-benchmark", "OPENAI_BASE_URL": f"http://{self._provider}/v1",
        }  # fmt: skip
        self.server = self._stack.enter_context(AgtermServer(agent_path=str(self._folder)))
        self._session_id = self.server.start_session(agent="claude")
        self._place = self.server.home / "workspaces" / self._session_id
        told = self._said("told")
        shutil.copy(door_client.__file__, self._place)
        self._told = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        self._key = self._told["ANTHROPIC_AUTH_TOKEN"]
        self._litellm = self._stack.enter_context(LiteLlm(self._provider)) if LITELLM in self._ways else None

    def _start_provider(self) -> str:
        command = [sys.executable, "-m", "bench.door_provider"]
        process = self._stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        self._stack.callback(process.kill)
        assert process.stdout is not None
        return f"127.0.0.1:{int(process.stdout.readline())}"

    def _said(self, name: str) -> str:
        """What the session's program writes in this file, which is then gone."""
        path = self._place / name
        deadline = time.monotonic() + LIMIT_S
        while not path.exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the session's program wrote no {name}")
            time.sleep(LOOK_S)
        text = path.read_text()
        path.unlink()
        return text

    # --- measuring -----------------------------------------------------------------------------------------------

    def measure(self, way: str, dialect: str, prompt: str, **amount: float) -> dict[str, Any]:
        """What `door_client.follow` tells; `amount`: `clients`, and `calls` of each or `seconds`."""
        plan = json.dumps(self._plan(way, dialect, prompt) | amount)
        before = self._billed(), self._ledger()
        said = self._asked_inside(plan) if way == SESSION else self._asked_here(plan)
        try:
            figures: dict[str, Any] = json.loads(said)
        except ValueError:
            raise RuntimeError(f"the client failed ({way}, {dialect}): {said}") from None
        billed, booked = _less(self._billed(), before[0]), _less(self._ledger(), before[1])
        if billed[dialect]["calls"] != figures["calls"]:
            raise WrongLedger(f"{figures['calls']} calls were made, the provider was asked {billed[dialect]['calls']}")
        wanted = billed if way in (DOOR, SESSION) else _less(billed, billed)
        if booked != wanted:
            raise WrongLedger(f"({way}, {dialect}) the provider billed {wanted}, the ledger says {booked}")
        return figures

    def _plan(self, way: str, dialect: str, prompt: str) -> dict[str, Any]:
        model, path, behind_the_door, end, _, _ = DIALECTS[dialect]
        body = {"model": model, "max_tokens": 1000, "stream": True, "messages": [{"role": "user", "content": prompt}]}
        if dialect == "chat":
            body["stream_options"] = {"include_usage": True}
        address, key, more = self._provider, "sk-of-the-benchmark", ""
        plan: dict[str, Any] = {"body": json.dumps(body), "end": end}
        if way == LITELLM:
            assert self._litellm is not None
            address, key = self._litellm.address, self._litellm.key
        elif way in (DOOR, SESSION):
            path, key = behind_the_door, self._key
            address = self._told["ANTHROPIC_BASE_URL"].removeprefix("http://").partition("/")[0]
        if way == DOOR:  # a connection for each call, as the relay comes
            run = self.server.home / "run"
            address, more = f"unix:{run / 'web.sock'}", "connection: close\r\n"
            plan["relay"] = (self._session_id, (run / "relay.key").read_text())
        head = f"POST {path} HTTP/1.1\r\nhost: provider\r\nauthorization: Bearer {key}\r\n{more}"
        return plan | {"address": address, "head": f"{head}content-type: application/json\r\n"}

    def _asked_here(self, plan: str) -> str:
        path = self._folder / "plan.json"
        path.write_text(plan)
        command = [sys.executable, "-I", door_client.__file__, path]
        done = subprocess.run(command, check=False, text=True, capture_output=True, timeout=LIMIT_S)
        return done.stdout or done.stderr

    def _asked_inside(self, plan: str) -> str:
        (self._place / "plan.json").write_text(plan)
        self.server.ask("write", id=self._session_id, data="go\r")
        return self._said("done")

    # --- accounts ------------------------------------------------------------------------------------------------

    def _billed(self) -> dict[str, dict[str, int]]:
        """What the provider has billed so far: calls, tokens, and pico-dollars by our own arithmetic."""
        account = httpx.get(f"http://{self._provider}/account").json()
        for dialect, of in account.items():
            dollars_in, dollars_out = DIALECTS[dialect][4:]
            of["picousd"] = of["input"] * dollars_in * 10**6 + of["output"] * dollars_out * 10**6
        return dict(account)

    def _ledger(self) -> dict[str, dict[str, int]]:
        """The same as AGTerm tells its users."""
        answer = self.server.api.get(f"/costs/sessions/{self._session_id}")
        by_model = answer.raise_for_status().json()["data"]["byModel"] if answer.status_code != 404 else []
        told = {of["model"]: of for of in by_model}
        nothing = {"requests": 0, "inputTokens": 0, "outputTokens": 0, "costUsd": "0"}
        found = {dialect: told.get(model, nothing) for dialect, (model, *_) in DIALECTS.items()}
        return {
            dialect: {
                "calls": of["requests"], "input": of["inputTokens"], "output": of["outputTokens"],
                "picousd": int(Decimal(of["costUsd"]) * 10**12),
            }
            for dialect, of in found.items()
        }  # fmt: skip

    # --- memory --------------------------------------------------------------------------------------------------

    def memory(self) -> dict[str, dict[str, float]]:
        """Megabytes of the processes that calls go through, now: proportional, and resident."""
        family = self.server.family
        members = {"AGTerm, web": family["web"], "AGTerm, relay": family.get("egress", [])}
        if self._litellm is not None:
            members[LITELLM] = self._litellm.pids
        return {
            name: {"PSS": usage.pss_bytes(pids) / 1e6, "RSS": sum(map(usage.rss_bytes, pids)) / 1e6}
            for name, pids in members.items()
        }


def _less(one: dict[str, dict[str, int]], other: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {key: {name: value - other[key][name] for name, value in of.items()} for key, of in one.items()}
