"""A short program in a session's box: its user, its folders, a bound on what it says and how long it takes."""

import asyncio
import contextlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.sockets import processes_with, wait_until

from core.errors import Conflict, SessionNotFound
from runner import protocol
from runner.engine import Engine
from runner.errands import Round
from runner.options import RunnerOptions
from runner.sandbox import first_files

SESSION = "0b0b0b0b-0000-4000-8000-000000000001"


@pytest.fixture
def in_box(tmp_path):
    """`in_box(script, **limits)`: the outcome of a shell script in the box of a session that runs."""

    def run(script, *, timeout_s=10.0, limit_bytes=100_000, meanwhile=None):
        async def do():
            engine = Engine(RunnerOptions(home=tmp_path / "home", socket_path=tmp_path / "s", version="0"))
            await engine.start()
            try:
                quiet = protocol.Launch(argv=["/bin/sleep", "1000"])
                await engine.create(protocol.Create(id=SESSION, launch=quiet, cols=80, rows=24))
                spec = engine._errand_spec(protocol.Launch(argv=["/bin/sh", "-c", script]), engine._folders[SESSION])
                with engine.errands.round(SESSION) as errands:
                    errand = asyncio.create_task(errands.run(spec, timeout_s=timeout_s, limit_bytes=limit_bytes))
                    if meanwhile is not None:
                        await meanwhile(engine)
                    return await errand
            finally:
                await engine.shutdown()

        return asyncio.run(do())

    return run


def test_what_it_says_comes_back_byte_for_byte_with_its_code(in_box):
    outcome = in_box("printf 'a\\nb\\tc\\r\\n'; echo wrong >&2; exit 3")
    assert (outcome.code, outcome.output, outcome.whole) == (3, b"a\nb\tc\r\nwrong\n", True)


def test_it_runs_as_the_sessions_user_in_its_folders(in_box):
    said = in_box("id -u; pwd; echo $HOME; ls -ldn . | cut -d' ' -f3").output.decode().split()
    assert said[0] == said[3]
    assert (said[0] != "0") or os.geteuid() != 0
    assert said[1].endswith(f"workspaces/{SESSION}")
    assert said[2].endswith(f"sessions/{SESSION}/home")


def test_what_never_ends_is_ended_with_all_it_started(in_box):
    outcome = in_box("echo begun; (setsid sleep 1051 &); exec sleep 1052", timeout_s=0.5)
    assert (outcome.code, outcome.output, outcome.whole) == (None, b"begun\n", False)
    assert processes_with("sleep\x001051") == processes_with("sleep\x001052") == []


def test_what_says_too_much_is_cut_and_ended(in_box):
    outcome = in_box("yes abcdefghi", limit_bytes=1000)
    assert (outcome.output, outcome.whole) == (b"abcdefghi\n" * 100, False)
    assert processes_with("yes\x00abcdefghi") == []


def test_much_in_one_go_that_fits_is_whole(in_box):
    outcome = in_box("head -c 90000 /dev/zero | tr '\\0' x")
    assert (len(outcome.output), outcome.whole, outcome.code) == (90_000, True, 0)


def test_one_that_waits_for_input_is_not_waited_for(in_box):
    assert in_box("read line; echo $line", timeout_s=0.4).whole is False


@pytest.mark.parametrize("op", ["end", "remove"])
def test_the_end_of_the_session_is_the_end_of_its_errands(in_box, op):
    async def end(engine):
        await asyncio.to_thread(wait_until, "it runs", lambda: processes_with("sleep\x001053"))
        await (engine.end(SESSION) if op == "end" else engine.remove(SESSION, keep_workspace=False))
        assert processes_with("sleep\x001053") == []

    with pytest.raises(Conflict if op == "end" else SessionNotFound):
        in_box("exec sleep 1053", meanwhile=end)


class SlowToEnd:
    """In place of spawner and process: one that ends when it may."""

    def __init__(self):
        self.exited, self.is_asked, self.may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.is_stuck = False

    async def spawn(self, slave, _spec, on_exit):
        os.close(slave)
        self._on_exit = on_exit
        return self

    async def end(self, _grace_s):
        self.is_asked.set()
        await self.may_end.wait()
        if self.is_stuck:
            raise Conflict("stuck")
        self.exited.set()
        self._on_exit(None, 9)


