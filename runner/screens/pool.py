"""All live screens of a runner, drawn by a worker process that may die at any time without one of them being lost."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from core.errors import HostUnavailable, InternalError, NotFound
from runner import wire
from runner.screens import checkpoints, messages, rebuild
from runner.screens.cache import Cache, Key
from runner.screens.checkpoints import Checkpoints
from runner.screens.feeding import Feeder
from runner.screens.link import WorkerLink
from runner.screens.messages import ENGINES, Engine, Kind
from runner.screens.rebuild import Checkpoint, Question, Step, Wish

SAME_PLACE_BYTES = 64 * 1024  # two deaths this close to each other in one screen's output are that output's doing
START_TRIES = 3
HELD_BYTES = 24 * 1024 * 1024  # floods wait for their end as long as no more than this is behind, of all screens
RETRY_FIRST_S, RETRY_MAX_S = 0.05, 5.0
CACHED = (Kind.REPAINT, Kind.SNAPSHOT)
SNAPSHOT_NAMES = ("text", "data", "begun", "cols", "rows", "cursor", "modes", "title", "alternate")

logger = logging.getLogger(__name__)


class ScreenOwner(Protocol):
    """Whose screen it is: told what the screen has to say, asked for its past when the screen has to be rebuilt."""

    def on_reply(self, data: bytes) -> None:
        """The screen answers a query of the program: to be typed into the PTY."""

    def on_title(self, title: str) -> None: ...

    def on_lag(self) -> None:
        """More bytes are confirmed: a paused PTY may go on."""

    def replay(self) -> Sequence[Step]:
        """What the journal still holds, up to exactly the last byte given to `ScreenPool.feed`."""
        ...


@dataclass
class _Screen:
    """What the pool knows of one screen. Offsets count the bytes fed since it was opened."""

    number: int
    owner: ScreenOwner
    feeder: Feeder
    cols: int
    rows: int
    engine: Engine | None = ENGINES[0]  # None: every engine has died of it
    live: bool = False  # the present worker has it
    fed: int = 0
    confirmed: int = 0
    answered: int = 0  # the most that was ever confirmed: queries before it need no answer any more
    base: int = 0  # what the worker counts from
    died_at: int | None = None
    title: str = ""
    changes: int = 0  # all that was fed and resized
    checkpoints: Checkpoints = field(default_factory=Checkpoints)


@dataclass
class _Request:
    screen: _Screen
    question: Question
    changes: int
    answers: "list[asyncio.Future[bytes]]" = field(default_factory=list)  # of all who want it

    @property
    def key(self) -> Key:
        return Key(self.screen.number, self.question.kind, self.question.history)

    def settle(self, *, result: bytes = b"", error: Exception | None = None) -> None:
        """Tell those who still wait."""
        for answer in self.answers:
            if answer.done():
                continue
            if error:
                answer.set_exception(error)
            else:
                answer.set_result(result)


class ScreenPool:
    """Owns the worker and what is under way to it. Lives on one event loop; `start` before anything is drawn.

    Unknown screens are a `KeyError` (to who wants to see one, `NotFound`), screens opened twice a `ValueError`.
    """

    def __init__(self, *, scrollback: int) -> None:
        """`scrollback`: lines of history kept for each screen."""
        self.scrollback = scrollback
        self._screens: dict[str, _Screen] = {}
        self._by_number: dict[int, _Screen] = {}
        self._requests: dict[int, _Request] = {}
        self._drawings: dict[Key, _Request] = {}  # the newest of each that is under way
        self._cache = Cache()
        self._numbers = count(1)
        self.box_notes: list[str] = []  # what this machine has not for the worker's box
        self._link: WorkerLink | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._started: asyncio.Future[None] | None = None
        self._working: _Screen | None = None  # whose turn it is in the worker
        self._handlers: dict[Kind, Callable[[bytes], None]] = {
            Kind.BEGUN: self._on_begun,
            Kind.FED: self._on_fed,
            Kind.REPLY: self._on_reply,
            Kind.TITLE: self._on_title,
            Kind.RESULT: self._on_result,
            Kind.FAILED: self._on_failed,
            Kind.CHECKPOINT: self._on_checkpoint,
        }

    async def start(self) -> None:
        """Start the worker and wait for its hello. Raises `InternalError` when none comes up."""
        self._started = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep(), name="screen worker")
        await self._started

    async def aclose(self) -> None:
        """End the worker; whoever still waits for a screen gets `HostUnavailable`."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        for request in tuple(self._requests.values()):
            self._fail(request, HostUnavailable("The runner is closing"))

    @property
    def worker_pid(self) -> int | None:
        """The process that draws at present, for those who watch or measure it."""
        return self._link.pid if self._link is not None else None

    def engine(self, screen_id: str) -> Engine | None:
        """What draws this screen; None when every engine died of it."""
        return self._screens[screen_id].engine

    def checkpoint_bytes(self, screen_id: str) -> int:
        """Memory that this screen's checkpoints cost the runner, 1 MiB at most; 0: there is none yet."""
        return self._screens[screen_id].checkpoints.size_bytes

    def checkpointed(self, screen_id: str) -> int:
        """How many of the bytes fed the newest checkpoint stands for."""
        newest = self._screens[screen_id].checkpoints.newest
        return newest.offset if newest else 0

    # --- screens -------------------------------------------------------------------------------------------------

    def open(self, screen_id: str, cols: int, rows: int, owner: ScreenOwner) -> None:
        """A new, empty screen."""
        if screen_id in self._screens:
            raise ValueError(f"the screen {screen_id!r} is open already")
        number = next(self._numbers)
        screen = _Screen(number, owner, Feeder(number, self._send, self._may_hold), cols, rows)
        self._screens[screen_id] = self._by_number[screen.number] = screen
        if self._link is not None:
            self._link.send(messages.open_screen(screen.number, cols, rows, self.scrollback, ENGINES[0]))
            screen.live = True

    def feed(self, screen_id: str, data: bytes) -> None:
        """Output of the program, already in the owner's journal. Never blocks; mind `lag`."""
        screen = self._screens[screen_id]
        screen.fed += len(data)
        screen.changes += 1
        if screen.engine is None:
            screen.confirmed = screen.fed
        elif screen.live:
            screen.feeder.feed(data)

    def _may_hold(self) -> bool:
        return self.backlog() < HELD_BYTES

    def lag(self, screen_id: str) -> int:
        """Bytes fed that the worker has not confirmed; over some limit, stop reading the PTY until `on_lag`."""
        screen = self._screens[screen_id]
        return screen.fed - screen.confirmed

    def backlog(self) -> int:
        """Bytes of all screens together that the worker has not confirmed."""
        return sum(screen.fed - screen.confirmed for screen in self._screens.values())

    def resize(self, screen_id: str, cols: int, rows: int) -> None:
        screen = self._screens[screen_id]
        screen.cols, screen.rows = cols, rows
        screen.changes += 1
        if screen.live:
            screen.feeder.release()
            self._send(messages.resize(screen.number, cols, rows))

    async def repaint(self, screen_id: str, history: int) -> bytes:
        """What gives a fresh terminal of the same size this screen after exactly all bytes fed before the call.

        Up to `history` lines of scrollback are included. Raises `InternalError` when the screen cannot be drawn,
        `NotFound` when it is not open or closed meanwhile, `HostUnavailable` when the pool is.
        """
        return await self._ask(screen_id, Kind.REPAINT, history)

    async def text(self, screen_id: str, history: int = 0) -> str:
        """The screen as plain text, one line a row, `history` lines above it; raises like `repaint`."""
        return (await self._ask(screen_id, Kind.TEXT, history)).decode()

    async def joined(self, screen_id: str) -> str:
        """The screen and all its scrollback as lines of text, each whole however many rows it takes; as `repaint`."""
        return (await self._ask(screen_id, Kind.JOINED, 0)).decode()

    async def snapshot(self, screen_id: str) -> dict[str, Any]:
        """The screen without its scrollback, and what the terminal knows; raises like `repaint`.

        `{text, data, begun, cols, rows, cursor {x, y, visible}, modes, title, alternate}`: `text` one line a row,
        `data` the repaint without the last `begun` bytes fed, which are half a character, x and y from 0, `modes` as
        `runner.screens.modes.describe` gives them.
        """
        return messages.parse_json_result(await self._ask(screen_id, Kind.SNAPSHOT, 0), SNAPSHOT_NAMES)

    async def lines(self, screen_id: str, count: int, skip: int) -> tuple[int, list[str]]:
        """How many lines there are, scrollback included, and the last `count` before the last `skip` of them.

        A line is a row; blank rows below the last text are none. Raises like `repaint`.
        """
        told = messages.parse_json_result(await self._ask(screen_id, Kind.LINES, count, skip), ("total", "lines"))
        return told["total"], told["lines"]

    def close(self, screen_id: str) -> None:
        screen = self._screens.pop(screen_id)
        del self._by_number[screen.number]
        self._cache.forget(screen.number)
        screen.feeder.forget()
        if screen.live:
            self._send(messages.numbered(Kind.CLOSE, screen.number))
        for request in self._requests_for(screen):
            self._fail(request, NotFound("The screen was closed"))

    async def _ask(self, screen_id: str, kind: Wish, history: int, skip: int = 0) -> bytes:
        screen = self._screens.get(screen_id)
        if screen is None:
            raise NotFound("This screen is not open")
        if screen.engine is None:
            raise InternalError("This screen cannot be drawn any more")
        history = max(0, history)
        key = Key(screen.number, kind, history)
        if kind in CACHED and (kept := self._cache.get(key, screen.changes)) is not None:
            return kept
        request = self._drawings.get(key)
        if request is None or request.changes != screen.changes:
            size = (screen.cols, screen.rows)
            request = self._put(screen, Question(next(self._numbers), kind, history, screen.fed, *size, skip))
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        request.answers.append(answer)
        return await answer

    def _put(self, screen: _Screen, question: Question) -> _Request:
        """Ask the worker, or have it asked when there is one."""
        request = self._requests[question.number] = _Request(screen, question, screen.changes)
        if question.kind in CACHED:
            self._drawings[request.key] = request
        if screen.live:
            screen.feeder.release()
            self._send(question.message(screen.number))
        return request

    def _take(self, number: int) -> _Request | None:
        """The request is no longer under way."""
        request = self._requests.pop(number, None)
        if request and self._drawings.get(request.key) is request:
            del self._drawings[request.key]
        return request

    def _requests_for(self, screen: _Screen) -> list[_Request]:
        return [request for request in self._requests.values() if request.screen is screen]

    def _fail(self, request: _Request, error: Exception) -> None:
        self._take(request.question.number)
        request.settle(error=error)

    def _send(self, message: bytes) -> None:
        if self._link is not None:
            self._link.send(message)

    # --- from the worker -----------------------------------------------------------------------------------------

    def _on_frame(self, frame: wire.Frame) -> None:
        self._handlers[Kind(frame.kind)](frame.body)

    def _on_begun(self, body: bytes) -> None:
        self._working = self._by_number.get(messages.parse_number(body))

    def _on_fed(self, body: bytes) -> None:
        number, fed = messages.parse_fed(body)
        self._working = None
        if screen := self._by_number.get(number):
            screen.confirmed = screen.base + fed
            screen.answered = max(screen.answered, screen.confirmed)
            _tell(screen.owner.on_lag)

    def _on_reply(self, body: bytes) -> None:
        number, data = messages.parse_numbered(body)
        if screen := self._by_number.get(number):
            _tell(screen.owner.on_reply, data)

    def _on_title(self, body: bytes) -> None:
        number, data = messages.parse_numbered(body)
        screen, title = self._by_number.get(number), data.decode()
        if screen and title != screen.title:
            screen.title = title
            _tell(screen.owner.on_title, title)

    def _on_result(self, body: bytes) -> None:
        number, data = messages.parse_numbered(body)
        self._working = None
        request = self._take(number)
        if request is None:
            return
        if request.question.kind in CACHED and request.changes == request.screen.changes:
            self._cache.put(request.key, request.changes, data)
        request.settle(result=data)

    def _on_failed(self, body: bytes) -> None:
        number, reason = messages.parse_numbered(body)
        self._working = None
        logger.error("a screen could not be drawn: %s", reason.decode(errors="replace"))
        if request := self._requests.get(number):
            self._fail(request, InternalError("The screen could not be drawn"))

    def _on_checkpoint(self, body: bytes) -> None:
        number, fed, cols, rows, packed = messages.parse_checkpoint(body)
        self._working = None
        screen = self._by_number.get(number)
        if screen and screen.base + fed <= screen.fed and len(packed) <= checkpoints.MAX_PACKED_BYTES:
            screen.checkpoints.add(Checkpoint(screen.base + fed, cols, rows, packed))

    # --- the worker's life ---------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """There is a worker, and every screen is in it; when it dies, again."""
        failures = 0
        while True:
            failures = 0 if await self._worker_life() else failures + 1
            if failures:
                self._report_failure(failures)
                await asyncio.sleep(min(RETRY_FIRST_S * 2**failures, RETRY_MAX_S))

    async def _worker_life(self) -> bool:
        """One worker from its start to its end; False when it never got going."""
        try:
            link = await WorkerLink.start(self._on_frame)
        except OSError:  # no memory, no file descriptors: perhaps later
            logger.exception("the screen worker cannot be started")
            return False
        try:
            if not await link.hello():
                return False
            await self._serve(link)
            return True
        finally:
            self._forget_worker()
            await link.end()

    async def _serve(self, link: WorkerLink) -> None:
        """Fill a new worker, then wait for its end."""
        self._link = link
        self._note(link.box_notes)
        if self._started is not None and not self._started.done():
            self._started.set_result(None)
        await self._restore(link)
        await link.lost.wait()
        logger.error("the screen worker %d died; its screens are rebuilt", link.pid)
        self._blame()

    def _note(self, missing: list[str]) -> None:
        """Said once, not by each of the workers."""
        if missing and missing != self.box_notes:
            logger.warning("the screen worker's box has not all its walls: %s", "; ".join(missing))
        self.box_notes = missing

    def _report_failure(self, failures: int) -> None:
        logger.error("the screen worker does not start (try %d)", failures)
        if failures >= START_TRIES and self._started is not None and not self._started.done():
            self._started.set_exception(InternalError("The screen worker does not start"))

    async def _restore(self, link: WorkerLink) -> None:
        """One screen at a time, so that not all journals lie in the socket's buffer at once; the awaited ones first."""
        awaited = {request.screen.number for request in self._requests.values()}
        for screen in sorted(self._by_number.values(), key=lambda screen: screen.number not in awaited):
            await link.drained()
            if link.lost.is_set():
                return
            if screen.number in self._by_number and screen.engine is not None and not screen.live:
                self._restore_screen(link, screen, screen.engine)

    def _restore_screen(self, link: WorkerLink, screen: _Screen, engine: Engine) -> None:
        steps = _replay(screen.owner)
        start = screen.fed - rebuild.size_bytes(steps)
        checkpoint = screen.checkpoints.before(start)
        if checkpoint and checkpoint.offset >= start:
            steps, start = checkpoints.after(checkpoint, start, steps), checkpoint.offset
        screen.base = screen.confirmed = start
        questions = [request.question for request in self._requests_for(screen)]
        plan = rebuild.Rebuild(screen.number, screen.cols, screen.rows, start, screen.answered, questions, checkpoint)
        for message in plan.messages(steps, self.scrollback, engine):
            link.send(message)
        screen.live = True

    def _forget_worker(self) -> None:
        self._link = self._working = None
        for screen in self._screens.values():
            screen.live = False
            screen.feeder.forget()

    def _blame(self) -> None:
        """A screen that twice killed the worker at the same place of its output goes on with the next engine."""
        screen = self._working
        if screen is None or screen.engine is None:
            return
        if screen.died_at is None or abs(screen.confirmed - screen.died_at) > SAME_PLACE_BYTES:
            screen.died_at = screen.confirmed
            return
        screen.died_at = None
        following = ENGINES[ENGINES.index(screen.engine) + 1 :]
        logger.error("a screen killed its worker twice at the same place; now drawn by %s", following or "none")
        screen.engine = following[0] if following else None
        if screen.engine is None:
            self._give_up(screen)

    def _give_up(self, screen: _Screen) -> None:
        screen.confirmed = screen.fed
        for request in self._requests_for(screen):
            self._fail(request, InternalError("This screen cannot be drawn any more"))
        _tell(screen.owner.on_lag)


def _tell(callback: Callable[..., None], *args: Any) -> None:
    """An owner's mistake must not end the connection that all screens share."""
    try:
        callback(*args)
    except Exception:
        logger.exception("the owner of a screen failed")


def _replay(owner: ScreenOwner) -> Sequence[Step]:
    try:
        return owner.replay()
    except Exception:
        logger.exception("the owner of a screen could not replay it")
        return ()
