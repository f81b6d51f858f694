"""The page's terminal (xterm.js under Node) and the recorded streams, for tests that compare screens."""

import base64
import gzip
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "xterm"
STREAMS = Path(__file__).parents[2] / "data" / "streams"
# A console script beside this Python, not the file it may be a link to.
BIN = Path(os.path.abspath(__import__("sys").executable)).parent

Step = tuple[Any, ...]  # ("data", bytes), ("size", cols, rows), ("state",)
STATE: Step = ("state",)


@dataclass(frozen=True)
class Stream:
    name: str
    cols: int
    rows: int
    steps: tuple[Step, ...]

    def size_at(self, cut: int) -> tuple[int, int]:
        sizes = [step[1:] for step in self.steps[:cut] if step[0] == "size"]
        return sizes[-1] if sizes else (self.cols, self.rows)

    def cuts(self) -> list[int]:
        """After the beginning, in the middle and at the end."""
        count = len(self.steps)
        return sorted({1, count // 3, count // 2, 3 * count // 4, count} - {0})


def load(name: str) -> Stream:
    header, *lines = (json.loads(line) for line in _read(name).splitlines())
    steps: list[Step] = []
    for _, code, data in lines:
        if code == "r":
            cols, rows = data.split("x")
            steps.append(("size", int(cols), int(rows)))
        else:
            # Each event in two, so that cuts fall into the middle of what a program wrote at once.
            raw = data.encode("utf-8", "surrogateescape")
            steps += [("data", part) for part in (raw[: len(raw) // 2], raw[len(raw) // 2 :]) if part]
    return Stream(name, header["width"], header["height"], tuple(steps))


def _read(name: str) -> str:
    packed = STREAMS / f"{name}.cast.gz"
    return gzip.decompress(packed.read_bytes()).decode() if packed.exists() else (STREAMS / f"{name}.cast").read_text()


NAMES = sorted(path.name.partition(".")[0] for path in STREAMS.glob("*.cast*"))


class Reference:
    """A Node process with @xterm/headless and the page's graphemes add-on."""

    def __init__(self) -> None:
        if not (FOLDER / "node_modules").exists():
            _install()
        self._process = subprocess.Popen(
            [BIN / "node", "reference.js"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def states(self, size: tuple[int, int], steps: Sequence[Step], scrollback: int = 1000) -> list[dict[str, Any]]:
        """Feed a fresh terminal; what it shows at each `STATE`."""
        events = [
            (kind, base64.b64encode(rest[0]).decode()) if kind == "data" else (kind, *rest) for kind, *rest in steps
        ]
        request = {"cols": size[0], "rows": size[1], "scrollback": scrollback, "events": events}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: list[dict[str, Any]] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


def _install() -> None:
    options = ["--no-save", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"]
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([BIN / "npm", "install", *options], cwd=FOLDER, check=True, env=os.environ | {"PATH": path})
