"""What an engine does: reading and digesting claims, one after the other. Other engines do it elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Job:
    """A claim and where its files lie; can be sent to another process."""

    storage: Storage
    claim: Claim


Numbered = tuple[int, Job]
"""A job and its place among all."""
Done = tuple[int, list[Packed]]
"""The place of a job and what came of it, packed."""


class Engine(Protocol):
    """Somewhere to read and digest."""

    def digest(self, jobs: Sequence[Numbered]) -> Iterator[Done]:
        """What came of every job, in no particular order; only packed outcomes travel, never rows."""
        ...


class Serial:
    """Reads in this process, one after the other; what comes of it is what all other engines must give."""

    def digest(self, jobs: Sequence[Numbered]) -> Iterator[Done]:
        """What came of every job, in the order of the jobs."""
        return _in_turn(jobs)


def run_files(job: Job, reader: Reader, read: Callable[[str], bytes] | None = None) -> RunFiles:
    """The files of the claim as the reader sees them; `read` gives their bytes."""
    claim, entries = job.claim, entries_of(job.claim, reader)
    return RunFiles(claim.path, claim.folder, job.storage.label, entries, read or _opener(job), claim.root)


def _opener(job: Job) -> Callable[[str], bytes]:
    """Gives the bytes of a file of the claim. Where several readers may ask for them, small files are read once."""
    folder, storage = job.claim.folder, job.storage
    kept: dict[str, bytes] = {}
    failed: dict[str, OSError] = {}
    is_kept = len(job.claim.readers) > 1 and job.claim.size_bytes <= _KEPT_BYTES

    def read(path: str) -> bytes:
        if path in kept:
            return kept[path]
        if path in failed:  # the next reader need not wait for the same answer
            raise failed[path]
        try:
            body = storage.read(posixpath.normpath(posixpath.join(folder, path)))
        except OSError as error:
            failed[path] = error
            raise
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


def died(job: Job) -> list[Packed]:
    """What came of a run whose process died again when it read nothing else."""
    message = "the process that read the run died twice; the run was left out"
    hint = "it may need more memory than there is: try `--workers 1`, or seal the run"
    problem = Problem("reader-died", Severity.ERROR, message, job.claim.path, hint=hint)
    return [pack(Outcome(problems=(problem,)), ())]


def digest_all(jobs: Sequence[Job], engine: Engine, reporter: Reporter) -> Iterator[Done]:
    """Index and packed outcomes of every job, in no particular order.

    Args:
        jobs: what is to be read.
        engine: where.
        reporter: is told of each job that is done.
    """
    reporter.start("reading runs", len(jobs))
    try:
        for result in engine.digest(list(enumerate(jobs))):
            reporter.advance()
            yield result
    finally:
        reporter.finish()


def digest_chunk(chunk: Sequence[Numbered]) -> list[Done]:
    """What came of some jobs; can be called in another process."""
    return list(_in_turn(chunk))


def _in_turn(jobs: Sequence[Numbered]) -> Iterator[Done]:
    """What came of the jobs, in their order; the files of the next ones are on their way meanwhile."""
    storages = fetched([(job.storage, job.claim) for _, job in jobs])
    for (index, job), storage in zip(jobs, storages, strict=True):
        found = digest_claim(replace(job, storage=storage))
        yield index, [_packed(job.claim, outcome, series) for outcome, series in found]


def _packed(claim: Claim, outcome: Outcome, series: tuple[BucketedSeries, ...]) -> Packed:
    """The outcome; in its place what was wrong with it, where a reader put into a run what none may hold."""
    try:
        return pack(outcome, series)
    except (UnicodeError, TypeError, OverflowError) as error:
        return pack(Outcome(problems=(_failed(claim, error),)), ())
