"""Work that text from outside could make endless, done by a child process that is ended when its time is up."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MAX_ERROR_BYTES = 4_000


@dataclass(frozen=True)
class Outcome:
    """What a child printed before it ended or was ended."""

    data: bytes
    error: bytes
    code: int | None
    timed_out: bool = False
    cut: bool = False


def script(path: str) -> list[str]:
    """The command that runs a Python file of ours with the standard library alone."""
    return [sys.executable, "-I", "-S", path]


async def run(
    argv: list[str], *, given: bytes = b"", limit_s: float, limit_bytes: int, folder: Path | None = None
) -> Outcome:
    """Runs a program until it ends, its time is up or it has printed enough; it never outlives the call."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
    )
    data, error = bytearray(), bytearray()
    timed_out = False
    try:
        async with asyncio.timeout(limit_s):
            await asyncio.gather(_give(process, given), _take(process, data, limit_bytes), _listen(process, error))
            await process.wait()
    except TimeoutError:
        timed_out = True
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(asyncio.ensure_future(process.wait()))
    cut = len(data) > limit_bytes
    return Outcome(bytes(data[:limit_bytes]), bytes(error), process.returncode, timed_out, cut)


async def _give(process: asyncio.subprocess.Process, given: bytes) -> None:
    assert process.stdin is not None
    with suppress(ConnectionError):
        process.stdin.write(given)
        await process.stdin.drain()
    process.stdin.close()


async def _take(process: asyncio.subprocess.Process, data: bytearray, limit_bytes: int) -> None:
    assert process.stdout is not None
    while len(data) <= limit_bytes and (piece := await process.stdout.read(65536)):
        data += piece
    if len(data) > limit_bytes:
        with suppress(ProcessLookupError):
            process.kill()


async def _listen(process: asyncio.subprocess.Process, error: bytearray) -> None:
    assert process.stderr is not None
    while piece := await process.stderr.read(65536):
        error += piece[: MAX_ERROR_BYTES - len(error)]
