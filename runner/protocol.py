"""What web and runner say to each other: frame kinds, operations and their parameters."""

import struct
from enum import IntEnum
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, Field, ValidationError, model_validator

from core.errors import HostUnavailable, InvalidRequest
from runner import beside
from runner.params import ID_PATTERN as ID_PATTERN
from runner.params import ById as ById
from runner.params import Level as Level
from runner.params import Params as Params

VERSION = 6
MAX_OFFSET = 2**53 - 1  # what JavaScript counts exactly
MAX_HISTORY_LINES = 200_000
MAX_TEXT_CHARACTERS = 64 * 1024
MAX_LINES, MAX_SKIP_LINES = 10_000, 2**31
REPAINT_HEADER = ">QHHI"


class Kind(IntEnum):
    """Kind of a frame; in brackets what its body is."""

    HELLO = 0  # runner → web, first frame [JSON: protocol, version, pid, started_at]
    REQUEST = 1  # web → runner [JSON: id, op, params]
    REPLY = 2  # runner → web [JSON: id, result | error {code, message, details?}]
    OUTPUT = 3  # runner → web [8 bytes big-endian offset of the first byte, terminal bytes]
    REPAINT = 4  # runner → web [8 bytes offset, 2 bytes cols, 2 bytes rows, 4 bytes lines of history, escape sequences]
    EVENT = 5  # runner → web [JSON: event, …]
    INPUT = 6  # web → runner [bytes to type]
    ACK = 7  # web → runner [8 bytes offset up to which the reader has everything]
    READY = 8  # porter → web, the connection is the porter's now [empty], see `runner.porter`
    DATA = 9  # both ways between porter and web [bytes; empty: that was all of it]


class Resume(Params):
    """Start `argv` instead when something matches the glob `exists` below HOME: a conversation to go on with."""

    exists: str = Field(min_length=1, max_length=1000)
    argv: list[str] = Field(min_length=1)


Network = Literal["none", "gateway", "proxy", "open"]
HOST_PATTERN = r"^(\*\.)?[A-Za-z0-9.:_-]{1,253}$"


class Launch(Params):
    """A program to start, as an agent's declaration describes it; see `agents.services.Launch`.

    `network`: what it reaches; None: as the runner is configured. `network_allow`: hosts to which its proxy is
    narrowed, within the runner's own list. `isolation_minimum`: below this level it is refused (`IsolationTooWeak`).
    `raw`: its terminal echoes nothing and passes every byte as it is, for a program whose output is read by another.
    `secrets`: values that must not stand in a recording or the search index. `searchable`: whether it is indexed.
    """

    argv: list[str] = Field(min_length=1)
    env: dict[str, str] = {}
    home_files: dict[str, str] = {}
    workspace_files: dict[str, str] = {}
    resume: Resume | None = None
    path_prefix: list[str] = []
    readable: list[str] = []
    state_patterns: dict[str, list[str]] = {}  # see runner.activity.compile_patterns
    network: Network | None = None
    network_allow: Annotated[list[Annotated[str, Field(pattern=HOST_PATTERN)]], Field(max_length=200)] = []
    isolation_minimum: Level = "none"
    raw: bool = False
    secrets: Annotated[list[str], Field(max_length=1000)] = []
    searchable: bool = True
    label: dict[str, str] = {}  # the web side's own words for what runs; comes back in everything said of the terminal


class Opening(Params):
    """A text for the program and how it is sent.

    `paste`: as a bracketed paste, `auto` where the program has asked for it. `submit`: keys that come `pause_ms` later.
    """

    text: str = Field(min_length=1, max_length=MAX_TEXT_CHARACTERS)
    paste: Literal["auto", "always", "never"] = "auto"
    submit: str = Field("\r", max_length=64)
    pause_ms: int = Field(0, ge=0, le=10_000)


class Execute(ById, Opening):
    """Send a text and `wait`; one execution at a time, so it waits for its turn first. All within `timeout_ms`.

    `idle`: until the program has worked and rests, or the shell is at its prompt again. `exit`: until it has exited.
    `text`: until the output since matches `pattern` (RE2). None: only until it is sent.
    Reply: `offset` of the first byte since, `reason` (what was waited for, or `submitted`, `exit`, `timeout`,
    `incomplete`: the shell asks for the rest of the command), `state`,
    and after a wait `output` (text, the newest `output_bytes`; `truncated`: there was more), `exit_code`, `match`.
    """

    wait: Literal["idle", "exit", "text"] | None = None
    pattern: str | None = None
    timeout_ms: int = Field(60_000, ge=1, le=600_000)
    output_bytes: int = Field(1024 * 1024, ge=1, le=1024 * 1024)


class Source(Params):
    """A repository in a folder of this machine, which must lie as a `cwd` does; the session may read it.

    All of it while the program `before` runs; afterwards only its objects, if they are `shared`.
    """

    path: str = Field(min_length=1, max_length=4096)
    shared: bool = False


class Create(ById):
    """`within`: the session in whose folders it runs, as that one's user; its box, its doors and its end are its own.

    It ends when that one is removed. `cwd` is then that one's, for one that this runner does not know.
    `before`: a program that runs first, on the same terminal and in the same folders and box; only if it exits with 0
    does the other one follow, and is `opening` sent. `source`: what it makes the workspace from.
    """

    launch: Launch
    before: Launch | None = None
    source: Source | None = None
    cols: int
    rows: int
    cwd: str | None = None
    within: str | None = Field(None, pattern=ID_PATTERN)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)  # of the first byte, see `runner.terminal.Terminal`
    opening: Opening | None = None  # sent once the program is ready

    @model_validator(mode="after")
    def _stands_in_another(self) -> Self:
        if self.within == self.id:
            raise ValueError("a session can't be within itself")
        return self


