"""The supported Python surface: what the commands do, as functions that return values.

Everywhere `sources` are folders or files with runs, or URLs such as s3://bucket/runs; by default those of the configuration, else `runs`. `config` is a
configuration file; by default `runfolio.toml` of the working folder, else `[tool.runfolio]` of its pyproject.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.analysis.compare import Comparison
from runfolio.analysis.find_run import find_run
from runfolio.analysis.variants import VariantComparison
from runfolio.catalog import Catalog, rows_of_runs
from runfolio.catalog.columns import parquet_bytes
from runfolio.catalog.export_runs import Exported, export_runs
from runfolio.catalog.history import git_history
from runfolio.catalog.import_runs import Imported, require_outside
from runfolio.catalog.import_runs import import_runs as _import_runs
from runfolio.catalog.reporter import Reporter, Silence
from runfolio.catalog.seal import Sealed, seal_runs
from runfolio.catalog.sync import SyncReport, sync_runs
from runfolio.errors import UsageError
from runfolio.model import Problem, Run
from runfolio.pages.asked import Asked, compare_runs, leaderboard_of_runs, rate_of_runs, select_runs
from runfolio.pages.data_files import as_json, flat_columns, runs_csv, runs_json
from runfolio.pages.leaderboard import Leaderboard
from runfolio.pages.options import SiteOptions
from runfolio.pages.scripts import number
from runfolio.pages.study import studies
from runfolio.place import Place, StoreUrl, place, site_place
from runfolio.site.project import Project, Wishes
from runfolio.site.report import BuildReport

if TYPE_CHECKING:
    import pandas as pd

FilePath = str | PathLike[str]
Source = FilePath | StoreUrl
Sources = Source | Sequence[Source] | None

__all__ = [
    "build",
    "compare",
    "export",
    "export_to",
    "find_run",
    "import_runs",
    "leaderboard",
    "load",
    "rate",
    "runs_table",
    "seal",
    "select_runs",
    "sync",
    "values_table",
]


def build(
    sources: Sources = None,
    out: Source | None = None,
    *,
    config: FilePath | None = None,
    theme: str | None = None,
    adopt: bool = False,
    workers: int | None = None,
    use_cache: bool = True,
    scheduler: str | None = None,
    reporter: Reporter | None = None,
    readers: Sequence[str] = (),
    against: FilePath | None = None,
) -> BuildReport:
    """What was done to bring the site up to date.

    Args:
        sources: see the module.
        out: the site's folder or URL; by default the configured one, else `site`.
        config: see the module.
        theme: name or folder of a theme.
        adopt: build into a folder that holds other files.
        workers: processes that read runs; by default as many as there are cores.
        use_cache: keep what was read in `.runfolio/`, beside the configuration.
        scheduler: address of a Dask scheduler whose workers read runs; `local` starts one for the time of the build.
        reporter: told of progress.
        readers: names of the readers that alone may read the sources.
        against: an earlier site to say what changed since: its folder, zip, record or address.

    Raises:
        RunfolioError: nothing to read, a configuration with faults, a folder that may not be written, or a scheduler
            that cannot be used.
    """
    target = place(out) if out else None
    earlier = None if against is None else site_place(against)
    wishes = Wishes(
        _places(sources),
        target,
        _path(config),
        theme,
        adopt,
        workers,
        use_cache,
        scheduler,
        tuple(readers),
        earlier,
    )
    return Project(wishes, reporter).build()


def load(
    sources: Sources = None, *, config: FilePath | None = None, reporter: Reporter | None = None
) -> Catalog:
    """All runs of the sources, with the problems met on the way.

    Raises:
        NothingFoundError: a source is missing, or there is no run in any.
    """
    return project(sources, config=config, reporter=reporter).read()


def project(
    sources: Sources = None, *, config: FilePath | None = None, reporter: Reporter | None = None
) -> Project:
    """The project these sources and this configuration make."""
    return Project(Wishes(_places(sources), config=_path(config)), reporter)


def compare(
    sources: Sources = None,
    *,
    metric: str | None = None,
    by: Iterable[str] = (),
    baseline: str | None = None,
    where: str | None = None,
    experiment: str | None = None,
    config: FilePath | None = None,
    reporter: Reporter | None = None,
) -> Comparison:
    """Every configuration of an experiment against the baseline: the numbers of the experiment's page.

    Args:
        sources: see the module.
        metric: by default the experiment's headline metric.
        by: parameters that tell configurations apart; by default all that vary and are no seed.
        baseline: a filter expression that picks the baseline configuration.
        where: a filter expression; other runs do not count.
        experiment: which one, where several logged the metric.
        config: see the module.
        reporter: told of progress.

    Raises:
        NothingFoundError: no run logged the metric, or none is left.
        UsageError: several experiments logged it and none is named; or it is a count of a configured rate.
    """
    work = project(sources, config=config, reporter=reporter)
    asked = Asked(metric, tuple(by), baseline, where, experiment)
    with work.blaming():
        return compare_runs(work.read().runs, work.config.site, asked)


def rate(
    sources: Sources = None,
    *,
    metric: str | None = None,
    by: Iterable[str] = (),
    baseline: str | None = None,
    where: str | None = None,
    experiment: str | None = None,
    config: FilePath | None = None,
    reporter: Reporter | None = None,
) -> VariantComparison | None:
    """The configured rate of an A/B test, by variant: the numbers of the experiment's page. Arguments as for `compare`.

    `metric` is the name of a rate or one of its counts; without it the rate that the experiment is about. None where a
    metric is meant.
    """
    work = project(sources, config=config, reporter=reporter)
    if not work.config.site.proportions:
        return None
    asked = Asked(metric, tuple(by), baseline, where, experiment)
    with work.blaming():
        return rate_of_runs(work.read().runs, work.config.site, asked)


def leaderboard(
    sources: Sources = None,
    *,
    metric: str | None = None,
    by: Iterable[str] = (),
    baseline: str | None = None,
    where: str | None = None,
    experiment: str | None = None,
    config: FilePath | None = None,
    reporter: Reporter | None = None,
) -> Leaderboard:
    """Methods on the tasks of a suite: the leaderboard of the experiment's page. Arguments as for `compare`.

    Raises:
        NothingFoundError: the experiment is no suite, no run logged the metric, or none is left.
        UsageError: several experiments fit and none is named.
    """
    work = project(sources, config=config, reporter=reporter)
    asked = Asked(metric, tuple(by), baseline, where, experiment)
    with work.blaming():
        return leaderboard_of_runs(work.read().runs, work.config.site, asked)


def runs_table(
    sources: Sources = None, *, where: str | None = None, config: FilePath | None = None
) -> pd.DataFrame:
    """One row a run, the columns of the site's `data/runs.csv`; `started_at` is a time in UTC.

    Columns are run_id, experiment, name, status, started_at, duration_s, group, tags (joined by blanks), then
    `parameters.<name>` and `metrics.<name>`. A metric's cell is the run's value of it: its last one, unless the
    configuration says otherwise. Missing values are missing.
    """
    work = project(sources, config=config)
    runs = select_runs(work.read().runs, where)
    with work.blaming():
        return frame_of(runs, work.config.site)


def frame_of(runs: Sequence[Run], options: SiteOptions) -> pd.DataFrame:
    """As `runs_table`, for runs that are read already."""
    import pandas as pd

    frame = pd.DataFrame(flat_columns(studies(runs, options)[0]))
    frame["started_at"] = pd.to_datetime(frame["started_at"], format="ISO8601", utc=True)
    return frame


def values_table(catalog: Catalog, runs: Sequence[Run]) -> pd.DataFrame:
    """One row a logged value, in the order of logging: run_id, metric, step, time (seconds since the start), value."""
    import pandas as pd

    columns: dict[str, list[object]] = {"run_id": [], "metric": [], "step": [], "time": [], "value": []}
    for run, logged in rows_of_runs(catalog, runs):
        for rows in logged:
            columns["run_id"] += [run.run_id] * len(rows.value)
            columns["metric"] += [rows.metric] * len(rows.value)
            columns["step"] += rows.step.tolist()
            columns["time"] += rows.time.tolist()
            columns["value"] += rows.value.tolist()
    return pd.DataFrame(columns)


def export(
    sources: Sources = None,
    form: str = "csv",
    *,
    values: bool = False,
    where: str | None = None,
    config: FilePath | None = None,
    reporter: Reporter | None = None,
) -> tuple[bytes, int]:
    """A file's bytes and how many rows it has.

    Args:
        sources: see the module.
        form: csv, json or parquet.
        values: one row a logged value (`values_table`) instead of one row a run (`runs_table`).
        where: a filter expression; other runs are left out.
        config: see the module.
        reporter: told of progress.

    CSV and JSON of runs are the site's `data/runs.csv` and `data/runs.json`. In JSON, non-finite numbers are the
    strings of the run log.
    """
    work = project(sources, config=config, reporter=reporter)
    catalog = work.read()
    runs = select_runs(catalog.runs, where)
    if values:
        frame = values_table(catalog, runs)
        return _values_bytes(frame, form), len(frame)
    with work.blaming():
        found = studies(runs, work.config.site)[0]
    makers = {
        "csv": lambda: runs_csv(found),
        "json": lambda: runs_json(runs),
        "parquet": lambda: parquet_bytes(flat_columns(found)),
    }
    return makers[form](), len(runs)


def _values_bytes(frame: pd.DataFrame, form: str) -> bytes:
    if form == "parquet":
        return bytes(frame.to_parquet(index=False))
    if form == "csv":
        return str(frame.to_csv(index=False, lineterminator="\n", na_rep="NaN")).encode()
    records = [{name: _json_value(value) for name, value in row.items()} for row in frame.to_dict("records")]
    return as_json(records)


def _json_value(value: object) -> object:
    return number(value) if isinstance(value, float) else value


def import_runs(
    source: Source,
    target: Source,
    *,
    where: str | None = None,
    config: FilePath | None = None,
    reporter: Reporter | None = None,
    history: str | None = None,
    readers: Sequence[str] = (),
) -> tuple[Imported, tuple[Problem, ...]]:
    """What was written below `target` as run folders, what was there already and what was refused; and the source's problems.

    With `history`, revisions of the git repository in which the source lies, its runs are those of DVCLive and of the stages of a dvc.yaml in these.

    Raises:
        UsageError: the target lies in the source, where its runs would be runs of the source.
    """
    if history is not None:
        catalog: Catalog = git_history(Path(str(source)), history)
    else:
        require_outside(place(source), place(target))
        wishes = Wishes(_places(source), config=_path(config), readers=tuple(readers))
        catalog = Project(wishes, reporter).read()
    runs = select_runs(catalog.runs, where)
    return _import_runs(catalog, runs, place(target), reporter or Silence()), catalog.problems


def export_to(
    sources: Sources,
    target: FilePath,
    form: str,
    *,
    where: str | None = None,
    config: FilePath | None = None,
    reporter: Reporter | None = None,
) -> Exported:
    """What was written below `target` as `mlflow` (a file store) or `tensorboard` (event files), and what was refused."""
    catalog = project(sources, config=config, reporter=reporter).read()
    return export_runs(catalog, select_runs(catalog.runs, where), Path(target), form, reporter or Silence())


def seal(sources: Sources = None, *, where: str | None = None, config: FilePath | None = None) -> Sealed:
    """What was done to turn the JSONL of finished runs into Parquet; runs that still go on are left alone.

    Each Parquet file is read back and compared before the JSONL goes.
    """
    work = project(sources, config=config)
    folders: list[Path] = []
    for run in select_runs(work.read().runs, where):
        source = work.sources[run.source.root]
        if isinstance(source, StoreUrl):
            message, hint = "runs in an object store cannot be sealed", "seal them before `runfolio sync`"
            raise UsageError(message, slug="seal-refused", path=source.as_posix(), hint=hint)
        if run.status.is_over:
            folders.append(source / run.source.path)
    return seal_runs(folders)


def sync(
    source: Source,
    target: Source,
    *,
    everything: bool = False,
    where: str | None = None,
    reporter: Reporter | None = None,
) -> SyncReport:
    """What was done to copy finished runs to another folder or URL. What is there already stays, nothing is removed.

    Args:
        source: a folder, file or URL with runs.
        target: a folder or URL; made where it is not there.
        everything: runs that still go on, too.
        where: a filter expression; other runs are not copied.
        reporter: told of progress.
    """
    catalog = project(source, reporter=reporter).read()
    runs = select_runs(catalog.runs, where)
    return sync_runs(catalog, runs, place(source), place(target), everything=everything, reporter=reporter)


def _path(value: FilePath | None) -> Path | None:
    return None if value is None else Path(value)


def _places(sources: Sources) -> tuple[Place, ...]:
    if sources is None:
        return ()
    given = [sources] if isinstance(sources, (str, PathLike, StoreUrl)) else sources
    return tuple(place(item) for item in given)
