"""What a runner is told when it starts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunnerOptions:
    """Folders, address and limits; sizes in bytes, times in seconds."""

    home: Path
    socket_path: Path
    version: str
    journal_bytes: int = 4 * 1024 * 1024
    scrollback_lines: int = 10_000
    stop_grace_s: float = 1.5
    allowed_roots: tuple[Path, ...] = ()

    @property
    def workspaces(self) -> Path:
        return self.home / "workspaces"

    @property
    def private(self) -> Path:
        """Per session: its HOME and its temporary folder."""
        return self.home / "sessions"
