"""One build of a site at a time."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from runfolio.errors import SinkError
from runfolio.site.lock import site_lock


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with site_lock(tmp_path, on_wait=waiting.set):
            order.append("second")

    with site_lock(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(5)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]
    assert list(tmp_path.iterdir()) == [], "the lock leaves no trace in the site"


def test_a_second_build_says_so_when_it_has_waited_enough(tmp_path: Path) -> None:
    with site_lock(tmp_path), pytest.raises(SinkError) as refusal, site_lock(tmp_path, wait_s=0.1):
        pass
    assert refusal.value.error_slug == "site-is-busy"
    assert "after 0 s of waiting" in refusal.value.message


def test_a_killed_build_frees_its_lock(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with site_lock(tmp_path):
            (tmp_path / "locked").touch()
            time.sleep(60)
    while not (tmp_path / "locked").exists():
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with site_lock(tmp_path, wait_s=1):
        pass


@pytest.mark.parametrize("place", ["site", "site/inside"])
def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(SinkError, match="needs a folder, but there is a file"), site_lock(tmp_path / place):
        pass
