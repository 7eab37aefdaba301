"""Runs in the history of a repository: one for each revision that changed what DVCLive or the stages of a dvc.yaml wrote.

This is no reader of a folder: it asks git, which a build never does. It is there for imports.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from runfolio.errors import ReadError
from runfolio.model import GitState, Problem
from runfolio.readers.dvc_pipeline import DvcPipelineReader, cached_results, results_of
from runfolio.readers.dvclive import DvcLiveReader
from runfolio.readers.git_objects import Blob, GitObjects, git_objects
from runfolio.readers.moment import moment_of
from runfolio.readers.number import clean
from runfolio.readers.reader import Entry, Reading, RunFiles, as_problem

_READER = "dvc-history"
#: Where DVC keeps experiments that are on no branch: refs/exps/<baseline>/<name>.
_EXPERIMENTS = "refs/exps"
#: What DVC notes for itself while one goes on.
_UNDERWAY = f"{_EXPERIMENTS}/exec/"
_MARK, _PIPELINE = "/plots/metrics/", "dvc.yaml"
#: Folders of DVC's cache, of versions 3 and 2.
_CACHES = (".dvc/cache/files/md5", ".dvc/cache")
_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder that may hold a run, and what reads it: of one folder DVCLive's run comes first."""

    folder: str
    is_pipeline: bool


_State = frozenset[tuple[str, str]]
"""Paths and digests of the files that hold a run's metrics."""


def read_history(repository: Path, revisions: str = "HEAD") -> Iterator[Reading | Problem]:
    """The runs, in an order in which parents come first; experiments of DVC are among them.

    A run is called after its experiment of DVC, else after the subject of its commit.

    Args:
        repository: a folder of a git repository.
        revisions: where `git log` is to begin, such as `main` or `v1..HEAD`.

    Raises:
        ReadError: there is no repository, no such revision, or no git.
    """
    with git_objects(repository) as git:
        states = lru_cache(maxsize=64)(lambda commit: _states(git, commit))
        names = _experiments(git)
        where = (f"--glob={_EXPERIMENTS}/*", "--end-of-options", revisions, "--")
        for line in git.text("log", "--reverse", "--topo-order", "--format=%H %P", *where).splitlines():
            commit, *parents = line.split()
            before = states(parents[0]) if parents else {}
            taken: set[str] = set()
            for place, state in states(commit).items():
                if before.get(place) != state:
                    yield from _run(git, commit, place, names.get(commit), taken)


def _experiments(git: GitObjects) -> dict[str, str]:
    """Commit → name of the experiment that it ends."""
    lines = git.text("for-each-ref", "--format=%(objectname) %(refname)", _EXPERIMENTS).splitlines()
    found = (line.split(" ", 1) for line in lines)
    return {commit: name.rpartition("/")[2] for commit, name in found if not name.startswith(_UNDERWAY)}


def _states(git: GitObjects, commit: str) -> dict[_Place, _State]:
    """What a commit has of metrics, by place."""
    live: dict[str, set[tuple[str, str]]] = {}
    pipelines: dict[str, _State] = {}
    tree = git.tree(commit)
    for path, blob in tree.items():
        folder, mark, _ = f"/{path}".rpartition(_MARK)
        if mark and path.endswith(".tsv"):
            live.setdefault(folder[1:], set()).add((path, blob.digest))
        above, _, name = path.rpartition("/")
        if name == _PIPELINE:
            files, digests = _pipeline_files(git, tree, above)
            pipelines[above] = frozenset((name, digests[name]) for name in results_of(files))
    found = {_Place(folder, is_pipeline=False): frozenset(state) for folder, state in live.items()}
    return found | {_Place(folder, is_pipeline=True): state for folder, state in pipelines.items() if state}


def _live_files(git: GitObjects, tree: Mapping[str, Blob], folder: str) -> RunFiles:
    near = {
        posixpath.relpath(path, folder or "."): blob for path, blob in tree.items() if _is_near(path, folder)
    }
    return _files(git, folder, near, lambda path: git.read(near[path]))


