"""From sources to a catalog: scan, look into the cache, read what is new, settle ids and statuses."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from runfolio.catalog.cache import Cache, stamp
from runfolio.catalog.catalog import Catalog, Shelf, sort_key, sorted_problems
from runfolio.catalog.engine import Engine, Job, digest_all
from runfolio.catalog.look import Look, Looking
from runfolio.catalog.outcome import Outcome, Packed, unpack_outcome
from runfolio.catalog.processes import Processes
from runfolio.catalog.remote_storage import open_remote
from runfolio.catalog.reporter import Reporter, Silence
from runfolio.catalog.scan import Claim, file_claim, scan, taken_by
from runfolio.catalog.storage import LocalStorage, Storage
from runfolio.errors import NothingFoundError, UsageError, nearest
from runfolio.model import Problem, Run, RunStatus, Severity
from runfolio.place import Place, StoreUrl
from runfolio.place import place as place_of
from runfolio.readers import Reader, all_readers, plugin_problems

#: Without a cache, so many bytes of series stay in memory; further ones are read again when they are asked for.
_MOST_KEPT = 40_000_000
#: Results are written to the cache in batches of so many runs.
_BATCH = 200


@dataclass(frozen=True, slots=True)
class _Source:
    """A source as given: a folder, or one file in it."""

    index: int
    root: str
    """The folder, one text however it was given."""
    storage: Storage
    key: str
    only: str | None = None
    readers: tuple[Reader, ...] = ()
    """Those that may read it."""
    is_chosen: bool = False
    """True where somebody said which."""
    looks: list[Look] = field(default_factory=list, compare=False)
    """Every folder that was listed."""


@dataclass(slots=True)
class _Findings:
    """What the rounds of scanning and reading gather."""

    runs: list[tuple[Run, tuple[Problem, ...], Shelf]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    kept_bytes: int = 0
    """Of series that no cache keeps."""
    chosen: tuple[str, ...] = ()
    """Roots of the sources whose readers were chosen."""
    again: list[tuple[_Source, str, frozenset[str]]] = field(default_factory=list)
    """Folders to look at once more, and what in them is taken."""
    kept: dict[str, dict[str, tuple[bytes, list[Outcome]]]] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)


def read_catalog(
    sources: Sequence[Place],
    *,
    cache: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    reporter: Reporter | None = None,
    readers: Sequence[Sequence[str]] = (),
) -> Catalog:
    """Every run below the sources.

    Args:
        sources: folders of runs, or single files, here or in an object store.
        cache: SQLite file that keeps what was read; None for none.
        workers: processes that read; None: as many as are worth it.
        scheduler: address of a Dask scheduler whose workers read instead, or `local`; None for none.
        reporter: is told how far the work is.
        readers: for each source the names of the readers that may read it; none for all of them.

    Raises:
        NothingFoundError: a source does not exist.
        UsageError: there is no reader of such a name.
        StoreError: an object store does not answer.
        EngineError: the scheduler or its workers cannot be used. Nothing else: what is wrong with a run is among `problems`.
    """
    reporter = reporter or Silence()
    kept = Cache(cache) if cache is not None else None
    found = _Findings(problems=list(plugin_problems()))
    if kept is not None and kept.failure:
        message = f"the cache cannot be used: {kept.failure}"
        hint = "the build is complete but slower; check the permissions of the folder, or delete the cache"
        found.problems.append(Problem("cache-unusable", Severity.NOTE, message, hint=hint))
    opened = [
        _with_readers(_opened(index, place_of(path), kept), readers[index] if readers else ())
        for index, path in enumerate(sources)
    ]
    # A source whose readers were chosen may lie in another one, which then has no say in it.
    found.chosen = tuple(source.root for source in opened if source.is_chosen and source.only is None)
    claims = [(source, claim) for source in opened for claim in _claims(source, found)]
    with _engine(scheduler, workers, found) as engine:
        while claims:
            _read_round(claims, found, kept, engine, reporter)
            claims = _second_looks(found)
    if kept is not None:
        for source in opened:
            if source.only is None:
                kept.drop(
                    source.key, found.kept.get(source.key, {}).keys() - found.seen.get(source.key, set())
                )
    catalog = _catalog(found, tuple(source.storage.label for source in opened), kept)
    return replace(catalog, looks=tuple(look for source in opened for look in source.looks))


def _with_readers(source: _Source, names: Sequence[str]) -> _Source:
    """The source with the readers of these names, in their usual order; with all of them where there is no name."""
    known = {reader.name: reader for reader in all_readers()}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no reader `{name}`{nearest(name, known)}",
                slug="no-such-reader",
                hint="docs/writing-readers.md lists them all",
            )
    chosen = tuple(reader for name, reader in known.items() if not names or name in names)
    return replace(source, readers=chosen, is_chosen=bool(names))


@contextmanager
def _engine(scheduler: str | None, workers: int | None, found: _Findings) -> Iterator[Engine]:
    if not scheduler:
        yield Processes(workers)
        return
    from runfolio.catalog.cluster import Cluster  # seldom wanted, and not quick to load

    with closing(Cluster(scheduler, workers, found.problems.append)) as cluster:
        yield cluster


def _opened(index: int, path: Place, cache: Cache | None) -> _Source:
    if isinstance(path, StoreUrl):
        storage, name = open_remote(path)
        key = cache.source_key(storage.url) if cache is not None else ""
        return _Source(index, storage.url.key, storage, key, name)
    if not path.exists():
        raise NothingFoundError(
            f"there is no folder or file `{path}`",
            hint="give the folder that holds the runs; `runfolio init` sets up a project with one",
        )
    folder = path.parent if path.is_file() else path
    key = cache.source_key(folder) if cache is not None else ""
    root = folder.resolve().as_posix()
    return _Source(index, root, LocalStorage(folder), key, path.name if path.is_file() else None)


def _claims(
    source: _Source,
    found: _Findings,
    start: str = "",
    refused: frozenset[str] = frozenset(),
    taken: frozenset[str] = frozenset(),
) -> list[Claim]:
    """Claims of a source that no other source has made already."""
    storage = source.storage
    if isinstance(storage, LocalStorage):
        storage = Looking(storage, source.looks)
    if source.only is not None:
        claims = file_claim(storage, source.index, source.only, source.readers)
    else:
        result = scan(storage, source.index, source.readers, start, refused, taken)
        found.problems += result.problems
        claims = result.claims
    others = () if source.is_chosen else found.chosen
    fresh = {
        path: claim
        for claim in claims
        if (path := _whole(source, claim)) not in found.claimed
        and not any(path == root or path.startswith(f"{root}/") for root in others)
    }
    found.claimed.update(fresh)
    return list(fresh.values())


def _whole(source: _Source, claim: Claim) -> str:
    return posixpath.join(source.root, claim.path) if claim.path else source.root


def _second_looks(found: _Findings) -> list[tuple[_Source, Claim]]:
    """Folders that no reader of folders wanted, or that one shares, are looked at like any other folder."""
    again, found.again = found.again, []
    return [
        (source, claim)
        for source, path, taken in again
        for claim in _claims(source, found, start=path, refused=frozenset([path]), taken=taken)
    ]


def _read_round(
    claims: list[tuple[_Source, Claim]],
    found: _Findings,
    cache: Cache | None,
    engine: Engine,
    reporter: Reporter,
) -> None:
    """Take what the cache has, read the rest, keep what was read."""
    readers = {reader.name: reader for reader in all_readers()}
    missing: list[tuple[_Source, Shelf]] = []
    for source, claim in claims:
        mark = stamp(claim, source.storage.label, readers)
        shelf = Shelf(Job(source.storage, claim), None, source.key, mark)
        outcomes = _kept_outcomes(source, claim, mark, found, cache)
        if outcomes is None:
            missing.append((source, shelf))
        else:
            _add(source, shelf, outcomes, (), found)
    batch: list[tuple[str, str, bytes, list[Packed]]] = []
    for source, shelf, packed in _read_missing(missing, engine, reporter):
        outcomes = [unpack_outcome(item.outcome) for item in packed]
        is_kept = cache is not None and not cache.failure and all(item.is_lasting for item in outcomes)
        if is_kept:
            batch.append((source.key, shelf.job.claim.path, shelf.stamp, packed))
        _add(source, shelf, outcomes, () if is_kept else packed, found)
        if len(batch) >= _BATCH and cache is not None:
            cache.store(batch)
            batch.clear()
    if cache is not None:
        cache.store(batch)


def _kept_outcomes(
    source: _Source, claim: Claim, mark: bytes, found: _Findings, cache: Cache | None
) -> list[Outcome] | None:
    if cache is None:
        return None
    if source.key not in found.kept:
        found.kept[source.key] = cache.load(source.key)
    found.seen.setdefault(source.key, set()).add(claim.path)
    known, outcomes = found.kept[source.key].get(claim.path, (b"", []))
    return [_rooted(outcome, claim.root) for outcome in outcomes] if known == mark else None


def _rooted(outcome: Outcome, root: int) -> Outcome:
    """The index of the source is not part of the stamp: it changes with the order on the command line."""
    run = outcome.run
    if run is None or run.source.root == root:
        return outcome
    return replace(outcome, run=replace(run, source=replace(run.source, root=root)))


def _read_missing(
    missing: list[tuple[_Source, Shelf]], engine: Engine, reporter: Reporter
) -> Iterator[tuple[_Source, Shelf, list[Packed]]]:
    if not missing:
        return
    for index, packed in digest_all([shelf.job for _, shelf in missing], engine, reporter):
        source, shelf = missing[index]
        yield source, shelf, packed


def _add(
    source: _Source, shelf: Shelf, outcomes: Sequence[Outcome], packed: Sequence[Packed], found: _Findings
) -> None:
    """Take note of what came of a claim; `packed` holds the series where no cache keeps them."""
    for place, outcome in enumerate(outcomes):
        if outcome.run is None:
            found.problems += outcome.problems
            continue
        series = packed[place].series if packed else None
        if series is not None:
            # Of files that hold many runs all series are kept: for each the whole file would be read again.
            found.kept_bytes += len(series)
            series = series if found.kept_bytes <= _MOST_KEPT or len(outcomes) > 1 else None
        own = replace(shelf, place=place, packed=series)
        found.runs.append((_settled(outcome.run, shelf.job), outcome.problems, own))
    claim = shelf.job.claim
    if any(outcome.refused for outcome in outcomes):
        found.again += [(source, folder, frozenset[str]()) for folder in claim.covers]
        return
    names = {outcome.run.source.reader for outcome in outcomes if outcome.run is not None}
    takers = [reader for reader in all_readers() if reader.name in names]
    if claim.is_folder:
        read = [
            file.path for outcome in outcomes if outcome.run is not None for file in outcome.run.source.files
        ]
        for reader in takers:
            if reader.signature.shares_folder:
                found.again.append((source, claim.path, taken_by(claim, reader, read)))
    else:  # folders beside the file that only readers would have had who did not take it
        theirs = {name for reader in takers for name in reader.signature.subfolders}
        left = [folder for folder in claim.covers if folder.rpartition("/")[2] not in theirs]
        found.again += [(source, folder, frozenset[str]()) for folder in left]


def _settled(run: Run, job: Job) -> Run:
    """The run with `interrupted` instead of `running` where its writer is gone.

    A living writer holds the lock of a metrics file. Nothing else is asked, no clock: what cannot be told stays running.
    """
    if run.status is not RunStatus.RUNNING:
        return run
    globs = {
        glob
        for reader in all_readers()
        if reader.name == run.source.reader
        for glob in reader.signature.locked_names
    }
    prefix = f"{job.claim.folder}/" if job.claim.folder else ""
    held = [
        job.storage.is_held(prefix + entry.path)
        for entry in job.claim.entries
        if any(fnmatchcase(entry.path, glob) for glob in globs)
    ]
    if not held or any(state is not False for state in held):
        return run
    return _mixed(replace(run, status=RunStatus.INTERRUPTED), "interrupted")


def _mixed(run: Run, word: str) -> Run:
    """The run with other fingerprints, because of what its files do not say."""

    def mix(fingerprint: str) -> str:
        return hashlib.sha256(f"{fingerprint}\0{word}".encode()).hexdigest() if fingerprint else ""

    return replace(run, fingerprint=mix(run.fingerprint), core=mix(run.core))


def _catalog(found: _Findings, labels: tuple[str, ...], cache: Cache | None) -> Catalog:
    runs: dict[str, Run] = {}
    shelves: dict[str, Shelf] = {}
    problems = found.problems
    for run, own_problems, shelf in sorted(
        found.runs, key=lambda item: (item[0].source.root, item[0].source.path, item[0].source.part)
    ):
        if run.run_id in runs:
            renamed = _renamed(run, runs)
            problems.append(_duplicate(run, renamed, runs[run.run_id]))
            own_problems = tuple(
                replace(problem, run_id=renamed.run_id) if problem.run_id == run.run_id else problem
                for problem in own_problems
            )
            run = renamed
        runs[run.run_id] = run
        shelves[run.run_id] = shelf
        problems.extend(own_problems)
    return Catalog(
        tuple(sorted(runs.values(), key=sort_key)), sorted_problems(problems), labels, shelves, cache
    )


def _renamed(run: Run, taken: dict[str, Run]) -> Run:
    """The run under an id with the digest of its path; of six digits, or as many as make it unique."""
    place = (str(run.source.root), run.source.path, *filter(None, (run.source.part,)))
    digest = hashlib.sha256("\0".join(place).encode()).hexdigest()
    length = 6
    while f"{run.run_id}-{digest[:length]}" in taken:
        length += 1
    run_id = f"{run.run_id}-{digest[:length]}"
    name = run_id if run.name == run.run_id else run.name
    return _mixed(replace(run, run_id=run_id, name=name), run_id)


def _duplicate(run: Run, renamed: Run, first: Run) -> Problem:
    # Files of one name in several folders are no fault: nobody gave them an id.
    is_fault = run.source.reader == "runlog" or run.experiment == first.experiment
    return Problem(
        "duplicate-run-id",
        Severity.WARNING if is_fault else Severity.NOTE,
        f"the id `{run.run_id[:120]}` belongs to the run in `{first.source.path}` already; this one is shown as "
        f"`{renamed.run_id[:120]}`",
        run.source.path,
        renamed.run_id,
        "give each run its own id, or remove the copy",
    )
