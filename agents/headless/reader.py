"""What all translators do alike: they keep a turn, and take from each line the object that it is."""

from abc import ABC, abstractmethod
from typing import Any

from agents.headless import lines
from agents.headless.turn import Turn
from agterm_agent.events import Event


class Reader(ABC):
    """A `declaration.Translator`; one subclass a CLI, which says what its kinds of objects mean.

    `KIND`: the field that names an object's kind.
    """

    KIND = "type"

    def __init__(self) -> None:
        self._turn = Turn()

    @property
    def conversation(self) -> str | None:
        return self._turn.conversation

    def feed(self, line: str) -> list[Event]:
        said = lines.read(line)
        kind = lines.text(said, self.KIND) if said else ""
        told = self._heard(kind, said) if said and kind else None
        return self._noise(line) if told is None else told

    def _noise(self, line: str) -> list[Event]:
        """A line that tells nothing of the turn."""
        self._turn.noise(line)
        return []

    @abstractmethod
    def _heard(self, kind: str, said: dict[str, Any]) -> list[Event] | None:
        """The events of one object; None: it is no more than noise."""

    @abstractmethod
    def end(self, exit_code: int | None) -> list[Event]:
        """As `Translator.end`."""
