"""Whom to measure: starts terminado and AGTerm on both its servers, and gives a client attached to each."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import usage
from bench.agterm_server import AgtermServer
from bench.client import Client
from bench.corpora import Corpus
from bench.protocols import Agterm, Terminado

ROOT = Path(__file__).parents[1]
PEER = "terminado"
SERVERS = ("uvicorn", "daphne")


@dataclass(frozen=True)
class Candidate:
    """`members`: its processes by role; `settle`: waits until it has done what nobody waits for."""

    client: Client
    members: Callable[[], usage.Family]
    settle: Callable[[], object]

    async def cpu_ms(self) -> dict[str, float]:
        """So far, by role; `cat` stands for the programs of the sessions, `client` for this process."""
        await asyncio.to_thread(self.settle)
        spent = usage.cpu_by_role(self.members())
        return {"cat" if role == "programs" else role: ms for role, ms in spent.items()} | {
            "client": usage.cpu_ms(os.getpid())
        }


@asynccontextmanager
async def attached(only: str) -> AsyncIterator[dict[str, Candidate]]:
    """By name: terminado, and `uvicorn binary`, `uvicorn json`, `daphne binary`, `daphne json`."""
    with ExitStack() as stack:
        candidates = {PEER: await _terminado(stack)}
        for server in SERVERS:
            wanted = [m for m in ("binary", "json") if only in f"{server} {m}"]
            if wanted:
                candidates |= await _agterm(stack, server, wanted)
        yield candidates


async def _terminado(stack: ExitStack) -> Candidate:
    process = stack.enter_context(_start_terminado())
    assert process.stdout is not None
    port = int(process.stdout.readline())
    client = await Client.open(f"ws://127.0.0.1:{port}/terminals/websocket/bench", Terminado())
    stack.callback(client.close)
    return Candidate(client, lambda: {"server": [process.pid], "programs": usage.below(process.pid)}, lambda: None)


def _start_terminado() -> "subprocess.Popen[str]":
    command, pipe = [sys.executable, "-m", "bench.terminado_server"], subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


async def _agterm(stack: ExitStack, name: str, modes: list[str]) -> dict[str, Candidate]:
    server = stack.enter_context(AgtermServer(name))
    candidates = {}
    for mode in modes:
        session_id = server.start_session()
        client = await Client.open(server.socket_url, Agterm(session_id, binary=mode == "binary"))
        stack.callback(client.close)
        candidates[f"{name} {mode}"] = Candidate(client, lambda: server.family, _screen_drawn(server, session_id))
    return candidates


def _screen_drawn(server: AgtermServer, session_id: str) -> Callable[[], object]:
    """Asking for its text waits until the screen has caught up."""
    return lambda: server.ask("text", id=session_id, history=0)


def raw_pty(corpus: Corpus) -> float:
    """The limit: MB/s of a loop that does nothing but read what `cat` writes into a terminal."""
    master, slave = os.openpty()
    began = time.perf_counter()
    with subprocess.Popen(["cat", corpus.path], stdout=slave, stdin=subprocess.DEVNULL):
        os.close(slave)
        try:
            while os.read(master, 65536):
                pass
        except OSError:  # EIO: closed by its last writer
            pass
        seconds = time.perf_counter() - began
    os.close(master)
    return corpus.size / seconds / 1e6
