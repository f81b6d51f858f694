"""What callers of the terminal endpoints get, for the OpenAPI document."""

from typing import Any, Literal

from core.described import MAY_BE_MISSING, Answer, Timestamp
from sessions.answers import SessionState


class SizeAnswer(Answer):
    cols: int
    rows: int


class Cursor(Answer):
    """Counted from 0."""

    x: int
    y: int
    visible: bool


class Modes(Answer):
    """Null is what the terminal cannot tell."""

    bracketedPaste: bool | None
    applicationCursor: bool | None
    applicationKeypad: bool | None
    focusEvents: bool | None
    synchronizedOutput: bool | None
    autoWrap: bool | None
    origin: bool | None
    reverseVideo: bool | None
    alternateScreen: bool | None
    insert: bool | None
    mouse: Literal["none", "x10", "normal", "button", "any"] | None
    mouseEncoding: Literal["default", "utf8", "sgr", "urxvt", "sgr-pixels"] | None
    kittyKeyboard: int | None


class SnapshotAnswer(Answer):
    """`snapshot`: escape sequences that give a fresh terminal of that size this very screen, as of `offset`."""

    snapshot: str
    text: str
    cols: int
    rows: int
    offset: int
    cursor: Cursor
    modes: Modes
    title: str | None
    alternate: bool
    state: SessionState


class OutputAnswer(Answer):
    """The last `lines`, rows of scrollback and screen; `raw` is them with newlines between."""

    totalLines: int
    offset: int
    lines: list[str]
    raw: str


class Executed(Answer):
    """What came of a prompt or command. `output` and `exitCode` are null where nothing was waited for or known."""

    submitted: bool
    waitFor: str | None
    reason: str
    timedOut: bool
    output: str | None
    truncated: bool
    exitCode: int | None
    offset: int
    state: SessionState | None
    durationMs: int
    match: str = MAY_BE_MISSING


class Problem(Answer):
    code: str
    message: str
    details: dict[str, Any] = MAY_BE_MISSING


class OneExecuted(Executed):
    sessionId: str
    success: Literal[True]


class OneTyped(Answer):
    sessionId: str
    success: Literal[True]


class OneFailed(Answer):
    sessionId: str
    success: Literal[False]
    error: Problem


class BatchSummary(Answer):
    total: int
    succeeded: int
    failed: int


class BatchExecuteAnswer(Answer):
    """In the order asked for, each session once."""

    results: list[OneExecuted | OneFailed]
    summary: BatchSummary


class BatchInputAnswer(Answer):
    """In the order asked for, each session once."""

    results: list[OneTyped | OneFailed]
    summary: BatchSummary


class ForegroundProcess(Answer):
    """The process that has the keyboard."""

    pid: int
    name: str
    argv: list[str]
    agent: str | None


class ProcessTotals(Answer):
    """Figures of the moment; null is what nobody can know."""

    pid: int | None
    foreground: ForegroundProcess | None
    agent: str | None
    processCount: int
    cpuPercent: float | None
    cpuSeconds: float | None
    memoryBytes: int


class Process(Answer):
    pid: int
    ppid: int
    name: str
    argv: list[str]
    agent: str | None
    state: Literal["running", "sleeping", "disk-sleep", "stopped", "tracing-stop", "zombie", "dead", "idle", "unknown"]
    cpuPercent: float | None
    cpuSeconds: float | None
    memoryBytes: int
    startedAt: Timestamp


class SessionProcessesAnswer(ProcessTotals):
    """500 at most, the program first."""

    processes: list[Process]


class SessionTotals(Answer):
    """All null when the session's runner does not answer."""

    sessionId: str
    name: str
    pid: int | None
    foreground: ForegroundProcess | None
    agent: str | None
    processCount: int | None
    cpuPercent: float | None
    cpuSeconds: float | None
    memoryBytes: int | None


class ProcessesAnswer(Answer):
    sessions: list[SessionTotals]
    count: int
    processCount: int
    cpuPercent: float | None
    memoryBytes: int


class SystemInfoAnswer(Answer):
    """The machine that sessions start on; `home` and `runnerPid` are for staff. `uptime`: seconds."""

    hostname: str
    platform: str
    arch: str
    os: str
    kernel: str
    cpuCount: int
    memoryBytes: int
    diskBytes: int
    uptime: float
    version: str
    runnerStartedAt: Timestamp
    home: str = MAY_BE_MISSING
    runnerPid: int = MAY_BE_MISSING


class MachineMemory(Answer):
    totalBytes: int
    availableBytes: int
    usedBytes: int
    limitBytes: int | None


class MachineDisk(Answer):
    totalBytes: int
    usedBytes: int
    freeBytes: int


class RunnerFigures(Answer):
    memoryBytes: int
    cpuPercent: float | None
    cpuSeconds: float
    openFiles: int | None
    startedAt: Timestamp


class SessionCounts(Answer):
    total: int
    running: int


class SystemMetricsAnswer(Answer):
    """`cpuPercent` is of all processors together, the runner's is of one."""

    timestamp: Timestamp
    uptime: float
    loadAverage: list[float]
    cpuCount: int
    cpuPercent: float | None
    memory: MachineMemory
    disk: MachineDisk
    runner: RunnerFigures
    sessions: SessionCounts
