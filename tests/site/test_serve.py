"""The server for looking at a site: finished builds only, loopback only, pages that reload."""

from __future__ import annotations

import http.client
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from runfolio.errors import UsageError
from runfolio.site.serve import SiteServer, with_reload_script

PAGE = b'<!doctype html><html><head><meta charset="utf-8"></head><body>hello</body></html>'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SiteServer]:
    (tmp_path / "runs").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "404.html").write_bytes(PAGE.replace(b"hello", b"not here"))
    (tmp_path / "runs/a.html").write_bytes(PAGE)
    (tmp_path / "data.js").write_bytes(b"x")
    with SiteServer(tmp_path, 0) as running:
        yield running


def get(url: str) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers["Content-Type"]
    except HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["Content-Type"]


def version(server: SiteServer) -> str:
    script = get(server.url + "-/reload.js")[1].decode()
    found = re.search(r"version=([0-9-]+)", script)
    assert found
    return found[1]


def test_pages_carry_the_reload_script_and_the_files_do_not(server: SiteServer) -> None:
    for path in ("", "index.html", "runs/a.html", "runs/a.html?x=1"):
        status, body, kind = get(server.url + path)
        assert (status, kind) == (200, "text/html; charset=utf-8")
        assert body == PAGE.replace(b"</head>", b'<script src="/-/reload.js" defer></script></head>')
    assert (server.root / "index.html").read_bytes() == PAGE
    assert get(server.url + "data.js")[:2] == (200, b"x")


def test_what_is_not_there_gets_the_sites_own_page(server: SiteServer) -> None:
    for path in ("gone.html", "runs/", "../secret", "%2e%2e/%2e%2e/etc/passwd", "-/other.js"):
        status, body, _ = get(server.url + path)
        assert status == 404
        assert b"not here" in body


def test_a_head_request_has_no_body(server: SiteServer) -> None:
    request = urllib.request.Request(server.url, method="HEAD")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.read() == b""
        assert int(answer.headers["Content-Length"]) > len(PAGE)


def test_a_page_waits_for_the_next_build(server: SiteServer) -> None:
    answers: list[bytes] = []
    wait = f"{server.url}-/wait.js?version={version(server)}"
    thread = threading.Thread(target=lambda: answers.append(get(wait)[1]))
    thread.start()
    time.sleep(0.2)
    assert answers == [], "there is nothing new yet"
    server.state.announce()
    thread.join(5)
    assert answers == [b"location.reload();"]


def test_a_page_of_an_older_build_reloads_at_once(server: SiteServer) -> None:
    old = version(server)
    server.state.announce()
    assert get(f"{server.url}-/wait.js?version={old}")[1] == b"location.reload();"
    assert get(f"{server.url}-/wait.js?version=0-0")[1] == b"location.reload();"


def test_requests_wait_while_a_build_is_written(server: SiteServer) -> None:
    answers: list[bytes] = []
    with server.state.building():
        (server.root / "index.html").write_bytes(b"half")
        thread = threading.Thread(target=lambda: answers.append(get(server.url)[1]))
        thread.start()
        time.sleep(0.2)
        assert answers == []
        (server.root / "index.html").write_bytes(b"whole")
    thread.join(5)
    assert answers == [b"whole"]


def test_closing_frees_whoever_waits(tmp_path: Path) -> None:
    with SiteServer(tmp_path, 0) as server:
        url = f"{server.url}-/wait.js?version={version(server)}"
        thread = threading.Thread(target=lambda: get(url))
        thread.start()
        time.sleep(0.1)
    thread.join(5)
    assert not thread.is_alive()


def test_a_busy_port_makes_the_next_one_be_taken(tmp_path: Path) -> None:
    with SiteServer(tmp_path, 0) as first, SiteServer(tmp_path, first.port) as second:
        assert second.port > first.port


def test_no_free_port_is_said(tmp_path: Path) -> None:
    with SiteServer(tmp_path, 0) as first:
        original = first.port
        if original < 65535:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("runfolio.site.serve.range", lambda *_: [original], raising=False)
                with pytest.raises(UsageError, match="no port from"):
                    SiteServer(tmp_path, original)


def test_another_sites_name_for_this_address_is_refused(server: SiteServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/", headers={"Host": "evil.example:80"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 403


def test_a_page_without_a_head_stays_as_it_is() -> None:
    assert with_reload_script(b"<p>fragment</p>") == b"<p>fragment</p>"
