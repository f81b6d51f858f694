"""AGTerm as real processes of a test's own: a whole server on a free port, or a runner alone."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from support.clerk import Clerk
from support.sockets import RunnerReader, is_alive, wait_until

from core.errors import HostUnavailable
from runner import client
from runner.sandbox import linux

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 120
GRACE_S = 0.4  # of a session's program in these tests; shorter than in life, or they would take minutes
LINK = re.compile(r"(http://\S+)/login/(\S+)")


class AgtermServer:
    """`url`, `api` (an httpx client with the admin's access token), and the means to kill and start its processes."""

    def __init__(self, environment: Mapping[str, str] | None = None, *, through: Sequence[str] = ()) -> None:
        """`through`: a command that starts ours, such as `unshare -m`."""
        self._through = list(through)
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
        self.clerk = Clerk(self.environment)
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
            env=self.environment, cwd=ROOT, text=True, capture_output=True, timeout=START_TIMEOUT_S, check=True,
        )  # fmt: skip

    def start_web(self, *arguments: str) -> None:
        """`agterm serve …`; on a restart on the same port, so that open pages find it again."""
        self._web = self.spawn("serve", *arguments)
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

    def spawn(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `agterm …` against this home and let it run; what it says is in `stdout`. The caller ends it."""
        return subprocess.Popen(
            [*self._through, sys.executable, "-P", "-m", "agterm", *arguments],
            env=self.environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    @property
    def web_pid(self) -> int:
        assert self._web is not None
        return self._web.pid

    @property
    def web_status(self) -> int | None:
        """Exit status of `agterm serve`, None while it runs."""
        assert self._web is not None
        return self._web.poll()

    @property
    def runner_pid(self) -> int:
        return int(client.hello(self.runner_address)["pid"])

    def kill_web(self) -> None:
        """kill -9, as a crash would."""
        self._end_web(signal.SIGKILL)

    def stop_web(self) -> None:
        """A polite stop, as Ctrl-C does."""
        self._end_web(signal.SIGINT)

    def _end_web(self, number: int) -> None:
        assert self._web is not None
        self._web.send_signal(number)
        self._web.wait(90)  # with --stop-sessions it waits for every session's end

    def kill_runner(self) -> None:
        """kill -9; returns when it is gone."""
        runner = self.runner_pid
        os.kill(runner, signal.SIGKILL)
        wait_until("the runner is gone", lambda: not is_alive(runner))

    def start_runner(self) -> None:
        """Start a runner in the background, as `agterm serve` would."""
        code = "from agterm.cli.runner import ensure_runner; from agterm.config import load; ensure_runner(load())"
        subprocess.run(
            [sys.executable, "-P", "-c", code], env=self.environment, cwd=ROOT, check=True, timeout=START_TIMEOUT_S
        )

    def stop(self) -> None:
        """End web, runner and sessions, and remove everything."""
        self.clerk.leave()
        if self._web is not None and self._web.poll() is None:
            self._web.kill()
            self._web.wait(30)
        self._stop_runner()
        if self._api is not None:
            self._api.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _stop_runner(self) -> None:
        """Without `agterm runner stop`, which a test may have found broken: nothing may be left running."""
        try:
            runner = int(client.hello(self.runner_address)["pid"])
            client.call(self.runner_address, "shutdown")
        except HostUnavailable:
            return
        try:
            wait_until("the runner has ended", lambda: not is_alive(runner))
        except AssertionError:
            os.kill(runner, signal.SIGKILL)
            raise

    # --- callers -------------------------------------------------------------------------------------------------

    def login_link(self) -> str:
        """A fresh one-time log-in URL."""
        return self.command("token", "--url", self.url).stdout.strip()

    def access_token(self, user: str = "admin") -> str:
        """As `agterm token --access --user …` prints it."""
        who = f"User.objects.get(username={user!r}, is_active=True)"
        return str(self.clerk.do(f"said = services.issue_tokens(services.start({who}, kind='api')).access"))

    def make_user(self, name: str) -> httpx.Client:
        """An ordinary user and a client that speaks as him."""
        self.clerk.do(f"User.objects.create_user({name!r}, password='correct horse battery')")
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
    def runner_address(self) -> str:
        return self.environment.get("AGTERM_RUNNER") or f"unix:{self.home / 'run' / 'runner.sock'}"

    @property
    def socket_url(self) -> str:
        return self.url.replace("http://", "ws://") + "/ws"

    def start_session(self, agent: str = "shell", **fields: object) -> str:
        """A new session's id."""
        answer = self.api.post("/api/sessions", json={"agent": agent, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["session"]["id"])


class RunnerProcess:
    """`agterm runner` alone, as its own process. `home` is closed to others, as a real one in /root is."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, through: Sequence[str] = (), home: Path | None = None
    ) -> None:
        """`through`: a command that starts ours, such as `unshare -m`; `home` may be a folder in its mounts."""
        self.folder = Path(tempfile.mkdtemp(prefix="agterm-test-"))
        self.home = home or self.folder / "home"
        self.address = f"unix:{self.folder / 'runner.sock'}"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AGTERM_", "DJANGO_"))
        } | {
            "AGTERM_HOME": str(self.home),
            "AGTERM_RUNNER": self.address,
            "AGTERM_JOURNAL_BYTES": str(1 << 20),
            "AGTERM_SCROLLBACK_LINES": "1000",
            "AGTERM_STOP_GRACE_MS": str(int(GRACE_S * 1000)),
            **(environment or {}),
        }
        self._through = list(through)
        self._process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        with (self.folder / "runner.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._through, sys.executable, "-P", "-m", "agterm", "runner"],
                env=self.environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        wait_until(f"a runner\n{self.log}", self._answers, START_TIMEOUT_S)
        self.pid = client.hello(self.address)["pid"]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the runner did not start:\n{self.log}"
        try:
            client.hello(self.address)
        except HostUnavailable:
            return False
        return True

    def kill(self) -> None:
        """kill -9; returns when it is gone."""
        assert self._process is not None
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        """End it with all its sessions, and remove the folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        path = self.folder / "runner.log"
        return path.read_text() if path.exists() else ""

    def helpers(self) -> dict[str, int]:
        """Process ids of what belongs to the runner itself: `runner`, `spawner`, `worker`, `egress`, `porter`,
        `recorder` and `index`.
        """
        found = {"runner": self.pid}
        for pid in linux.descendants(self.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):  # it has just ended
                continue
            parts = {
                "spawner": b"runner.spawner",
                "worker": b"runner.screens.worker",
                "egress": b"runner.egress",
                "porter": b"runner.porter",
                "recorder": b"runner.recorder\0recordings",
                "index": b"runner.recorder\0index",
            }
            for name, part in parts.items():
                if part in command and name not in found:
                    found[name] = pid
        return found

    # --- sessions ------------------------------------------------------------------------------------------------

    def call(self, op: str, **params: Any) -> Any:
        return client.call(self.address, op, **params)

    def program(
        self, *argv: str, session_id: str | None = None, cols: int = 80, rows: int = 24, cwd: str | None = None,
        **launch: Any,
    ) -> str:  # fmt: skip
        """A new session that runs `argv`; its id, which is also in its environment, for `processes_with`."""
        session_id = session_id or str(uuid.uuid4())
        launch = {"env": {}, **launch, "argv": list(argv)}
        launch["env"] = {"SESSION_MARK": session_id} | launch["env"]
        self.call("create", id=session_id, launch=launch, cols=cols, rows=rows, cwd=cwd)
        return session_id

    def script(self, text: str, **options: Any) -> str:
        """As `program`, of a shell script."""
        return self.program("/bin/bash", "-c", text, **options)

    def watch(self, session_id: str, *, acknowledge: bool = True, **params: Any) -> RunnerReader:
        """A reader attached to the session, from its first byte unless told otherwise."""
        reader = RunnerReader(self.address, acknowledge=acknowledge)
        since = params.pop("since", 0)
        reader.info = reader.ask("attach", id=session_id, since=since, **params)
        if reader.info["replay"] != "screen":
            reader.output.start = since
        return reader

    def output_of(self, text: str, **options: Any) -> str:
        """What a script prints until it ends by itself; its session is removed."""
        session_id = self.script(text, **options)
        with self.watch(session_id) as reader:
            reader.event("exited")
            said = reader.output.data.decode()
        self.call("remove", id=session_id)
        return said.replace("\r\n", "\n")
