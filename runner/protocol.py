"""What web and runner say to each other: frame kinds, operations and their parameters."""

from enum import IntEnum
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import HostUnavailable, InvalidRequest

VERSION = 1


class Kind(IntEnum):
    """Kind of a frame; in brackets what its body is."""

    HELLO = 0  # runner → web, first frame [JSON: protocol, version, pid, started_at]
    REQUEST = 1  # web → runner [JSON: id, op, params]
    REPLY = 2  # runner → web [JSON: id, result | error {code, message, details?}]
    OUTPUT = 3  # runner → web [8 bytes big-endian offset of the first byte, terminal bytes]
    REPAINT = 4  # runner → web [8 bytes offset, 2 bytes cols, 2 bytes rows, escape sequences]
    EVENT = 5  # runner → web [JSON: event, …]
    INPUT = 6  # web → runner [bytes to type]
    ACK = 7  # web → runner [8 bytes offset up to which the reader has everything]


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ById(Params):
    id: str = Field(pattern=r"^[0-9a-f-]{36}$")


class Launch(Params):
    """A program to start, as an agent's declaration describes it; see `agents.services.Launch`."""

    argv: list[str] = Field(min_length=1)
    env: dict[str, str] = {}
    home_files: dict[str, str] = {}
    path_prefix: list[str] = []
    readable: list[str] = []
    state_patterns: dict[str, list[str]] = {}  # see runner.activity.compile_patterns
    label: dict[str, str] = {}  # the web side's own words for what runs; comes back in everything said of the terminal


class Create(ById):
    launch: Launch
    cols: int
    rows: int
    cwd: str | None = None


class Replace(ById):
    launch: Launch


class Write(ById):
    data: str


class Resize(ById):
    cols: int
    rows: int


class Signal(ById):
    signal: int = Field(ge=1, le=64)


class Remove(ById):
    keep_workspace: bool = False


class Screen(ById):
    history: int = Field(0, ge=0, le=200_000)


class Attach(ById):
    """`since`: offset up to which the reader has everything; None asks for a repaint with `history` lines."""

    since: int | None = Field(None, ge=0)
    history: int = Field(1000, ge=0, le=200_000)
    control: bool = True


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
    "resize": Resize,
    "signal": Signal,
    "end": ById,
    "remove": Remove,
    "text": Screen,
    "processes": Processes,
    "machine": Nothing,
    "attach": Attach,
    "detach": Nothing,
    "shutdown": Nothing,
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


def check_version(hello: dict[str, Any]) -> None:
    """Raises `HostUnavailable` for a runner that outlived an upgrade of the web side and speaks another protocol."""
    if hello.get("protocol") != VERSION:
        raise HostUnavailable("The runner is of another version; end it with `agterm runner stop` and start anew")


def offset_header(offset: int) -> bytes:
    return offset.to_bytes(8, "big")


def repaint_header(offset: int, cols: int, rows: int) -> bytes:
    return offset_header(offset) + cols.to_bytes(2, "big") + rows.to_bytes(2, "big")


def parse_repaint(body: bytes) -> tuple[int, int, int, bytes]:
    """`(offset, cols, rows, data)` of a REPAINT frame."""
    return (*(int.from_bytes(body[a:b], "big") for a, b in ((0, 8), (8, 10), (10, 12))), body[12:])  # type: ignore[return-value]


def dumps(value: Any) -> bytes:
    return orjson.dumps(value)


def loads(body: bytes) -> Any:
    """Parsed JSON; raises `InvalidRequest` for anything else."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRequest("not JSON") from None
