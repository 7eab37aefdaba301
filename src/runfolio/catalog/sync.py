"""Copies of finished runs in another place: what is there already stays, what is copied is verified, nothing is removed."""

from __future__ import annotations

import json
import posixpath
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.catalog.catalog import Catalog, sorted_problems
from runfolio.catalog.remote_storage import RemoteStorage, store_failure
from runfolio.catalog.reporter import Reporter, Silence
from runfolio.catalog.scan import Claim
from runfolio.catalog.storage import LocalStorage, Storage
from runfolio.errors import UsageError
from runfolio.model import Problem, Run, Severity
from runfolio.place import Place, StoreUrl
from runfolio.runlog import RUN_FILE
from runfolio.stores import store

#: What lies in the target, and from which state of the source: beside the runs, ignored by every scan.
LEDGER_FILE = ".runfolio-sync.json"
_FORMAT = 1
#: So many files are under way at most.
_UNDER_WAY = 48
#: The ledger is written after so many files, so that a copy that is killed goes on near the place where it was.
_SAVED_EVERY = 200


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What was done to bring the target to the source."""

    copied: tuple[str, ...]
    """Files, relative to source and target, sorted."""
    unchanged: int
    """Files that were there already."""
    size_bytes: int
    """Of what was copied."""
    running: tuple[str, ...]
    """Ids of the runs that were left out because they still go on."""
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def has_failed(self) -> bool:
        """True where a file that should be in the target is not."""
        return any(problem.slug == "not-copied" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Copy:
    """One file of the ledger: what was copied, and the state of the source then."""

    size: int
    sha256: str
    source: tuple[int, int]
    """Size and time (ns) as the source listed them."""


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    state: tuple[int, int]


def sync_runs(
    catalog: Catalog,
    runs: Sequence[Run],
    source: Place,
    target: Place,
    *,
    everything: bool = False,
    reporter: Reporter | None = None,
) -> SyncReport:
    """What was done to copy the files of these runs from the source to the target.

    Args:
        catalog: read from this source alone.
        runs: those of its runs that are wanted.
        source: folder or URL.
        target: folder or URL; made where it is not there.
        everything: runs that still go on, too.
        reporter: told of each file.

    Raises:
        UsageError: source and target lie in each other.
        StoreError: the target cannot be listed.
    """
    started = time.perf_counter()
    _refuse_nesting(source, target)
    wanted, running = _wanted(catalog, runs, everything)
    base = _text(_root(wanted[0][0])) if wanted else ""
    work = _Work(base, _text(target), _listed(target), reporter or Silence())
    files = list(_files(catalog, wanted, work.problems))
    work.reporter.start("copying files", len(files))
    try:
        work.copy(files)
    finally:
        work.reporter.finish()
        work.save()
    if work.copied:
        work.verify(_listed(target))
        work.save()
    return SyncReport(
        tuple(sorted(work.copied)),
        work.unchanged,
        sum(work.ledger[path].size for path in work.copied),
        running,
        sorted_problems([*catalog.problems, *work.problems]),
        time.perf_counter() - started,
    )


@dataclass(slots=True)
class _Work:
    """One sync: what is known of the target, and what was done so far."""

    source: str
    target: str
    there: dict[str, int]
    """Size of each file of the target."""
    reporter: Reporter
    ledger: dict[str, _Copy] = field(init=False)
    copied: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    _saved: str = ""

    def __post_init__(self) -> None:
        self.ledger = _read_ledger(self.target) if LEDGER_FILE in self.there else {}
        self._saved = _ledger_text(self.ledger)

    def copy(self, files: Iterable[_File]) -> None:
        """Nothing; each file is in the target, or a Problem says why not. Many are under way at once."""
        under_way: deque[tuple[_File, int]] = deque()
        for file in files:
            kept = self._kept(file)
            if kept is not None and kept.source == file.state:
                self._is_there(file, kept)
                continue
            # Same size, another time: most likely the same bytes, written again.
            operation = ("copy", file.path, self.target, "") if kept is None else ("sha256", file.path)
            under_way.append((file, store.ask(operation[0], self.source, *operation[1:])))
            if len(under_way) >= _UNDER_WAY:
                self._settle(*under_way.popleft())
        while under_way:
            self._settle(*under_way.popleft())

    def verify(self, there: dict[str, int]) -> None:
        """Nothing; a copy that does not have the size of what was sent is a Problem, and is made again next time."""
        for path in list(self.copied):
            if there.get(path) != self.ledger[path].size:
                found = f"{there[path]:,} bytes" if path in there else "nothing"
                self._failed(path, f"the target has {found} instead of {self.ledger[path].size:,} bytes")
                self.copied.remove(path)
                del self.ledger[path]

    def save(self) -> None:
        """Nothing; the target's ledger tells what is there."""
        text = _ledger_text(self.ledger)
        if text == self._saved:
            return
        try:
            store.call("write", self.target, LEDGER_FILE, text.encode(), "application/json")
            self._saved = text
        except OSError as error:
            self._failed(LEDGER_FILE, error.strerror or "it could not be written")

    def _kept(self, file: _File) -> _Copy | None:
        """What the ledger tells of the file, where that still holds and the sizes are equal."""
        kept = self.ledger.get(file.path)
        if kept is None or self.there.get(file.path) != kept.size or kept.size != file.state[0]:
            return None
        return kept

    def _settle(self, file: _File, number: int) -> None:
        try:
            found = store.answer(number)
            kept = self._kept(file)
            if isinstance(found, str) and kept is not None:
                if found == kept.sha256:
                    self._is_there(file, kept)
                    return
                found = store.call("copy", self.source, file.path, self.target, "")
        except OSError as error:
            self._failed(file.path, error.strerror or type(error).__name__)
            self.reporter.advance()
            return
        size, sha256 = found
        self.ledger[file.path] = _Copy(size, sha256, file.state)
        self.copied.append(file.path)
        self.reporter.advance()
        if len(self.copied) % _SAVED_EVERY == 0:
            self.save()

    def _is_there(self, file: _File, kept: _Copy) -> None:
        self.ledger[file.path] = _Copy(kept.size, kept.sha256, file.state)
        self.unchanged += 1
        self.reporter.advance()

    def _failed(self, path: str, reason: str) -> None:
        hint = "run the command again: it goes on with what is not there yet"
        message = f"the file was not copied: {reason}"
        self.problems.append(Problem("not-copied", Severity.ERROR, message, path, hint=hint))