class Replace(ById):
    """`before`: as in `Create`."""

    launch: Launch
    before: Launch | None = None
    opening: Opening | None = None


class Write(ById):
    data: str


class Resize(ById):
    cols: int
    rows: int


class Signal(ById):
    signal: int = Field(ge=1, le=64)


class End(ById):
    """`by`: who ends it, in `ended_by` of everything that is said of the terminal from then on."""

    by: Literal["stop"] | None = None


class Review(ById):
    """`cwd`: as it was created with, for a session that this runner does not know."""

    cwd: str | None = None


def _stays_below(pattern: str) -> str:
    if "\0" in pattern or any(part in ("", ".", "..") for part in pattern.split("/")):
        raise ValueError("must be a glob of names below HOME")
    return pattern


Glob = Annotated[str, Field(max_length=500), AfterValidator(_stays_below)]


class HomeFiles(ById):
    """What `runner.workspace.home_files.read` tells of files below the session's HOME."""

    patterns: list[Glob] = Field(min_length=1, max_length=16)
    since: dict[str, Annotated[int, Field(ge=0)]] = Field({}, max_length=2000)
    max_bytes: int = Field(8 * 1024 * 1024, ge=1, le=16 * 1024 * 1024)


class Remove(ById):
    """`for_good`: the id is never used again, a `create` that is on its way is refused."""

    keep_workspace: bool = False
    for_good: bool = False


class Screen(ById):
    history: int = Field(0, ge=0, le=MAX_HISTORY_LINES)


class Lines(ById):
    """The last `count` lines, `skip` at the end left out."""

    count: int = Field(ge=1, le=MAX_LINES)
    skip: int = Field(0, ge=0, le=MAX_SKIP_LINES)


Cells = Field(None, ge=2, le=1000)


class Attach(ById):
    """`since`: offset up to which the reader has everything; None asks for a repaint with `history` lines."""

    since: int | None = Field(None, ge=0)
    history: int = Field(1000, ge=0, le=MAX_HISTORY_LINES)
    control: bool = True
    cols: int | None = Cells
    rows: int | None = Cells
    who: dict[str, str] = Field({}, max_length=8)  # the web side's own words for who it is; comes back in `viewers`


class Take(Params):
    """Drive the attached terminal, at this size or the one that was wished for before."""

    cols: int | None = Cells
    rows: int | None = Cells


class Fit(Params):
    """The attached reader's own size."""

    cols: int = Field(ge=2, le=1000)
    rows: int = Field(ge=2, le=1000)


class Refresh(Params):
    history: int = Field(1000, ge=0, le=MAX_HISTORY_LINES)


class Publish(ById):
    """What web processes tell each other of a session by way of the feed, since the runner can't know it.

    `cost`: what it has cost, or whether it may ask for more, has changed. `budget_…`: it reached the warning, or the
    limit, of the budget `budget`. None of them says figures: whoever wants them looks. `label`: words for the marker
    that a recording gets of it; none without.
    """

    event: Literal["changed", "cost", "budget_warning", "budget_exceeded"]
    budget: str | None = Field(None, pattern=ID_PATTERN)
    label: str | None = Field(None, max_length=200)


class Processes(Params):
    """`ids`: of these sessions, those that are here; `whole`: every process and not only the sums."""

    ids: list[str] = Field(max_length=10_000)
    whole: bool = False


class Nothing(Params):
    pass


OPERATIONS: dict[str, type[Params]] = {
    "list": Nothing,
    "create": Create,
    "get": ById,
    "replace": Replace,
    "write": Write,
    "execute": Execute,
    "resize": Resize,
    "signal": Signal,
    "end": End,
    "review": Review,
    "home_files": HomeFiles,
    "remove": Remove,
    "text": Screen,
    "lines": Lines,
    "snapshot": ById,
    "processes": Processes,
    "isolation": Nothing,
    "reached": ById,
    "machine": Nothing,
    "attach": Attach,
    "subscribe": Nothing,
    "publish": Publish,
    "detach": Nothing,
    "take": Take,
    "fit": Fit,
    "refresh": Refresh,
    "shutdown": Nothing,
    **beside.OPERATIONS,
}


def parse_params(op: Any, params: Any) -> Params:
    """The checked parameters of an operation; raises `InvalidRequest`."""
    model = OPERATIONS.get(op) if isinstance(op, str) else None
    if model is None:
        raise InvalidRequest(f"The runner knows no operation {op!r}")
    try:
        return model.model_validate(params)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRequest(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def size_of(params: Attach | Take) -> tuple[int, int] | None:
    """`(cols, rows)` when both were given."""
    return (params.cols, params.rows) if params.cols is not None and params.rows is not None else None


def check_version(hello: dict[str, Any]) -> None:
    """Raises `HostUnavailable` for a runner that outlived an upgrade of the web side and speaks another protocol."""
    if hello.get("protocol") != VERSION:
        raise HostUnavailable("The runner is of another version; end it with `agterm runner stop` and start anew")


def offset_header(offset: int) -> bytes:
    return offset.to_bytes(8, "big")


def repaint_header(offset: int, cols: int, rows: int, history: int) -> bytes:
    return struct.pack(REPAINT_HEADER, offset, cols, rows, history)


def parse_repaint(body: bytes) -> tuple[int, int, int, bytes, int]:
    """`(offset, cols, rows, data, history)` of a REPAINT frame."""
    offset, cols, rows, history = struct.unpack_from(REPAINT_HEADER, body)
    return offset, cols, rows, body[struct.calcsize(REPAINT_HEADER) :], history


def dumps(value: Any) -> bytes:
    return orjson.dumps(value)


def loads(body: bytes) -> Any:
    """Parsed JSON; raises `InvalidRequest` for anything else."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRequest("not JSON") from None
