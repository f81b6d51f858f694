"""How each CLI runs headless, one message and nobody at its terminal, and how its output becomes our events."""

from agents.headless.declaration import FLAGS, Ask, Headless, Translator, check, check_flags

__all__ = ["FLAGS", "Ask", "Headless", "Translator", "check", "check_flags"]
