"""Tools of MCP servers, by the official SDK: programs that speak on their standard streams, and servers behind a URL.

Each server is looked after by a task of its own. One that does not start is a notice, one that ends or hangs is an
error result; neither ends the agent.
"""

import asyncio
import importlib
import logging
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from agterm_agent import providers
from agterm_agent.policy import Provenance, Safety
from agterm_agent.tools.declaration import Arguments, Tool, ToolContext, ToolOutput
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.names import unique
from agterm_agent.tools.places import Places
from agterm_agent.tools.text import counted, printed, shown, trimmed, visible

if TYPE_CHECKING:
    from mcp.client.client import Client
    from mcp.types import CallToolResult, ToolAnnotations
    from mcp.types import Tool as Offered

START_LIMIT_S = 30.0
CALL_LIMIT_S = 120.0
END_LIMIT_S = 10.0
MAX_TOOLS = 200  # of one server
MAX_PAGES = 20
MAX_DESCRIPTION = 2_000
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class Box(Protocol):
    """What is needed of the toolbox."""

    places: Places
    notices: list[str]
    tools: dict[str, Tool]

    def add(self, tool: Tool) -> None: ...


@asynccontextmanager
async def servers(declared: Mapping[str, Any], box: Box) -> AsyncIterator[None]:
    """Starts them side by side, adds their tools, and ends them at the end."""
    for name in ("mcp", "httpx2", "asyncio"):
        logging.getLogger(name).addHandler(logging.NullHandler())  # what they log has no place on the screen
    running = [_Server(name, settings, str(box.places.workspace)) for name, settings in declared.items()]
    try:
        await asyncio.to_thread(importlib.import_module, "mcp.client.client")  # takes a second, in which others go on
        await asyncio.gather(*(server.start() for server in running))
        for server in running:
            if server.problem:
                box.notices.append(f"MCP server {visible(server.name)}: {server.problem}")
            for offered in server.offered:
                box.add(server.tool(offered, box))
        yield
    finally:
        await asyncio.gather(*(server.end() for server in running))


