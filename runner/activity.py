"""What a session is doing - working, idle, waiting for a person, rate limited - told from all that its terminal shows.

Four sources, the surest first:

1. what the program itself reports (the Program Status Protocol, OSC 7501: Claude Code once it was answered, Codex);
2. the patterns of the agent's declaration, on the visible screen, the title and the foreground process;
3. the foreground process, for agents that declare nothing about it;
4. the rhythm of the output.

Pure: no I/O, no clock. Whoever owns an `Activity` passes the time, calls `foreground` and `screen` when `due_at` has
come, and looks at `state` and `since` after each call.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

State = Literal["working", "idle", "needs_input", "rate_limited", "exited"]
Declarable = Literal["rate_limited", "needs_input", "working", "idle"]
InputMode = Literal["keys", "lines", "hidden", "unknown"]
DECLARABLE: tuple[Declarable, ...] = get_args(Declarable)  # in the order in which they are tried

LOOK_AFTER_S = (
    0.4  # a screen is worth reading when output pauses; TUIs draw a frame in under 0.1 s, spinners tick at 0.1
)
LOOK_EVERY_S = 2.0  # a spinner never pauses: look this often all the same; a person can't tell 2 s from "at once"
FLOOD_BYTES = 512 * 1024  # more than this since the last look is a flood, and then nobody looks before it pauses
ECHO_S = 0.3  # output so soon after input is its echo; a slow agent's redraw of one key took up to 0.2 s
QUIET_S = 1.5  # a pause this long ends a run of output; spinners and streams of the CLIs pause 1.0 s at most
SUSTAINED_S = 1.0  # a run of output counts as work from this length on; a window that is drawn anew takes 0.2 s
IDLE_AFTER_S = 1.0  # idle counts when it has held this long: between two tool calls the CLIs show an idle screen
TITLE_EVERY_S = 0.1  # Codex turns a wheel in its title this often; faster ones wait for the next look
BUSY_CORES = 0.2  # processes that use this much of a core are not waiting for a person

SCREEN_LINES = 24  # patterns see the last non-blank lines: the tallest dialog seen has 17
LINE_CHARACTERS = 240
MAX_PATTERNS, MAX_PATTERN_CHARACTERS = 64, 400
MAX_RECORDS = 64  # of one terminal's programs, by the protocol's own minimum
MAX_REPORT_BYTES = 4096
MAX_REPORTS = 64  # of one piece of output count: the last ones

Rules = tuple[tuple[Declarable, tuple[re.Pattern[str], ...]], ...]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def compile_patterns(patterns: Mapping[str, Sequence[str]]) -> Rules:
    """The declared patterns, ready to be tried; raises `ValueError` that names what is wrong.

    They are searched with MULTILINE in this text, whose lines are at most 240 characters long:
    `foreground: itself|other keys|lines|hidden|unknown busy|still NAME`, `title: TITLE`, then the last 24 lines of the
    screen that are not blank. So `\\A` is the foreground process, `\\Z` the bottom of the screen. `keys` means that the
    program reads single keys, `hidden` that it reads a line without echo. A pattern runs on the runner's event loop:
    bound what repeats inside of what repeats.
    """
    unknown = set(patterns) - set(DECLARABLE)
    if unknown:
        raise ValueError(f"state_patterns: no such state: {', '.join(sorted(unknown))}")
    if sum(map(len, patterns.values())) > MAX_PATTERNS:
        raise ValueError(f"state_patterns: more than {MAX_PATTERNS}")
    return tuple((state, tuple(map(_compiled, patterns.get(state, ())))) for state in DECLARABLE)


def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise ValueError(f"state_patterns: {pattern[:40]!r}… is longer than {MAX_PATTERN_CHARACTERS} characters")
    try:
        return re.compile(pattern, re.MULTILINE)
    except re.error as error:
        raise ValueError(f"state_patterns: {pattern!r}: {error}") from None


class Activity:
    """The state of one running program. Times are seconds of any one clock; a new program needs a new `Activity`."""

    def __init__(self, rules: Rules, now: float) -> None:
        self.state: State = "working"
        self.since = now
        self.due_at: float | None = now + LOOK_EVERY_S  # a program may never print at all
        self._rules = rules
        self._idle_since: float | None = None
        self._screen: list[str] = []
        self._title, self._titled_at = "", now - TITLE_EVERY_S
        self._found: dict[tuple[Declarable, ...], Declarable | None] = {}  # by the states asked for; empty: look again
        self._is_itself, self._mode, self._name = True, "unknown", ""
        self._cpu: tuple[float, float] | None = None
        self._is_busy = False
        self._records: dict[str, Declarable] = {}
        self._unlooked_since = now
        self._unlooked_bytes = 0
        self._echo_until = now
        self._run_since = self._printed_at = now - QUIET_S

    # --- what happens --------------------------------------------------------------------------------------------

    def output(self, size_bytes: int, now: float) -> None:
        """The program printed; cheap, for every piece of output."""
        if self.state == "exited":
            return
        if now > self._echo_until:
            if now - self._printed_at >= QUIET_S:
                self._run_since = now
            self._printed_at = now
        if not self._unlooked_bytes:
            self._unlooked_since = now
        self._unlooked_bytes += size_bytes
        self.due_at = now + LOOK_AFTER_S
        if self._unlooked_bytes <= FLOOD_BYTES:
            self.due_at = min(self.due_at, self._unlooked_since + LOOK_EVERY_S)
        elif self._is_printing(now) and not self._records:
            self._become("working", now)

    def input(self, now: float) -> None:
        """Somebody typed, so what is printed next is mostly its echo."""
        self._echo_until = now + ECHO_S

    def title(self, text: str, now: float) -> None:
        if text == self._title:
            return
        self._title, self._found = text, {}
        if now - self._titled_at >= TITLE_EVERY_S:
            self._titled_at = now
            self._decide(now)

    def report(self, body: str, now: float) -> None:
        """The program said what it does: the part of an OSC 7501 after `7501;`. What is malformed is passed over."""
        fields = dict(part.split("=", 1) for part in body.split(":") if "=" in part)
        name, said = fields.get("id", ""), fields.get("state", "")
        if said == "clear":
            self._records = {key: state for key, state in self._records.items() if name and not _is_below(key, name)}
        elif said in _REPORTED:
            self._records.pop(name, None)
            self._records[name] = _REPORTED[said]
            if len(self._records) > MAX_RECORDS:
                del self._records[next(iter(self._records))]
        else:
            return
        self._decide(now)

    def foreground(
        self,
        is_program_itself: bool,
        name: str,
        now: float,
        *,
        input_mode: InputMode = "unknown",
        cpu_s: float | None = None,
    ) -> None:
        """Which process has the terminal, before a look: the program or one it started, and how it reads input.

        `input_mode`: `keys` without ICANON, `hidden` with ICANON but no ECHO, else `lines`.
        `cpu_s`: what all processes of the session have used so far.
        """
        if is_program_itself and not self._is_itself:
            self._records = {}  # reports of a program that a shell started end with it
        self._is_itself, self._name, self._mode, self._found = is_program_itself, name, input_mode, {}
        if cpu_s is not None:
            if self._cpu is not None and now > self._cpu[0]:
                self._is_busy = (cpu_s - self._cpu[1]) / (now - self._cpu[0]) >= BUSY_CORES
            self._cpu = (now, cpu_s)

    def screen(self, text: str, now: float) -> None:
        """What a person sees now. Decides, and says in `due_at` when to look again."""
        lines = [line.rstrip()[:LINE_CHARACTERS] for line in text.split("\n") if not line.isspace() and line]
        self._screen, self._found = lines[-SCREEN_LINES:], {}
        self._unlooked_bytes, self.due_at = 0, None
        self._decide(now)

    def exited(self, now: float) -> None:
        """The program is gone; nothing changes the state any more."""
        self._become("exited", now)
        self.due_at = None

    # --- what follows from it ------------------------------------------------------------------------------------

    def _decide(self, now: float) -> None:
        if self.state == "exited":
            return
        verdict, look_again_at = self._verdict(now)
        if verdict != "idle":
            self._become(verdict, now)
        elif self.state != "idle":
            self._idle_since = now if self._idle_since is None else self._idle_since
            idle_at = self._idle_since + IDLE_AFTER_S
            if now >= idle_at:
                self._become("idle", self._idle_since)
            else:
                look_again_at = idle_at
        if look_again_at is not None:
            self.due_at = look_again_at if self.due_at is None else min(self.due_at, look_again_at)

    def _become(self, state: State, since: float) -> None:
        self._idle_since = None
        if state != self.state and self.state != "exited":
            self.state, self.since = state, since

    def _verdict(self, now: float) -> tuple[Declarable, float | None]:
        """The state as it looks at this moment, and when to look again even if nothing is printed."""
        reported = self._reported()
        if reported == "needs_input":
            return reported, None
        found = self._matched(DECLARABLE[:1] if reported else DECLARABLE) or reported
        if found is not None:
            return found, now + LOOK_EVERY_S if found == "working" and self._is_busy else None
        if self._is_printing(now):
            return "working", self._printed_at + QUIET_S
        return ("working", now + LOOK_EVERY_S) if self._is_busy else ("idle", None)

    def _reported(self) -> Declarable | None:
        states = self._records.values()
        return next((state for state in DECLARABLE if state in states), None)

    def _matched(self, states: tuple[Declarable, ...]) -> Declarable | None:
        """The first of `states` whose patterns match, remembered until something they see changes."""
        if states not in self._found:
            text = self._seen()
            rules = (rule for rule in self._rules if rule[0] in states)
            self._found[states] = next((s for s, patterns in rules if any(p.search(text) for p in patterns)), None)
        return self._found[states]

    def _seen(self) -> str:
        who, busy = "itself" if self._is_itself else "other", "busy" if self._is_busy else "still"
        head = (f"foreground: {who} {self._mode} {busy} {self._name}", f"title: {self._title}")
        return "\n".join([*(_CONTROL.sub(" ", line)[:LINE_CHARACTERS] for line in head), *self._screen])

    def _is_printing(self, now: float) -> bool:
        return now - self._printed_at < QUIET_S and self._printed_at - self._run_since >= SUSTAINED_S


_REPORTED: Mapping[str, Declarable] = {
    "working": "working",
    "blocked": "needs_input",
    "idle": "idle",
    "done": "idle",
    "error": "idle",
}


def _is_below(name: str, parent: str) -> bool:
    return name == parent or name.startswith(f"{parent}/")


class ReportScanner:
    """Finds OSC 7501 in a program's output, however it is cut; costs one search a piece."""

    OPENING = b"\x1b]7501;"
    QUERY = "?"  # answer `ANSWER`: Claude Code reports nothing to a terminal that does not
    ANSWER = b"\x1b]7501;?\x1b\\"

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[str]:
        """The bodies of the reports that end in `data`, the query `?` among them."""
        if self._kept:
            data, self._kept = self._kept + data, b""
        bodies: list[str] = []
        position = 0
        while (start := data.find(self.OPENING, position)) >= 0:
            end = _END.search(data, start + len(self.OPENING), start + MAX_REPORT_BYTES)
            if end is None:
                if len(data) - start < MAX_REPORT_BYTES:
                    self._kept = data[start:]
                    return bodies[-MAX_REPORTS:]
                position = start + len(self.OPENING)
                continue
            body = data[start + len(self.OPENING) : end.start()]
            is_whole = end.group() in (b"\x07", b"\x1b\\")
            if is_whole and body.isascii():
                bodies.append(body.decode())
            position = end.end() if is_whole else end.start()
        self._kept = self._unfinished(data[max(position, len(data) - len(self.OPENING) + 1) :])
        return bodies[-MAX_REPORTS:]

    def _unfinished(self, tail: bytes) -> bytes:
        """The part of `tail`, which is shorter than the opening, that may begin one."""
        start = tail.rfind(b"\x1b")
        return tail[start:] if start >= 0 and self.OPENING.startswith(tail[start:]) else b""


_END = re.compile(rb"\x1b\\|[\x00-\x1a\x1c-\x1f]|\x1b(?=[^\\])")
