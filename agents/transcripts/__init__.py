"""What CLIs write down of their own calls, read as a second source beside the providers' door. Pure; nothing is opened.

A file is fed in pieces as it grows. What it tells of a call comes out once nothing more can follow about it. Whatever
stands in a file was written by a program in a session: it may be cut, wrong or forged, and never raises here.
"""

from agents.transcripts import claude, codex, gemini
from agents.transcripts.reading import PlanUse, Told, Transcript

_KINDS: dict[str, type[Transcript]] = {
    "claude": claude.ClaudeTranscript,
    "codex": codex.CodexTranscript,
    "gemini": gemini.GeminiTranscript,
}

AGENTS = tuple(_KINDS)

__all__ = ["AGENTS", "PlanUse", "Told", "Transcript", "kind_of"]


def kind_of(agent_id: str) -> type[Transcript] | None:
    """How that agent's transcripts are read; None for an agent that keeps none that we can read."""
    return _KINDS.get(agent_id)
