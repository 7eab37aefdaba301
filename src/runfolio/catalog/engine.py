"""Reading and digesting claims: here one after the other, or in several processes."""

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

from runfolio.catalog.digest import digest
from runfolio.catalog.outcome import Outcome, Packed, pack
from runfolio.catalog.reporter import Reporter
from runfolio.catalog.scan import Claim
from runfolio.catalog.storage import Storage
from runfolio.errors import ReadError
from runfolio.model import BucketedSeries, Problem, Severity
from runfolio.readers import Reader, Reading, RunFiles, all_readers, as_problem

#: Below this many bytes a process of its own costs more than it saves.
_WORTH_A_WORKER = 20_000_000
_LARGEST_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Job:
    """A claim and where its files lie; can be sent to another process."""

    storage: Storage
    claim: Claim


def run_files(job: Job) -> RunFiles:
    """The files of the claim as readers see them."""
    claim, storage = job.claim, job.storage
    prefix = f"{claim.folder}/" if claim.folder else ""
    return RunFiles(
        claim.path,
        claim.folder,
        storage.label,
        claim.entries,
        lambda path: storage.read(prefix + path),
        claim.root,
    )


def read_claim(job: Job) -> Reading | None:
    """What the first reader says that knows the files; None when none does; ReadError when they are broken."""
    files = run_files(job)
    wanted = {reader.name: reader for reader in all_readers()}
    for name in job.claim.readers:
        reading = _read(wanted[name], files, job.claim)
        if reading is not None:
            return reading
    return None


def _read(reader: Reader, files: RunFiles, claim: Claim) -> Reading | None:
    limit = reader.signature.size_limit
    if limit is not None and claim.size_bytes > limit:
        message = (
            f"the file has {claim.size_bytes:,} bytes, more than the {limit:,} that are read as {reader.name}"
        )
        raise ReadError(message, slug="too-large", path=claim.path, hint="split it, or log fewer rows")
    return reader.read(files)


def digest_claim(job: Job) -> tuple[Outcome, tuple[BucketedSeries, ...]]:
    """What comes of a claim. Whatever goes wrong becomes a Problem."""
    try:
        reading = read_claim(job)
        if reading is None:
            return Outcome(refused=True), ()
        result = digest(reading)
    except ReadError as error:
        # Whether a broken file by itself was a run at all nobody knows; a run folder surely was one.
        severity = Severity.ERROR if job.claim.is_folder else Severity.WARNING
        return Outcome(problems=(as_problem(error, severity),)), ()
    except Exception as error:  # a reader that raises anything else is at fault, but the other runs are not
        return Outcome(problems=(_failed(job.claim, error),)), ()
    return Outcome(result.run, result.problems), result.series


def _failed(claim: Claim, error: Exception) -> Problem:
    message = f"the reader {' or '.join(claim.readers)} failed: {type(error).__name__}: {str(error)[:200]}"
    hint = "this is a fault of the reader, please report it; the run was left out"
    return Problem("reader-failed", Severity.ERROR, message, claim.path, hint=hint)


def _died(claim: Claim) -> Problem:
    message = "the process that read the run died twice; the run was left out"
    hint = "it may need more memory than there is: try `--workers 1`, or seal the run"
    return Problem("reader-died", Severity.ERROR, message, claim.path, hint=hint)


def digest_all(jobs: Sequence[Job], workers: int | None, reporter: Reporter) -> Iterator[tuple[int, Packed]]:
    """Index and packed outcome of every job, in no particular order.

    Args:
        jobs: what is to be read.
        workers: processes; None: as many as there are processors and work for.
        reporter: is told of each job that is done.
    """
    reporter.start("reading runs", len(jobs))
    try:
        count = _worker_count(jobs, workers)
        results: Iterator[tuple[int, Packed]]
        if count <= 1:
            results = ((index, pack(*digest_claim(job))) for index, job in enumerate(jobs))
        else:
            results = _in_processes(list(enumerate(jobs)), count)
        for result in results:
            reporter.advance()
            yield result
    finally:
        reporter.finish()


def _worker_count(jobs: Sequence[Job], workers: int | None) -> int:
    if _start_method() is None:
        return 1
    if workers is None:
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        size = sum(job.claim.size_bytes for job in jobs)
        workers = min(processors, 16, size // _WORTH_A_WORKER + 1)
    return min(workers, len(jobs))


def _start_method() -> str | None:
    """How to start processes; None where that is not safe.

    A fork copies no thread but may copy a lock that one holds; a spawned process runs the user's main module again.
    """
    if sys.platform == "linux":
        return "fork" if threading.active_count() == 1 else None
    return "spawn"


def _in_processes(jobs: list[tuple[int, Job]], workers: int) -> Iterator[tuple[int, Packed]]:
    """As `digest_all`. When a process dies, what was not done is tried again in halves, until the culprit is alone."""
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
        yield index, pack(Outcome(problems=(_died(job.claim),)), ())
        return
    middle = (len(rest) + 1) // 2
    for half in (rest[:middle], rest[middle:]):
        if half:
            yield from _in_processes(half, workers)


def _one_pool(jobs: list[tuple[int, Job]], workers: int) -> Iterator[tuple[int, Packed]]:
    size = max(1, min(_LARGEST_CHUNK, len(jobs) // (workers * 4)))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    context = multiprocessing.get_context(_start_method())
    with (
        ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context) as pool,
        warnings.catch_warnings(),
    ):
        # Python counts the idle threads of numpy's linear algebra, which are made for forks.
        warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
        pending: set[Future[list[tuple[int, Packed]]]] = {
            pool.submit(_digest_chunk, chunk) for chunk in chunks
        }
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()


def _digest_chunk(chunk: list[tuple[int, Job]]) -> list[tuple[int, Packed]]:
    return [(index, pack(*digest_claim(job))) for index, job in chunk]
