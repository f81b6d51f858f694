"""All terminals of one machine and what can be done with them; knows no socket."""

import asyncio
import os
import secrets
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from core import memory
from core.errors import AgtermError, Conflict, InvalidRequest, SessionNotFound
from runner import activity, hosts, processes, protocol, specification
from runner.egress.link import Egress
from runner.errands import Errands, Round
from runner.feed import Feed
from runner.idle import Idle
from runner.isolation import Isolation
from runner.looks import Looks
from runner.memory import MemoryWatch
from runner.options import RunnerOptions
from runner.porter.link import Porter
from runner.ports import Ports
from runner.process import Spawner
from runner.recorder.link import Recorder
from runner.sandbox import cgroups, levels, view
from runner.screens.pool import ScreenPool
from runner.specification import WORD_MARK
from runner.terminal import Terminal, check_size
from runner.workspace import folders, sources
from runner.workspace.folders import Folders

TOLD_WHOLE = {"created", "exited", "replaced"}  # events that come with everything there is to say of the terminal
DELETED_KEPT = 10_000
TIDY_AFTER_S = 5.0


class Engine:
    """Owns the terminals, the spawner and the screen worker."""

    def __init__(self, options: RunnerOptions) -> None:
        self.options = options
        self.terminals: dict[str, Terminal] = {}
        self.feed = Feed()
        self._told_of: set[str] = set()  # what happens while a terminal is made or removed is nobody's news
        self._folders: dict[str, Folders] = {}
        self._labels: dict[str, dict[str, str]] = {}
        self._within: dict[str, str] = {}  # in whose folders a session runs that has none of its own
        self._boxes: dict[str, dict[str, Any]] = {}  # what keeps each session apart, as it is told
        self._deleted: deque[str] = deque(maxlen=DELETED_KEPT)  # ids never used again, the newest of them
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        options.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home = _identity(options.home)
        self._spawner = Spawner()
        self._chosen = levels.choose(options.isolation, folders.FIRST_SESSION_UID if os.geteuid() == 0 else None)
        self._toolchains = view.Toolchains(os.environ.get("PATH", os.defpath), options.hidden, options.sandbox_readable)
        self._cgroups = cgroups.delegated()
        self._memory = MemoryWatch(options.session_memory_bytes, self._trees, self._over_memory)
        self._egress = Egress(
            run=options.socket_path.parent, logs=options.home / "logs", private=options.network_private
        )
        self.errands = Errands(self._spawner)
        self._ports = Ports(self._spawner, self.terminal, lambda session_id: str(self._boxes[session_id]["network"]))
        self.looks = Looks(self.looking, self._errand_spec, options.private)
        self._idle = Idle(options.idle_s, self.terminals.values, lambda key, pid: self.end(key, by="idle", only=pid))
        self._looking: list[asyncio.Task[None]] = []
        self._groups: dict[str, str] = {}  # sessions' cgroups, where there are any
        self._under_way: set[asyncio.Task[Any]] = set()
        self._tidying: asyncio.TimerHandle | None = None
        self._screens = ScreenPool(scrollback=options.scrollback_lines)
        self.porter = Porter(options.hidden)
        self.recorder = Recorder(options, self.feed, self.terminal)

    async def start(self) -> None:
        self.porter.start()
        helpers = (self._spawner, self._screens, self._egress, self.recorder)
        await asyncio.gather(*(helper.start() for helper in helpers))
        self.isolation = Isolation(self.options, self._chosen, self._cgroups, self._screens)
        self._looking = [asyncio.create_task(self._idle.run())]
        if self._cgroups is None and self.options.session_memory_bytes:
            self._looking.append(asyncio.create_task(self._memory.run()))

    def terminal(self, session_id: str) -> Terminal:
        """The terminal of a session; raises `SessionNotFound`."""
        found = self.terminals.get(session_id)
        if found is None:
            raise SessionNotFound
        return found

    def info(self, terminal: Terminal) -> dict[str, Any]:
        place = self._folders[terminal.id]
        facts = {
            "workspace": str(place.workspace),
            "isolation": self._boxes[terminal.id] | {"end": terminal.end_is},
            "label": self._labels[terminal.id],
            "within": self._within.get(terminal.id),
        }
        return terminal.info() | facts

    async def create(self, params: protocol.Create) -> dict[str, Any]:
        """Make folders, terminal and program. Whatever fails, nothing is left behind."""
        check_size(params.cols, params.rows)
        first, rules, following = self._first(params)
        async with AsyncExitStack() as held:
            place, is_new = await self._place(params, held)
            terminal = Terminal(
                params.id, params.cols, params.rows,
                screens=self._screens, journal_bytes=self.options.journal_bytes, offset=params.offset, tell=self._tell,
                recorder=self.recorder,
            )  # fmt: skip
            self.terminals[params.id], self._folders[params.id] = terminal, place
            self._labels[params.id] = params.launch.label
            self._boxes[params.id] = self._box(params.launch)
            self.recorder.opened(terminal, params.launch)
            try:
                if params.source is not None:
                    sources.remember(params.source, place, is_new=is_new, options=self.options)
                word = _word(first)
                spec = await self._spec(params.id, first, place, word, prepares=following is not None)
                await terminal.start(self._spawner, spec, rules, word, raw=first.raw, following=following)
            except BaseException:
                self._forget(params.id)
                if is_new:
                    await self._remove_folders(params.id, keep_workspace=False)
                raise
            self._told_of.add(params.id)
            self._tell(params.id, "created", {})
            terminal.executions.open(params.opening if following is None else None)
            return self.info(terminal)

    def _first(
        self, params: protocol.Create | protocol.Replace
    ) -> tuple[protocol.Launch, activity.Rules, Callable[[], None] | None]:
        """What is started first, the rules for its state, and what is called when another program is to follow it."""
        rules = _rules(params.launch)
        self._check(params.launch)
        if params.before is None:
            return params.launch, rules, None

        def following() -> None:
            self._later(self._follow(params, rules, following))

        return params.before, _rules(params.before), following

    async def _follow(
        self, params: protocol.Create | protocol.Replace, rules: activity.Rules, following: Callable[[], None]
    ) -> None:
        """Start the program for which another one has prepared, unless somebody ended it or started another."""
        async with self._lock(params.id):
            terminal = self.terminals.get(params.id)
            if terminal is None or terminal.following is not following or not terminal.is_between:
                return
            word = _word(params.launch)
            try:
                spec = await self._spec(params.id, params.launch, self._folders[params.id], word)
                await terminal.start(self._spawner, spec, rules, word, raw=params.launch.raw)
            except Exception as error:
                terminal.say(error.message if isinstance(error, AgtermError) else "The runner failed; its log says why")
                await terminal.end(0)
                raise
            terminal.executions.open(params.opening)

    async def _place(self, params: protocol.Create, held: AsyncExitStack) -> tuple[Folders, bool]:
        """The folders to run in, and whether they are new; nobody else changes the session as long as it is `held`.

        Those of another session are found under that one's lock: its removal sees this one, or this one its removal.
        """
        if params.within is None:
            await held.enter_async_context(self._lock(params.id))
            self._check_free(params.id)
            is_new = not self._has_folders(params.id)
            return await self._make_folders(params.id, params.cwd, is_new), is_new
        async with self._lock(params.within):
            await held.enter_async_context(self._lock(params.id))
            self._check_free(params.id)
            if not self._has_folders(params.within):
                raise SessionNotFound
            place = self._folders.get(params.within) or await self._make_folders(params.within, params.cwd, False)
            self._within[params.id] = params.within
        return place, False

    def _check_free(self, session_id: str) -> None:
        if session_id in self._deleted:
            raise SessionNotFound
        if session_id in self.terminals:
            raise Conflict("This session has a terminal already")

    async def _make_folders(self, session_id: str, cwd: str | None, is_new: bool) -> Folders:
        options = self.options
        try:
            return folders.make(
                session_id,
                workspaces=options.workspaces,
                private=options.private,
                cwd=cwd,
                roots=options.allowed_roots,
                hidden=options.hidden,
            )
        except Exception:
            if is_new:
                await self._remove_folders(session_id, keep_workspace=False)
            raise

    async def replace(self, params: protocol.Replace) -> dict[str, Any]:
        """End the session's program and start another in the same workspace, on the same history."""
        async with self._lock(params.id):
            terminal = self.terminal(params.id)
            first, rules, following = self._first(params)
            word = _word(first)
            self._boxes[params.id] = self._box(params.launch)
            self._labels[params.id] = params.launch.label  # also when it fails: the old program is gone by then
            self.recorder.opened(terminal, params.launch)

            async def make_spec() -> dict[str, Any]:  # once the old program is gone, whose doors it had
                place = self._folders[params.id]
                return await self._spec(params.id, first, place, word, prepares=following is not None)

            grace_s = self.options.stop_grace_s
            await terminal.replace(self._spawner, make_spec, rules, grace_s, word, raw=first.raw, following=following)
            terminal.executions.open(params.opening if following is None else None)
            return self.info(terminal)

    async def end(self, session_id: str, *, by: str = "", only: int | None = None) -> dict[str, Any]:
        """End the process tree; terminal, history and workspace stay. `only`: unless another program runs by now."""
        async with self._lock(session_id):
            terminal = self.terminal(session_id)
            if only in (None, terminal.pid):
                try:
                    await self.errands.end(session_id, Conflict("The session's program was ended meanwhile"))
                finally:
                    await terminal.end(self.options.stop_grace_s, by)
            return self.info(terminal)

    @asynccontextmanager
    async def looking(self, session_id: str, cwd: str | None) -> AsyncIterator[tuple[Folders, Terminal | None, Round]]:
        """The folders of a session, running or not, with its terminal, and a round of errands that ends with it.

        Only the beginning waits for changes of the session. Raises `SessionNotFound` when it has left no folders.
        """
        with ExitStack() as stack:
            async with self._lock(session_id):
                place = await self.place(session_id, cwd)
                errands = stack.enter_context(self.errands.round(session_id))
            yield place, self.terminals.get(session_id), errands

    async def place(self, session_id: str, cwd: str | None) -> Folders:
        """The folders of a session, running or not; `cwd` as it was created with. Raises `SessionNotFound`."""
        if session_id not in self.terminals and not self._has_folders(session_id):
            raise SessionNotFound
        return self._folders.get(session_id) or await self._make_folders(session_id, cwd, is_new=False)

    async def remove(self, session_id: str, *, keep_workspace: bool, for_good: bool = False) -> str | None:
        """End the process tree and forget everything; also cleans up after a session of an earlier runner.

        What runs within it is removed first. Returns how sure its end is (`Terminal.end_is`), None for one that is not
        here. Raises `Conflict` when something can't be ended; then nothing is forgotten.

        `for_good`: from then on a `create` of this id, which was on its way, is refused.
        """
        async with self._lock(session_id):
            end = None
            await self._remove_within(session_id, for_good=for_good)
            is_known = session_id in self.terminals or self._has_folders(session_id, workspace=not keep_workspace)
            await self.errands.end(session_id, SessionNotFound("The session was deleted"))
            if session_id in self.terminals:
                await self._end_unheard(session_id)
                end = self.terminals[session_id].end_is
                self._forget(session_id)
                if self._cgroups is not None and session_id in self._groups:
                    await asyncio.to_thread(self._cgroups.end, self._groups.pop(session_id))
                await self._egress.close(session_id)
            await self._remove_folders(session_id, keep_workspace=keep_workspace)
            if for_good:
                self._deleted.append(session_id)
            if is_known:
                self.feed.tell(session_id, "removed", {})
        self._tidy_up()
        return end

    async def _remove_within(self, session_id: str, *, for_good: bool) -> None:
        inner = [child for child, place in self._within.items() if place == session_id]
        removals = [self.remove(child, keep_workspace=True, for_good=for_good) for child in inner]
        failures = [f for f in await asyncio.gather(*removals, return_exceptions=True) if isinstance(f, BaseException)]
        if failures:
            raise failures[0]

    def _tidy_up(self) -> None:
        """What journals and floods took goes back to the machine, for all removals of the next moments together."""
        if self._tidying is not None:
            self._tidying.cancel()
        self._tidying = asyncio.get_running_loop().call_later(TIDY_AFTER_S, memory.give_back)

    def _has_folders(self, session_id: str, *, workspace: bool = False) -> bool:
        tops = [self.options.private, *([self.options.workspaces] if workspace else [])]
        return any((top / session_id).exists() for top in tops)

    async def _end_unheard(self, session_id: str) -> None:
        """End what is about to be forgotten: its exit is nobody's news, unless it can't be ended and stays."""
        was_told_of = session_id in self._told_of
        self._told_of.discard(session_id)
        try:
            await self.terminals[session_id].end(self.options.stop_grace_s)
        except BaseException:
            if was_told_of:
                self._told_of.add(session_id)
            raise

    def _tell(self, session_id: str, event: str, fields: Mapping[str, Any]) -> None:
        """A terminal's news for the feed."""
        self.recorder.told(session_id, event, fields)
        if session_id in self._told_of:
            whole = {"info": self.info(self.terminals[session_id])} if event in TOLD_WHOLE else {}
            self.feed.tell(session_id, event, {**fields, **whole})
        if event == "exited":
            self._later(self._egress.close(session_id))

    def _later(self, work: Coroutine[Any, Any, Any]) -> None:
        self._under_way.add(task := asyncio.create_task(work))
        task.add_done_callback(self._under_way.discard)

    def _trees(self) -> dict[str, Iterator[int]]:
        return {key: processes.tree_of(t.pid) for key, t in self.terminals.items() if t.pid is not None}

    def _over_memory(self, session_id: str, _bytes: int) -> None:
        """Without a cgroup nobody else ends a session that has taken too much."""
        if (terminal := self.terminals.get(session_id)) is not None:
            self._later(self.end(session_id, by="memory", only=terminal.pid))

    def publish(self, news: protocol.Publish) -> None:
        """Something that the web side did to a session or knows of it, for every web process."""
        terminal = self.terminals.get(news.id) if news.event == "changed" else None
        whole = {} if terminal is None else {"info": self.info(terminal)}
        self.recorder.mark(news.id, news.label)
        of = {} if news.budget is None else {"budget": news.budget}
        self.feed.tell(news.id, news.event, {**of, **whole}, of=news.budget or "")

    def _forget(self, session_id: str) -> None:
        self.terminals.pop(session_id).close()
        self.recorder.closed(session_id)
        self._folders.pop(session_id)
        self._within.pop(session_id, None)
        self._labels.pop(session_id)
        self._boxes.pop(session_id)

    async def _remove_folders(self, session_id: str, *, keep_workspace: bool) -> None:
        await folders.remove(
            session_id,
            workspaces=self.options.workspaces,
            private=self.options.private,
            keep_workspace=keep_workspace,
        )

    def _lock(self, session_id: str) -> asyncio.Lock:
        """One change of a session at a time; reading and typing never wait for it."""
        return self._busy.setdefault(session_id, asyncio.Lock())

    async def shutdown(self) -> None:
        """End every session and the helper processes."""
        self._told_of.clear()
        for looking in self._looking:
            looking.cancel()
        await asyncio.gather(
            *(t.end(self.options.stop_grace_s) for t in self.terminals.values()), return_exceptions=True
        )
        for session_id in list(self.terminals):
            self._forget(session_id)
        await self._screens.aclose()
        await self._egress.aclose()
        await self.porter.aclose()
        await self.recorder.aclose()
        await self._spawner.aclose()

    def _check(self, launch: protocol.Launch) -> None:
        """Raises `IsolationTooWeak`, and `Conflict` when our own data is not where it was hidden."""
        self._chosen.check(launch.isolation_minimum)
        if _identity(self.options.home) != self._home:
            raise Conflict("AGTERM_HOME is another folder than when the runner started; start the runner anew")

    def _box(self, launch: protocol.Launch) -> dict[str, Any]:
        allow = hosts.narrowed(self.options.network_allow, launch.network_allow)
        return self.isolation.of_session(launch.network or self.options.network, allow)

    def _errand_spec(self, launch: protocol.Launch, place: Folders) -> dict[str, Any]:
        """For a program in the session's box that reaches nothing outside; raises as `_check`."""
        self._check(launch)
        return specification.of(
            launch,
            place,
            options=self.options,
            chosen=self._chosen,
            toolchains=self._toolchains,
        )

    async def _spec(
        self, session_id: str, launch: protocol.Launch, place: Folders, word: str, *, prepares: bool = False
    ) -> dict[str, Any]:
        """The launch specification of a session's own program, or of what prepares, for which its doors are opened."""
        box = self._boxes[session_id]
        is_delivered = self._chosen.level == "namespaces" and box["network"] != "open"
        doorway = await self._egress.open(session_id, box["network"], box["allow"], delivered=is_delivered)
        cgroup = None
        if self._cgroups is not None:
            limits = {"memory_bytes": self.options.session_memory_bytes, "processes": self.options.session_processes}
            cgroup = self._groups[session_id] = self._cgroups.make(session_id, **limits)
        return specification.of(
            launch, place,
            options=self.options, chosen=self._chosen, toolchains=self._toolchains,
            doorway=doorway, network=box["network"], word=word, cgroup=cgroup, prepares=prepares,
        )  # fmt: skip

    async def ports(self, session_id: str) -> list[dict[str, Any]]:
        """`Ports.listening`."""
        return await self._ports.listening(session_id)

    async def dial(self, session_id: str, port: int) -> socket.socket:
        """`Ports.dial`."""
        return await self._ports.dial(session_id, port)

    async def reached(self, session_id: str) -> dict[str, Any]:
        """`{network, allow, reached}`: what the session's proxy was asked for, the newest last."""
        self.terminal(session_id)
        box = self._boxes[session_id]
        reached = await self._egress.reached(session_id)
        return {"network": box["network"], "allow": box["allow"], "reached": reached}


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _rules(launch: protocol.Launch) -> activity.Rules:
    try:
        return activity.compile_patterns(launch.state_patterns)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None


def _word(launch: protocol.Launch) -> str:
    """What the marks of this very program's prompt will carry (`runner.marks`); empty for one that prints none."""
    return secrets.token_hex(8) if any(WORD_MARK in text for text in launch.home_files.values()) else ""