def _wanted(
    catalog: Catalog, runs: Sequence[Run], everything: bool
) -> tuple[list[tuple[Storage, Claim]], tuple[str, ...]]:
    """The claims to copy, and the ids of the runs that still go on. Files with several runs wait for the last of them."""
    busy = {catalog.shelves[run.run_id].job.claim.path for run in catalog.runs if not run.status.is_over}
    claims: dict[str, tuple[Storage, Claim]] = {}
    running = []
    for run in runs:
        job = catalog.shelves[run.run_id].job
        if job.claim.path in busy and not everything:
            running.append(run.run_id)
        else:
            claims[job.claim.path] = (job.storage, job.claim)
    return list(claims.values()), tuple(running)


def _files(
    catalog: Catalog, claims: Iterable[tuple[Storage, Claim]], problems: list[Problem]
) -> Iterator[_File]:
    """The files of the claims, each once; a run's own record comes after the run's other files."""
    seen: set[str] = set()
    for storage, claim in claims:
        for entry in sorted(claim.entries, key=lambda entry: (entry.path == RUN_FILE, entry.path)):
            path = posixpath.normpath(posixpath.join(claim.folder, entry.path))
            if path in seen:
                continue
            seen.add(path)
            if entry.is_link and not (entry.mtime_ns and storage.contains(claim.folder, path)):
                hint = "copy what it leads to into the run's folder"
                message = "a link that leads out of the run, or to a folder, is not copied"
                problems.append(Problem("link-not-copied", Severity.WARNING, message, path, hint=hint))
                continue
            yield _File(path, (entry.size_bytes, entry.mtime_ns))


def _root(storage: Storage) -> Place:
    """Where the claims' paths start: for a single file the folder around it."""
    assert isinstance(storage, LocalStorage | RemoteStorage)
    return storage.url if isinstance(storage, RemoteStorage) else storage.root


def _text(place: Place) -> str:
    return place.secret if isinstance(place, StoreUrl) else place.resolve().as_posix()


def _listed(target: Place) -> dict[str, int]:
    """Size of each file in the target; empty where it is not there."""
    try:
        kind, rows = store.call("list_all", _text(target))
    except FileNotFoundError:
        return {}
    except OSError as error:
        url = target if isinstance(target, StoreUrl) else StoreUrl(target.as_posix())
        raise store_failure(url, error, "listed") from None
    if kind == "file":
        raise UsageError(
            "the target is a file", slug="sync-target", path=target.as_posix(), hint="name a folder"
        )
    return {path: size for path, size, _, is_folder in rows if not is_folder}


def _refuse_nesting(source: Place, target: Place) -> None:
    first, second = (_parts(place) for place in (source, target))
    shorter = min(len(first), len(second))
    if first[:shorter] == second[:shorter]:
        raise UsageError(
            "source and target lie in each other, so that copies would be taken for runs",
            slug="sync-target",
            path=target.as_posix(),
            hint="name another target",
        )


def _parts(place: Place) -> tuple[str, ...]:
    return tuple(place.key.split("/")) if isinstance(place, StoreUrl) else Path(place).resolve().parts


def _read_ledger(target: str) -> dict[str, _Copy]:
    """What the ledger tells; nothing where it is damaged: everything is copied then."""
    try:
        content = json.loads(store.call("read", target, LEDGER_FILE))
        if content["format"] != _FORMAT:
            return {}
        return {
            path: _Copy(
                int(item["size"]), str(item["sha256"]), (int(item["source"][0]), int(item["source"][1]))
            )
            for path, item in content["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}


def _ledger_text(ledger: dict[str, _Copy]) -> str:
    items = (
        f"{json.dumps(path)}:{json.dumps({'size': c.size, 'sha256': c.sha256, 'source': list(c.source)})}"
        for path, c in sorted(ledger.items())
    )
    return f'{{"format":{_FORMAT},"files":{{\n' + ",\n".join(items) + "\n}}\n"
