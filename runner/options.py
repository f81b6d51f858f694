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
    idle_s: float = 0.0  # 0: a session is never ended for being idle
    isolation: str = "auto"  # a level of `runner.sandbox.levels`, or auto
    network: str = "proxy"  # of sessions that name none
    network_allow: tuple[str, ...] = ()
    network_private: tuple[str, ...] = ()
    session_memory_bytes: int = 0  # 0: no limit
    session_processes: int = 2048
    sandbox_readable: tuple[Path, ...] = ()
    file_roots: tuple[Path, ...] = ()  # folders outside of workspaces that callers of the file API may see
    search: bool = True  # whether there is a search index
    search_max_bytes: int = 4 * 1024 * 1024 * 1024

    @property
    def workspaces(self) -> Path:
        return self.home / "workspaces"

    @property
    def hidden(self) -> tuple[Path, ...]:
        """Our own folders, of which no session sees anything but what is its own."""
        return (self.home.resolve(), self.socket_path.parent.resolve())

    @property
    def installed(self) -> tuple[Path, ...]:
        """What of them sessions may read: agents, and the Node that runs them."""
        return (self.home.resolve() / "agents", self.home.resolve() / "node")

    @property
    def recordings(self) -> Path:
        return self.home / "recordings"

    @property
    def search_index(self) -> Path:
        return self.home / "search" / "index.sqlite3"

    @property
    def private(self) -> Path:
        """Per session: its HOME and its temporary folder."""
        return self.home / "sessions"
