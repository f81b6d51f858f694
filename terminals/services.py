"""What can be done with a live terminal, through the runner that holds it; the rights were looked at before."""

from core.errors import InvalidRequest
from sessions import services as sessions
from sessions.models import Session
from terminals.payloads import Size


def write(row: Session, data: str) -> None:
    """Type into the terminal; raises `Conflict` when the program has exited, `TooLarge` when it does not read."""
    sessions.ask_live(row, "write", data=encodable(data))


def encodable(text: str) -> str:
    """`text`, unless it holds half a surrogate pair, which no terminal could be sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("data is not valid Unicode text") from None
    return text


def resize(row: Session, size: Size) -> Session:
    sessions.note(row, sessions.ask_live(row, "resize", cols=size.cols, rows=size.rows))
    return row
