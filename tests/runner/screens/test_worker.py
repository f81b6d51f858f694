"""The worker gives up every right but its one socket, and ends with the runner."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from owner import until

from runner.screens import link
from runner.screens.link import WorkerLink


@pytest.fixture
async def worker() -> AsyncIterator[WorkerLink]:
    started = await WorkerLink.start(lambda frame: None)
    assert await started.hello()
    yield started
    await started.end()


def limits(pid: int) -> str:
    return Path(f"/proc/{pid}/limits").read_text()


def open_files(pid: int) -> list[str]:
    return sorted(os.readlink(entry).partition(":")[0] for entry in Path(f"/proc/{pid}/fd").iterdir())


def environment(pid: int) -> set[str]:
    return {entry.partition("=")[0] for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if entry}


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_it_has_one_socket_and_can_gain_nothing(worker: WorkerLink) -> None:
    assert status(worker.pid)["NoNewPrivs"] == "1"
    assert open_files(worker.pid) == ["/dev/null", "/dev/null", "/dev/null", "socket"]
    assert "Max core file size        0 " in limits(worker.pid)
    assert "Max open files            3 " in limits(worker.pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become nobody")
async def test_started_as_root_it_becomes_nobody(worker: WorkerLink) -> None:
    assert status(worker.pid)["Uid"].split() == ["65534"] * 4
    assert status(worker.pid)["Gid"].split() == ["65534"] * 4
    assert status(worker.pid)["Groups"] == ""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_it_sees_nothing_of_the_runners_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGTERM_SECRET", "hush")
    # As root the environment of what has become nobody could not be read, so look at one that has not begun yet.
    monkeypatch.setattr(link, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    started = await WorkerLink.start(lambda frame: None)
    try:
        await until(lambda: bool(environment(started.pid)))  # a program that is just being loaded has none yet
        assert environment(started.pid) == {"PYTHONPATH", "LANG"}
    finally:
        await started.end()


async def test_ctrl_c_at_the_runners_terminal_leaves_it_alone(worker: WorkerLink) -> None:
    os.kill(worker.pid, signal.SIGINT)
    await asyncio.sleep(0.1)
    assert not worker.lost.is_set()
    assert os.getsid(worker.pid) != os.getsid(0)


async def test_it_is_buried_when_the_runner_is_done_with_it(worker: WorkerLink) -> None:
    await worker.end()
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)
