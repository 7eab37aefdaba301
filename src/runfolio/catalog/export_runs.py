"""Exporting runs to the files of other trackers: a folder a run, put in place when it is complete."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.export_mlflow import mlflow_folder, write_mlflow
from runfolio.catalog.export_tensorboard import tensorboard_folder, write_tensorboard
from runfolio.catalog.metric_rows import MetricRows, rows_of_reading
from runfolio.catalog.reporter import Reporter
from runfolio.errors import ReadError, RunfolioError, SinkError
from runfolio.model import Run

_Write = Callable[[Path, Path, Catalog, Run, Sequence[MetricRows]], None]

#: Form → where a run goes below the target, and what writes it there.
FORMS: dict[str, tuple[Callable[[Run], str], _Write]] = {
    "mlflow": (mlflow_folder, write_mlflow),
    "tensorboard": (tensorboard_folder, write_tensorboard),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did."""

    written: tuple[Path, ...]
    """The new folders, one a run."""
    refused: tuple[RunfolioError, ...]
    """Why other runs were not exported."""


def export_runs(
    catalog: Catalog, runs: Sequence[Run], target: Path, form: str, reporter: Reporter
) -> Exported:
    """Write a folder a run below `target`, in a form of `FORMS`. What is there is never overwritten."""
    place, write = FORMS[form]
    written: list[Path] = []
    refused: list[RunfolioError] = []
    reporter.start("exporting runs", len(runs))
    try:
        for run, reading in catalog.readings(runs):
            folder = target / place(run)
            try:
                if isinstance(reading, ReadError):
                    raise reading
                if folder.exists():
                    raise _exists(run, folder)
                _put(folder, lambda draft: write(draft, folder, catalog, run, rows_of_reading(run, reading)))  # noqa: B023
                written.append(folder)
            except OSError as error:
                refused.append(_unwritten(run, folder, error))
            except RunfolioError as error:
                refused.append(error)
            reporter.advance()
    finally:
        reporter.finish()
    return Exported(tuple(written), tuple(refused))


def _put(folder: Path, write: Callable[[Path], None]) -> None:
    """The folder with what was written; nothing where writing failed."""
    draft = folder.with_name(f".{folder.name}.export")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        write(draft)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _exists(run: Run, folder: Path) -> RunfolioError:
    return SinkError(
        f"the run `{run.run_id}` is there already and was left as it is",
        slug="export-exists",
        path=folder.as_posix(),
        hint="export into another folder, or move that one away",
    )


def _unwritten(run: Run, folder: Path, error: OSError) -> RunfolioError:
    return SinkError(
        f"the run `{run.run_id}` cannot be written: {error.strerror or type(error).__name__}",
        slug="export-failed",
        path=folder.as_posix(),
        hint="check the space and the permissions of the folder",
    )
