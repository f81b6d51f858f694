"""The tools of one agent: what there is, and the one way to call it, under the safety modes and a person's approval."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from agterm_agent.policy import Modes, Safety, Verdict, decide, refusal
from agterm_agent.tools import command, fetch, files, search, todo
from agterm_agent.tools.arguments import wrong
from agterm_agent.tools.changes import Changes
from agterm_agent.tools.declaration import (
    Approval,
    Approve,
    Arguments,
    Decision,
    PlanItem,
    Tool,
    ToolContext,
    ToolOutput,
)
from agterm_agent.tools.errors import NeedsInput, ToolError
from agterm_agent.tools.places import Places
from agterm_agent.tools.text import shown, trimmed, visible

CANCELLED = "Cancelled by the user."
DENIED = "The user did not allow this call; nothing was done. Do not try it in another way: ask what is wanted instead."
_log = logging.getLogger(__name__)
logging.getLogger("agterm_agent").addHandler(logging.NullHandler())  # a log line has no place on the screen


class Toolbox:
    """Used as a context (`async with`), it also has the tools of MCP servers and OpenAPI documents.

    `changes_folder`: where the journal for undo lies. `mcp_servers`: {name: {command, args, env} or {url, headers}}.
    `openapi`: [{name, path or url, base_url?, headers?}]. `notices`: what of these could not be had, for people.
    """

    def __init__(
        self,
        workspace: Path,
        changes_folder: Path,
        *,
        mcp_servers: Mapping[str, Any] | None = None,
        openapi: Sequence[Mapping[str, Any]] = (),
        extra: Iterable[Tool] = (),
    ) -> None:
        self.places = Places(workspace)
        self.changes = Changes(changes_folder, self.places)
        self.plan: list[PlanItem] = []
        self.notices: list[str] = []
        self.tools: dict[str, Tool] = {}
        self._mcp_servers = mcp_servers or {}
        self._openapi = openapi
        self._outside = AsyncExitStack()
        self._cancelled = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()  # what changes something, and what a person is asked
        self._always: set[str] = set()
        for tool in (*files.TOOLS, *search.TOOLS, *command.TOOLS, *fetch.TOOLS, *todo.TOOLS, *extra):
            self.add(tool)

    @property
    def workspace(self) -> Path:
        return self.places.workspace

    async def __aenter__(self) -> Self:
        """Starts MCP servers and reads OpenAPI documents; one that fails is a notice."""
        await self._outside.__aenter__()
        if self._mcp_servers:
            from agterm_agent.tools import mcp  # heavy, and mostly not wanted

            await self._outside.enter_async_context(mcp.servers(self._mcp_servers, self))
        if self._openapi:
            from agterm_agent.tools import openapi  # as above

            await self._outside.enter_async_context(openapi.documents(self._openapi, self))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._outside.__aexit__(kind, error, trace)

    def add(self, tool: Tool) -> None:
        """One more tool; a name is given out once."""
        if tool.name in self.tools:
            raise ValueError(f"There is a tool {tool.name} already.")
        self.tools[tool.name] = tool

    def keep_changes_in(self, folder: Path) -> None:
        """Another conversation, another journal; what was always allowed is asked again."""
        self.changes = Changes(folder, self.places)
        self._always.clear()
        self.plan.clear()

    def begin_turn(self) -> None:
        self._cancelled = asyncio.Event()
        self.changes.begin_turn()

    def interrupt(self) -> None:
        """Ends the calls that run, and every further one of this turn."""
        self._cancelled.set()

    def declare(self) -> list[dict[str, Any]]:
        """Every tool with what it takes and how safe it is, as JSON can say it."""
        return [
            {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "safety": tool.safety.value,
                "provenance": tool.provenance.value,
                "source": tool.source,
            }
            for tool in self.tools.values()
        ]

    def safety_of(self, name: str, arguments: Arguments) -> Safety | None:
        """How safe this very call is; None: there is no such call."""
        tool = self.tools.get(name)
        if tool is None:
            return None
        if tool.safety_of is None or wrong(tool.parameters, arguments) is not None:
            return tool.safety
        return tool.safety_of(arguments)

    async def call(
        self,
        call_id: str,
        name: str,
        arguments: Arguments,
        *,
        modes: Modes,
        approve: Approve | None = None,
        emit: Callable[[str], None] = lambda text: None,
    ) -> ToolOutput:
        """Does what the modes allow; bad calls and failures are outputs for the model.

        Raises NeedsInput where a person has to allow the call and `approve` is None.
        """
        tool = self.tools.get(name)
        if tool is None:
            return ToolOutput(f"There is no tool {visible(name)[:100]}; there are {', '.join(self.tools)}.", ok=False)
        problem = wrong(tool.parameters, arguments)
        if problem is not None:
            return ToolOutput(f"{name}: {visible(problem)}", ok=False)
        context = ToolContext(self.places, self.changes, emit, self._cancelled, call_id, self.plan)
        try:
            return _bounded(await self._until_cancelled(self._governed(tool, arguments, context, modes, approve)))
        except ToolError as error:
            return ToolOutput(shown(str(error)), ok=False)
        except NeedsInput:
            raise
        except Exception as error:
            _log.exception("Tool %s failed", name)
            return ToolOutput(f"{name} failed: {type(error).__name__}: {shown(str(error), 2000)}", ok=False)

    async def _until_cancelled(self, work: Coroutine[Any, Any, ToolOutput]) -> ToolOutput:
        """The work's output; where the turn is cancelled first, the work is cancelled and has ended."""
        if self._cancelled.is_set():
            work.close()
            return ToolOutput(CANCELLED, ok=False)
        task: asyncio.Task[ToolOutput] = asyncio.ensure_future(work)
        waiting = asyncio.ensure_future(self._cancelled.wait())
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            task.cancel()
            await asyncio.wait({task})
            return ToolOutput(CANCELLED, ok=False) if task.cancelled() else task.result()
        finally:
            waiting.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    async def _governed(
        self, tool: Tool, arguments: Arguments, context: ToolContext, modes: Modes, approve: Approve | None
    ) -> ToolOutput:
        safety = tool.safety_of(arguments) if tool.safety_of else tool.safety
        verdict = decide(safety, tool.provenance, modes)
        if verdict is Verdict.REFUSE:
            return ToolOutput(refusal(safety, tool.provenance, modes), ok=False)
        if safety is Safety.READ_ONLY:
            return await tool.run(arguments, context)
        async with self._one_at_a_time:
            if verdict is Verdict.SIMULATE:
                return await _simulated(tool, arguments, context)
            if verdict is not Verdict.RUN and not await self._allowed(tool, arguments, context, safety, approve):
                return ToolOutput(DENIED, ok=False)
            return await tool.run(arguments, context)

    async def _allowed(
        self, tool: Tool, arguments: Arguments, context: ToolContext, safety: Safety, approve: Approve | None
    ) -> bool:
        covers = tool.always_covers(arguments) if tool.always_covers else tool.name
        destructive = safety is Safety.DESTRUCTIVE
        if covers in self._always and not destructive:
            return True
        preview = await _previewed(tool, arguments, context)  # a call that cannot work is not worth a question
        if approve is None:
            raise NeedsInput(f"{tool.name} needs approval.")
        for again in (False, True) if destructive else (False,):
            answer = await approve(
                Approval(context.call_id, tool.name, arguments, safety, preview, again, "" if destructive else covers)
            )
            if answer is Decision.NO or (destructive and answer is not Decision.ONCE):
                return False
            if answer is Decision.ALWAYS:
                self._always.add(covers)
        return True


async def _previewed(tool: Tool, arguments: Arguments, context: ToolContext) -> str | None:
    return await tool.preview(arguments, context) if tool.preview else None


async def _simulated(tool: Tool, arguments: Arguments, context: ToolContext) -> ToolOutput:
    preview = await _previewed(tool, arguments, context)
    told = visible(preview if preview is not None else f"{tool.name} {arguments}")
    return ToolOutput(
        f"Dry run: nothing was changed. This would have been done:\n{told}", diff=preview if tool.edits_files else None
    )


def _bounded(output: ToolOutput) -> ToolOutput:
    return ToolOutput(trimmed(output.text), output.ok, output.diff)
