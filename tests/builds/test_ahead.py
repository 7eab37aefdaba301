"""Pages made in several processes are the same pages, whatever happens to the processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from building import assert_same, build, environment, tree
from generate import generate

from runfolio.site.ahead import made_ahead
from runfolio.site.plan import PlannedFile

HERE = Path(__file__).parent
#: Elsewhere all pages are made by the process that asks for them.
FORKS = sys.platform == "linux"


def page(name: str, make: Callable[[], bytes]) -> PlannedFile:
    return PlannedFile(name, f"key of {name}", make, page_id=name)


def pages(count: int, make: Callable[[int], bytes]) -> list[PlannedFile]:
    return [page(f"{number}.html", lambda number=number: make(number)) for number in range(count)]


def test_every_file_has_its_own_bytes_and_most_are_made_elsewhere() -> None:
    here = os.getpid()

    def make(number: int) -> bytes:
        return b"%d %d " % (number, os.getpid()) + bytes([number % 256]) * 100_000

    files = pages(95, make)
    with made_ahead(files, 3) as ahead:
        made = [ahead.make(file) for file in files]
    assert [int(data.split()[0]) for data in made] == list(range(95))
    processes = {int(data.split()[1]) for data in made}
    assert len(processes) == (3 if FORKS else 1)
    assert (here in processes) is not FORKS
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("count", "workers"), [(39, 4), (100, 1)])
def test_few_pages_and_one_worker_start_no_process(count: int, workers: int) -> None:
    files = pages(count, lambda number: b"%d" % os.getpid())
    with made_ahead(files, workers) as ahead:
        assert {int(ahead.make(file)) for file in files} == {os.getpid()}


def test_a_page_that_fails_fails_where_it_is_asked_for() -> None:
    def make(number: int) -> bytes:
        if number == 50:
            raise ValueError("no such page")
        return b"%d" % number

    files = pages(80, make)
    with made_ahead(files, 2) as ahead:
        for number, file in enumerate(files):
            if number == 50:
                with pytest.raises(ValueError, match="no such page"):
                    ahead.make(file)
            else:
                assert ahead.make(file) == b"%d" % number


def test_a_process_that_dies_costs_time_only() -> None:
    here = os.getpid()

    def make(number: int) -> bytes:
        if number == 33 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"%d" % number

    files = pages(80, make)
    with made_ahead(files, 2) as ahead:
        assert [ahead.make(file) for file in files] == [b"%d" % number for number in range(80)]


def test_leaving_early_leaves_no_process_behind() -> None:
    files = pages(80, lambda number: bytes(500_000))
    with pytest.raises(KeyboardInterrupt), made_ahead(files, 2) as ahead:
        ahead.make(files[0])
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []


_KILLED = """
import os, sys, time
sys.path[:0] = {paths!r}
from test_ahead import pages
from runfolio.site.ahead import made_ahead
def make(number):
    time.sleep(0.01)
    return b"%d" % os.getpid() + bytes(100_000)
files = pages(80, make)
with made_ahead(files, 2) as ahead:
    for file in files[:30]:
        print(ahead.make(file).split(bytes(1))[0].decode(), flush=True)
    time.sleep(60)
"""


def test_the_processes_of_a_killed_build_end_by_themselves() -> None:
    code = _KILLED.format(paths=[str(HERE), str(HERE.parent / "bench")])
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment()
    ) as builder:
        assert builder.stdout is not None
        processes = {int(builder.stdout.readline()) for _ in range(30)}
        assert len(processes) == (2 if FORKS else 1)
        builder.kill()
    end = time.monotonic() + 20
    while any(is_alive(process) for process in processes):
        assert time.monotonic() < end
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_site_made_by_several_processes_is_the_same(tmp_path: Path) -> None:
    generate(tmp_path / "runs", 60, metrics=3, steps=30)
    build(tmp_path, "runs", "--out", "one", "--workers", "1", "--no-cache")
    build(tmp_path, "runs", "--out", "three", "--workers", "3")
    build(tmp_path, "runs", "--out", "cached", "--workers", "3")
    assert_same(tree(tmp_path / "three"), tree(tmp_path / "one"))
    assert_same(tree(tmp_path / "cached"), tree(tmp_path / "one"))
