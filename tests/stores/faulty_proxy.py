"""A proxy in front of a store's server that fails as it is told: run as a process of its own, so that no test has threads.

POST /-/rules   [{"method": "GET", "path": "run.json", "do": "503", "times": 2}, …]: the first rule that fits and
                has times left applies; `do` is a status, `reset`, `stall`, `echo` (403 that repeats the request's
                credentials), `lost` (200 for a PUT that goes nowhere), `slow` (0.5 s, then as usual) or `paced` (20 MB/s)
GET /-/calls    what was asked since the last question: [[method, path], …]
GET /-/bodies   what was posted so far, short texts only
GET /-/bytes    how many bytes of bodies came from clients and went to them so far: [received, sent]
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

rules: list[dict[str, Any]] = []
calls: list[tuple[str, str]] = []
bodies: list[str] = []
volume = [0, 0]
lock = threading.Lock()


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target = ""

    def serve(self) -> None:
        body = self.whole_body()
        if self.path == "/-/rules":
            with lock:
                rules[:] = json.loads(body)
            return self.answer(200, b"")
        if self.path == "/-/calls":
            with lock:
                found = json.dumps(calls).encode()
                calls.clear()
            return self.answer(200, found)
        if self.path == "/-/bodies":
            return self.answer(200, json.dumps(bodies).encode())
        if self.path == "/-/bytes":
            return self.answer(200, json.dumps(volume).encode())
        with lock:
            volume[0] += len(body)
            calls.append((self.command, self.path))
            if self.command == "POST" and len(body) < 1000:
                bodies.append(body.decode("utf-8", "replace"))
            rule = next((rule for rule in rules if self.fits(rule)), None)
            if rule:
                rule["times"] -= 1
        is_passed = rule is None or rule["do"] in ("slow", "paced")
        return self.forward(body, rule) if is_passed else self.fail(rule["do"])

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve  # noqa: N815

    def whole_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def fits(self, rule: dict[str, Any]) -> bool:
        fits = self.command in rule["method"].split("|") and re.search(rule["path"], self.path)
        return bool(fits) and rule["times"] > 0

    def fail(self, how: str) -> None:
        if how == "reset":
            # Lingering for no time makes the system send a reset instead of an end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif how == "stall":
            time.sleep(60)
            self.close_connection = True
        elif how == "lost":
            self.answer(200, b"", ETag='"0"')
        elif how == "echo":
            key = re.search(r"Credential=([^/]+)", self.headers.get("Authorization", ""))
            words = f"The key {key[1] if key else '?'} with {self.headers.get('Authorization')} is not known"
            self.answer(403, error_xml("InvalidAccessKeyId", words))
        else:
            code = {"404": "NoSuchKey", "503": "SlowDown", "500": "InternalError"}[how]
            self.answer(int(how), error_xml(code, "as it was told"))

    def forward(self, body: bytes, rule: dict[str, Any] | None) -> None:
        if rule and rule["do"] == "slow":
            time.sleep(0.5)
        server = http.client.HTTPConnection(self.target)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("transfer-encoding", "expect")
        }
        server.request(self.command, self.path, body, headers)
        answer = server.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "server", "date"):
                # Where an upload goes on is behind this proxy, too.
                self.send_header(name, value.replace(self.target, self.headers.get("Host", self.target)))
        is_head = self.command == "HEAD"
        self.send_header(
            "Content-Length", answer.getheader("Content-Length", "0") if is_head else str(len(data))
        )
        self.end_headers()
        with lock:
            volume[1] += len(data)
        step = 1 << 20 if rule and rule["do"] == "paced" else max(1, len(data))
        for start in range(0, len(data), step):
            if step < len(data):
                time.sleep(step / 20e6)
            self.wfile.write(data[start : start + step])
        server.close()

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def error_xml(code: str, words: str) -> bytes:
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{words}</Message></Error>'.encode()


if __name__ == "__main__":
    Proxy.target = sys.argv[1]
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    print(proxy.server_address[1], flush=True)
    proxy.serve_forever()
