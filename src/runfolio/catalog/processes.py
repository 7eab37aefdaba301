"""The engine of this machine: several processes, or this one where there is little to read."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from runfolio.catalog.engine import Done, Numbered, Serial, died, digest_chunk

#: Below this many bytes a process of its own costs more than it saves.
_WORTH_A_WORKER = 20_000_000
_LARGEST_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Processes:
    """Reads in processes of its own."""

    workers: int | None = None
    """How many; None: as many as there are processors and work for."""
    apart: bool = False
    """True for at least one: a run may take along the process that reads it."""

    def digest(self, jobs: Sequence[Numbered]) -> Iterator[Done]:
        """What came of every job, in no particular order."""
        count = _worker_count(jobs, self.workers)
        if count <= 1 and not (self.apart and _start_method()):
            return Serial().digest(jobs)
        return _in_processes(list(jobs), max(1, count))


def _worker_count(jobs: Sequence[Numbered], workers: int | None) -> int:
    if _start_method() is None:
        return 1
    if workers is None:
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        size = sum(job.claim.size_bytes for _, job in jobs)
        workers = min(processors, 16, size // _WORTH_A_WORKER + 1)
    return min(workers, len(jobs))


def _start_method() -> str | None:
    """How to start processes; None where that is not safe.

    A fork copies no thread but may copy a lock that one holds; a spawned process runs the user's main module again.
    """
    if sys.platform == "linux":
        return "fork" if threading.active_count() == 1 else None
    return "spawn"


def _in_processes(jobs: list[Numbered], workers: int) -> Iterator[Done]:
    """As `Processes.digest`. When a process dies, what was not done is tried again in halves, until the culprit is alone."""
    left = dict(jobs)
    try:
        for index, packed in _one_pool(jobs, workers):
            del left[index]
            yield index, packed
        return
    except BrokenProcessPool:
        pass
    rest = list(left.items())
    if len(jobs) == 1:
        index, job = jobs[0]
        yield index, died(job)
        return
    middle = (len(rest) + 1) // 2
    for half in (rest[:middle], rest[middle:]):
        if half:
            yield from _in_processes(half, workers)


def _one_pool(jobs: list[Numbered], workers: int) -> Iterator[Done]:
    size = max(1, min(_LARGEST_CHUNK, len(jobs) // (workers * 4)))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    context = multiprocessing.get_context(_start_method())
    with (
        ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context) as pool,
        warnings.catch_warnings(),
    ):
        # Python counts the idle threads of numpy's linear algebra, which are made for forks.
        warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
        pending: set[Future[list[Done]]] = {pool.submit(digest_chunk, chunk) for chunk in chunks}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()
