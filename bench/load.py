"""Somebody else on the server, in a process of its own: `python -m bench.load URL SESSION WHAT`.

`WHAT` is `flood` (a program prints and this client shows it), `cat:FILE:MEGABYTES` (so much output is downloaded, then
the process ends) or `repaints:LINES` (the session is asked for its screen and so much history, again and again).
Prints `ready`, then, at the end of its work or of its standard input, one line of JSON that says what it did.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.client import Client, shown_after
from bench.protocols import Agterm

ROOT = Path(__file__).parents[1]
LINES = 12_000  # printed before repaints are asked for


class Load:
    """Runs this module while the `with` block does; `report` is what it did, `running` whether it still does."""

    def __init__(self, url: str, session_id: str, what: str) -> None:
        self._arguments = [sys.executable, "-m", "bench.load", url, session_id, what]
        self.report: dict[str, Any] = {}

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._arguments, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the load did not start")
        return self

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.report = json.loads(self._process.communicate(timeout=60)[0] or "{}")


async def main(url: str, session_id: str, what: str) -> None:
    kind, *details = what.split(":")
    protocol = Agterm(session_id, skips=True, history=0)
    client = await Client.open(url, protocol, keep=False)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    began = time.perf_counter()
    work = asyncio.create_task({"flood": _flood, "cat": _cat, "repaints": _repaints}[kind](client, *details))
    await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
    report = {"MB": client.bytes / 1e6, "repaints": protocol.repaints - 1, "seconds": time.perf_counter() - began}
    print(json.dumps(report), flush=True)
    os._exit(0)  # a thread still waits for standard input


async def _flood(client: Client) -> None:
    client.type("yes 'the quick brown fox jumps over the lazy dog'\r")
    print("ready", flush=True)
    await asyncio.Event().wait()


async def _cat(client: Client, path: str, megabytes: str) -> None:
    client.type(f"while :; do cat {path}; done\r")
    print("ready", flush=True)
    await client.until_bytes(int(float(megabytes) * 1e6))


async def _repaints(client: Client, history: str) -> None:
    assert isinstance(client.protocol, Agterm)
    await shown_after(client, f"seq -f 'line %g of a history' {LINES}; echo fil''led\r", b"filled")
    print("ready", flush=True)
    while True:
        client.type("x")  # something new on the screen, lest the repaint come from memory
        shown = client.expect_repaint()
        client.send(client.protocol.attach_again(history=int(history)))
        await asyncio.wait_for(shown, 60)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(main(*sys.argv[1:]))
