"""What a headless run is to an agent: what is asked of it, how it is started for that, who reads its output.

A CLI that runs headless prints JSON, one object a line, on the terminal that the runner gives it. Each has its own
kinds of objects; its translator turns them into the one vocabulary of `agterm_agent.events`.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from agterm_agent.events import Event
from core.errors import InvalidRequest

if TYPE_CHECKING:
    from agents.declaration import LaunchContext

FLAGS = ("readOnly", "dryRun", "confirm", "strict")
MAX_MESSAGE_BYTES = 64 * 1024  # it is one argument of a program, and Linux takes 128 KiB of them
CONVERSATION_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One message to an agent, and what it may do about it.

    `conversation`: the one to go on with, as the CLI calls it; None: a new one. `answers`: somebody can allow or
    refuse a tool call while it waits. The budget and the time are the server's to keep; a CLI that can keep them
    itself ends more gently.
    """

    message: str
    conversation: str | None = None
    read_only: bool = False
    dry_run: bool = False
    confirm: bool = False
    strict: bool = False
    budget_usd: Decimal | None = None
    timeout_s: float | None = None
    answers: bool = False

    @property
    def flags(self) -> frozenset[str]:
        """The names in `FLAGS` of those that are set."""
        given = (self.read_only, self.dry_run, self.confirm, self.strict)
        return frozenset(name for name, is_set in zip(FLAGS, given, strict=True) if is_set)


class Translator(Protocol):
    """Reads what one run of a CLI prints, and says what happened.

    It never says `user_prompt`, which is the asker's. `conversation`: how the CLI calls it, once it has said so.
    """

    @property
    def conversation(self) -> str | None: ...

    def feed(self, line: str) -> list[Event]:
        """The events of one line of output, whatever it may hold."""
        ...

    def end(self, exit_code: int | None) -> list[Event]:
        """The last events, `done` among them; called once. None: nobody knows how the program ended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Headless:
    """How a CLI runs headless.

    `argv` is the whole command line; `home_files` are written instead of those of the recipe, None: the same ones. A
    run may stand in the HOME of a session that works, so what is only the run's own belongs on the command line.
    `flags`: which of `FLAGS` this CLI really keeps. `takes_answers`: it reads decisions about tool calls that wait, one
    JSON object a line, from its terminal.
    """

    argv: Callable[["LaunchContext", Ask], list[str]]
    translator: Callable[[], Translator]
    flags: frozenset[str] = frozenset()
    home_files: Callable[["LaunchContext", Ask], dict[str, str]] | None = None
    takes_answers: bool = False

    def __post_init__(self) -> None:
        if unknown := self.flags - set(FLAGS):
            raise ValueError(f"no such flags of a headless run: {', '.join(sorted(unknown))}")


def check_flags(name: str, headless: Headless | None, wanted: Collection[str]) -> Headless:
    """How the agent of that name runs headless; raises `InvalidRequest` where it does not, or keeps not all of these.

    `details` {flags}: those that it keeps.
    """
    if headless is None:
        raise InvalidRequest(f"{name} does not run headless")
    if wanting := [flag for flag in FLAGS if flag in wanted and flag not in headless.flags]:
        kept = [flag for flag in FLAGS if flag in headless.flags]
        can = f"only {' and '.join(kept)}" if kept else "none of the modes"
        raise InvalidRequest(f"{name} can't keep {' and '.join(wanting)}; it can keep {can}", details={"flags": kept})
    return headless


def check(ask: Ask, name: str, headless: Headless | None) -> Headless:
    """As `check_flags`, of all that is asked."""
    known = check_flags(name, headless, ask.flags)
    if not ask.message.strip():
        raise InvalidRequest("message must not be empty")
    if len(ask.message.encode(errors="surrogatepass")) > MAX_MESSAGE_BYTES:
        raise InvalidRequest(f"message must be at most {MAX_MESSAGE_BYTES} bytes long")
    if "\0" in ask.message:
        raise InvalidRequest("message must not contain NUL characters")
    if ask.conversation is not None and not CONVERSATION_PATTERN.fullmatch(ask.conversation):
        raise InvalidRequest("conversation must be 1 to 128 letters, digits, _ and -, a letter or digit first")
    return known
