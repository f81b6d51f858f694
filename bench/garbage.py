"""What no program should print: random bytes, and sequences that look right until they don't. Seeded, fast, endless."""

import random
from collections.abc import Callable, Iterator

BLOCK_BYTES = 512 * 1024  # made once, then shuffled and cut: bytes come faster than they could be thought of
ESC, BEL, ST = b"\x1b", b"\x07", b"\x1b\\"
FINALS = bytes(range(0x40, 0x7F))
WIDE = "漢字🙂👩‍👩‍👧e\u0301\u0300ｗ\u200b\u202e각🇩🇪".encode()
NUMBERS = (0, 1, 2, 3, 23, 24, 25, 79, 80, 81, 255, 999, 2004, 32767, 65535, 65536, 2**31 - 1, 2**32, 10**18)
STRINGS = (b"]", b"P", b"_", b"^", b"X", b"]52;c;", b"]0;", b"]8;;", b"]133;", b"]7501;", b"P+q", b"Pq", b"_G", b"P1$r")

Source = random.Random


def noise(source: Source) -> bytes:
    return source.randbytes(source.randrange(1, 400))


def text(source: Source) -> bytes:
    """Also what is no text: cut characters, control bytes."""
    controls, cut = b"\t\b\x7f\x00\x0e\x0f", WIDE[: source.randrange(9)]
    parts = (b"plain words and ", WIDE, source.randbytes(3), b"\r\n", controls, cut)
    return b"".join(source.choice(parts) for _ in range(source.randrange(1, 12)))


def csi(source: Source) -> bytes:
    """A control sequence with wrong numbers, too many of them, or no end."""
    count = source.choice((0, 1, 2, 3, 17, 400))
    between = source.choice((b";", b":", b";;"))
    parameters = between.join(b"%d" % source.choice(NUMBERS) for _ in range(count))
    final = bytes([source.choice(FINALS)]) if source.random() < 0.95 else b""
    mark, between_parts = source.choice((b"", b"", b"?", b">", b"=", b"<")), source.choice((b"", b" ", b"$"))
    return ESC + b"[" + mark + parameters + between_parts + final


def string(source: Source) -> bytes:
    """OSC, DCS, APC, PM, SOS: ended, cut off, or with another one inside."""
    body = source.choice((noise, text, csi))(source) * source.choice((1, 1, 1, 20))
    if source.random() < 0.1:
        body += string(source)
    return ESC + source.choice(STRINGS) + body + source.choice((BEL, ST, ST, b"", b"\x18", b"\x9c"))


def picture(source: Source) -> bytes:
    """Kitty graphics and sixel, of sizes that nobody has memory for."""
    size = source.choice(NUMBERS)
    kitty = b"_Ga=T,f=%d,s=%d,v=%d,m=%d;" % (source.choice((24, 32, 100, 9)), size, size, source.randrange(2))
    sixel = b'Pq"1;1;%d;%d#0;2;%d;0;0!%d~-' % (size, size, size, size)
    return ESC + source.choice((kitty, sixel)) + b"QUJD" * source.randrange(300) + source.choice((ST, b""))


def margins(source: Source) -> bytes:
    """Wide characters where they don't fit, in regions that are none."""
    top, bottom, column = (source.choice(NUMBERS) for _ in range(3))
    place = b"\x1b[?69h\x1b[%d;%ds\x1b[%d;%dr\x1b[%d;%dH" % (column, column + 1, top, bottom, bottom, column)
    numbered = b"\x1b[%d" % source.choice((top, column))
    edit = source.choice((b"\x1b[4h", b"\x1bM", *(numbered + final for final in (b"@", b"P", b"L", b"T", b"b"))))
    return place + edit + WIDE * source.randrange(4) + b"\x1b[?7%c" % source.choice(b"hl")


def modes(source: Source) -> bytes:
    """On and off, saved and restored, and questions to be answered."""
    known = (1, 3, 5, 6, 7, 12, 25, 47, 66, 69, 1000, 1003, 1006, 1047, 1048, 1049, 2004, 2026, 2027, 2031, 2048)
    asked = (b"\x1b[c", b"\x1b[6n", b"\x1b[?u", b"\x1b[>q", b"\x1bP+q544e\x1b\\", b"\x1b]10;?\x07", b"\x1b[18t")
    mode = b"\x1b[?%d%c" % (source.choice(known), source.choice(b"hlrs$"))
    return source.choice((mode, b"\x1b7", b"\x1b8", b"\x1bc", b"\x1b[!p", source.choice(asked)))


KINDS: dict[str, tuple[Callable[[Source], bytes], ...]] = {
    "random bytes": (noise,),
    "sequences": (csi, string, text, modes),
    "pictures": (picture, string, text),
    "margins": (margins, text, csi),
    "everything": (noise, text, csi, string, picture, margins, modes),
}


def stream(kind: str, seed: int) -> Iterator[bytes]:
    """Blocks without end: pieces of one kind, in an order and with cuts that never repeat."""
    source = random.Random(f"{kind} {seed}")  # noqa: S311
    makers, pieces, size = KINDS[kind], list[bytes](), 0
    while size < BLOCK_BYTES:
        pieces.append(source.choice(makers)(source))
        size += len(pieces[-1])
    while True:
        source.shuffle(pieces)
        block = b"".join(pieces)
        yield block[source.randrange(200) : len(block) - source.randrange(200)]


def take(kind: str, seed: int, size: int) -> bytes:
    """The first `size` bytes of `stream`."""
    found = bytearray()
    for block in stream(kind, seed):
        found += block
        if len(found) >= size:
            break
    return bytes(found[:size])
