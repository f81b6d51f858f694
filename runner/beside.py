"""Parameters of the operations that concern what lies beside the terminals: folders, ports, recordings, the index."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from runner.params import ID_PATTERN, ById, Level, Params

MAX_ERRAND_BYTES = 16 * 1024 * 1024


class Place(Params):
    """A folder to work in: a session's workspace (`cwd` as it was created with, for one unknown here), or a root.

    `root` must be one of the runner's allowed roots, or lie in one.
    """

    session: str | None = Field(None, pattern=ID_PATTERN)
    cwd: str | None = None
    root: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.session is None) == (self.root is None):
            raise ValueError("a place is a session or a root")
        return self


class Carry(Params):
    """Hand this connection over to the porter (`runner.porter`), which answers from then on.

    `what`: the work, by its name there; `place` for work in a folder; `port` of the session for `preview`.
    """

    what: str = Field(max_length=64)
    place: Place | None = None
    port: int | None = Field(None, ge=1, le=65535)
    params: dict[str, Any] = {}


class Errand(ById):
    """Run `argv` in the session's box, as its user, in its workspace, with no network, beside its own program.

    `input`: base64, what it reads. Reply: `{code, output, errors, whole}`: `output` base64, `errors` the text it said
    on standard error (64 KiB at most), `code` None when it was ended (too long, too much), `whole`: nothing is missing.
    `isolation_minimum`: below this level it is refused.
    """

    cwd: str | None = None
    argv: list[str] = Field(min_length=1)
    env: dict[str, str] = {}
    input: str = ""
    isolation_minimum: Level = "none"
    timeout_ms: int = Field(30_000, ge=1, le=600_000)
    limit_bytes: int = Field(1024 * 1024, ge=1, le=MAX_ERRAND_BYTES)


class RecordStart(ById):
    """Record the session `id` as `recording`; `Conflict` when it is recorded already.

    `max_bytes`, `max_seconds`: it ends there, `truncated`. `from_start`: with what the session has printed so far,
    where all of it is still held; else it begins with the screen as it is. `title`: of the recording.
    """

    recording: str = Field(pattern=ID_PATTERN)
    include_input: bool = False
    max_bytes: int = Field(1 << 30, ge=1024)
    max_seconds: int = Field(86_400, ge=1)
    from_start: bool = False
    title: str = Field("", max_length=200)


class RecordStop(ById):
    """End what is recorded of the session `id`; reply: its facts. `Conflict` when nothing is."""


class Recordings(Params):
    """Facts of these recordings (`runner.recorder.facts`), by id; of all that are being written when `ids` is None."""

    ids: Annotated[list[Annotated[str, Field(pattern=ID_PATTERN)]], Field(max_length=10_000)] | None = None


class RecordRemove(Params):
    recording: str = Field(pattern=ID_PATTERN)


class Forget(ById):
    """Drop what the search index holds of the session `id`. `on`: whether it is indexed from now on; None: as ever."""

    on: bool | None = None


class Prune(Params):
    """Drop what the index holds from before `before` (Unix seconds)."""

    before: float


class Ports(ById):
    """Ports on which processes of the session `id` listen: `[{port, address, pid, command}]`."""


OPERATIONS: dict[str, type[Params]] = {
    "carry": Carry,
    "errand": Errand,
    "record_start": RecordStart,
    "record_stop": RecordStop,
    "recordings": Recordings,
    "record_remove": RecordRemove,
    "search_forget": Forget,
    "search_prune": Prune,
    "ports": Ports,
}

RecordingStatus = Literal["recording", "stopped", "failed"]
