"""A small web server for looking at a site while it is being made: loopback only, finished builds only, reloads pages.

The reload script exists only here. It is a classic script from the same address, which the pages' strict content
policy allows, and it waits by loading another script that answers when there is something new.
"""

from __future__ import annotations

import contextlib
import errno
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from runfolio.errors import UsageError

HOST = "127.0.0.1"
_RELOAD_PATH = "/-/reload.js"
_WAIT_PATH = "/-/wait.js"
_LONGEST_WAIT_S = 25.0
_TAG = f'<script src="{_RELOAD_PATH}" defer></script>'.encode()
_RELOAD_SCRIPT = """"use strict";
addEventListener("load", () => {
  const wait = () => {
    const script = document.createElement("script");
    script.src = "%s?version=%s";
    script.onload = () => { script.remove(); wait(); };
    script.onerror = () => { script.remove(); setTimeout(wait, 1000); };
    document.head.append(script);
  };
  setTimeout(wait, 0);
});
"""


class SiteState:
    """Which build is to be seen. Requests wait while one is being written, pages wait for the next one."""

    def __init__(self) -> None:
        # A new server's first build must differ from an old server's, or open pages would keep the old site.
        self._start = time.time_ns()
        self._builds = 0
        self._is_building = False
        self._is_closed = False
        self._changed = threading.Condition()

    @property
    def version(self) -> str:
        """Names the finished build."""
        return f"{self._start}-{self._builds}"

    @contextlib.contextmanager
    def building(self) -> Iterator[None]:
        """Requests wait inside; pages reload when `announce` was called."""
        with self._changed:
            self._is_building = True
        try:
            yield
        finally:
            with self._changed:
                self._is_building = False
                self._changed.notify_all()

    def announce(self) -> None:
        """There is something new to see."""
        with self._changed:
            self._builds += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody waits any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def wait_until_finished(self) -> None:
        """Nothing, once no build is being written."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_building or self._is_closed)

    def wait_for_other(self, version: str, timeout_s: float = _LONGEST_WAIT_S) -> bool:
        """True as soon as a finished build other than `version` can be seen; False after the time."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closed or (version != self.version and not self._is_building), timeout_s
            )
            return version != self.version and not self._is_closed


class SiteServer:
    """Serves one folder on the loopback address."""

    def __init__(self, root: Path, port: int) -> None:
        self.state = SiteState()
        self.root = root
        self._server = _bound_server(root, self.state, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )

    @property
    def port(self) -> int:
        """The port in use; the next free one where the wanted one was busy."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://{HOST}:{self.port}/"

    def __enter__(self) -> SiteServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.state.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Another server on the same port must be seen as one.
    allow_reuse_address = False

    def __init__(self, root: Path, state: SiteState, port: int) -> None:
        self.root = root
        self.state = state
        super().__init__((HOST, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a browser that goes away is no event."""


def _bound_server(root: Path, state: SiteState, port: int) -> _Server:
    candidates = [0] if port == 0 else range(port, min(port + 50, 65536))
    for candidate in candidates:
        try:
            return _Server(root, state, candidate)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise UsageError(f"no port from {port} on is free", slug="port", hint="name another with --port")


class _Handler(SimpleHTTPRequestHandler):
    server: _Server

    def __init__(self, request: Any, client_address: Any, server: _Server) -> None:
        super().__init__(request, client_address, server, directory=str(server.root))

    def do_GET(self) -> None:
        """A file of the site, or one of the two scripts that reload it."""
        if not self._is_for_us():
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        address = urlsplit(self.path)
        if address.path == _RELOAD_PATH:
            self._send(_RELOAD_SCRIPT % (_WAIT_PATH, self.server.state.version), "text/javascript")
        elif address.path == _WAIT_PATH:
            version = "".join(parse_qs(address.query).get("version", []))
            is_new = self.server.state.wait_for_other(version)
            self._send("location.reload();" if is_new else "", "text/javascript")
        else:
            self.server.state.wait_until_finished()
            self._send_file(address.path)

    def do_HEAD(self) -> None:
        """As GET, without a body."""
        self.do_GET()

    def _is_for_us(self) -> bool:
        """False for a request that a foreign page sent here under its own name (DNS rebinding)."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        return host in (HOST, "localhost", "")

    def _send_file(self, path: str) -> None:
        file = Path(self.translate_path("/index.html" if path == "/" else path))
        status = HTTPStatus.OK
        if not file.is_file():
            file, status = self.server.root / "404.html", HTTPStatus.NOT_FOUND
        try:
            data = file.read_bytes()
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        if file.suffix == ".html":
            data = with_reload_script(data)
        self._send(data, self.guess_type(str(file)), status)

    def _send(self, body: str | bytes, media_type: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        data = body.encode() if isinstance(body, str) else body
        is_text = media_type.startswith("text/") and "charset" not in media_type
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8" if is_text else media_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing: the terminal is for builds."""


def with_reload_script(page: bytes) -> bytes:
    """The page with the reload script at the end of its head; pages without a head stay as they are."""
    before, mark, after = page.partition(b"</head>")
    return page if not mark else b"".join((before, _TAG, mark, after))