class _Server:
    def __init__(self, name: str, settings: Any, folder: str) -> None:
        self.name, self._settings, self._folder = name, settings, folder
        self.problem = ""
        self.offered: list[Offered] = []
        self._client: Client | None = None
        self._ready = asyncio.Event()
        self._wanted = asyncio.Event()
        self._said = bytearray()  # the end of what it printed on its standard error
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._live())
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait({ready, self._task}, timeout=START_LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._ready.is_set() or self.problem:
            return
        self.problem = f"it did not start within {START_LIMIT_S:g} seconds."
        await self.end()

    async def end(self) -> None:
        self._wanted.set()
        if self._task is None or self._task.done():
            return
        if not self._ready.is_set():
            self._task.cancel()
        _, pending = await asyncio.wait({self._task}, timeout=END_LIMIT_S)
        if pending:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=END_LIMIT_S)

    async def _live(self) -> None:
        """Connects, lists the tools and stays until it is ended: the SDK wants to be left by the task that came in."""
        from mcp.client.client import Client

        try:
            async with AsyncExitStack() as stack:
                transport = await self._transport(stack)
                client = await stack.enter_async_context(Client(transport, read_timeout_seconds=CALL_LIMIT_S))
                self.offered = await _offered(client)
                self._client = client
                self._ready.set()
                await self._wanted.wait()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # exception groups of the SDK among them
            self.problem = f"{_words(error)}{self._last_words()}"
            if not isinstance(error, Exception | BaseExceptionGroup):
                raise
        finally:
            self._client = None

    async def _transport(self, stack: AsyncExitStack) -> Any:
        settings = _filled(self._settings)
        if not isinstance(settings, dict):
            raise ToolError("its settings are no object.")
        if isinstance(settings.get("command"), str):
            return await self._program(settings, stack)
        if isinstance(settings.get("url"), str) and settings.get("type", "http") in ("http", "streamable-http"):
            return await _address(settings, stack)
        raise ToolError("its settings need a command, or a url of type http.")

    async def _program(self, settings: dict[str, Any], stack: AsyncExitStack) -> Any:
        from mcp.client.stdio import StdioServerParameters, stdio_client

        own = {name: value for name, value in os.environ.items() if not providers.is_own(name)}
        parameters = StdioServerParameters(
            command=settings["command"],
            args=settings.get("args") or [],
            env=own | (settings.get("env") or {}),
            cwd=self._folder,
            encoding_error_handler="replace",
        )
        reading, writing = os.pipe()
        loop = asyncio.get_running_loop()
        os.set_blocking(reading, False)
        loop.add_reader(reading, self._listen, reading)
        stack.callback(_close, loop, reading)
        return stdio_client(parameters, errlog=stack.enter_context(os.fdopen(writing, "w")))

    def _listen(self, descriptor: int) -> None:
        with suppress(BlockingIOError):
            piece = os.read(descriptor, 65536)
            if not piece:
                asyncio.get_running_loop().remove_reader(descriptor)
            self._said += piece
            del self._said[:-2000]

    def _last_words(self) -> str:
        said = printed(self._said.decode(errors="replace")).strip()
        return f" It said: {said[-500:]}" if said else ""

    def tool(self, offered: "Offered", box: Box) -> Tool:
        safety, provenance = _safety(offered.annotations)

        async def run(arguments: Arguments, context: ToolContext) -> ToolOutput:
            return await self._call(offered.name, arguments)

        return Tool(
            name=unique(f"mcp__{self.name}__{offered.name}", box.tools),
            description=shown(offered.description or offered.name, MAX_DESCRIPTION),
            parameters={"type": "object", "properties": {}} | dict(offered.input_schema),
            run=run,
            safety=safety,
            provenance=provenance,
            source=f"mcp:{self.name}",
        )

    async def _call(self, name: str, arguments: Arguments) -> ToolOutput:
        client, task = self._client, self._task
        if client is None or task is None or task.done():
            raise ToolError(f"The MCP server {self.name} is not running any more. {self.problem}{self._last_words()}")
        calling = asyncio.ensure_future(client.call_tool(name, arguments))
        try:
            await asyncio.wait({calling, task}, timeout=CALL_LIMIT_S + 5, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                raise ToolError(f"The MCP server {self.name} did not answer.{self._last_words()}")
            return _output(calling.result())
        except ToolError:
            raise
        except Exception as error:
            raise ToolError(f"The MCP server {self.name} failed: {_words(error)}{self._last_words()}") from None
        finally:
            calling.cancel()


async def _address(settings: dict[str, Any], stack: AsyncExitStack) -> Any:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    timeout = httpx2.Timeout(START_LIMIT_S, read=CALL_LIMIT_S + 5)
    headers = {str(name): str(value) for name, value in (settings.get("headers") or {}).items()}
    client = await stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=timeout))
    return streamable_http_client(settings["url"], http_client=client)


async def _offered(client: "Client") -> "list[Offered]":
    found: list[Offered] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if not cursor or len(found) >= MAX_TOOLS:
            break
    return found[:MAX_TOOLS]


def _safety(hints: "ToolAnnotations | None") -> tuple[Safety, Provenance]:
    """As the protocol reads the hints: what is said not to be read-only is destructive unless that is denied, too."""
    read_only = None if hints is None else hints.read_only_hint
    destructive = None if hints is None else hints.destructive_hint
    if read_only:
        return Safety.READ_ONLY, Provenance.DECLARED
    if destructive is False:
        return Safety.MUTATING, Provenance.DECLARED
    if destructive or read_only is False:
        return Safety.DESTRUCTIVE, Provenance.DECLARED
    return Safety.MUTATING, Provenance.INFERRED


def _output(result: "CallToolResult") -> ToolOutput:
    parts = []
    for block in result.content:
        if block.type == "text":
            parts.append(shown(block.text))
        elif block.type == "resource" and hasattr(block.resource, "text"):
            parts.append(shown(block.resource.text))
        elif block.type == "resource_link":
            parts.append(f"[{visible(str(block.uri))}]")
        else:
            size = len(getattr(block, "data", "") or "")
            parts.append(
                f"[{block.type} {visible(getattr(block, 'mime_type', None) or '')}, {counted(size, 'character')}]"
            )
    if not parts and result.structured_content is not None:
        parts.append(shown(str(result.structured_content)))
    return ToolOutput(trimmed("\n".join(parts)) or "Done.", ok=not result.is_error)


def _filled(value: Any) -> Any:
    """Settings with ${NAME} and ${NAME:-default} filled in from the environment."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: os.environ.get(found[1]) or found[2] or "", value)
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each) for name, each in value.items()}
    return value


def _words(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return visible(str(error).strip()[:500]) or type(error).__name__


def _close(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    loop.remove_reader(descriptor)
    os.close(descriptor)
