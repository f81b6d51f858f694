"""A whole AGTerm of a test's own: real `agterm serve` and runner as processes, on a free port, in a folder that goes away."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60
LINK = re.compile(r"(http://\S+)/login/(\S+)")


class AgtermServer:
    """`url`, `api` (an httpx client with the admin's access token), and the means to kill and start its processes."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="agterm-test-"))
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AGTERM_", "DJANGO_"))
        } | {
            "AGTERM_HOME": str(self.home),
            "AGTERM_PORT": "0",
            "AGTERM_RATE_LIMIT_MAX": "100000",
            "AGTERM_LOGIN_ATTEMPTS_PER_MINUTE": "1000",
            "AGTERM_RECONCILE_SECONDS": "3600",
            **(environment or {}),
        }
        self.url = ""
        self.output: list[str] = []
        self._web: subprocess.Popen[str] | None = None
        self._api: httpx.Client | None = None

    def __enter__(self) -> Self:
        self.start_web()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- processes -----------------------------------------------------------------------------------------------

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `agterm …` against this home; its output is returned, its failure raised."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "agterm", *arguments],
            env=self.environment, cwd=ROOT, text=True, capture_output=True, timeout=90, check=True,
        )  # fmt: skip

    def start_web(self) -> None:
        """`agterm serve`; on a restart on the same port, so that open pages find it again."""
        self._web = subprocess.Popen(
            [sys.executable, "-P", "-m", "agterm", "serve"],
            env=self.environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        said = threading.Event()
        threading.Thread(target=self._listen, args=(self._web, said), daemon=True).start()
        if not said.wait(START_TIMEOUT_S):
            raise RuntimeError("agterm serve did not start:\n" + "".join(self.output))
        self.environment["AGTERM_PORT"] = self.url.rpartition(":")[2]
        self._wait_until_healthy()

    def _listen(self, web: "subprocess.Popen[str]", said: threading.Event) -> None:
        assert web.stdout is not None
        for line in web.stdout:
            self.output.append(line)
            if found := LINK.search(line):
                self.url, self._first_link = found[1], found[0]
                said.set()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/api/health", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("agterm serve does not answer:\n" + "".join(self.output))

    @property
    def web_pid(self) -> int:
        assert self._web is not None
        return self._web.pid

    @property
    def runner_pid(self) -> int:
        said = self.command("runner", "status").stdout
        return int(re.search(r"pid (\d+)", said)[1])  # type: ignore[index]

    def kill_web(self) -> None:
        """kill -9, as a crash would."""
        self._end_web(signal.SIGKILL)

    def stop_web(self) -> None:
        """A polite stop, as Ctrl-C does."""
        self._end_web(signal.SIGINT)

    def _end_web(self, number: int) -> None:
        assert self._web is not None
        self._web.send_signal(number)
        self._web.wait(30)

    def kill_runner(self) -> None:
        os.kill(self.runner_pid, signal.SIGKILL)

    def start_runner(self) -> None:
        """Start a runner in the background, as `agterm serve` would."""
        code = "from agterm.cli.runner import ensure_runner; from agterm.config import load; ensure_runner(load())"
        subprocess.run([sys.executable, "-P", "-c", code], env=self.environment, cwd=ROOT, check=True, timeout=60)

    def stop(self) -> None:
        """End web, runner and sessions, and remove everything."""
        if self._web is not None and self._web.poll() is None:
            self._web.kill()
            self._web.wait(30)
        subprocess.run(
            [sys.executable, "-P", "-m", "agterm", "runner", "stop"],
            env=self.environment, cwd=ROOT, capture_output=True, timeout=90, check=False,
        )  # fmt: skip
        if self._api is not None:
            self._api.close()
        shutil.rmtree(self.home, ignore_errors=True)

    # --- callers -------------------------------------------------------------------------------------------------

    def login_link(self) -> str:
        """A fresh one-time log-in URL."""
        return self.command("token", "--url", self.url).stdout.strip()

    def access_token(self, user: str | None = None) -> str:
        return self.command("token", "--access", *(["--user", user] if user else [])).stdout.strip()

    def make_user(self, name: str) -> httpx.Client:
        """An ordinary user and a client that speaks as him."""
        code = (
            "from agterm.cli import django; django.setup(); from django.contrib.auth.models import User; "
            f"User.objects.create_user({name!r}, password='correct horse battery')"
        )
        subprocess.run([sys.executable, "-P", "-c", code], env=self.environment, cwd=ROOT, check=True, timeout=60)
        return self._client(self.access_token(name))

    @property
    def api(self) -> httpx.Client:
        """Speaks as the first start's admin; paths as in `/api/sessions`."""
        if self._api is None:
            self._api = self._client(self.access_token())
        return self._api

    def _client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    @property
    def socket_url(self) -> str:
        return self.url.replace("http://", "ws://") + "/ws"

    def start_session(self, agent: str = "shell", **fields: object) -> str:
        """A new session's id."""
        answer = self.api.post("/api/sessions", json={"agent": agent, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["session"]["id"])
