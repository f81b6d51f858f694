"""The interactive program: the prompt shows at once, the engine is loaded behind it, one turn follows the other."""

import asyncio
import contextlib
import signal
from collections import deque
from collections.abc import Awaitable, Coroutine, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.output import ColorDepth

from agterm_agent.screen import calls, commands, mentions, status
from agterm_agent.screen.completion import PromptCompleter
from agterm_agent.screen.history import WorkspaceHistory
from agterm_agent.screen.keys import bindings
from agterm_agent.screen.paths import Paths
from agterm_agent.screen.question import Question
from agterm_agent.screen.terminal import Activity, Announcements, InlineRenderer, output
from agterm_agent.screen.text import clean, clean_line, cut, fold, has_colours, paint
from agterm_agent.screen.trail import Trail
from agterm_agent.screen.window import Face
from agterm_agent.settings import Settings
from agterm_agent.tools.declaration import Approval, Decision

if TYPE_CHECKING:
    from agterm_agent.engine.conversation import Conversation
    from agterm_agent.tools.toolbox import Toolbox

ESCAPE_S = 0.05  # a lone Esc counts after this: long enough for an arrow key that comes in two pieces
DRAW_EVERY_S = 0.02
STREAM_EVERY_S = 0.1
TICK_S = 0.25
AGAIN_S = 2.0  # a second Ctrl-C within this time exits
TYPING_S = 1.0
ENDING_S = 5.0


