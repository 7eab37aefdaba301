"""`runfolio diff`: what differs between two runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from runfolio import api
from runfolio.analysis.metrics import metric_specs
from runfolio.analysis.rounding import four_digits
from runfolio.analysis.select import value_of
from runfolio.cli import options
from runfolio.cli.console import Progress, print_json, print_table
from runfolio.cli.show import environment_fields, git_fields
from runfolio.model import Run
from runfolio.pages.options import SiteOptions
from runfolio.pages.scripts import number
from runfolio.place import Place

Pairs = dict[str, tuple[Any, Any]]


@options.command(
    "diff",
    examples_text="""
runfolio diff brave-owl-3f2a calm-fox-91bc
runfolio diff brave calm --json
""",
)
@click.argument("first", metavar="RUN")
@click.argument("second", metavar="RUN")
@options.from_sources
@options.config
@options.as_json
def command(first: str, second: str, sources: tuple[Place, ...], config: Path | None, as_json: bool) -> None:
    """Show what differs between two runs.

    Parameters, metrics, code and environment; what both have in common is left out.
    """
    project = api.project(sources, config=config, reporter=Progress())
    runs = project.read().runs
    a, b = api.find_run(runs, first), api.find_run(runs, second)
    found = differences(a, b, project.config.site)
    if as_json:
        print_json(
            {
                "runs": [a.run_id, b.run_id],
                **{part: {k: list(v) for k, v in pairs.items()} for part, pairs in found.items()},
            }
        )
        return
    rows = [[name, _text(x), _text(y)] for pairs in found.values() for name, (x, y) in pairs.items()]
    if rows:
        print_table(["", a.run_id, b.run_id], rows)
    else:
        click.echo("The two runs do not differ")


def differences(a: Run, b: Run, site: SiteOptions) -> dict[str, Pairs]:
    """What differs, by part: status, parameters, metrics (the run's value, in logged units), code, environment."""
    specs = metric_specs([a, b], site.metrics)
    values = [{name: number(value_of(run, specs[name])) for name in run.metrics} for run in (a, b)]
    settings = [{name: item.value for name, item in run.parameters.items()} for run in (a, b)]
    return {
        "run": _differing({"status": a.status.value}, {"status": b.status.value}),
        "parameters": _differing(*settings),
        "metrics": _differing(*values),
        "code": _differing(git_fields(a), git_fields(b)),
        "environment": _differing(environment_fields(a), environment_fields(b)),
    }


def _differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> Pairs:
    names = dict.fromkeys([*a, *b])
    return {name: (a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name)}


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return four_digits(value) if isinstance(value, float) else str(value)
