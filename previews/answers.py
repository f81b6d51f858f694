"""What callers get from the endpoints of ports, for the description of the API; names as on the wire."""

from core.described import Answer


class DetectedPort(Answer):
    """`port` is there when one was `detected`."""

    detected: bool
    port: int = 0


class ListeningPort(Answer):
    """A TCP port on which a process of the session listens; `previewUrl` shows what it serves."""

    port: int
    address: str
    pid: int
    command: str
    previewUrl: str


class ListeningPorts(Answer):
    ports: list[ListeningPort]
