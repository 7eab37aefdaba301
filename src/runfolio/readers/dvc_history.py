"""Runs in the history of a repository: one for each revision that changed what DVCLive wrote.

This is no reader of a folder: it asks git, which a build never does. It is there for imports.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from runfolio.errors import ReadError
from runfolio.model import GitState, Problem
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
_MARK = "/plots/metrics/"


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
        names = _experiments(git)
        where = (f"--glob={_EXPERIMENTS}/*", "--end-of-options", revisions, "--")
        for line in git.text("log", "--reverse", "--topo-order", "--format=%H %P", *where).splitlines():
            commit, *parents = line.split()
            before = _folders(git.tree(parents[0])) if parents else {}
            for folder, state in _folders(git.tree(commit)).items():
                if before.get(folder) != state:
                    yield from _run(git, commit, folder, names.get(commit))


def _experiments(git: GitObjects) -> dict[str, str]:
    """Commit → name of the experiment that it ends."""
    lines = git.text("for-each-ref", "--format=%(objectname) %(refname)", _EXPERIMENTS).splitlines()
    found = (line.split(" ", 1) for line in lines)
    return {commit: name.rpartition("/")[2] for commit, name in found if not name.startswith(_UNDERWAY)}


def _folders(tree: Mapping[str, Blob]) -> dict[str, frozenset[tuple[str, str]]]:
    """Folders of DVCLive, and what of them are metrics: paths and digests."""
    folders: dict[str, set[tuple[str, str]]] = {}
    for path, blob in tree.items():
        folder, mark, _ = f"/{path}".rpartition(_MARK)
        if mark and path.endswith(".tsv"):
            folders.setdefault(folder[1:], set()).add((path, blob.digest))
    return {folder: frozenset(found) for folder, found in folders.items()}


def _run(git: GitObjects, commit: str, folder: str, name: str | None) -> Iterator[Reading | Problem]:
    tree = git.tree(commit)
    near = {
        posixpath.relpath(path, folder or "."): blob for path, blob in tree.items() if _is_near(path, folder)
    }
    entries = tuple(Entry(path, blob.size_bytes, 0) for path, blob in near.items())
    files = RunFiles(folder, folder, git.folder.name, entries, lambda path: git.read(near[path]))
    try:
        reading = DvcLiveReader().read(files)
    except ReadError as error:
        yield as_problem(error)
        return
    if reading is None:
        return
    when, subject = git.text("show", "--no-patch", "--format=%cI%x00%s", commit).rstrip("\n").split("\0", 1)
    run, part = reading.run, commit if not folder else f"{commit}:{folder}"
    run_id = f"{run.run_id}-{commit[:10]}"
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
    beside = place == folder.rpartition("/")[0] and (name == "dvc.yaml" or name.endswith(".dvc"))
    return below or beside
