"""The way on to a provider: one request made of the caller's, and its answer, as it comes."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

from gateway import bodies
from gateway.bodies import Body
from gateway.headers import Headers
from gateway.refusals import Refusal
from providers.credentials import Credential

log = logging.getLogger("agterm.gateway")

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}  # the answer to TRACE would hold the key
CONNECT_S = 10.0
SILENCE_S = 600.0  # models think for minutes before they say a word
IDLE_S = 60.0
MAX_HEADER_BYTES = 64 * 1024
NOTHING_OF_ITS_OWN = ("user-agent", "accept", "accept-encoding", "content-type")


class Unanswered(Refusal):
    """The provider said nothing: 502 or 504. `may_be_billed`: it had the request, and all the time to work on it."""

    def __init__(self, status: int, message: str, *, may_be_billed: bool = False) -> None:
        super().__init__(status, message)
        self.may_be_billed = may_be_billed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the provider is asked; its headers hold the real key, so it is never shown."""

    method: str
    url: URL
    headers: list[tuple[str, str]]

    def without(self, header: str) -> "Request":
        return replace(self, headers=[(name, value) for name, value in self.headers if name != header])

    def __repr__(self) -> str:
        return f"Request({self.method} to {self.url.host})"


def request(method: str, credential: Credential, path: bytes, query: bytes, headers: Headers) -> Request:
    """The caller's request, for the provider's address: path and query to the byte, headers as given.

    Raises `Refusal` for a path that would leave the place that the operator named, and for a method that is none of an
    API's.
    """
    if method not in METHODS:
        raise Refusal(405, "there is no such method")
    try:
        target = path.decode("ascii") + ("?" + query.decode("ascii") if query else "")
        said = [(name.decode("ascii"), value.decode()) for name, value in headers]
    except UnicodeDecodeError:
        raise Refusal(400, "path and headers must be plain text") from None
    if _leaves(path.decode("ascii")) or "#" in target:
        raise Refusal(404, "there is no such path")
    return Request(method=method, url=URL(_base(credential) + target, encoded=True), headers=said)


def _base(credential: Credential) -> str:
    try:
        base = URL(credential.base_url)
        return f"{base.origin()}{base.raw_path.rstrip('/')}/"
    except ValueError as error:
        raise _failed(502, credential.provider_id, "has an address that is none", error) from None


def _leaves(path: str) -> bool:
    """Whether some server may take a part of the path for "..", also one that decodes twice, or cuts off after ";"."""
    plain = unquote(path)
    return "%" in plain or any(part.partition(";")[0] in (".", "..") for part in re.split(r"[/\\]", plain))


class Answer:
    """What a provider says; `close` it, whatever comes."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Headers = list(response.raw_headers)
        self.length = response.content_length

    @property
    def is_stream(self) -> bool:
        """Whether it consists of events that can be read as they come, and whose number nobody knows before."""
        is_packed = any(name.lower() == b"content-encoding" for name, _ in self.headers)
        return self._response.content_type == "text/event-stream" and self.length is None and not is_packed

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises `aiohttp.ClientError` or `TimeoutError` when the provider breaks it off."""
        content = self._response.content
        try:
            async for chunk in content.iter_any():
                yield chunk
        except aiohttp.ClientError:
            if rest := content._read_nowait(-1):  # what came just before the end is still of use
                yield rest
            raise

    def close(self) -> None:
        self._response.close()  # a connection whose answer was read to its end is kept all the same


class Upstream:
    """The connections to all providers. Follows no redirect, repeats no call, keeps no cookie for anybody."""

    def __init__(self) -> None:
        self._client: aiohttp.ClientSession | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def client(self) -> aiohttp.ClientSession:
        """Made when it is first needed, by then in the event loop that it belongs to."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_S, ssl=httpx.create_ssl_context()),
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=SILENCE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_field_size=MAX_HEADER_BYTES,
            )
            self._keeping = asyncio.create_task(_kept(self._client))
        return self._client

    def close(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()

    async def send(self, asked: Request, body: Body, provider_id: str) -> Answer:
        """The provider's answer as far as its head; by then the body is dropped. Raises `Unanswered`."""
        headers = asked.headers
        if body or asked.method == "POST":
            headers = [*headers, ("content-length", str(len(body)))]
        try:
            response = await self.client.request(
                asked.method,
                asked.url,
                headers=headers,
                data=_sendable(body),
                allow_redirects=False,
                proxy=_proxy(asked.url.scheme, asked.url.host or ""),
                skip_auto_headers=NOTHING_OF_ITS_OWN,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL, ValueError) as error:
            raise _failed(502, provider_id, "can't be reached from this server", error) from None
        except TimeoutError as error:
            raise _failed(504, provider_id, "did not answer in time", error, may_be_billed=True) from None
        except aiohttp.ClientError as error:
            raise _failed(502, provider_id, "ended the connection without an answer", error) from None
        finally:
            body.drop()
        return Answer(response)


async def _kept(client: aiohttp.ClientSession) -> None:
    """Keep it for as long as the event loop runs, which ends by cancelling what is left."""
    try:
        await asyncio.Event().wait()
    finally:
        await client.close()


def _sendable(body: Body) -> bytes | AsyncIterator[memoryview] | None:
    return bodies.pieces(body.whole) if len(body) > bodies.PIECE_BYTES else body.whole or None


@lru_cache(maxsize=64)
def _proxy(scheme: str, host: str) -> str | None:
    """The operator's own proxy for that host, as his environment names it."""
    proxies = getproxies()
    return None if proxy_bypass(host) else proxies.get(scheme) or proxies.get("all")


def _failed(status: int, provider_id: str, what: str, error: Exception, *, may_be_billed: bool = False) -> Unanswered:
    """Only what the network said is written down: other errors quote the header or the address that is wrong."""
    said = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    log.warning("%s %s: %s%s", provider_id, what, type(error).__name__, said)
    return Unanswered(status, f"{provider_id} {what}", may_be_billed=may_be_billed)
