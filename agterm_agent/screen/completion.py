"""What can be completed: slash commands at the beginning of a line, files after an `@`."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from agterm_agent.screen.paths import Paths

LIMIT = 30
_MENTION = re.compile(r'(?<!\S)@("[^"\n]*|[^\s"]*)$')
Choices = Callable[[], Iterable[tuple[str, str]]]


class PromptCompleter(Completer):
    """`commands`: names (with the slash) and what they do; `arguments`: what can follow one, asked for when it does."""

    def __init__(self, commands: Choices, arguments: Callable[[str], Iterable[tuple[str, str]]], paths: Paths) -> None:
        self._commands, self._arguments, self._paths = commands, arguments, paths

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        if found := _MENTION.search(before):
            return self._files(found[1])
        if before.startswith("/") and "\n" not in before:
            return self._words(before)
        return []

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        for completion in await asyncio.to_thread(lambda: list(self.get_completions(document, complete_event))):
            yield completion

    def _files(self, typed: str) -> Iterable[Completion]:
        for path in self._paths.best(typed.lstrip('"'), LIMIT):
            text = f'"{path}"' if re.search(r"\s", path) else path
            yield Completion(text if path.endswith("/") else f"{text} ", -len(typed), display=f"@{path}")

    def _words(self, before: str) -> Iterable[Completion]:
        command, space, rest = before.partition(" ")
        if not space:
            for name, meaning in self._commands():
                if name.startswith(command):
                    yield Completion(name, -len(command), display=name, display_meta=meaning)
            return
        for word, meaning in self._arguments(command):
            if word.startswith(rest) and word != rest:
                yield Completion(word, -len(rest), display=word, display_meta=meaning)
