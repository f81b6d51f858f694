"""The runner's side of recordings and the search index: what of which terminal goes to which process, and how far.

A recording loses nothing as long as its process lives: a program waits for one that is behind. The index loses what it
has no room for, and counts it. If the process of the recordings dies, the next one goes on with the same files, from
the screen as it is then.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from core.errors import AgtermError, Conflict, NotFound, SessionNotFound
from runner.beside import RecordStart
from runner.feed import Feed
from runner.options import RunnerOptions
from runner.protocol import Launch
from runner.recorder import frames
from runner.recorder.frames import Kind
from runner.recorder.process import Gone, Process
from runner.terminal import Terminal

BEHIND_BYTES = 8 * 1024 * 1024  # of recordings, at which their programs wait
DROP_BYTES = 4 * 1024 * 1024  # of the index, at which the rest is dropped
FEED_FACTS = ("session", "status", "started_at", "ended_at", "duration_ms", "size_bytes", "event_count", "truncated")


@dataclass(eq=False)
class _Live:
    """A recording under way. `late`: what happened between the wish and its first event; None once it has begun."""

    params: RecordStart
    began: float
    late: list[bytes] | None = field(default_factory=list)


@dataclass(eq=False)
class _Session:
    number: int
    facts: dict[str, Any]
    secrets: list[str]
    changing: asyncio.Lock
    live: _Live | None = None
    dropped_bytes: int = 0


class Recorder:
    """Lives on one event loop; `start` first. `terminal` finds one that is here."""

    def __init__(self, options: RunnerOptions, feed: Feed, terminal: Callable[[str], Terminal]) -> None:
        self._options, self._feed, self._terminal = options, feed, terminal
        self._sessions: dict[str, _Session] = {}
        self._numbers = count(1)
        self._held: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._recordings = Process(
            "recordings", self._greeting,
            on_up=self._resume, on_room=self._go_on, on_message=self._on_message, room_bytes=BEHIND_BYTES,
        )  # fmt: skip
        self._index = Process(
            "index", lambda: {"op": "hello", "path": str(options.search_index), "max_bytes": options.search_max_bytes},
            on_up=self._index_again, on_room=self._tell_drops, on_message=lambda _: None, room_bytes=DROP_BYTES // 2,
        )  # fmt: skip

    async def start(self) -> None:
        """Start the processes and wait for that of the recordings. Raises `HostUnavailable`."""
        self._recordings.start()
        if self._options.search:
            self._index.start()  # nobody waits for it
        await self._recordings.wait_until_up()

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(self._recordings.aclose(), self._index.aclose())

    # --- what terminals say --------------------------------------------------------------------------------------

    def opened(self, terminal: Terminal, launch: Launch) -> None:
        """A program is about to run in it.

        Of another program in the same session: what is said of it counts from now on; the secrets of both are secret.
        """
        session_id, label = terminal.id, launch.label
        told: dict[str, Any] = {
            "id": session_id, "agent": label.get("agent", ""), "owner": label.get("owner", ""),
            "name": label.get("name"), "searchable": launch.searchable,
            "cols": terminal.cols, "rows": terminal.rows, "offset": terminal.journal.end, "at": time.time(),
        }  # fmt: skip
        session = self._sessions.get(session_id)
        if session is None:
            session = _Session(next(self._numbers), told, launch.secrets, asyncio.Lock())
            self._sessions[session_id] = session
        else:
            session.secrets = list(dict.fromkeys((*session.secrets, *launch.secrets)))
            was_searchable, told["offset"] = session.facts["searchable"], session.facts["offset"]
            session.facts = told
            if session.live is not None:
                self._record(session, self._message("secrets", session, secrets=session.secrets))
                self._record(session, self._message("mark", session, label=_who(told)))
            if was_searchable and not told["searchable"]:
                self._index.say(op="closed", number=session.number)
        self._open_index(session)

    def _open_index(self, session: _Session) -> None:
        if session.facts["searchable"]:
            facts = session.facts | {"secrets": session.secrets}
            self._index.say(op="opened", number=session.number, facts=facts)

    def output(self, session_id: str, offset: int, data: bytes) -> None:
        session = self._sessions.get(session_id)
        if session is None:
            return
        is_recorded, is_indexed = session.live is not None, self._index.is_up and session.facts["searchable"]
        if not is_recorded and not is_indexed:
            return
        head = frames.head(Kind.OUTPUT, session.number, offset, time.monotonic(), len(data))
        if is_recorded:
            self._record(session, head, data)
        if is_indexed:
            if self._index.waiting_bytes > DROP_BYTES:
                session.dropped_bytes += len(data)
            else:
                self._index.send(head, data)

    def wants(self, session_id: str) -> bool:
        """Whether anybody wants to know what is typed."""
        session = self._sessions.get(session_id)
        return session is not None and (session.live is not None or (self._index.is_up and session.facts["searchable"]))

    def typed(self, session_id: str, data: bytes, hidden: bool) -> None:
        session = self._sessions.get(session_id)
        if session is not None and session.live is not None and session.live.params.include_input and not hidden:
            self._record(session, frames.head(Kind.INPUT, session.number, 0, time.monotonic(), len(data)), data)

    def sent(self, session_id: str, kind: str, text: str) -> None:
        """Somebody sent a line: a command to a shell, a prompt to whatever else it is."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        self.mark(session_id, f"{kind}: {text}")
        if session.facts["searchable"] and self._index.waiting_bytes <= DROP_BYTES:
            self._index.say(op="typed", number=session.number, at=time.monotonic(), text=text)

    def mark(self, session_id: str, label: str | None) -> None:
        session = self._sessions.get(session_id)
        if session is not None and session.live is not None and label is not None:
            self._record(session, self._message("mark", session, label=label))

    def told(self, session_id: str, event: str, fields: Mapping[str, Any]) -> None:
        """A terminal's news, of which recordings tell some."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        if event == "resized":
            session.facts |= {"cols": fields["cols"], "rows": fields["rows"]}
            if session.live is not None:
                self._record(session, self._message("resized", session, cols=fields["cols"], rows=fields["rows"]))
        elif event == "state" and fields["state"] != "exited":
            self.mark(session_id, f"state: {fields['state']}")
        elif event == "exited":
            how = f"signal {fields['signal']}" if fields["signal"] else fields["code"]
            by = f" ({fields['ended_by']})" if fields["ended_by"] else ""
            self.mark(session_id, f"exit: {how}{by}")
            if session.facts["searchable"]:
                self._index.say(op="exited", number=session.number)

    def closed(self, session_id: str) -> None:
        """The session is removed: its recording ends."""
        session = self._sessions.pop(session_id, None)
        if session is None:
            return
        self._held.discard(session_id)
        if session.live is not None:
            self._give_up(session, session.live)
        self._tell_drop(session)
        if session.facts["searchable"]:
            self._index.say(op="closed", number=session.number)

    def holds(self, session_id: str) -> bool:
        """Whether the program must wait for its recording."""
        session = self._sessions.get(session_id)
        if session is None or session.live is None:
            return False
        is_held = session.live.late is not None or self._recordings.waiting_bytes > BEHIND_BYTES
        if is_held:
            self._held.add(session_id)
        return is_held

    def _go_on(self) -> None:
        held, self._held = self._held, set()
        for session_id in held & self._sessions.keys():
            self._terminal(session_id).on_progress()

    def _message(self, op: str, session: _Session, **fields: Any) -> bytes:
        return frames.message({"op": op, "number": session.number, "at": time.monotonic(), **fields})

    def _record(self, session: _Session, *parts: bytes) -> None:
        assert session.live is not None
        if session.live.late is not None:
            session.live.late += parts
        else:
            self._recordings.send(*parts)

    # --- recordings ----------------------------------------------------------------------------------------------

    async def start_recording(self, params: RecordStart) -> dict[str, Any]:
        """Its facts. Raises `SessionNotFound`, `Conflict`, `StorageFull`, `HostUnavailable`."""
        session = self._sessions.get(params.id)
        if session is None:
            raise SessionNotFound
        async with session.changing:
            if session.live is not None:
                raise Conflict("This session is being recorded already")
            live = session.live = _Live(params, time.monotonic())
            try:
                facts = await self._begin(session, live, resumed=False)
            except BaseException:
                self._give_up(session, live)
                raise
            finally:
                self._go_on()
        self._tell(facts)
        return facts

    async def _begin(self, session: _Session, live: _Live, *, resumed: bool) -> dict[str, Any]:
        """Start with what is on the screen; whatever happens meanwhile follows it."""
        terminal, params = self._terminal(live.params.id), live.params
        (cols, rows), pieces = (terminal.cols, terminal.rows), list[bytes]()
        if params.from_start and not resumed and terminal.journal.holds(session.facts["offset"]):
            (cols, rows), pieces = self._all_of(session, terminal, live)
        else:
            offset, cols, rows, data = await _repaint(terminal)
            at = time.monotonic() if resumed else live.began
            pieces = [frames.head(Kind.OUTPUT, session.number, offset, at, len(data)), data] if data else []
        if self._sessions.get(params.id) is not session:
            raise SessionNotFound
        await self._recordings.wait_until_up()
        answer = self._recordings.put(
            op="start", number=session.number, recording=params.recording, session=params.id, resumed=resumed,
            began=live.began, cols=cols, rows=rows, title=params.title, secrets=session.secrets,
            include_input=params.include_input, max_bytes=params.max_bytes, max_seconds=params.max_seconds,
        )  # fmt: skip
        label = "recorder restarted" if resumed else _who(session.facts)
        late, live.late = live.late or [], None
        self._recordings.send(*pieces, self._message("mark", session, label=label), *late)
        facts: dict[str, Any] = await answer
        return facts

    def _all_of(self, session: _Session, terminal: Terminal, live: _Live) -> tuple[tuple[int, int], list[bytes]]:
        """The first size, and all that has happened since, as if it had happened now."""
        first, *steps = terminal.replay()
        size = (first[1], first[2]) if first[0] == "size" else (terminal.cols, terminal.rows)
        pieces: list[bytes] = []
        for step in steps:
            if step[0] == "size":
                fields = {"op": "resized", "number": session.number, "at": live.began}
                pieces.append(frames.message(fields | {"cols": step[1], "rows": step[2]}))
            else:
                pieces += [frames.head(Kind.OUTPUT, session.number, 0, live.began, len(step[1])), step[1]]
        return size, pieces

    async def stop_recording(self, session_id: str) -> dict[str, Any]:
        """Its facts. Raises `SessionNotFound`, and `Conflict` when nothing is recorded."""
        session = self._sessions.get(session_id)
        if session is None:
            raise SessionNotFound
        async with session.changing:
            if session.live is None:
                raise Conflict("This session is not being recorded")
            recording = session.live.params.recording
            try:
                facts: dict[str, Any] = await self._recordings.ask(
                    op="stop", number=session.number, recording=recording
                )
            except NotFound:  # it ended by itself at the same moment
                facts = (await self.facts([recording]))[recording]
            session.live = None
            return facts

    async def facts(self, recordings: Sequence[str] | None) -> dict[str, dict[str, Any]]:
        """Of these, as far as they are there; of all under way for None."""
        found: dict[str, dict[str, Any]] = await self._recordings.ask(op="facts", ids=recordings)
        return found

    async def remove_recording(self, recording: str) -> None:
        """Also one under way. Raises `NotFound`."""
        was_there = await self._recordings.ask(op="remove", recording=recording)
        for session in self._sessions.values():
            if session.live is not None and session.live.params.recording == recording:
                session.live = None
        if not was_there:
            raise NotFound("There is no such recording")

    def _on_message(self, message: dict[str, Any]) -> None:
        """A recording has ended, whoever ended it."""
        facts = message["ended"]
        session = self._sessions.get(facts["session"])
        if session is not None and session.live is not None and session.live.params.recording == facts["id"]:
            session.live = None
            self._go_on()
        self._tell(facts)

    def _tell(self, facts: Mapping[str, Any]) -> None:
        small = {name: facts[name] for name in FEED_FACTS}
        self._feed.tell(facts["session"], "recording", small | {"recording": facts["id"]}, of=facts["id"])

    # --- after a crash -------------------------------------------------------------------------------------------

    def _greeting(self) -> dict[str, Any]:
        live = [s.live.params.recording for s in self._sessions.values() if s.live is not None]
        return {"op": "hello", "folder": str(self._options.recordings), "live": live}

    def _resume(self) -> None:
        """Another process is up: go on with what was under way. (A start that waits for it goes on by itself.)"""
        for session in self._sessions.values():
            if session.live is not None and session.live.late is None:
                session.live.late = []
                task = asyncio.get_running_loop().create_task(self._go_on_with(session, session.live))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _go_on_with(self, session: _Session, live: _Live) -> None:
        async with session.changing:
            try:
                if session.live is live:
                    await self._begin(session, live, resumed=True)
            except Gone:
                live.late = None  # nobody waits for it; the next process goes on
                if self._recordings.listens:
                    self._resume()
            except (AgtermError, OSError):  # it can't read the file
                self._give_up(session, live)
                self._feed.tell(live.params.id, "recording", {"recording": live.params.recording, "status": "failed"})
            finally:
                self._go_on()

    def _give_up(self, session: _Session, live: _Live) -> None:
        """Whatever there is of it in the process and on the disk is ended; where there is nothing, nothing happens."""
        if session.live is live:
            session.live = None
            self._recordings.say(op="stop", number=session.number, recording=live.params.recording)

    def _index_again(self) -> None:
        for session in self._sessions.values():
            self._open_index(session)

    # --- the index -----------------------------------------------------------------------------------------------

    def _tell_drops(self) -> None:
        for session in self._sessions.values():
            self._tell_drop(session)

    def _tell_drop(self, session: _Session) -> None:
        if session.dropped_bytes:
            self._index.say(op="dropped", session=session.facts["id"], bytes=session.dropped_bytes)
            session.dropped_bytes = 0

    async def forget(self, session_id: str, on: bool | None) -> None:
        """Drop what the index holds of the session; `on`: whether it is indexed from now on, None: as before."""
        if not self._options.search:
            return
        session = self._sessions.get(session_id)
        if session is not None and on is not None and on != session.facts["searchable"]:
            if not on:
                self._index.say(op="closed", number=session.number)
            session.facts["searchable"] = on
            self._open_index(session)
        await self._index.ask(op="forget", session=session_id)

    async def prune(self, before: float) -> None:
        """Drop what the index holds from before `before`, Unix seconds."""
        if self._options.search:
            await self._index.ask(op="prune", before=before)


def _who(facts: Mapping[str, Any]) -> str:
    return f"agent: {facts['agent'] or 'none'}"


async def _repaint(terminal: Terminal) -> tuple[int, int, int, bytes]:
    """A screen that can't be drawn is left out: the recording begins with what comes next."""
    end, cols, rows = terminal.journal.end, terminal.cols, terminal.rows
    try:
        return await terminal.repaint(0)
    except (AgtermError, KeyError):  # KeyError: the session is closed
        return end, cols, rows, b""
