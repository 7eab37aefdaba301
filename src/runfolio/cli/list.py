"""`runfolio list`: runs, filtered and sorted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import click

from runfolio import api
from runfolio.analysis.metrics import metric_specs, primary_metric
from runfolio.analysis.rounding import duration_text, four_digits
from runfolio.analysis.select import value_of
from runfolio.cli import options
from runfolio.cli.console import Progress, plural, print_json, print_table
from runfolio.errors import UsageError, nearest
from runfolio.model import Run
from runfolio.pages.data_files import run_record
from runfolio.pages.options import SiteOptions
from runfolio.place import Place

_FIELDS = ("id", "name", "experiment", "group", "status", "started", "duration")
SortKey = tuple[int, float, str]


@options.command(
    "list",
    examples_text="""
runfolio list
runfolio list --where 'lr < 0.01 and status == "finished"' --sort -val/accuracy --limit 10
runfolio list runs --json
""",
)
@options.sources
@options.where
@click.option(
    "--sort",
    metavar="KEY",
    help="Parameter, metric or one of id, name, experiment, group, status, started, duration; -KEY for the largest first.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many runs.")
@options.config
@options.as_json
def command(
    sources: tuple[Place, ...],
    where: str | None,
    sort: str | None,
    limit: int | None,
    config: Path | None,
    as_json: bool,
) -> int:
    """List runs."""
    project = api.project(sources, config=config, reporter=Progress())
    everything = project.read().runs
    found = api.select_runs(everything, where)
    if sort is not None:
        found = sorted_runs(found, sort, project.config.site)
    shown = found[:limit]
    if as_json:
        print_json([run_record(run) for run in shown])
    elif shown:
        _print(shown, project.config.site)
        if len(shown) < len(everything):
            click.echo(f"{len(shown):,} of {plural(len(everything), 'run')}", err=True)
    else:
        click.echo(f"None of {plural(len(everything), 'run')} matches `{where}`", err=True)
    return 0 if shown else 3


def sorted_runs(runs: Sequence[Run], key: str, site: SiteOptions) -> list[Run]:
    """The runs by a field, parameter or metric; a leading `-` turns the order; runs without a value come last.

    Raises:
        UsageError: nothing has this name.
    """
    name = key.removeprefix("-")
    values = [_sort_key(run, name, site) for run in runs]
    if name not in _FIELDS and all(value is None for value in values):
        known = dict.fromkeys([*_FIELDS, *(n for run in runs for n in (*run.parameters, *run.metrics))])
        raise UsageError(f"nothing is called `{name}`{nearest(name, known)}", slug="sort-key")
    pairs = list(zip(values, runs, strict=True))
    having = sorted(
        ((value, run) for value, run in pairs if value is not None),
        key=lambda pair: pair[0],
        reverse=key != name,
    )
    return [run for _, run in having] + [run for value, run in pairs if value is None]


def _sort_key(run: Run, name: str, site: SiteOptions) -> SortKey | None:
    fields: dict[str, float | str | None] = {
        "id": run.run_id,
        "name": run.name,
        "experiment": run.experiment,
        "group": run.group,
        "status": run.status.value,
        "started": run.started_at.timestamp() if run.started_at else None,
        "duration": run.duration_s,
    }
    if name in run.parameters:
        value = run.parameters[name]
        found: float | str | None = value.text if value.number is None else value.number
    elif name in run.metrics:
        found = value_of(run, metric_specs([run], site.metrics)[name])
    else:
        found = fields.get(name)
    if found is None or (isinstance(found, float) and math.isnan(found)):
        return None
    return (1, 0.0, found) if isinstance(found, str) else (0, found, "")


def _print(runs: Sequence[Run], site: SiteOptions) -> None:
    specs = metric_specs(runs, site.metrics)
    primary = primary_metric(runs, specs, site.primary)
    header = ["run", "experiment", "name", "status", "started", "duration"] + ([primary] if primary else [])
    rows = []
    for run in runs:
        row = [
            run.run_id,
            run.experiment,
            run.name,
            run.status.value,
            f"{run.started_at:%Y-%m-%d %H:%M}" if run.started_at else "–",
            "–" if run.duration_s is None else duration_text(run.duration_s),
        ]
        if primary:
            row.append(four_digits(value_of(run, specs[primary])) if primary in run.metrics else "–")
        rows.append(row)
    kept = [i for i in range(len(header)) if header[i] != "name" or any(row[2] != row[0] for row in rows)]
    print_table(
        [header[i] for i in kept],
        [[row[i] for i in kept] for row in rows],
        right=(len(kept) - 1, len(kept) - 2),
    )