@pytest.mark.parametrize("is_stuck", [False, True])
def test_who_ends_a_round_hears_of_it_only_when_the_errand_whose_time_was_over_is_gone(is_stuck):
    async def do():
        slow = SlowToEnd()
        slow.is_stuck = is_stuck
        begun = Round(slow)
        errand = asyncio.create_task(begun.run({}, timeout_s=0.01, limit_bytes=10))
        await slow.is_asked.wait()
        end = asyncio.create_task(begun.end(SessionNotFound()))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not end.done()
        slow.may_end.set()
        with pytest.raises(SessionNotFound):
            await errand
        with pytest.raises(Conflict) if is_stuck else contextlib.nullcontext():
            await end
        assert slow.exited.is_set() is not is_stuck

    asyncio.run(do())


# --- a review, which is several errands ------------------------------------------------------------------------------


@pytest.fixture
def reviewed(runner):
    """`reviewed(op)`: what a review says that `op` came into; nothing of it is left."""

    def make(op, **params):
        session_id = runner.script(
            "git init -q; git config user.email a@b; git config user.name a; echo a > a; git add a; git commit -qm a; "
            "git config filter.slow.clean 'exec sleep 1054'; echo '* filter=slow' > .gitattributes; echo b > a; "
            "echo all done; exec sleep 1000"
        )
        with runner.watch(session_id) as reader:
            reader.see(b"all done")
        with ThreadPoolExecutor(1) as pool:
            review = pool.submit(runner.call, "review", id=session_id)
            wait_until("git runs", lambda: processes_with("sleep\x001054"))
            runner.call(op, id=session_id, **params)
            left = processes_with("sleep\x001054")
            error = review.exception(20)
        assert left == processes_with("sleep\x001054") == []
        return session_id, error

    return make


def test_a_review_into_which_a_stop_comes_starts_nothing_more(reviewed):
    _, error = reviewed("end")
    assert isinstance(error, Conflict)
    assert "ended" in error.message


def test_a_review_into_which_a_deletion_comes_starts_nothing_more_and_makes_no_folder_anew(reviewed, runner):
    session_id, error = reviewed("remove")
    assert isinstance(error, SessionNotFound)
    assert not list(runner.home.glob(f"*/{session_id}"))


def test_a_review_that_comes_while_a_lost_session_is_deleted_makes_no_folder_anew(runner):
    for _ in range(10):
        session_id = runner.script("mkdir -p $(seq 300); exec sleep 1000")
        folder, away = runner.home / "sessions" / session_id, runner.home / "away"
        folder.rename(away)
        runner.call("remove", id=session_id, keep_workspace=True)
        away.rename(folder)
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(runner.call, "review", id=session_id) for _ in range(3)]
            pool.submit(runner.call, "remove", id=session_id).result()
            for review in asked:
                assert isinstance(review.exception(), SessionNotFound | Conflict | None)
        assert not list(runner.home.glob(f"*/{session_id}"))


# --- looking for something to go on with -----------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path):
    (tmp_path / "talks" / "2026" / "a").mkdir(parents=True)
    (tmp_path / "talks" / "2026" / "a" / "talk-1.jsonl").write_text("words")
    return tmp_path


@pytest.mark.parametrize(("pattern", "found"), [
    ("talks/*/*/talk-*.jsonl", True), ("talks/2026/a/talk-1.jsonl", True), ("talks/*/talk-*.jsonl", False),
    ("talks/*/*/*.txt", False), ("talks/*", False), ("no/*", False), ("talks/*/*/*/*", False),
])  # fmt: skip
def test_a_file_is_found_by_its_pattern(home, pattern, found):
    assert first_files.matches(home, pattern) is found


def test_links_and_empty_files_are_not_found(home):
    (home / "talks" / "linked").symlink_to(home / "talks" / "2026")
    (home / "b").mkdir()
    (home / "b" / "link").symlink_to(home / "talks" / "2026" / "a" / "talk-1.jsonl")
    (home / "b" / "empty").touch()
    os.mkfifo(home / "b" / "pipe")
    assert not first_files.matches(home, "talks/linked/*/*")
    assert not first_files.matches(home, "b/*")


def test_the_search_gives_up_in_a_folder_with_too_many_names(home, monkeypatch):
    monkeypatch.setattr(first_files, "MAX_NAMES", 50)
    for number in range(100):
        (home / "talks" / f"{number}").mkdir()
    assert not first_files.matches(home, "talks/*/*/nothing")


def test_a_pipe_in_the_place_of_a_first_file_keeps_no_start_waiting(home):
    os.mkfifo(home / "settings")
    with pytest.raises(OSError, match="No such device"):
        first_files.write(home, {"settings": "text"})
