"""The screen worker's box: a worker that somebody has taken over is made to try, and every way out is shut."""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

import pytest
from owner import Terminal, until
from support.children import OK, in_child
from support.sockets import TIMEOUT_S

from runner.sandbox import landlock, seccomp
from runner.screens import box, link
from runner.screens.pool import ScreenPool

WORD = b"TAKEN OVER"


def threads(pid: int | None) -> list[dict[str, str]]:
    """What the kernel says of each."""
    texts = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return [
        {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())} for text in texts
    ]


async def pool_has_drawn(pool: ScreenPool) -> None:
    """So the worker has begun its work."""
    Terminal(pool, "first").feed(b"x")
    await pool.text("first")


async def test_a_worker_taken_over_gets_at_nothing_and_can_still_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "COMMAND", [sys.executable, str(Path(__file__).with_name("probing_worker.py"))])
    screens = ScreenPool(scrollback=1000)
    await screens.start()
    try:
        terminal = Terminal(screens, "taken")
        terminal.feed(WORD)
        async with asyncio.timeout(TIMEOUT_S):
            await until(lambda: bool(terminal.replies))
        refused, allowed = json.loads(bytes(terminal.replies))
        assert {name: answer for name, answer in refused.items() if answer not in ("EPERM", "EACCES")} == {}
        assert set(allowed.values()) == {OK}
        terminal.feed(b"drawn")
        assert "drawn" in await screens.text("taken")
    finally:
        await screens.aclose()


async def test_every_thread_of_a_worker_is_in_the_box(pool: ScreenPool) -> None:
    assert pool.box_notes == []
    await pool_has_drawn(pool)
    filters = sorted(status["Seccomp_filters"] for status in threads(pool.worker_pid))
    assert filters == ["1", "2"]  # the second one is `keep_memory`, for the thread that draws


@pytest.mark.parametrize("missing", ["Landlock", "filter"])
def test_what_the_machine_has_not_is_named_and_the_rest_still_holds(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def unsupported() -> str:
        raise seccomp.Unsupported(95, "no table")

    if missing == "Landlock":
        monkeypatch.setattr(landlock, "abi", lambda: 0)
    else:
        monkeypatch.setattr(seccomp, "this_machine", unsupported)
    notes: list[str] = []

    def only_that() -> None:
        if len(notes) != 1 or f"no {missing}" not in notes[0]:
            raise OSError(0, str(notes))

    probes = {
        "named": only_that,
        "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "exec": lambda: os.execv("/bin/true", ["true"]),
    }
    answers = in_child(lambda: notes.extend(box.enter()), probes)
    assert answers["named"] == OK
    assert answers["open"] in ("EPERM", "EACCES", "EMFILE")
    assert answers["exec"] in ("EPERM", "EACCES")


async def test_what_is_missing_is_said_once_and_kept_for_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = tmp_path / "unboxed.py"
    script.write_text(
        "from runner.screens import box, worker\n"
        "box.enter = lambda: ['no Landlock: absent', 'no filter']\n"
        "worker.main()\n"
    )
    monkeypatch.setattr(link, "COMMAND", [sys.executable, str(script)])
    screens = ScreenPool(scrollback=1000)
    with caplog.at_level(logging.WARNING):
        await screens.start()
        try:
            assert screens.box_notes == ["no Landlock: absent", "no filter"]
            first = screens.worker_pid
            assert first
            os.kill(first, 9)
            async with asyncio.timeout(TIMEOUT_S):
                await until(lambda: screens.worker_pid not in (None, first))
        finally:
            await screens.aclose()
    assert [record.message for record in caplog.records if "walls" in record.message] == [
        "the screen worker's box has not all its walls: no Landlock: absent; no filter"
    ]


def test_both_cpus_have_a_filter_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for machine in seccomp.AUDIT_ARCHITECTURE:
        monkeypatch.setattr(seccomp, "this_machine", lambda machine=machine: machine)
        assert len(box.program(1)) // 8 > 60
