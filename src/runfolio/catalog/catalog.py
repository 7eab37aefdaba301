"""The catalog: every run of the sources, and on demand its series, artifacts and rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from runfolio.catalog.cache import Cache
from runfolio.catalog.engine import Job, digest_run, read_claim
from runfolio.catalog.look import Look
from runfolio.catalog.outcome import unpack_series
from runfolio.errors import ReadError
from runfolio.model import BucketedSeries, Problem, Run
from runfolio.readers import Reading


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a run of the catalog comes from, and where its series are."""

    job: Job
    packed: bytes | None = None
    """The packed series, or None when the cache has them."""
    source: str = ""
    stamp: bytes = b""
    place: int = 0
    """Which of the outcomes of its claim the run is."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """All runs, sorted by experiment, start and id; and what was wrong. Nothing in it changes."""

    runs: tuple[Run, ...]
    problems: tuple[Problem, ...]
    root_labels: tuple[str, ...]
    """Last path part of each source, in the order given."""
    shelves: Mapping[str, Shelf] = field(repr=False, default_factory=dict)
    """Run id → where it comes from."""
    cache: Cache | None = field(repr=False, default=None)
    looks: tuple[Look, ...] = field(repr=False, default=())
    """Every folder that was listed on the way."""

    def rest(self) -> None:
        """Nothing is open until it is needed again: a process may fork now, and both sides may go on reading."""
        if self.cache is not None:
            self.cache.rest()

    def series(self, run: Run) -> tuple[BucketedSeries, ...]:
        """The thinned series of the run's metrics, in the order of `run.metrics`.

        From memory or the cache; where neither has them any more, the run is read again. ReadError when it cannot be.
        """
        shelf = self.shelves[run.run_id]
        blob = shelf.packed
        if blob is None and self.cache is not None:
            blob = self.cache.series(shelf.source, shelf.job.claim.path, shelf.place, shelf.stamp)
        if blob is not None:
            try:
                return unpack_series(blob)
            except (ValueError, KeyError):
                pass  # a damaged row of the cache
        outcome, series = digest_run(shelf.job, run.source.part)
        if outcome.run is None or list(outcome.run.metrics) != list(run.metrics):
            raise _changed(run)
        return series

    def read_artifact(self, run: Run, path: str) -> bytes:
        """The bytes of a file in the run's folder.

        Args:
            run: of this catalog.
            path: relative to the run's folder, posix.

        Raises:
            ReadError: the file is not there, cannot be read, or lies outside the run's folder (links are resolved).
        """
        with self.open_artifact(run, path) as file:
            return file.read()

    def open_artifact(self, run: Run, path: str) -> BinaryIO:
        """As `read_artifact`: the file itself, to be read in parts."""
        inside = next((item.inside for item in run.artifacts if item.path == path and item.inside), None)
        if inside is not None:
            with self._opened(run, inside.path) as file:
                file.seek(inside.start)
                return io.BytesIO(file.read(inside.size))
        return self._opened(run, path)

    def _opened(self, run: Run, path: str) -> BinaryIO:
        shelf = self.shelves[run.run_id]
        claim, storage = shelf.job.claim, shelf.job.storage
        full = f"{claim.folder}/{path}" if claim.folder else path
        parts = PurePosixPath(path.replace("\\", "/"))
        if not path or "\0" in path or parts.is_absolute() or ".." in parts.parts:
            raise _outside(full)
        try:
            if not storage.contains(claim.folder, full):
                raise _outside(full)
            return storage.open(full)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ReadError(
                f"the artifact cannot be read: {reason}", path=full, hint="check that the file still exists"
            ) from error

    def readings(self, runs: Iterable[Run]) -> Iterator[tuple[Run, Reading | ReadError]]:
        """Each run with its files read again, every row included, or why that is not possible any more.

        Files that hold several runs are read once; the order is that of the first run of each.
        """
        claims: dict[tuple[int, str], list[Run]] = {}
        for run in runs:
            claim = self.shelves[run.run_id].job.claim
            claims.setdefault((claim.root, claim.path), []).append(run)
        for members in claims.values():
            yield from self._of_claim(members)

    def _of_claim(self, runs: Sequence[Run]) -> Iterator[tuple[Run, Reading | ReadError]]:
        wanted = {run.source.part: run for run in runs}
        broken: ReadError | None = None
        try:
            for reading in read_claim(self.shelves[runs[0].run_id].job) or ():
                if not isinstance(reading, Reading) or reading.run.source.part not in wanted:
                    continue
                run = wanted[reading.run.source.part]
                if {name for block in reading.rows for name in block.names} == run.metrics.keys():
                    del wanted[run.source.part]
                    yield run, reading
                if not wanted:
                    return
        except ReadError as error:
            broken = error
        yield from ((run, broken or _changed(run)) for run in wanted.values())


def _outside(path: str) -> ReadError:
    return ReadError(
        "the artifact lies outside the run's folder and is not read",
        slug="path-outside",
        path=path,
        hint="copy the file into the run's artifacts folder",
    )


def _changed(run: Run) -> ReadError:
    return ReadError(
        "the run's files changed while it was in use", path=run.source.path, hint="run the command again"
    )


def sort_key(run: Run) -> tuple[str, float, str]:
    """Experiment, start (runs without one first), id."""
    started = run.started_at.timestamp() if run.started_at is not None else 0.0
    return (run.experiment, started, run.run_id)


def sorted_problems(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Errors first, then warnings, then notes; each by place. Of equal ones, one."""
    rank = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(set(problems), key=lambda p: (rank[p.severity], p.path, p.run_id, p.slug, p.message)))
