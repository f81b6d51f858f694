"""Which headers pass between the browser and a previewed server, and how they are changed on the way."""

from dataclasses import dataclass

from previews import origins
from previews.origins import Headers

OF_ONE_CONNECTION = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
}  # fmt: skip
OF_THE_WAY = {b"host", b"expect", b"forwarded", b"x-real-ip"}
OF_THE_WAY_TOO = (b"x-forwarded-", b"x-agterm-")  # a proxy before us may say there who the user is, with his tokens
OF_OUR_PAGES = {b"authorization", b"cookie", b"x-csrftoken"}
OURS = (b"agterm_", b"__host-agterm_")
# A server in a session must not say these for our own origin.
FOR_THE_ORIGIN = {
    b"set-cookie", b"clear-site-data", b"service-worker-allowed", b"report-to", b"nel", b"reporting-endpoints",
    b"cross-origin-resource-policy", b"www-authenticate",
}  # fmt: skip
FOR_THE_HOST = {b"date", b"strict-transport-security", b"alt-svc", b"public-key-pins"}
FOR_A_PROXY = (b"x-accel-", b"x-sendfile", b"x-lighttpd-send", b"x-reproxy-")  # before us: which file to serve instead
SANDBOX: Headers = [
    (b"content-security-policy", b"sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"private"),
]


@dataclass(frozen=True, slots=True)
class Way:
    """How the browser sees the server: `base` is our address of its `/`; `is_own`: at a host of its own."""

    port: int
    origin: str
    base: str
    is_own: bool
    client: str

    def to_server(self, headers: Headers, *, is_socket: bool = False) -> Headers:
        """Nothing of ours is told: neither our cookies nor, at our own origin, anybody's authorization.

        Of two lengths the one of `transfer-encoding` counts, which is the connection's affair.
        """
        server = f"http://localhost:{self.port}"
        told: Headers = [] if is_socket else [(b"host", f"localhost:{self.port}".encode())]
        for name, said in _end_to_end(headers, OF_THE_WAY if self.is_own else OF_THE_WAY | OF_OUR_PAGES):
            value: bytes | None = said
            if name.startswith(OF_THE_WAY_TOO):
                value = None
            elif name == b"cookie":
                value = _cookies(said)
            elif name == b"origin" and said.decode("latin-1").lower() == self.origin:
                value = server.encode()
            elif name == b"referer":
                value = self._referer(said, server.encode())
            if value is not None:
                told.append((name, value))
        scheme, _, host = self.origin.partition("://")
        forwarded = {"for": self.client, "host": host, "proto": scheme}
        return told + [(f"x-forwarded-{name}".encode(), word.encode()) for name, word in forwarded.items() if word]

    def _referer(self, value: bytes, server: bytes) -> bytes | None:
        """None for one of our pages, whose addresses are nobody's business."""
        if value.startswith(self.base.encode() + b"/"):
            return server + value[len(self.base) :]
        return value if self.is_own else None

    def to_browser(self, headers: Headers) -> Headers:
        told = []
        barred = FOR_THE_HOST if self.is_own else FOR_THE_HOST | FOR_THE_ORIGIN
        for name, said in _end_to_end(headers, barred):
            value = said
            if name.startswith(FOR_A_PROXY) and name != b"x-accel-buffering":
                continue
            if name.startswith(b"access-control-") and not self.is_own:
                continue
            if name in (b"location", b"content-location"):
                place = origins.relocated(said.decode("latin-1"), self.port, self.base, is_root=self.is_own)
                value = place.encode("latin-1")
            elif name == b"set-cookie":
                value = _scoped(said)
            if value or name != b"set-cookie":
                told.append((name, value))
        return told if self.is_own else [each for each in told if each[0] != b"cache-control"] + SANDBOX


def _end_to_end(headers: Headers, without: set[bytes]) -> Headers:
    lower = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    named = {part.strip().lower() for name, value in lower if name == b"connection" for part in value.split(b",")}
    barred = OF_ONE_CONNECTION | named | without
    if any(name == b"transfer-encoding" for name, _ in lower):
        barred |= {b"content-length"}
    return [(name, value) for name, value in lower if name not in barred]


def _cookies(value: bytes) -> bytes | None:
    parts = [part.strip() for part in value.split(b";")]
    return b"; ".join(part for part in parts if part and not _is_ours(part)) or None


def _scoped(cookie: bytes) -> bytes:
    """For this host alone, whatever domain it names; b"" for one that has a name of ours."""
    first, *attributes = cookie.split(b";")
    if _is_ours(first):
        return b""
    return b";".join([first, *(each for each in attributes if not each.strip().lower().startswith(b"domain"))])


def _is_ours(cookie: bytes) -> bool:
    """`=name=value` has no name, and is sent back as `name=value`."""
    return cookie.strip(b" \t=").lower().startswith(OURS)


def cookies_named(headers: Headers, name: str) -> list[str]:
    """The values of all cookies of that name, in the order they came; whatever stands between them."""
    parts = [part.strip().partition("=") for part in ";".join(origins.values(headers, b"cookie")).split(";")]
    return [value for found, _, value in parts if found == name]
