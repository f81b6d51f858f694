"""`agterm-agent` as the real program, in a process of its own and with an environment that is nobody's."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from fakes.scripted import MODELS, Scripted

PROGRAM = Path(sysconfig.get_path("scripts"), "agterm-agent")
PROVIDERS = {"anthropic": "anthropic", "openai-responses": "openai", "openai-chat": "openai", "google": "google"}


def environment(home: Path, provider: Scripted | None = None, dialect: str = "openai-chat") -> dict[str, str]:
    """What the program is told; without a provider nothing but where it lives."""
    told = {"PATH": os.environ["PATH"], "HOME": str(home)}
    if provider is None:
        return told
    return told | {
        "AGTERM_AGENT_PROVIDER": PROVIDERS[dialect],
        "AGTERM_AGENT_DIALECT": dialect,
        "AGTERM_AGENT_BASE_URL": provider.address(dialect),
        "AGTERM_AGENT_API_KEY": "fake-key",
        "AGTERM_AGENT_MODEL": MODELS[dialect],
    }


class Started:
    """One run of it: `next()` is its next event, `end()` its exit code and what it has not yet been asked for."""

    def __init__(self, *arguments: str, cwd: Path, env: dict[str, str], stdin: int = subprocess.DEVNULL) -> None:
        self.process = subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=cwd,
            env=env,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Started":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def next(self, kind: str) -> dict[str, Any]:
        """The next event of this kind."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event: dict[str, Any] = json.loads(line)
            if event["kind"] == kind:
                return event
        raise AssertionError(f"it ended without {kind}: {self.end()}")

    def say(self, **answer: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(answer) + "\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err
