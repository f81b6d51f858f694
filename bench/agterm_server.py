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
from typing import Self

import httpx

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r"^AGTerm: (http://\S+)")
START_LIMIT_S = 60


class AgtermServer:
    """`url` and `token`; ends web process, runner and sessions on leaving."""

    def __init__(self, server: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="agterm-bench-home-"))
        own = {
            "AGTERM_HOME": str(self.home), "AGTERM_PORT": "0", "AGTERM_SERVER": server, "AGTERM_RATE_LIMIT_MAX": "1000",
        }  # fmt: skip
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith(("AGTERM_", "DJANGO_"))} | own
        self._web: subprocess.Popen[str] | None = None
        self.url = self.token = ""

    def __enter__(self) -> Self:
        try:
            self._start()
            self.token = self._command("token", "--access")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self._web = subprocess.Popen(
            [sys.executable, "-P", "-m", "agterm", "serve"],
            env=self._environment, cwd=ROOT, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert self._web.stdout is not None
        said = []
        for line in self._web.stdout:
            said.append(line)
            if found := ADDRESS.match(line):
                self.url = found[1]
            if self.url and line.startswith("Another link"):
                break
        else:
            raise RuntimeError("agterm serve did not start:\n" + "".join(said))
        self._wait_until_healthy()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/api/health", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"{self.url} does not answer")

    def start_session(self) -> str:
        """A new shell's id."""
        answer = httpx.post(
            f"{self.url}/api/sessions",
            json={"agent": "shell"},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        answer.raise_for_status()
        return str(answer.json()["data"]["session"]["id"])

    @property
    def socket_url(self) -> str:
        return f"{self.url.replace('http://', 'ws://')}/ws?token={self.token}"

    @property
    def web_pid(self) -> int:
        assert self._web is not None
        return self._web.pid

    @property
    def runner_pid(self) -> int:
        found = re.search(r"pid (\d+)", self._command("runner", "status"))
        assert found is not None
        return int(found[1])

    def stop(self) -> None:
        if self._web is not None:
            self._web.kill()
            self._web.wait(30)
        self._command("runner", "stop", check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def _command(self, *arguments: str, check: bool = True) -> str:
        return subprocess.run(
            [sys.executable, "-P", "-m", "agterm", *arguments],
            env=self._environment, cwd=ROOT, text=True, capture_output=True, timeout=90, check=check,
        ).stdout.strip()  # fmt: skip
