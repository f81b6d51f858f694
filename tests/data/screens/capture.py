"""Records the screens in this folder from the real CLIs, which the fake provider answers.

`PYTHONPATH=.:tests python tests/data/screens/capture.py [AGENT [SCENE]]` writes AGENT/STATE/NAME.txt. A scene, in
`scenes.txt`, is one run of a CLI. The first two lines are what the runner knows besides the screen: the foreground
process and the title. Look at what it wrote before you commit it: the folder says what a person would call the screen.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes.provider import Provider
from support.agents import KEY, Screen, installed_home

from agents import services
from runner.screens import ghostty_ffi

HERE = Path(__file__).resolve().parent
READY = {
    "claude": "mode on|shortcuts",
    "codex": "Ask Codex",
    "gemini": "Type your message",
    "opencode": "Ask anything",
    "agterm": "Ask anything",
    "shell": r"\$(\s|$)",
}
SIZE = (120, 40)
NARROW = (48, 30)  # a telephone
TYPING_PAUSE_S = 0.3
TIMEOUT_S = 60
KEYS = {"enter": "\r", "escape": "\x1b", "interrupt": "\x03", "clear": "\x15"}


@dataclass(frozen=True)
class Settings:
    home: Path
    provider_environment: dict[str, str]
    agent_path: tuple[str, ...] = ()
    disabled_agents: tuple[str, ...] = ()
    run_policy: tuple[str, ...] = ()


@dataclass
class Stage:
    """One CLI on a screen and what a scene may do with it."""

    agent: str
    screen: Screen
    seen: list[str] = field(default_factory=list)

    def ready(self) -> "Stage":
        return self.until(READY[self.agent])

    def until(self, pattern: str) -> "Stage":
        waited = 0.0
        while not re.search(pattern, self.screen.text()):
            self.screen.read(0.1)
            waited += 0.1
            if waited > TIMEOUT_S:
                raise SystemExit(f"{self.agent}: {pattern!r} never showed:\n{self.screen.text()}")
        return self

    def type(self, text: str) -> "Stage":
        self.screen.type(text)
        return self.wait(TYPING_PAUSE_S)

    def say(self, text: str) -> "Stage":
        return self.type(text).wait(TYPING_PAUSE_S).type("\r")

    def press(self, key: str) -> "Stage":
        return self.type(KEYS[key])

    def wait(self, seconds: str | float) -> "Stage":
        self.screen.read(float(seconds))
        return self

    def shot(self, name: str) -> "Stage":
        """Write the screen to STATE/NAME."""
        path = HERE / self.agent / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = self.screen.workspace.parent
        text = replaced(self.screen.text(), str(self.screen.workspace), "/home/me/project")
        text = replaced(text, str(folder), "/home/me")
        lines = [self.foreground(), f"title: {ghostty_ffi.title(self.screen._terminal)}".rstrip()]
        lines += [line.rstrip() for line in text.splitlines()]
        path.write_text("\n".join(lines).rstrip("\n") + "\n")
        print(path.relative_to(HERE), flush=True)
        return self

    def foreground(self) -> str:
        """Which process has the terminal and how it reads, as the runner finds it out."""
        master, program = self.screen._master, self.screen.process.pid
        group = os.tcgetpgrp(master)
        modes = termios.tcgetattr(master)[3]
        mode = "keys" if not modes & termios.ICANON else "lines" if modes & termios.ECHO else "hidden"
        name = Path(f"/proc/{group}/comm").read_text().strip()
        return f"foreground: {'itself' if group == program else 'other'} {mode} still {name}"


def replaced(text: str, path: str, by: str) -> str:
    """`text` with `path` replaced, also where a narrow screen breaks it."""
    return re.sub(r"(?:\s*\n\s*)?".join(map(re.escape, path)), by, text)


@contextmanager
def stage(agent: str, size: tuple[int, int], args: tuple[str, ...] = (), trusted: bool = True) -> Iterator[Stage]:
    with Provider() as provider:
        config = Settings(installed_home("claude", "codex", "gemini", "opencode"), provider.environment)
        launch = services.prepare_launch(agent, config=config, key=KEY, args=args)
        if not trusted:
            distrust(agent, launch)
        folder = Path(tempfile.mkdtemp(prefix="agterm-test-", dir="/var/tmp"))
        folder.chmod(0o755)
        if not trusted:
            (folder / "workspace").mkdir()
            subprocess.run(["git", "init", "-q", folder / "workspace"], check=True)
        screen = Screen(launch, folder, door=provider.url, cols=size[0], rows=size[1])
        try:
            yield Stage(agent, screen)
        finally:
            screen.close()
            shutil.rmtree(folder, ignore_errors=True)


def distrust(agent: str, launch: services.Launch) -> None:
    """Take away what spares the session the question whether the folder is trusted."""
    files = launch.home_files
    if agent == "claude":
        files[".claude.json"] = '{"hasCompletedOnboarding": true}'
    elif agent == "codex":
        files[".codex/config.toml"] = files[".codex/config.toml"].split("[projects.")[0]
    elif agent == "gemini":
        del launch.env["GEMINI_CLI_TRUST_WORKSPACE"]
        name = ".gemini/settings.json"
        files[name] = files[name].replace('"folderTrust": {"enabled": false}', '"folderTrust": {"enabled": true}')


def scenes() -> Iterator[tuple[list[str], list[str]]]:
    """The words of each heading in `scenes.txt` and the lines below it."""
    for part in (HERE / "scenes.txt").read_text().split("\n[")[1:]:
        heading, _, script = part.partition("]\n")
        yield heading.split(), script.split("\n")


def play(stage: Stage, script: list[str]) -> None:
    for line in filter(None, map(str.strip, script)):
        verb, _, argument = line.partition(" ")
        getattr(stage, verb)(*([argument] if argument else []))


def main() -> None:
    wanted = sys.argv[1:]
    for (agent, name, *words), script in scenes():
        if wanted in ([], [agent], [agent, name]):
            args = tuple(word for word in words if word not in ("narrow", "untrusted"))
            size = NARROW if "narrow" in words else SIZE
            with stage(agent, size, args, trusted="untrusted" not in words) as made:
                play(made, script)


if __name__ == "__main__":
    main()
