"""fetch_url: pages as text, with an end in time, size and redirects; what was refused is said plainly."""

import gzip
import socket
import threading

import pytest

from agterm_agent.tools import fetch, http
from agterm_agent.tools.text import MAX_CHARACTERS

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = """<!doctype html><html><head><title>A  page</title><script>var x = "<p>no";</script><style>p{}</style></head>
<body><nav>menu</nav><h1>Head</h1><p>Some <b>bold</b> text &amp; <a href="/more">a link</a>.</p>
<ul><li>one<li>two</ul><pre>code
  kept</pre><table><tr><td>1</td><td>2</td></tr></table><p>bell \x07 esc \x1b[31m</p></body></html>"""


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def test_a_page_becomes_readable_text(call, web):
    web.pages["/"] = (200, HTML, PAGE.encode())
    output = await call("fetch_url", url=f"{web.url}/")
    assert output.ok
    assert output.text.startswith(f"{web.url}/: 200 OK\n\nA page\n\n# Head\n\n")
    assert f"Some bold text & a link ({web.url}/more)." in output.text
    assert "- one\n\n- two" in output.text or "- one\n- two" in output.text
    assert "code\n  kept" in output.text.replace("code\nkept", "code\n  kept")
    assert "| 1 | 2" in output.text
    assert "bell \\x07 esc \\x1b[31m" in output.text
    for hidden in ("var x", "p{}", "menu"):
        assert hidden not in output.text
    assert "<title>" in (await call("fetch_url", url=f"{web.url}/", raw=True)).text


async def test_other_texts_come_as_they_are_and_the_rest_is_named(call, web):
    web.pages["/data"] = (200, {"Content-Type": "application/json"}, b'{"a": 1}')
    web.pages["/old"] = (200, {"Content-Type": "text/plain; charset=latin-1"}, b"caf\xe9")
    web.pages["/odd"] = (200, {"Content-Type": "text/plain; charset=no-such"}, b"caf\xe9")
    web.pages["/image"] = (200, {"Content-Type": "image/png"}, b"\x89PNG")
    assert (await call("fetch_url", url=f"{web.url}/data")).text.endswith('\n\n{"a": 1}')
    assert (await call("fetch_url", url=f"{web.url}/old")).text.endswith("café")
    assert (await call("fetch_url", url=f"{web.url}/odd")).text.endswith("caf\ufffd")
    image = await call("fetch_url", url=f"{web.url}/image")
    assert (image.ok, image.text) == (False, f"{web.url}/image: 200 OK\n[image/png, 4 bytes: no text]")


async def test_an_error_page_is_told_with_its_words(call, web):
    web.pages["/no"] = (403, {"Content-Type": "text/plain"}, b"this session may not")
    output = await call("fetch_url", url=f"{web.url}/no")
    assert (output.ok, output.text) == (False, f"{web.url}/no: 403 Forbidden\n\nthis session may not")


async def test_redirects_are_followed_to_an_end(call, web):
    for number in range(10):
        web.pages[f"/{number}"] = (302, {"Location": f"/{number + 1}"}, b"")
    web.pages["/5"] = (200, {"Content-Type": "text/plain"}, b"arrived")
    web.pages["/round"] = (302, {"Location": "/round"}, b"")
    web.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    assert (await call("fetch_url", url=f"{web.url}/0")).text == f"{web.url}/5: 200 OK\n\narrived"
    assert "302" in (await call("fetch_url", url=f"{web.url}/round")).text
    assert len([request for request in web.asked if request["path"] == "/round"]) == http.MAX_REDIRECTS + 1
    assert "file:///etc/passwd is no http or https URL" in (await call("fetch_url", url=f"{web.url}/file")).text


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/x", "nonsense", "http://", "http://[::1", "http://h:x/"]
)
async def test_what_is_no_url_of_the_web_is_refused(call, url):
    output = await call("fetch_url", url=url)
    assert not output.ok
    assert "URL" in output.text


async def test_large_pages_and_bombs_are_cut(call, web):
    web.pages["/large"] = (200, {"Content-Type": "text/plain"}, b"x" * (http.MAX_BYTES + 10))
    bomb = gzip.compress(b"\0" * 40_000_000, 9)
    web.pages["/bomb"] = (200, {"Content-Type": "text/plain", "Content-Encoding": "gzip"}, bomb)
    for path in ("/large", "/bomb"):
        output = await call("fetch_url", url=web.url + path)
        assert len(output.text) < MAX_CHARACTERS + 500
        assert f"only the first {http.MAX_BYTES} bytes were taken" in output.text


async def test_a_page_made_to_be_slow_to_read_ends_in_time(call, web, monkeypatch):
    monkeypatch.setattr(fetch, "READ_LIMIT_S", 0.5)
    web.pages["/slow"] = (200, HTML, b"<a b='" * 200_000 + b"<!" * 500_000)
    output = await call("fetch_url", url=f"{web.url}/slow")
    assert output.text.startswith((f"{web.url}/slow: 200 OK", "The page could not be made readable. Set raw"))


async def test_a_server_that_says_nothing_is_given_up(call, monkeypatch):
    original = http.request

    async def hurried(method, url, **options):
        return await original(method, url, **{**options, "limit_s": 0.3})

    monkeypatch.setattr(http, "request", hurried)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        output = await call("fetch_url", url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert "did not answer within 0.3 seconds" in output.text


async def test_a_host_that_is_not_there_is_told(call):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    output = await call("fetch_url", url=f"http://127.0.0.1:{port}/")
    assert not output.ok
    assert output.text.startswith(f"http://127.0.0.1:{port}/ could not be reached: ")


async def test_the_proxy_is_used_and_its_refusal_said_plainly(call, monkeypatch):
    asked = []

    def refuse(listening):
        connection, _ = listening.accept()
        with connection:
            asked.append(connection.recv(4096).split(b"\r\n")[0])
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        thread = threading.Thread(target=refuse, args=(proxy,))
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        output = await call("fetch_url", url="https://internal.invalid/")
        thread.join()
    assert asked == [b"CONNECT internal.invalid:443 HTTP/1.1"]
    assert not output.ok
    assert "https://internal.invalid/: the proxy that guards this network refused the connection (403" in output.text
