"""What the runner itself has of a session, asked at its own socket and compared: the bytes it holds, or its screen."""

from bench.soak_stream import Check
from runner import client, protocol, wire
from runner.addresses import connect
from runner.protocol import Kind

TIMEOUT_S = 20.0


def look(address: str, session_id: str, since: int, check: Check) -> None:
    """Compare everything from `since` up to now; after a resize there is a repaint instead of bytes."""
    params = {"id": session_id, "since": since, "control": False}
    request = protocol.dumps({"id": 1, "op": "attach", "params": params})
    decoder, position, until = wire.Decoder(), since, -1
    with connect(address, TIMEOUT_S) as door:
        door.sendall(wire.encode(Kind.REQUEST, request))
        while until < 0 or position < until:
            for frame in decoder.feed(door.recv(1 << 18)):
                if frame.kind == Kind.REPLY:
                    until = int(client.result_of(protocol.loads(frame.body))["offset"])
                else:
                    position = _compare(frame, position, check)
                    door.sendall(wire.encode(Kind.ACK, protocol.offset_header(position)))


def _compare(frame: wire.Frame, position: int, check: Check) -> int:
    """The offset up to which all is known then."""
    if frame.kind == Kind.OUTPUT:
        offset, data = int.from_bytes(frame.body[:8], "big"), frame.body[8:]
        check.output(offset, data)
        return offset + len(data)
    if frame.kind == Kind.REPAINT:
        offset, cols, rows, data, *_ = protocol.parse_repaint(frame.body)
        check.screen(offset, cols, rows, data)
        return offset
    return position
