"""LiteLLM's proxy as a peer of the door: installed when it is first wanted, in an environment of its own.

It has packages that contradict ours, so it is no requirement of this project; it lies in the user's cache folder.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from bench import usage

VERSION = "1.106.2"
INSTALL_LIMIT_S, START_LIMIT_S = 900, 180
MODELS = {"claude-sonnet-4-5": ("anthropic", ""), "gpt-5.5": ("openai", "/v1")}
# Neither prices nor figures are fetched or sent, and nothing is written to a database: it keeps no ledger here.
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "DO_NOT_TRACK": "1", "NO_PROXY": "*"}


def program() -> Path:
    """Its command; the first time this downloads some hundred megabytes."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "agterm-bench" / f"litellm-{VERSION}"
    whole = folder / "whole"
    if not whole.exists():
        print(f"Installing LiteLLM {VERSION} in {folder} …", flush=True)
        wanted = ["--quiet", f"litellm[proxy]=={VERSION}"]
        for command in ([sys.executable, "-m", "venv", folder], [folder / "bin" / "pip", "install", *wanted]):
            subprocess.run(list(map(str, command)), check=True, timeout=INSTALL_LIMIT_S)
        whole.touch()
    return folder / "bin" / "litellm"


class LiteLlm:
    """`address` and `key`; one process that serves both of the provider's models, as its documentation starts it."""

    def __init__(self, provider: str) -> None:
        """`provider`: host and port."""
        self._provider = provider
        self.key = f"sk-{secrets.token_hex(16)}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = int(free.getsockname()[1])
        self.address = f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        command = program()
        self._folder = tempfile.TemporaryDirectory(prefix="agterm-bench-litellm-")
        folder = Path(self._folder.name)
        (folder / "config.yaml").write_text(json.dumps(self._config()))  # JSON is YAML
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [command, "--config", folder / "config.yaml", "--host", "127.0.0.1", "--port", str(self._port)],
                env=kept | QUIET, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + START_LIMIT_S
        while not self._is_ready():
            if time.monotonic() > deadline or self._process.poll() is not None:
                said = (folder / "log").read_text()
                self._stop()
                raise RuntimeError(f"LiteLLM did not start:\n{said}")
            time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    @property
    def pids(self) -> list[int]:
        return [self._process.pid, *usage.below(self._process.pid)]

    def _config(self) -> dict[str, object]:
        models = [
            {
                "model_name": model,
                "litellm_params": {
                    "model": f"{kind}/{model}", "api_base": f"http://{self._provider}{path}", "api_key": "sk-real",
                },
            }
            for model, (kind, path) in MODELS.items()
        ]  # fmt: skip
        return {"model_list": models, "general_settings": {"master_key": self.key}}

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://{self.address}/health/readiness", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._folder.cleanup()
