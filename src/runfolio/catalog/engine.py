"""Reading and digesting claims: here one after the other, or in several processes."""

from __future__ import annotations

import multiprocessing
import os
import posixpath
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from runfolio.catalog.digest import digest
from runfolio.catalog.fetched import fetched
from runfolio.catalog.outcome import Outcome, Packed, pack
from runfolio.catalog.reporter import Reporter
from runfolio.catalog.scan import Claim, entries_of
from runfolio.catalog.storage import Storage
from runfolio.errors import ReadError
from runfolio.model import BucketedSeries, Problem, Severity
from runfolio.readers import Reader, Reading, RunFiles, all_readers, as_problem

#: What one run's files may hold to be kept while several readers look at them.
_KEPT_BYTES = 50_000_000
#: Below this many bytes a process of its own costs more than it saves.
_WORTH_A_WORKER = 20_000_000
_LARGEST_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Job:
    """A claim and where its files lie; can be sent to another process."""

    storage: Storage
    claim: Claim


def run_files(job: Job, reader: Reader, read: Callable[[str], bytes] | None = None) -> RunFiles:
    """The files of the claim as the reader sees them; `read` gives their bytes."""
    claim, entries = job.claim, entries_of(job.claim, reader)
    return RunFiles(claim.path, claim.folder, job.storage.label, entries, read or _opener(job), claim.root)


def _opener(job: Job) -> Callable[[str], bytes]:
    """Gives the bytes of a file of the claim. Where several readers may ask for them, small files are read once."""
    folder, storage = job.claim.folder, job.storage
    kept: dict[str, bytes] = {}
    is_kept = len(job.claim.readers) > 1 and job.claim.size_bytes <= _KEPT_BYTES

    def read(path: str) -> bytes:
        if path in kept:
            return kept[path]
        body = storage.read(posixpath.normpath(posixpath.join(folder, path)))
        if is_kept:
            kept[path] = body
        return body

    return read


def read_claim(job: Job) -> Iterator[Reading | Problem] | None:
    """What the first reader says that knows the files: a run, or several one after the other; None when none does.

    Raises:
        ReadError: the files are broken; for files that hold several runs perhaps only on the way.
    """
    wanted = {reader.name: reader for reader in all_readers()}
    read = _opener(job)
    for name in job.claim.readers:
        found = _read(wanted[name], run_files(job, wanted[name], read), job.claim)
        if found is not None:
            return iter((found,)) if isinstance(found, Reading) else iter(found)
    return None


def _read(reader: Reader, files: RunFiles, claim: Claim) -> Reading | Iterable[Reading | Problem] | None:
    limit = reader.signature.size_limit
    if limit is not None and claim.size_bytes > limit:
        message = (
            f"the file has {claim.size_bytes:,} bytes, more than the {limit:,} that are read as {reader.name}"
        )
        raise ReadError(message, slug="too-large", path=claim.path, hint="split it, or log fewer rows")
    return reader.read(files)


def digest_claim(job: Job) -> Iterator[tuple[Outcome, tuple[BucketedSeries, ...]]]:
    """What comes of a claim, one item a run; at least one, also where there is none. Whatever goes wrong becomes a Problem."""
    problems: list[Problem] = []
    count = 0
    try:
        readings = read_claim(job)
        if readings is None:
            yield Outcome(refused=True), ()
            return
        for item in readings:
            if isinstance(item, Problem):
                problems.append(item)
                continue
            result = digest(item)
            count += 1
            yield Outcome(result.run, result.problems), result.series
    except ReadError as error:
        # Whether a broken file by itself was a run at all nobody knows; a run folder surely was one.
        severity = Severity.ERROR if job.claim.is_folder else Severity.WARNING
        problems.append(as_problem(error, severity))
    except Exception as error:  # a reader that raises anything else is at fault, but the other runs are not
        problems.append(_failed(job.claim, error))
    if problems or not count:
        yield Outcome(problems=tuple(problems)), ()


def digest_run(job: Job, part: str) -> tuple[Outcome, tuple[BucketedSeries, ...]]:
    """As `digest_claim`, for one of the runs of the claim; without a run where it is not there any more."""
    for outcome, series in digest_claim(job):
        if outcome.run is not None and outcome.run.source.part == part:
            return outcome, series
    return Outcome(), ()


def _failed(claim: Claim, error: Exception) -> Problem:
    message = f"the reader {' or '.join(claim.readers)} failed: {type(error).__name__}: {str(error)[:200]}"
    hint = "this is a fault of the reader, please report it; the run was left out"
    return Problem("reader-failed", Severity.ERROR, message, claim.path, hint=hint)


def _died(claim: Claim) -> Problem:
    message = "the process that read the run died twice; the run was left out"
    hint = "it may need more memory than there is: try `--workers 1`, or seal the run"
    return Problem("reader-died", Severity.ERROR, message, claim.path, hint=hint)


def digest_all(
    jobs: Sequence[Job], workers: int | None, reporter: Reporter
) -> Iterator[tuple[int, list[Packed]]]:
    """Index and packed outcomes of every job, in no particular order.

    Args:
        jobs: what is to be read.
        workers: processes; None: as many as there are processors and work for.
        reporter: is told of each job that is done.
    """
    reporter.start("reading runs", len(jobs))
    try:
        count = _worker_count(jobs, workers)
        results: Iterator[tuple[int, list[Packed]]]
        if count <= 1:
            results = _one_by_one(list(enumerate(jobs)))
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


def _one_by_one(jobs: Sequence[tuple[int, Job]]) -> Iterator[tuple[int, list[Packed]]]:
    storages = fetched([(job.storage, job.claim) for _, job in jobs])
    for (index, job), storage in zip(jobs, storages, strict=True):
        found = digest_claim(replace(job, storage=storage))
        yield index, [pack(outcome, series) for outcome, series in found]


def _in_processes(jobs: list[tuple[int, Job]], workers: int) -> Iterator[tuple[int, list[Packed]]]:
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
        yield index, [pack(Outcome(problems=(_died(job.claim),)), ())]
        return
    middle = (len(rest) + 1) // 2
    for half in (rest[:middle], rest[middle:]):
        if half:
            yield from _in_processes(half, workers)


def _one_pool(jobs: list[tuple[int, Job]], workers: int) -> Iterator[tuple[int, list[Packed]]]:
    size = max(1, min(_LARGEST_CHUNK, len(jobs) // (workers * 4)))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    context = multiprocessing.get_context(_start_method())
    with (
        ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context) as pool,
        warnings.catch_warnings(),
    ):
        # Python counts the idle threads of numpy's linear algebra, which are made for forks.
        warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
        pending: set[Future[list[tuple[int, list[Packed]]]]] = {
            pool.submit(_digest_chunk, chunk) for chunk in chunks
        }
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()


def _digest_chunk(chunk: list[tuple[int, Job]]) -> list[tuple[int, list[Packed]]]:
    return list(_one_by_one(chunk))
