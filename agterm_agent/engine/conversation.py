"""A conversation with a model that works in a folder: what is said and done in it, turn by turn.

Light to import and to open: the engine (pydantic-ai and the SDK of one provider) is loaded with the first prompt, or
ahead of it by `warm_up`.
"""

import asyncio
import gc
import importlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from agterm_agent import events
from agterm_agent.engine import context, instructions, memory
from agterm_agent.engine.limits import Totals
from agterm_agent.engine.memory import Memory
from agterm_agent.engine.store import Message, Saved, Store, StoreError, Summary
from agterm_agent.events import Event, Status
from agterm_agent.settings import Settings
from agterm_agent.tools.declaration import Approve
from agterm_agent.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage

    from agterm_agent.engine.models import Talker
    from agterm_agent.engine.turn import Turn

BUSY = "a turn is under way"
_loaded: set[str] = set()  # dialects
NOTHING = "There is nothing to compact yet"


class Conversation:
    """`approve`: how a person is asked, None where nobody can be; `modes` may be tightened at any time.

    `notices`: what people should know of how it came about. One turn at a time, all in one event loop.
    """

    def __init__(self, settings: Settings, toolbox: Toolbox, saved: Saved, *, resumed: bool = False) -> None:
        self.settings, self.toolbox, self.modes = settings, toolbox, settings.modes
        self.approve: Approve | None = None
        self.model = settings.model
        self.memory = Memory(settings.state_folder)
        self._written = instructions.read(settings.workspace, settings.config_folder)
        self.notices = [*settings.notices, *self._written.notices]
        self._talker: Talker | None = None
        self._turn: Turn | None = None
        self._is_busy = self._is_stopped = False
        if "remember" not in toolbox.tools:
            toolbox.add(memory.tool(self.memory))
        self._take(saved, resumed=resumed)

    @classmethod
    async def open(cls, settings: Settings, toolbox: Toolbox, *, resume: str | None = None) -> Self:
        """A new conversation, or a saved one: by its id, the beginning of one, or `latest`. Raises `StoreError`."""
        store = Store(settings.state_folder)
        saved = store.create() if resume is None else store.open(resume)
        return cls(settings, toolbox, saved, resumed=resume is not None)

    async def close(self) -> None:
        """Give back the connections and the lock on the saved conversation."""
        talker, self._talker = self._talker, None
        if talker is not None:
            await talker.close()
        self._saved.close()

    @staticmethod
    def warm_up(settings: Settings) -> None:
        """Load what the first prompt will need; it takes a second or more, and may run in a thread.

        Meanwhile nothing is collected, and never what is loaded: that took a quarter of the time.
        """
        if settings.dialect in _loaded:
            return
        gc.disable()
        try:
            importlib.import_module("agterm_agent.engine.turn")
            from agterm_agent.engine.models import load

            load(settings.dialect)
            context.window(settings, settings.model)
            gc.freeze()
        finally:
            gc.enable()
        _loaded.add(settings.dialect)

    def _take(self, saved: Saved, *, resumed: bool) -> None:
        self._saved, self.resumed = saved, resumed
        self.totals = Totals.of(saved.totals) if saved.totals else Totals()
        self._history: list[ModelMessage] | None = None
        self._memory_words = self._remembered()
        self.toolbox.keep_changes_in(self.settings.state_folder / "changes" / saved.id)

    def _remembered(self) -> str:
        try:
            return self.memory.as_prompt()
        except OSError as error:  # a conversation can do without
            self.notices.append(f"nothing is remembered now: {self.memory.path}: {error.strerror or error}")
            return ""

    # --- what it is ---

    @property
    def id(self) -> str:
        return self._saved.id

    @property
    def title(self) -> str:
        return self._saved.title

    @property
    def window(self) -> int:
        """Tokens that the model can see."""
        return context.window(self.settings, self.model)

    def saved(self) -> list[Summary]:
        """The conversations of this workspace, the newest first."""
        return Store(self.settings.state_folder).all()

    def context_use(self) -> tuple[int, int]:
        """Tokens of the conversation, as the next request will bring them, and tokens that the model can see."""
        overhead = context.tokens_of_text(self.instructions()) + context.tokens_of_tools(self.tools())
        return context.used_tokens(self._saved.messages, overhead), self.window

    def usage(self) -> Event:
        """What it has used so far, as an event."""
        used, window = self.context_use()
        return events.usage(**self.totals.figures(), context_tokens=used, window_tokens=window)

    # --- what people do with it ---

    async def ask(self, prompt: str) -> AsyncIterator[Event]:
        """The events of one turn; `done` is the last, whatever happens. Who stops listening interrupts it."""
        self._begin()
        prompt = prompt.encode(errors="replace").decode()  # half of a character can neither be sent nor saved
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self.toolbox.begin_turn()
        task: asyncio.Task[None] | None = None
        try:
            yield events.user_prompt(prompt)
            yield events.session_state(self.id, messages=len(self._saved.messages), resumed=self.resumed)
            task = asyncio.create_task(self._run(prompt, queue.put_nowait))
            while (event := await queue.get())["kind"] != "done":
                yield event
        finally:
            if task is not None:
                if not task.done():
                    self.interrupt()
                await asyncio.wait({task})
            self._is_busy = False
        yield event

    def interrupt(self) -> None:
        """End what is under way, if anything is: a turn, whose `done` says so, or a compaction."""
        if self._turn is not None:
            self._turn.interrupt()
        else:
            self._is_stopped = self._is_busy

    async def compact(self) -> Event:
        """Make the conversation shorter now, and say by how much. A failure is an event of kind `error`."""
        self._begin()
        told: list[Event] = []
        try:
            before, _ = self.context_use()
            turn = await self._new_turn(told.append)
            words = await turn.run_compaction()
            return next(
                (event for event in told if "after_tokens" in event),
                events.error(words)
                if words
                else events.context_notice(NOTHING, before_tokens=before, after_tokens=before),
            )
        finally:
            self._turn, self._is_busy = None, False

    def clear(self) -> None:
        """Begin anew, between turns; the old conversation stays saved."""
        if self._is_busy:
            raise RuntimeError(BUSY)
        self._saved.close()
        self._take(Store(self.settings.state_folder).create(), resumed=False)

    def use_model(self, name: str) -> None:
        """Go on with another model of the same provider, from the next turn on."""
        self.model = name

    # --- what a turn needs ---

    def instructions(self) -> str:
        """The system prompt. Notes made in this conversation are in its words already: they come in with the next."""
        return context.system_prompt(self.settings.workspace, self.modes, self._written.text, self._memory_words)

    def tools(self) -> list[dict[str, Any]]:
        return self.toolbox.declare()

    def messages(self) -> Sequence[Message]:
        """The conversation as it is saved."""
        return self._saved.messages

    def history(self) -> "list[ModelMessage]":
        """The conversation as a provider accepts it."""
        from agterm_agent.engine.models import repaired

        return repaired(self._loaded())

    def add(self, messages: "Sequence[ModelMessage]") -> None:
        from agterm_agent.engine.models import dumped

        known = self._loaded()
        self._saved.append(dumped(messages))
        known += messages

    def _loaded(self) -> "list[ModelMessage]":
        from agterm_agent.engine.models import loaded

        if self._history is None:
            try:
                self._history = loaded(self._saved.messages)
            except ValueError:
                raise StoreError(f"the conversation {self.id} is damaged: {self._saved.path}") from None
        return self._history

    def replace(self, messages: Sequence[Message]) -> None:
        self._saved.replace(messages)
        self._history = None

    def count(self, used: Totals) -> bool:
        """Add what a request has used; True when from now on nobody knows what the conversation costs."""
        known, self.totals = self.totals.cost_usd is not None, self.totals + used
        return known and self.totals.cost_usd is None

    def keep_totals(self) -> None:
        if self.totals.requests:
            self._saved.note_totals(self.totals.figures())

    def _begin(self) -> None:
        if self._is_busy:
            raise RuntimeError(BUSY)
        self._is_busy, self._is_stopped = True, False

    async def _run(self, prompt: str, emit: Callable[[Event], None]) -> None:
        """The turn. Whatever happens, `done` is told."""
        try:
            turn = await self._new_turn(emit)
        except Exception as error:  # a provider's SDK that is not there, an address that is none
            emit(events.error(str(error)))
            emit(events.done(Status.FAILED, reason=str(error), **_nothing_used(self.id)))
            return
        try:
            await turn.run(prompt)
        finally:
            self._turn = None

    async def _new_turn(self, emit: Callable[[Event], None]) -> "Turn":
        await asyncio.to_thread(self.warm_up, self.settings)
        from agterm_agent.engine.models import Talker
        from agterm_agent.engine.turn import Turn

        if self._talker is None:
            self._talker = Talker(self.settings)
        self._talker.use(self.model, self.id)
        self._turn = turn = Turn(self, self._talker, emit)
        if self._is_stopped:
            turn.interrupt()
        return turn


def _nothing_used(conversation_id: str) -> dict[str, Any]:
    figures = Totals().figures()
    cost = figures.pop("cost_usd")
    return {"usage": figures, "cost_usd": cost, "conversation_id": conversation_id, "changed_files": []}