def _pipeline_files(
    git: GitObjects, tree: Mapping[str, Blob], folder: str
) -> tuple[RunFiles, dict[str, str]]:
    """All files of the workspace, those among them that only DVC's cache holds, and the digest of each."""
    start = f"{folder}/" if folder else ""
    near = {path.removeprefix(start): blob for path, blob in tree.items() if path.startswith(start)}
    digests = {path: blob.digest for path, blob in near.items()}
    caches: dict[str, Path] = {}

    def read(path: str) -> bytes:
        return caches[path].read_bytes() if path in caches else git.read(near[path])

    for path, digest in cached_results(_files(git, folder, near, read)).items():
        if (file := _cached(git.folder, folder, digest)) is not None:
            caches[path], digests[path] = file, _git_digest(file.read_bytes())
    kept = {path: Blob(digests[path], file.stat().st_size) for path, file in caches.items()}
    return _files(git, folder, near | kept, read), digests


def _files(git: GitObjects, folder: str, blobs: Mapping[str, Blob], read: Callable[[str], bytes]) -> RunFiles:
    entries = tuple(Entry(path, blob.size_bytes, 0) for path, blob in blobs.items())
    return RunFiles(folder, folder, git.folder.name, entries, read)


def _git_digest(body: bytes) -> str:
    """Git's own digest, so that a file which moved between git and the cache is known to be the same."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def _cached(top: Path, folder: str, digest: str) -> Path | None:
    """The file of that digest in the cache of the workspace or of one above it; None where the repository has none."""
    if not _MD5.fullmatch(digest):
        return None
    above = top / folder
    while True:
        for cache in _CACHES:
            file = above / cache / digest[:2] / digest[2:]
            if file.is_file() and file.resolve().is_relative_to(top.resolve()):
                return file
        if above == top:
            return None
        above = above.parent


def _run(
    git: GitObjects, commit: str, place: _Place, name: str | None, taken: set[str]
) -> Iterator[Reading | Problem]:
    tree, folder = git.tree(commit), place.folder
    files = _pipeline_files(git, tree, folder)[0] if place.is_pipeline else _live_files(git, tree, folder)
    try:
        reading = (DvcPipelineReader() if place.is_pipeline else DvcLiveReader()).read(files)
    except ReadError as error:
        yield as_problem(error)
        return
    if reading is None:
        return
    when, subject = git.text("show", "--no-patch", "--format=%cI%x00%s", commit).rstrip("\n").split("\0", 1)
    run = reading.run
    part = ":".join(filter(None, (commit, folder, _PIPELINE if place.is_pipeline else "")))
    run_id, count = f"{run.run_id}-{commit[:10]}", 1
    while run_id in taken:
        count += 1
        run_id = f"{run.run_id}-{commit[:10]}-{count}"
    taken.add(run_id)
    settled = replace(
        run,
        run_id=run_id,
        experiment=run.run_id,
        name=clean(name or subject or run_id),
        started_at=run.started_at or moment_of(when),
        git=GitState(commit),
        source=files.source(_READER, part),
        fingerprint=files.fingerprint(_READER, part),
        # Files of a commit lie in no folder: those that only git or DVC hold are named, the others would lead nowhere.
        artifacts=tuple(item for item in run.artifacts if item.path is None),
    )
    yield replace(
        reading, run=settled, problems=tuple(replace(item, run_id=run_id) for item in reading.problems)
    )


def _is_near(path: str, folder: str) -> bool:
    """True for files of DVCLive's folder, and for what DVC keeps beside it."""
    place, _, name = path.rpartition("/")
    below = path.startswith(f"{folder}/") if folder else True
    beside = place == folder.rpartition("/")[0] and (name == _PIPELINE or name.endswith(".dvc"))
    return below or beside
