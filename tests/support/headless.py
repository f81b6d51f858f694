"""What the real CLIs printed on headless runs, captured, and what our translators make of it."""

from pathlib import Path

from agents import registry
from agterm_agent import events
from agterm_agent.events import Event

DATA = Path(__file__).resolve().parents[1] / "data" / "headless"
EXIT_CODES = {
    "claude": {"provider_error": 1, "budget": 1, "no_such_conversation": 1, "stopped": 143},
    "codex": {"provider_error": 1, "budget": 1, "no_such_conversation": 1, "stopped": -15},
    "gemini": {"provider_error": 173, "budget": 146, "no_such_conversation": 42},
    "opencode": {"budget": 1, "no_such_conversation": 1, "stopped": -15},
}
CASES = sorted((path.parent.name, path.stem) for path in DATA.glob("*/*.jsonl"))


def captured(agent_id: str, case: str) -> list[str]:
    """The lines, as they come from a terminal."""
    return (DATA / agent_id / f"{case}.jsonl").read_text().splitlines()


def told(agent_id: str, lines: list[str], exit_code: int | None) -> list[Event]:
    """The turn's whole trail."""
    headless = registry.get(agent_id).headless
    assert headless is not None
    translator = headless.translator()
    heard = [event for line in lines for event in translator.feed(line)]
    return [events.user_prompt("Do it"), *heard, *translator.end(exit_code)]


def told_of(agent_id: str, case: str) -> list[Event]:
    return told(agent_id, captured(agent_id, case), EXIT_CODES[agent_id].get(case, 0))
