"""A small server for inside a session, to be previewed; the standard library alone. `python3 previewed.py PORT`."""

import base64
import hashlib
import http.server
import json
import sys
import time

PAGE = b"""<!doctype html><title>previewed</title><p id=out></p><script>
async function tried(work) { try { return String(await work()); } catch (error) { return "refused"; } }
async function attack(main) {
  const api = `${main}/api/sessions`, body = JSON.stringify({agent: "shell"});
  return {
    read: await tried(async () => (await fetch(api, {credentials: "include"})).status),
    write: await tried(async () => (await fetch(api, {method: "POST", credentials: "include", body})).status),
    opener: String(window.opener),
    toss: await tried(() => document.cookie = "agterm_login=tossed; domain=localhost; path=/"),
    cookie: await tried(() => document.cookie),
    worker: await tried(async () => (await navigator.serviceWorker.register("sw.js")).scope),
  };
}
function post() {
  document.body.innerHTML = "<form method=post action=/posted><input name=a value=b></form>";
  document.forms[0].submit();
}
async function own() {
  localStorage.setItem("kept", "yes");
  const socket = new WebSocket(`ws://${location.host}/echo`, "vite-hmr");
  const echo = await new Promise((done) => {
    socket.onopen = () => socket.send("ping");
    socket.onmessage = (event) => done(event.data); socket.onclose = () => done("failed");
  });
  return {kept: localStorage.getItem("kept"), echo, protocol: socket.protocol,
          api: await (await fetch("/api/sessions")).json()};
}
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/echo"):
            self.echo()
        elif self.path.startswith("/page"):
            self.say(PAGE, "text/html")
        elif self.path.endswith("/sw.js"):
            self.say(b"onfetch = (event) => event.respondWith(new Response('caught'));", "text/javascript")
        elif self.path.startswith("/redirect"):
            self.say(b"", status=302, Location=f"http://localhost:{self.server.server_port}/there")
        elif self.path.startswith("/stream"):
            self.stream()
        elif self.path.startswith("/broken"):
            self.close_connection = True
        else:
            told = {"method": self.command, "path": self.path, "headers": dict(self.headers), "size": len(body)}
            self.say(json.dumps(told).encode(), "application/json", **{"Set-Cookie": "a=b; Domain=localhost"})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def say(self, body, kind="text/plain", status=200, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def stream(self):
        """One event, and then nothing until the reader has gone."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        time.sleep(60)

    def echo(self):
        key = self.headers["sec-websocket-key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key).digest()).decode())
        if protocol := self.headers.get("sec-websocket-protocol"):
            self.send_header("Sec-WebSocket-Protocol", protocol)
        self.end_headers()
        head = self.rfile.read(2)
        mask, size = self.rfile.read(4), head[1] & 127
        text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(size)))
        said = text + b" " + self.headers.get("origin", "").encode()
        self.wfile.write(bytes([0x81, len(said)]) + said)
        self.wfile.flush()
        self.rfile.read(2)
        self.close_connection = True


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
