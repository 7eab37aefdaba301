"""Importing: runs of any source become run folders that last, each compared with its source before it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runfolio.catalog.catalog import Catalog
from runfolio.catalog.digest import logged
from runfolio.catalog.import_target import import_target
from runfolio.catalog.read import read_catalog
from runfolio.catalog.reporter import Reporter
from runfolio.catalog.run_folder import housed, write_run_folder
from runfolio.catalog.sealed_file import by_name
from runfolio.emit.identity import safe_part
from runfolio.errors import ReadError, RunfolioError, SinkError, UsageError
from runfolio.model import Artifact, Run
from runfolio.place import Place, StoreUrl
from runfolio.readers import Reading

_COMPARED = (
    "run_id", "experiment", "name", "status", "started_at", "duration_s", "parameters", "tags", "group", "parent_id",
    "metrics", "metric_hints", "artifacts", "notes", "alerts", "environment", "git", "data", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    written: tuple[Place, ...]
    """The new run folders."""
    present: tuple[Place, ...]
    """Those that were there already, and are equal."""
    refused: tuple[RunfolioError, ...]
    """Why other runs were not imported."""


def import_runs(catalog: Catalog, runs: Sequence[Run], target: Place, reporter: Reporter) -> Imported:
    """Write a folder for each run that has none yet, below `target/<experiment>/`.

    A folder is written elsewhere (on this machine under a hidden name), read back, compared, and only then put in place:
    stopped at any point, the next import goes on. What is there is never overwritten.
    """
    written: list[Place] = []
    present: list[Place] = []
    refused: list[RunfolioError] = []
    missing: list[Run] = []
    folders = import_target(target)
    reporter.start("importing runs", len(runs))
    try:
        for run in runs:
            folder = folders.place(folder_of(run))
            if not folders.has(folder_of(run)):
                missing.append(run)
                continue
            reporter.advance()
            different = _differences(housed(run), _read_back(folder))
            if different:
                refused.append(_conflict(run, folder, different))
            else:
                present.append(folder)
        for run, reading in catalog.readings(missing):
            try:
                with folders.draft(folder_of(run)) as draft:
                    _import(catalog, run, reading, draft)
                written.append(folders.place(folder_of(run)))
            except RunfolioError as error:
                refused.append(error)
            except OSError as error:
                refused.append(_unwritten(run, error))
            reporter.advance()
    finally:
        reporter.finish()
    return Imported(tuple(written), tuple(present), tuple(refused))


def require_outside(source: Place, target: Place) -> None:
    """UsageError where the target lies in the source: what is written there would be runs of the source."""
    if isinstance(source, StoreUrl) and isinstance(target, StoreUrl):
        is_inside = f"{target.key}/".startswith(f"{source.key}/")
    else:
        is_inside = (
            isinstance(source, Path)
            and isinstance(target, Path)
            and target.resolve().is_relative_to(source.resolve())
        )
    if is_inside:
        message = f"`{target}` lies in `{source}`: the imported runs would be read as runs of the source"
        raise UsageError(message, slug="import-into-source", hint="choose a folder outside of the source")


def folder_of(run: Run) -> str:
    """Experiment and id as a path that every system accepts; an id that cannot be one as it is gets its digest added."""
    name = safe_part(run.run_id).lstrip(".")
    if name != run.run_id:
        name = f"{name}-{hashlib.sha256(run.run_id.encode()).hexdigest()[:6]}".lstrip("-.")
    return f"{safe_part(run.experiment).lstrip('.') or 'experiment'}/{name}"


def _import(catalog: Catalog, run: Run, reading: Reading | ReadError, draft: Path) -> None:
    if isinstance(reading, ReadError):
        raise reading
    parts, _ = logged(reading.rows)
    kept = write_run_folder(draft, catalog, run, reading.run.duration_s, parts)
    again = read_catalog([draft], workers=1)
    different = _differences(kept, again.runs[0] if again.runs else None)
    values = [logged(found.rows)[0] for _, found in again.readings(again.runs) if isinstance(found, Reading)]
    if by_name(parts) != by_name(values[0] if values else []):
        different.append("values")
    if different:
        raise _mismatch(run, different)


def _read_back(folder: Place) -> Run | None:
    is_folder = isinstance(folder, StoreUrl) or folder.is_dir()
    runs = read_catalog([folder], workers=1).runs if is_folder else ()
    return runs[0] if len(runs) == 1 else None


def _differences(wanted: Run, found: Run | None) -> list[str]:
    """Names of the fields that differ."""
    if found is None:
        return ["run.json"]
    return [name for name in _COMPARED if _shown(wanted, name, wanted) != _shown(found, name, wanted)]


def _shown(run: Run, field: str, wanted: Run) -> object:
    """The field such that equal runs give the same: NaN is NaN, a setting is its text, digests count where both have them."""
    value = getattr(run, field)
    if field == "parameters":
        return [(name, setting.text) for name, setting in value.items()]
    if field in ("metrics", "alerts"):
        return repr(value)
    if field == "artifacts":
        return [
            _as_known(artifact, known) for artifact, known in zip(value, wanted.artifacts, strict=False)
        ], len(value)
    return value


def _as_known(artifact: Artifact, known: Artifact) -> Artifact:
    return replace(
        artifact,
        size_bytes=None if known.size_bytes is None else artifact.size_bytes,
        sha256=None if known.sha256 is None else artifact.sha256,
    )


def _conflict(run: Run, folder: Place, different: Sequence[str]) -> RunfolioError:
    return SinkError(
        f"another run is there already, or one that was changed; it differs from `{run.run_id}` in {_listed(different)}",
        slug="import-conflict",
        path=folder.as_posix(),
        hint="move that folder away to import the run once more, or import into another folder",
    )


def _mismatch(run: Run, different: Sequence[str]) -> RunfolioError:
    return ReadError(
        f"what was written of the run `{run.run_id}` does not read back the same ({_listed(different)}); it was not kept",
        slug="import-mismatch",
        path=run.source.path,
        hint="please report this with the run's files; its source is as it was",
    )


def _unwritten(run: Run, error: OSError) -> RunfolioError:
    return SinkError(
        f"the run `{run.run_id}` cannot be written: {error.strerror or type(error).__name__}",
        slug="import-failed",
        path=run.source.path,
        hint="check the space and the permissions of the folder that is imported to, then import again",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
