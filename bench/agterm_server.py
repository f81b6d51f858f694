"""A whole AGTerm for a benchmark: `agterm serve` and its runner as users start them, in a folder that goes away."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from agterm.config import Config
from bench import usage
from core.errors import HostUnavailable
from runner import client

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r"^AGTerm: (http://\S+)", re.MULTILINE)
START_LIMIT_S = 60
SETTINGS = {
    "port": "0", "access_token_minutes": "1440", "rate_limit_max": "100000000", "max_sessions_per_user": "100000",
}  # fmt: skip


class AgtermServer:
    """`url` and `token`; ends web process, runner and sessions on leaving."""

    def __init__(self, server: str = "uvicorn", **settings: str) -> None:
        """`settings`: further ones of `agterm.config`, by field; those that this version does not have are left out."""
        self.home = Path(tempfile.mkdtemp(prefix="agterm-bench-home-"))
        self.log = self.home / "web.log"
        wanted = {"home": str(self.home), "server": server, **SETTINGS, **settings}
        own = {f"AGTERM_{name.upper()}": value for name, value in wanted.items() if name in Config.model_fields}
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith(("AGTERM_", "DJANGO_"))} | own
        self._web: subprocess.Popen[bytes] | None = None
        self._api: httpx.Client | None = None
        self.url = self.token = ""

    def __enter__(self) -> Self:
        try:
            self.start_web()
            self.token = self._command("token", "--access")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- processes -----------------------------------------------------------------------------------------------

    def start_web(self) -> None:
        """`agterm serve`; on a restart on the same port, so that clients find it again."""
        self.log.touch()
        said_before = self.log.stat().st_size
        with self.log.open("ab") as log:
            self._web = subprocess.Popen(
                [sys.executable, "-P", "-m", "agterm", "serve"],
                env=self._environment, cwd=ROOT, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + START_LIMIT_S
        while not self._is_healthy(said_before):
            if time.monotonic() > deadline or self._web.poll() is not None:
                raise RuntimeError(f"agterm serve did not start:\n{self.log.read_text()}")
            time.sleep(0.05)
        self._environment["AGTERM_PORT"] = self.url.rpartition(":")[2]

    def _is_healthy(self, said_before: int) -> bool:
        found = ADDRESS.search(self.log.read_text()[said_before:])
        if found is None:
            return False
        self.url = found[1]
        try:
            return httpx.get(f"{self.url}/api/health", timeout=5).is_success
        except httpx.TransportError:
            return False

    def kill_web(self) -> None:
        """kill -9; returns when it is gone."""
        assert self._web is not None
        self._web.kill()
        self._web.wait(30)

    @property
    def family(self) -> usage.Family:
        assert self._web is not None
        return usage.family(self.runner_pid, self._web.pid)

    @property
    def runner_pid(self) -> int:
        return int(client.hello(self.runner)["pid"])

    def stop(self) -> None:
        if self._api is not None:
            self._api.close()
        if self._web is not None:
            self.kill_web()
        try:
            self.ask("list")
            self._command("runner", "stop", check=False)
        except HostUnavailable:
            pass
        shutil.rmtree(self.home, ignore_errors=True)

    def _command(self, *arguments: str, check: bool = True) -> str:
        return subprocess.run(
            [sys.executable, "-P", "-m", "agterm", *arguments],
            env=self._environment, cwd=ROOT, text=True, capture_output=True, timeout=240, check=check,
        ).stdout.strip()  # fmt: skip

    # --- callers -------------------------------------------------------------------------------------------------

    @property
    def runner(self) -> str:
        """Its address."""
        return f"unix:{self.home / 'run' / 'runner.sock'}"

    def ask(self, op: str, **params: Any) -> Any:
        """An operation of the runner, past the web process."""
        return client.call(self.runner, op, **params)

    @property
    def api(self) -> httpx.Client:
        if self._api is None:
            headers = {"Authorization": f"Bearer {self.token}"}
            self._api = httpx.Client(base_url=f"{self.url}/api", headers=headers, timeout=120)
        return self._api

    def start_session(self, **fields: Any) -> str:
        """A new shell's id."""
        answer = self.api.post("/sessions", json={"agent": "shell", **fields})
        answer.raise_for_status()
        return str(answer.json()["data"]["session"]["id"])

    def delete_session(self, session_id: str) -> None:
        self.api.delete(f"/sessions/{session_id}").raise_for_status()

    def login_link(self) -> str:
        """A fresh one-time link that logs a browser in."""
        return self._command("token", "--url", self.url)

    @property
    def socket_url(self) -> str:
        return f"{self.url.replace('http://', 'ws://')}/ws?token={self.token}"
