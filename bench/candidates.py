"""Whom to measure: starts terminado and AGTerm on both its servers, and gives a client attached to each."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from bench.agterm_server import AgtermServer
from bench.client import Client
from bench.corpora import Corpus
from bench.protocols import Agterm, Terminado

ROOT = Path(__file__).parents[1]
PEER = "terminado"
SERVERS = ("uvicorn", "daphne")


@asynccontextmanager
async def attached(only: str) -> AsyncIterator[dict[str, Client]]:
    """Clients by candidate: terminado, and `uvicorn binary`, `uvicorn json`, `daphne binary`, `daphne json`."""
    with ExitStack() as stack:
        clients = {PEER: await _terminado(stack)}
        for server in SERVERS:
            wanted = [m for m in ("binary", "json") if only in f"{server} {m}"]
            if wanted:
                clients |= await _agterm(stack, server, wanted)
        yield clients


async def _terminado(stack: ExitStack) -> Client:
    port = _start_terminado(stack)
    client = await Client.open(f"ws://127.0.0.1:{port}/terminals/websocket/bench", Terminado())
    stack.callback(client.close)
    return client


def _start_terminado(stack: ExitStack) -> int:
    command, pipe = [sys.executable, "-m", "bench.terminado_server"], subprocess.PIPE
    process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True))
    assert process.stdout is not None
    return int(process.stdout.readline())


async def _agterm(stack: ExitStack, name: str, modes: list[str]) -> dict[str, Client]:
    server = stack.enter_context(AgtermServer(name))
    clients = {}
    for mode in modes:
        protocol = Agterm(server.start_session(), binary=mode == "binary")
        client = clients[f"{name} {mode}"] = await Client.open(server.socket_url, protocol)
        stack.callback(client.close)
    return clients


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
