"""What the browser tests share: the kinds of pages, a built site, and the record of what pages did."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "sites"
#: No name resolves but the loopback server's: what a page asks of others fails.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

#: The pages of the digits site, one of each kind.
KINDS = {
    "home": "index.html",
    "experiment": "experiments/digits.html",
    "run": "runs/kernel-gamma0.3-lr3-seed0.html",
    "diverged run": "runs/mlp-hidden64-lr2.5-seed0.html",
    "compare": "compare.html",
    "comparison": "compare.html#compare?v=1&r=kernel-gamma0.3-lr3-seed0,mlp-hidden64-lr1-seed0,mlp-hidden64-lr2.5-seed0",
    "findings": "findings.html",
    "finding": "findings/kernels-lead-but-not-clearly.html",
    "audit": "audit.html",
    "methods": "methods.html",
    "problems": "problems.html",
    "404": "404.html",
}


@dataclass(frozen=True)
class Site:
    """A built site on disk, and the same served from a folder two levels below the server's root."""

    folder: Path
    http: str

    def address(self, path: str, over: str = "file") -> str:
        base = self.folder.as_uri() if over == "file" else self.http
        return f"{base}/{path}"


@dataclass
class Visit:
    """What pages did while they were open."""

    site: Site
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _failed(self, request: Request) -> None:
        if request.failure == "csp":
            self.requests.remove(request.url)  # the policy refused it: nothing left the browser

    @property
    def outside(self) -> list[str]:
        inside = (self.site.folder.as_uri(), self.site.http, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(inside)]


class _Quiet(SimpleHTTPRequestHandler):
    """A static server that says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a loopback server over the folder, which ends with the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Open = Callable[..., Page]