class Program:
    """One run of it. `trail`: the turn that runs; `question`: what a person is asked just now.

    `typed`: keys that came before it was there.
    """

    def __init__(self, settings: Settings, *, resume: str | None = None, typed: str = "") -> None:
        self.settings = settings
        self.conversation: Conversation | None = None
        self.trail: Trail | None = None
        self.question: Question | None = None
        self._resume = resume
        self._toolbox: Toolbox
        self._waiting: deque[str] = deque()
        self._something_waits, self._is_over = asyncio.Event(), asyncio.Event()
        self._context = (0, 0)  # tokens in use, and tokens that there is room for
        self._warm_up: asyncio.Future[None] | None = None
        self._is_ending = False
        self._hint = ""
        self._hint_until = 0.0
        self._is_drawing_soon = False
        self._typed_at = float("-inf")
        self._tasks: set[asyncio.Future[None]] = set()
        self._output = output()
        self.buffer = Buffer(
            completer=PromptCompleter(commands.names, self._arguments, Paths(settings.workspace)),
            complete_while_typing=True,
            history=WorkspaceHistory(settings.state_folder / "history.jsonl"),
            multiline=True,
            on_text_changed=self._on_typed,
        )
        self.face = Face(self)
        self.app: Application[int] = Application(
            layout=self.face.layout,
            key_bindings=bindings(self),
            output=self._output,
            color_depth=ColorDepth.DEPTH_4_BIT if has_colours() else ColorDepth.DEPTH_1_BIT,
            erase_when_done=True,
            min_redraw_interval=DRAW_EVERY_S,
        )
        keys: list[KeyPress] = []
        Vt100Parser(keys.append).feed(typed)
        store_typeahead(self.app.input, keys)
        self.app.ttimeoutlen = self.app.timeoutlen = ESCAPE_S
        self._renderer = InlineRenderer(self.app, self._output)
        self.app.renderer = self._renderer
        self.app._on_resize = self._on_resize  # type: ignore[method-assign]  # the usual one leaves rests behind
        self._announcements = Announcements(self._output, settings.workspace.name or "/")

    async def run(self) -> int:
        """Until the person leaves; the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.exit)
        self.print(commands.banner(self.settings, self.width))
        self._announcements.tell(Activity.IDLE)
        drawn = asyncio.Event()
        self.app.after_render += lambda _: drawn.set()
        tasks = [asyncio.ensure_future(self._work(drawn)), asyncio.ensure_future(self._tick())]
        try:
            with contextlib.suppress(EOFError, OSError):  # the terminal is gone
                await self.app.run_async(handle_sigint=True)
        finally:
            await self._end(tasks)
        return 0

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        return self._output.get_size().columns

    def print(self, lines: list[str]) -> None:
        """Finished lines, for the scrollback."""
        if lines:
            self._renderer.add(lines)
            self._draw_soon()

    def _draw_soon(self) -> None:
        """Draw what has changed by itself; keys are drawn at once, but a stream need not be seen letter by letter."""
        if not self._is_drawing_soon:
            self._is_drawing_soon = True
            asyncio.get_running_loop().call_later(STREAM_EVERY_S, self._draw_now)

    def _draw_now(self) -> None:
        self._is_drawing_soon = False
        self.app.invalidate()

    def say(self, words: str, *styles: str) -> None:
        """A message of the program itself."""
        self.print(["", *(paint(line, *styles) for line in fold(clean(words), self.width))])

    def status(self, columns: int) -> str:
        """The line below the input."""
        if self._hint and monotonic() < self._hint_until:
            return paint(cut(self._hint, columns), "yellow")
        conversation = self.conversation
        if conversation is None:
            return paint(cut("starting…" if not self._is_ending else "", columns), "dim")
        parts = [
            (0, clean_line(conversation.model)),
            (3, status.context(*self._context)),
            (2, status.dollars(conversation.totals.cost_usd)),
            (1, status.mode_words(conversation.modes)),
            (4, status.folder(self.settings.workspace)),
        ]
        return paint(status.line(parts, columns), "dim")

    def hint(self, words: str, seconds: float) -> None:
        self._hint, self._hint_until = words, monotonic() + seconds
        self.app.invalidate()
        asyncio.get_running_loop().call_later(seconds, self.app.invalidate)

    def queued(self) -> list[str]:
        """What was sent and has to wait."""
        return list(self._waiting)

    def _announce(self) -> None:
        if self.question is not None:
            self._announcements.tell(Activity.NEEDS_INPUT)
        else:
            self._announcements.tell(Activity.IDLE if self.trail is None else Activity.WORKING)

    def _on_resize(self) -> None:
        self._renderer.erase_after_resize()
        self.app._redraw()

    async def _tick(self) -> None:
        is_guarded = False
        while True:
            await asyncio.sleep(TICK_S)
            was_guarded, is_guarded = is_guarded, self.question is not None and self.question.is_guarded
            if is_guarded or was_guarded or (self.trail is not None and self.question is None):
                self.app.invalidate()

    # --- what the person does ----------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Send what stands in the input."""
        text = self.buffer.text.strip()
        if not text:
            return
        self.buffer.append_to_history()
        self.buffer.reset()
        self._typed_at = float("-inf")  # what comes after Enter answers what the screen asks
        if commands.is_immediate(text):
            commands.run_immediate(self, text)
        else:
            self._waiting.append(text)
            self._something_waits.set()

    def accept_completion(self) -> bool:
        """Take the completion that is chosen; False when what stands there now is to be sent."""
        state = self.buffer.complete_state
        if state is None or not state.completions:
            return False
        typed = self.buffer.text
        if state.complete_index is not None:  # it stands there already
            self.buffer.complete_state = None
        elif not (typed.startswith("/") and " " in typed):  # what may follow a command is only offered
            self.buffer.apply_completion(state.completions[0])
        return not typed.startswith("/") and self.buffer.text.strip() != typed.strip()

    def complete(self) -> None:
        """Put the completion that is chosen into the input."""
        state = self.buffer.complete_state
        if state is not None and state.completions:
            self.buffer.apply_completion(state.current_completion or state.completions[0])

    def interrupt(self) -> None:
        """End the turn; what waits behind it comes back to the input."""
        if self.trail is None:
            return
        self.trail.is_interrupted = True
        if self._waiting and not self.buffer.text:
            text = "\n".join(self._waiting)
            self._waiting.clear()
            self.buffer.document = Document(text)
        if self.conversation is not None:
            self.conversation.interrupt()

    def control_c(self) -> None:
        if self.question is not None:
            self.question.decide(Decision.NO)
            self.interrupt()
        elif self.buffer.text:
            self.buffer.reset()
        elif monotonic() < self._hint_until and self._hint == _AGAIN:
            self.exit()
        else:
            self.interrupt()
            self.hint(_AGAIN, AGAIN_S)

    def keep(self, work: Awaitable[None]) -> None:
        """Do it beside the turn that runs."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def exit(self) -> None:
        if not self._is_ending:
            self._is_ending = True
            if self.app.is_running:
                self.app.exit(result=0)

    def _on_typed(self, _: Buffer) -> None:
        self._typed_at = monotonic()

    def _arguments(self, command: str) -> list[tuple[str, str]]:
        return commands.arguments(self, command)

    # --- the turns ---------------------------------------------------------------------------------------------------

    async def _work(self, drawn: asyncio.Event) -> None:
        """Load the engine once the prompt is there, then take one thing after the other."""
        await drawn.wait()
        self._toolbox = await asyncio.to_thread(_toolbox, self.settings)
        async with self._toolbox:  # entered and left in this task, as MCP servers want it
            try:
                await self.open(self._resume)
            except Exception as error:
                self.say(f"Cannot start: {error}", "red")
            self._warm_up = asyncio.ensure_future(asyncio.to_thread(_warm_up, self.settings))
            self._something_waits.set()
            while True:
                await self._something_waits.wait()
                self._something_waits.clear()
                while self._waiting:
                    await self._one(self._waiting.popleft())

    async def open(self, resume: str | None) -> None:
        """Begin a conversation, or go on with a saved one; raises `StoreError` and then changes nothing."""
        from agterm_agent.engine.conversation import Conversation

        opened = await Conversation.open(self.settings, self._toolbox, resume=resume)
        if self.conversation is not None:
            await self.conversation.close()
        opened.approve = self.approve
        self.conversation = opened
        self.refresh_figures()
        for told in [*opened.notices, *self._toolbox.notices]:
            self.say(f"· {told}", "yellow")
        self._toolbox.notices.clear()
        if resume is not None:
            self.print(commands.recap(opened, self.width))

    def refresh_figures(self) -> None:
        """What the status line says of the context; counting it takes too long to be done with every drawing."""
        if self.conversation is not None:
            self._context = self.conversation.context_use()
            self.app.invalidate()

    async def _one(self, text: str) -> None:
        self.print(["", *commands.said(text, self.width)])
        try:
            if commands.is_command(text):
                await self.busy(commands.run(self, text))
            else:
                await self.busy(self._turn(text))
        except Exception as error:
            self.say(f"✗ {type(error).__name__}: {error}", "red")

    async def busy(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it, and show meanwhile that something is done."""
        self.trail = Trail(self.print, lambda: self.width)
        self._is_over.clear()
        self._announce()
        try:
            await work
        finally:
            self.trail.close()
            self.trail = None
            self._is_over.set()
            self.refresh_figures()
            self._announce()
            self.app.invalidate()

    async def _turn(self, text: str) -> None:
        conversation, trail = self.conversation, self.trail
        if conversation is None or trail is None:
            self.say("There is no conversation: see the message above.", "red")
            return
        if self._warm_up is not None:
            await asyncio.wait({self._warm_up})
        attached = await asyncio.to_thread(mentions.attach, text, self.settings.workspace)
        self.print([paint(cut(f"  └ {clean_line(notice)}", self.width), "dim") for notice in attached.notices])
        if trail.is_interrupted:
            self.say("Interrupted.", "yellow")
            return
        async for event in conversation.ask(attached.prompt):
            trail.take(event)
            if event["kind"] == "usage" and "context_tokens" in event:
                self._context = event["context_tokens"], event["window_tokens"]
            self._draw_soon()

    async def approve(self, approval: Approval) -> Decision:
        """Ask the person whether a call may run."""
        question = Question(approval, was_typing=monotonic() - self._typed_at < TYPING_S)
        call = self.trail.call(approval.call_id) if self.trail is not None else None
        if call is not None and not call.is_titled:
            call.is_titled = True
            preview = approval.preview
            says_all = preview is not None and calls.says_all(call.name, call.arguments, preview, self.width)
            self.print(["", *call.head(self.width), *([] if says_all else question.preview(self.width))])
        self._set_question(question)
        try:
            decision = await question.answer
        finally:
            self._set_question(None)
        if call is not None:
            call.is_refused = decision is Decision.NO
        if not question.is_asked_again(decision):
            self.print(question.told(decision, self.width))
        return decision

    def _set_question(self, question: Question | None) -> None:
        self.question = question
        self.face.focus()
        self._announce()
        self.app.invalidate()

    # --- the end -----------------------------------------------------------------------------------------------------

    async def _end(self, tasks: Sequence[asyncio.Future[None]]) -> None:
        conversation = self.conversation
        if conversation is not None and self.trail is not None:
            conversation.interrupt()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING_S):
                    await self._is_over.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(OSError):
            if conversation is not None:
                self._renderer.add(commands.farewell(conversation, self.width))
            self._renderer.write_finished()
            self._announcements.end()
        if conversation is not None:
            await conversation.close()


def _toolbox(settings: Settings) -> "Toolbox":
    from agterm_agent.tools.toolbox import Toolbox

    return Toolbox(
        settings.workspace,
        settings.state_folder / "changes",
        mcp_servers=settings.mcp_servers,
        openapi=settings.openapi,
    )


def _warm_up(settings: Settings) -> None:
    """Load what the first turn needs; that it cannot be loaded is said by that turn."""
    from agterm_agent.engine.conversation import Conversation

    with contextlib.suppress(Exception):
        Conversation.warm_up(settings)


_AGAIN = "Press Ctrl-C again to exit"
