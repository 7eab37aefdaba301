"""Pages made in several processes, while this one writes.

The processes are forked, because a plan's functions cannot be sent elsewhere; where that is not safe, pages are made one
after the other. A process only ever writes to its pipe: it ends by itself when the build it belongs to is killed.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from runfolio.site.plan import PlannedFile

#: Fewer pages than these are made sooner than processes are started, unless they show many runs.
_FEWEST_PAGES = 40
#: With so many runs a single page takes long: one process makes the pages, while this one makes the other files.
_MANY_RUNS = 1000
#: Neighbours share curves: so many, or a quarter of a process's share up to so many, are made by one process.
_NEIGHBOURS = (10, 50)


class Ahead:
    """Gives the bytes of files; those it was told of are made before they are asked for."""

    def __init__(self) -> None:
        self._made: dict[str, bytes] = {}
        self._coming: dict[Connection, list[str]] = {}

    def expect(self, receiver: Connection, files: Sequence[PlannedFile]) -> None:
        """These files will come from this pipe, in this order."""
        self._coming[receiver] = [file.path for file in reversed(files)]

    def make(self, file: PlannedFile) -> bytes:
        """The file's bytes. One that could not be made elsewhere is made here, so that what went wrong is raised here."""
        self._receive(0)
        while file.path not in self._made and any(file.path in paths for paths in self._coming.values()):
            self._receive(None)
        return self._made.pop(file.path, b"") or file.make()

    def _receive(self, timeout_s: float | None) -> None:
        for receiver in wait(list(self._coming), timeout_s) if self._coming else ():
            assert isinstance(receiver, Connection)
            paths = self._coming[receiver]
            try:
                self._made[paths.pop()] = receiver.recv_bytes()
            except (EOFError, OSError):
                paths.clear()
            if not paths:
                del self._coming[receiver]


@contextlib.contextmanager
def made_ahead(files: Sequence[PlannedFile], workers: int | None, runs: int = 0) -> Iterator[Ahead]:
    """Makes the pages among the files in processes, where there are enough of them.

    Args:
        files: in the order in which they will be asked for.
        workers: processes; None: as many as there are processors.
        runs: that the site shows.
    """
    pages = [file for file in files if file.is_page]
    ahead = Ahead()
    # What is there stays until the end: looking through it for garbage, in every process, would find none.
    gc.freeze()
    started: list[tuple[BaseProcess, Connection]] = []
    try:
        for share in _shares(pages, _count(len(pages), workers, runs)):
            process, receiver = _start(share, [other for _, other in started])
            started.append((process, receiver))
            ahead.expect(receiver, share)
        yield ahead
    finally:
        gc.unfreeze()
        for process, receiver in started:
            receiver.close()
            process.terminate()
            process.join()


def _count(pages: int, workers: int | None, runs: int) -> int:
    # A fork copies no thread, but may copy a lock that one holds.
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    count = len(os.sched_getaffinity(0)) if workers is None else workers
    if count < 2:
        return 0
    if pages < _FEWEST_PAGES:
        return 1 if pages and runs >= _MANY_RUNS else 0
    return min(count, 16)


def _shares(pages: Sequence[PlannedFile], count: int) -> list[list[PlannedFile]]:
    """The pages dealt out in stretches of neighbours, so that all processes work near the place that is written."""
    fewest, most = _NEIGHBOURS
    size = min(max(len(pages) // (4 * max(count, 1)), fewest), most)
    stretches = [pages[at : at + size] for at in range(0, len(pages), size)]
    return [[page for stretch in stretches[place::count] for page in stretch] for place in range(count)]


def _start(share: list[PlannedFile], others: list[Connection]) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_make_all, args=(share, sender, [*others, receiver]), daemon=True)
    with warnings.catch_warnings():
        # Python counts the idle threads of numpy's linear algebra, which are made for forks.
        warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
        # Ctrl-C reaches the new process too: not before it can ignore it, or it would print a traceback.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    sender.close()
    return process, receiver


def _make_all(share: list[PlannedFile], sender: Connection, others: list[Connection]) -> None:
    """Sends the bytes of each file; none where it fails, as the parent then makes it again and tells why."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told too, and ends this process
    for other in others:  # a pipe breaks only when nobody can read it any more
        other.close()
    for file in share:
        try:
            data = file.make()
        except Exception:
            data = b""
        try:
            sender.send_bytes(data)
        except OSError:
            return
