"""What the runner does with recordings under way while the process that writes them comes and goes."""

import asyncio
import uuid

import pytest

from runner.beside import RecordStart
from runner.feed import Feed
from runner.options import RunnerOptions
from runner.protocol import Launch
from runner.recorder import process
from runner.recorder.link import Recorder

ONE, A, B = (str(uuid.UUID(int=number)) for number in range(3))


class Screen:
    """A terminal of which nothing but its screen is asked."""

    id, cols, rows = ONE, 80, 24

    class journal:
        end = 0

    def __init__(self):
        self.went_on = 0
        self.drawn = asyncio.Event()
        self.drawn.set()

    async def repaint(self, _history):
        await self.drawn.wait()
        return 0, self.cols, self.rows, b"the screen"

    def on_progress(self):
        self.went_on += 1


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """`scene(scenario)`: runs it with a recorder and a screen, of which the session `ONE` is."""
    monkeypatch.setattr(process, "END_LIMIT_S", 0.5)

    def run(scenario):
        async def whole():
            options = RunnerOptions(home=tmp_path, socket_path=tmp_path / "s", version="1", search=False)
            screen = Screen()
            recorder = Recorder(options, Feed(), lambda _: screen)
            await recorder.start()
            try:
                recorder.opened(screen, Launch(argv=["sh"]))
                async with asyncio.timeout(60):
                    await scenario(recorder, screen)
            finally:
                await recorder.aclose()

        asyncio.run(whole())

    return run


async def until(condition):
    """Looks often: what lasts as long as the other process thinks is seen as well."""
    while not (found := condition()):  # noqa: ASYNC110
        await asyncio.sleep(0)
    return found


async def labels(recorder):
    found = await recorder.facts([A])
    return [marker["label"] for marker in found[A]["markers"]]


def test_a_program_does_not_wait_for_a_recorder_that_can_not_be_started_again(scene, monkeypatch):
    async def scenario(recorder, screen):
        await recorder.start_recording(RecordStart(id=ONE, recording=A))
        screen.drawn.clear()
        recorder._recordings._process.kill()
        await until(lambda: recorder.holds(ONE))
        with monkeypatch.context() as patched:
            patched.setattr(process, "COMMAND", ["/bin/false"])
            patched.setattr(process, "START_LIMIT_S", 0.1)
            recorder._recordings._process.kill()
            await until(lambda: not recorder._recordings.is_up)
            screen.drawn.set()
            await until(lambda: not recorder.holds(ONE))
        recorder.output(ONE, 0, b"lost")
        while "recorder restarted" not in await labels(recorder):
            assert not recorder.holds(ONE) or recorder._recordings.is_up
        recorder.output(ONE, 4, b"and on")
        assert (await recorder.stop_recording(ONE))["status"] == "stopped"

    scene(scenario)


def test_a_start_whose_caller_has_gone_leaves_nothing_behind(scene, tmp_path):
    async def scenario(recorder, screen):
        starting = asyncio.create_task(recorder.start_recording(RecordStart(id=ONE, recording=A)))
        live = await until(lambda: recorder._sessions[ONE].live)
        await until(lambda: live.late is None)  # it is asked for
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        assert not recorder.holds(ONE)
        await until(lambda: not (tmp_path / "recordings" / f"{A}.open").exists())
        await recorder.start_recording(RecordStart(id=ONE, recording=B))
        assert list(await recorder.facts(None)) == [B]

    scene(scenario)


def test_a_recording_that_can_not_be_gone_on_with_has_failed(scene, tmp_path):
    async def scenario(recorder, screen):
        await recorder.start_recording(RecordStart(id=ONE, recording=A))
        recorder._recordings._process.kill()
        (tmp_path / "recordings" / f"{A}.open").write_bytes(b"{")
        await until(lambda: recorder._sessions[ONE].live is None)
        assert await recorder.facts([A]) == {}
        await recorder.start_recording(RecordStart(id=ONE, recording=B))

    scene(scenario)
