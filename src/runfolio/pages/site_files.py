"""The data files of a site: what is behind its pages, for scripts, and the scripts that the pages load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from runfolio.catalog.catalog import Catalog
from runfolio.model import Run
from runfolio.pages.data_files import (
    files_csv,
    runs_csv,
    runs_json_parts,
    runs_parquet,
    search_script,
    site_record,
)
from runfolio.pages.figure_files import figure_files
from runfolio.pages.findings_list import FindingRow
from runfolio.pages.headline import Headlines
from runfolio.pages.learning_curves import CurveChoice, curves_of
from runfolio.pages.plan import FilePlan
from runfolio.pages.routes import SEARCH_DATA, metrics_script, run_series
from runfolio.pages.scripts import FORMAT, curves_script, run_series_script
from runfolio.pages.series import SeriesStore
from runfolio.pages.site_keys import SiteKeys
from runfolio.pages.study import Study
from runfolio.pages.table_script import further_script, metric_parts, table_script


def data_files(
    keys: SiteKeys, title: str, listed: Sequence[FindingRow], headlines: Headlines
) -> list[FilePlan]:
    """The runs as JSON, CSV and Parquet, the files that were read, what the site says, and what can be searched."""
    studies = keys.studies
    runs = [run for study in studies for run in study.runs]
    everything = (*keys.base, *keys.all_runs)
    return [
        *(FilePlan(path, everything, build) for path, build in runs_json_parts(runs).items()),
        FilePlan("data/files.csv", (*everything, keys.evidence), partial(files_csv, runs)),
        FilePlan("data/runs.csv", everything, partial(runs_csv, studies)),
        FilePlan("data/runs.parquet", everything, partial(runs_parquet, studies)),
        FilePlan("data/site.json", everything, partial(site_record, studies, title, headlines)),
        FilePlan(SEARCH_DATA, (*everything, repr(listed)), partial(search_script, studies, listed)),
    ]


def page_scripts(
    keys: SiteKeys, catalog: Catalog, series: SeriesStore, choice_of: Callable[[Study], CurveChoice]
) -> list[FilePlan]:
    """The scripts that pages load: each experiment's table and mean curves, each run's series.

    `choice_of` gives the curves of an experiment that are drawn; it is called when their file is made.
    """
    files: list[FilePlan] = []
    tables = keys.tables()
    for study in keys.studies:
        own = (*keys.base, keys.digests[study.name])
        key = keys.table_keys[study.name]
        parts = metric_parts(study)
        files += figure_files(study, key, own)
        files.append(FilePlan(tables[study.name], own, partial(table_script, study, key, parts)))
        files += [
            FilePlan(metrics_script(study.name, part, key), own, partial(further_script, study, part, names))
            for part, names in enumerate(parts[1:], 1)
        ]
        mean_curves = partial(_curves, study, series, choice_of)
        files.append(FilePlan(keys.curves[study.name], own, mean_curves))
        files += [
            FilePlan(
                run_series(run.run_id, run.core_fingerprint),
                (FORMAT, run.core_fingerprint, str(series.most_points)),
                partial(_series, run, catalog, series.most_points),
            )
            for run in study.runs
        ]
    return files


def _curves(study: Study, series: SeriesStore, choice_of: Callable[[Study], CurveChoice]) -> bytes:
    return curves_script(study.name, curves_of(study, choice_of(study), series))


def _series(run: Run, catalog: Catalog, most_points: int | None) -> bytes:
    return run_series_script(run.run_id, catalog.series(run), most_points)
