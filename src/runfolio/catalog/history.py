"""Runs that lie in no folder but in the history of a repository, as a catalog that an import can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.catalog.catalog import Catalog, sort_key, sorted_problems
from runfolio.catalog.digest import digest
from runfolio.errors import NothingFoundError, ReadError
from runfolio.model import Problem, Run
from runfolio.readers import Reading
from runfolio.readers.dvc_history import read_history


@dataclass(frozen=True, slots=True)
class HistoryCatalog(Catalog):
    """A catalog that holds its readings: there are no files to read again."""

    held: Mapping[str, Reading] = field(repr=False, default_factory=dict)

    def readings(self, runs: Iterable[Run]) -> Iterator[tuple[Run, Reading | ReadError]]:
        """Each run with every row."""
        return ((run, self.held[run.run_id]) for run in runs)


def git_history(repository: Path, revisions: str = "HEAD") -> HistoryCatalog:
    """One run for each revision that changed what DVCLive or the stages of a dvc.yaml wrote, DVC's experiments among them.

    Raises:
        ReadError: there is no repository, no such revision, or no git.
        NothingFoundError: no revision has metrics of DVCLive or of a dvc.yaml.
    """
    runs: dict[str, Run] = {}
    held: dict[str, Reading] = {}
    problems: list[Problem] = []
    for item in read_history(repository, revisions):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        found = digest(item)
        runs[found.run.run_id] = found.run
        held[found.run.run_id] = item
        problems += found.problems
    if not runs:
        raise NothingFoundError(
            f"no revision of `{revisions}` in `{repository}` has metrics of DVCLive or of a dvc.yaml",
            slug="no-runs",
            hint="name other revisions with --history, such as `main` or `v1..HEAD`",
        )
    ordered = tuple(sorted(runs.values(), key=sort_key))
    return HistoryCatalog(ordered, sorted_problems(problems), (repository.resolve().name,), held=held)
