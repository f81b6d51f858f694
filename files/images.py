"""Which image a file is, by its first bytes. Pure."""

from collections.abc import Mapping

MAX_BYTES = 10 * 1024 * 1024
EXTENSIONS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/avif": "avif",
    "image/heic": "heic",
}
ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-ms-bmp": "image/bmp",
    "image/heif": "image/heic",
}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "image/heic"
)
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}


def kind(data: bytes) -> str | None:
    """The content type of what `data` begins with; None for what is none of the known images."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    return _BRANDS.get(data[8:12]) if data[4:8] == b"ftyp" else None


def declared(content_type: str) -> str:
    """The content type that a header names, without parameters, by its usual name."""
    named = content_type.partition(";")[0].strip().lower()
    return ALIASES.get(named, named)
