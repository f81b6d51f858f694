"""Which headers pass the door: what the two ends tell each other, not what concerns one connection or one key."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote_to_bytes

from providers.credentials import Credential

Headers = list[tuple[bytes, bytes]]

OF_ONE_CONNECTION = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
}  # fmt: skip
KEYS = (b"authorization", b"x-api-key", b"x-goog-api-key", b"api-key")
OF_THE_CALLER = {b"host", b"expect", b"forwarded", b"cookie", b"content-length", *KEYS}
# These make another request of it than the one that was judged, or an answer that does not tell what it cost.
AROUND_THE_METER = {
    b"x-http-method-override", b"x-http-method", b"x-method-override", b"x-goog-fieldmask", b"x-goog-upload-protocol",
    b"range", b"if-range", b"x-original-url", b"x-rewrite-url",
}  # fmt: skip
OURS = (b"x-agterm-", b"x-forwarded-")
OF_THE_PROVIDER = {b"date", b"set-cookie", b"alt-svc"}  # our server dates its answers; the rest is for its own clients


def keys_in(headers: Headers, query: bytes) -> list[str]:
    """Every key that a request shows, in all the places where CLIs put one."""
    shown = [_bare(value) for wanted in KEYS for name, value in headers if name == wanted]
    asked = [value for name, value in parse_qsl(query.decode("latin-1")) if name == "key"]
    return [*shown, *asked]


def _bare(value: bytes) -> str:
    text = value.decode("latin-1").strip()
    return text[7:].strip() if text[:7].lower() == "bearer " else text


def to_provider(headers: Headers, credential: Credential, *, is_metered: bool) -> Headers:
    """What the provider is told: the request's own headers, and the real key where it looks for one.

    Of a call that is metered the answer comes unpacked, because it is read along.
    """
    told = _passing(headers, OF_THE_CALLER | AROUND_THE_METER)
    if credential.auth_header is not None:
        told.append(credential.auth_header)
    if not is_metered:
        return told
    return [*((name, value) for name, value in told if name != b"accept-encoding"), (b"accept-encoding", b"identity")]


def to_caller(headers: Headers) -> Headers:
    return _passing(headers, OF_THE_PROVIDER)


def query_without_key(query: bytes) -> bytes:
    """The query as it came, to the byte, except for a key in it."""
    return b"&".join(part for part in query.split(b"&") if _name(part) != b"key")


def _name(part: bytes) -> bytes:
    return unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" "))


def _passing(headers: Headers, without: Iterable[bytes]) -> Headers:
    lower = [(name.lower(), value) for name, value in headers]
    named = {part.strip().lower() for name, value in lower if name == b"connection" for part in value.split(b",")}
    barred = OF_ONE_CONNECTION | named | set(without)
    return [(name, value) for name, value in lower if name not in barred and not name.startswith(OURS)]
