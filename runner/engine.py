"""All terminals of one machine and what can be done with them; knows no socket."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from core.errors import Conflict, InvalidRequest, SessionNotFound
from runner import activity, protocol
from runner.options import RunnerOptions
from runner.process import Spawner
from runner.sandbox.launch import MAX_PROCESSES
from runner.screens.pool import ScreenPool
from runner.terminal import Terminal, check_size
from runner.workspace import folders
from runner.workspace.folders import Folders

USER_NAME = "agent"
WORKSPACE_MARK, HOME_MARK = "@AGTERM_WORKSPACE@", "@AGTERM_HOME@"


class Engine:
    """Owns the terminals, the spawner and the screen worker."""

    def __init__(self, options: RunnerOptions) -> None:
        self.options = options
        self.terminals: dict[str, Terminal] = {}
        self._folders: dict[str, Folders] = {}
        self._labels: dict[str, dict[str, str]] = {}
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._spawner = Spawner()
        self._screens = ScreenPool(scrollback=options.scrollback_lines)

    async def start(self) -> None:
        await self._spawner.start()
        await self._screens.start()

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
            "isolation": isolation_of(place),
            "label": self._labels[terminal.id],
        }
        return terminal.info() | facts

    async def create(self, params: protocol.Create) -> dict[str, Any]:
        """Make folders, terminal and program. Whatever fails, nothing is left behind."""
        check_size(params.cols, params.rows)
        rules = _rules(params.launch)
        async with self._lock(params.id):
            if params.id in self.terminals:
                raise Conflict("This session has a terminal already")
            is_new = not (self.options.private / params.id).exists()
            place = await self._make_folders(params.id, params.cwd, is_new)
            terminal = Terminal(
                params.id, params.cols, params.rows, screens=self._screens, journal_bytes=self.options.journal_bytes
            )
            self.terminals[params.id], self._folders[params.id] = terminal, place
            self._labels[params.id] = params.launch.label
            try:
                await terminal.start(self._spawner, self._spec(params.launch, place), rules)
            except BaseException:
                self._forget(params.id)
                if is_new:
                    await self._remove_folders(params.id, keep_workspace=False)
                raise
            return self.info(terminal)

    async def _make_folders(self, session_id: str, cwd: str | None, is_new: bool) -> Folders:
        options = self.options
        try:
            return folders.make(
                session_id, workspaces=options.workspaces, private=options.private, cwd=cwd, roots=options.allowed_roots
            )
        except Exception:
            if is_new:
                await self._remove_folders(session_id, keep_workspace=False)
            raise

    async def replace(self, params: protocol.Replace) -> dict[str, Any]:
        """End the session's program and start another in the same workspace, on the same history."""
        async with self._lock(params.id):
            terminal = self.terminal(params.id)
            rules = _rules(params.launch)
            spec = self._spec(params.launch, self._folders[params.id])
            self._labels[params.id] = params.launch.label  # also when it fails: the old program is gone by then
            await terminal.replace(self._spawner, spec, rules, self.options.stop_grace_s)
            return self.info(terminal)

    async def end(self, session_id: str) -> dict[str, Any]:
        """End the process tree; terminal, history and workspace stay."""
        async with self._lock(session_id):
            terminal = self.terminal(session_id)
            await terminal.end(self.options.stop_grace_s)
            return self.info(terminal)

    async def remove(self, session_id: str, *, keep_workspace: bool) -> None:
        """End the process tree and forget everything; also cleans up after a session of an earlier runner."""
        async with self._lock(session_id):
            if (terminal := self.terminals.get(session_id)) is not None:
                await terminal.end(self.options.stop_grace_s)
                self._forget(session_id)
            await self._remove_folders(session_id, keep_workspace=keep_workspace)

    def _forget(self, session_id: str) -> None:
        self.terminals.pop(session_id).close()
        self._folders.pop(session_id)
        self._labels.pop(session_id)

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
        await asyncio.gather(
            *(t.end(self.options.stop_grace_s) for t in self.terminals.values()), return_exceptions=True
        )
        for session_id in list(self.terminals):
            self._forget(session_id)
        await self._screens.aclose()
        await self._spawner.aclose()

    def _spec(self, launch: protocol.Launch, place: Folders) -> dict[str, Any]:
        """The launch specification of `runner.sandbox.launch`, placeholders replaced by the session's paths."""
        marks = {WORKSPACE_MARK: str(place.workspace), HOME_MARK: str(place.home)}
        own = {name: _filled(value, marks) for name, value in launch.env.items()}
        readable = [Path(part) for part in (*launch.readable, *launch.path_prefix) if Path(part).exists()]
        return {
            "argv": [_filled(part, marks) for part in launch.argv],
            "env": base_environment(place, launch.path_prefix) | own,
            "cwd": str(place.workspace),
            "home": str(place.home),
            "home_files": {name: _filled(text, marks) for name, text in launch.home_files.items()},
            "uid": place.uid,
            "visible": [[str(p), True] for p in (place.workspace, place.home, place.temporary)]
            + [[str(p), False] for p in readable],
            "names": {} if place.uid is None else user_names(place),
            "grace_s": self.options.stop_grace_s,
        }


def _rules(launch: protocol.Launch) -> activity.Rules:
    try:
        return activity.compile_patterns(launch.state_patterns)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None


def _filled(text: str, marks: Mapping[str, str]) -> str:
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


def base_environment(place: Folders, path_prefix: list[str]) -> dict[str, str]:
    """What every session gets; of the runner's own environment only PATH, less our own virtual environment."""
    own = str(Path(sys.prefix) / "bin") if sys.prefix != sys.base_prefix else None
    path = [p for p in os.environ.get("PATH", os.defpath).split(os.pathsep) if p and p != own]
    return {
        "HOME": str(place.home),
        "PATH": os.pathsep.join([*path_prefix, *path]),
        "TMPDIR": str(place.temporary),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **({} if place.uid is None else {"USER": USER_NAME, "LOGNAME": USER_NAME}),
        "SHELL": next((s for s in ("/bin/bash", "/bin/zsh") if Path(s).exists()), "/bin/sh"),
    }


def user_names(place: Folders) -> dict[str, str]:
    """Copies of passwd and group that know the session's own user; without a name, git and ssh refuse to work."""
    entries = {
        "passwd": f"{USER_NAME}:x:{place.uid}:{place.uid}::{place.home}:/bin/bash\n",
        "group": f"{USER_NAME}:x:{place.uid}:\n",
    }
    shown = {}
    for name, entry in entries.items():
        copy = place.home.parent / name
        try:
            copy.write_text((Path("/etc") / name).read_text() + entry)
        except OSError as error:
            raise folders.storage_error(error) from None
        shown[f"/etc/{name}"] = str(copy)
    return shown


def isolation_of(place: Folders) -> dict[str, Any]:
    """Level and, in plain words, what is and is not kept apart."""
    notes = ["private HOME and temporary folder", "clean environment", "no new privileges", "no core dumps"]
    if place.uid is not None:
        notes += ["a user id of the session's own", f"at most {MAX_PROCESSES} processes"]
    else:
        notes += ["runs as the server's own user: it can read that user's files and signal its processes"]
    notes += ["no network isolation", "no resource limits"]
    return {"level": "none", "notes": notes}
