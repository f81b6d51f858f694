"""Requests to the web with an end: so many bytes, so much time, so many redirects; through the proxy that is set."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from agterm_agent import VERSION
from agterm_agent.tools.errors import ToolError
from agterm_agent.tools.text import visible

if TYPE_CHECKING:
    import httpx2

MAX_BYTES = 5 * 2**20
MAX_REDIRECTS = 5
MAX_URL = 8_000
_HEADERS = {"User-Agent": f"agterm-agent/{VERSION}", "Accept-Encoding": "gzip, deflate"}


@dataclass(frozen=True)
class Reply:
    """What came back; `cut`: there was more than is taken."""

    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    data: bytes
    cut: bool

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_text(self) -> bool:
        kind = self.kind
        texts = ("json", "xml", "javascript", "ecmascript", "yaml", "x-www-form-urlencoded", "graphql", "toml", "csv")
        return kind.startswith("text/") or kind.endswith(texts) or (not kind and b"\0" not in self.data)

    def text(self) -> str:
        _, _, charset = self.headers.get("content-type", "").lower().partition("charset=")
        try:
            return self.data.decode(charset.partition(";")[0].strip(" \"'") or "utf-8", "replace")
        except (LookupError, ValueError):
            return self.data.decode(errors="replace")


async def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    limit_s: float = 30.0,
    redirects: int = 0,
) -> Reply:
    """Asks and reads the answer. Follows so many redirects; raises ToolError with what went wrong, said plainly."""
    import httpx2  # takes a tenth of a second to load, and most conversations need none

    checked(url)
    try:
        async with asyncio.timeout(limit_s), httpx2.AsyncClient(timeout=limit_s) as client:
            while True:
                reply = await _once(client, method, url, {**_HEADERS, **(headers or {})}, body)
                target = reply.headers.get("location") if reply.status in (301, 302, 303, 307, 308) else None
                if not target or redirects <= 0:
                    return reply
                redirects -= 1
                url = checked(urljoin(url, target))
    except TimeoutError:
        raise ToolError(f"{_short(url)} did not answer within {limit_s:g} seconds.") from None
    except httpx2.TimeoutException:
        raise ToolError(f"{_short(url)} did not answer within {limit_s:g} seconds.") from None
    except httpx2.ProxyError as error:
        raise ToolError(
            f"{_short(url)}: the proxy that guards this network refused the connection ({_words(error)}). "
            "Where this session may connect to is set outside of it; do not try to get around it."
        ) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError, OSError) as error:
        raise ToolError(f"{_short(url)} could not be reached: {_words(error)}.") from None


async def _once(
    client: "httpx2.AsyncClient", method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Reply:
    data = bytearray()
    async with client.stream(method, url, headers=dict(headers), content=body) as answer:
        async for piece in answer.aiter_bytes():
            data += piece
            if len(data) > MAX_BYTES:
                break
        cut = len(data) > MAX_BYTES
        return Reply(url, answer.status_code, answer.reason_phrase, answer.headers, bytes(data[:MAX_BYTES]), cut)


def checked(url: str) -> str:
    """The URL, if it is one of the web."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ToolError(f"{_short(url)} is no URL: {error}.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ToolError(f"{_short(url)} is no http or https URL.")
    if len(url) > MAX_URL or not url.isprintable():
        raise ToolError("The URL is too long or has control characters in it.")
    return url


def origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _short(url: str) -> str:
    return visible(url[:300])


def _words(error: Any) -> str:
    return visible(str(error).strip()[:300]).rstrip(".") or type(error).__name__
