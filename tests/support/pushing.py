"""A push service of the tests' own, and a browser behind it that opens what it gets."""

import base64
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support.sockets import wait_until


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """Its keys, and what was pushed to it."""

    def __init__(self, address):
        self._private, self._secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.endpoint = f"{address}/push/{text(os.urandom(12))}"
        self.wish = {"endpoint": self.endpoint, "keys": {"p256dh": text(point), "auth": text(self._secret)}}

    def opened(self, body):
        plain = http_ece.decrypt(body, private_key=self._private, auth_secret=self._secret, version="aes128gcm")
        return json.loads(plain)


class PushService:
    """`received`: (path, headers, body) in order; `answers` says which status a path gets instead of 201."""

    def __init__(self):
        self.received, self.answers = [], {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((self.path, dict(self.headers), body))
                status = outer.answers.get(self.path, 201)
                self.send_response(status)
                if status == 307:
                    self.send_header("Location", f"{outer.address}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def browser(self):
        return Browser(self.address)

    def messages(self, browser):
        return [browser.opened(body) for path, _, body in self.received if browser.endpoint.endswith(path)]

    def wait_for(self, browser, many=1):
        wait_until(f"{many} messages", lambda: len(self.messages(browser)) >= many)
        return self.messages(browser)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
