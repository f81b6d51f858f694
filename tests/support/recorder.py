"""A provider that writes down what reaches it, and answers as oddly as a test asks for."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace


class Recorder:
    """A provider that writes down what reaches it, and answers as the query's `do` says; else with the body."""

    def __init__(self):
        self.heard = []
        self.gone = threading.Event()  # whoever asked for `endless` hung up
        self.is_told = threading.Event()  # `halves` has said both
        self.go_on = threading.Event()  # what `halves` waits for between its two
        handler = type("Handler", (_Handler,), {"recorder": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/team/v1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    recorder: Recorder

    def answer(self):
        body = b"".join(self._chunks()) if "chunked" in self.headers.get("transfer-encoding", "") else self._whole()
        said = SimpleNamespace(line=self.requestline, headers=self.headers.items(), body=body)
        self.recorder.heard.append(said)
        getattr(self, "on_" + self.path.rpartition("do=")[2], self.on_echo)(body)

    do_GET = do_POST = do_PUT = do_HEAD = answer

    def _whole(self):
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _head(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def on_echo(self, body):
        self._head(200, content_length=len(body), content_type="application/octet-stream", x_request_id="req-1",
                   set_cookie="who=me", alt_svc="h3=:443")  # fmt: skip
        if self.command != "HEAD":
            self.wfile.write(body)

    def on_moved(self, _body):
        self._head(307, location="http://elsewhere.invalid/", content_length=0)

    def on_empty(self, _body):
        self._head(204)

    def on_zipped(self, _body):
        self._head(200, content_encoding="gzip", content_length=9)
        self.wfile.write(b"not zip \n")

    def on_halves(self, _body):
        self._head(200, content_type="text/event-stream", transfer_encoding="chunked")
        self._chunk(b"first\n\n")
        assert self.recorder.go_on.wait(30)
        self._chunk(b"second\n\n")
        self._chunk(b"")
        self.recorder.is_told.set()

    def on_torn(self, _body):
        self._head(200, content_type="text/event-stream", transfer_encoding="chunked")
        self._chunk(b"half an ans")
        self.close_connection = True

    def on_endless(self, _body):
        self._head(200, content_type="text/event-stream", transfer_encoding="chunked")
        try:
            while True:
                self._chunk(b"more\n\n")
                time.sleep(0.02)
        except OSError:
            self.recorder.gone.set()

    def on_mute(self, _body):
        """Says nothing until whoever asked is gone."""
        if not self.connection.recv(1):
            self.recorder.gone.set()
        self.close_connection = True

    def on_early(self, _body):
        self._head(400, content_length=2)
        self.wfile.write(b"no")

    def _chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format, *args):
        pass
