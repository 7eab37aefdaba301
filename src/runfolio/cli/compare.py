"""`runfolio compare`: the experiment page's comparison in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from runfolio import api
from runfolio.analysis.compare import Comparison
from runfolio.analysis.rounding import column_decimals, number_text, signed_text
from runfolio.cli import options
from runfolio.cli.console import Progress, print_json, print_table, printable, printable_lines
from runfolio.cli.shapes import comparison_as_json, rate_as_json
from runfolio.model import Delta, Estimate
from runfolio.pages.export_tables import board_table, comparison_table, rate_table
from runfolio.pages.table_text import TableForm, TextTable, table_text
from runfolio.place import Place


@options.command(
    "compare",
    examples_text="""
runfolio compare --metric val/accuracy
runfolio compare --metric val/loss --by model --baseline 'model == "linear"' --json
runfolio compare --format latex > table.tex
runfolio compare --tasks --format markdown
""",
)
@options.sources
@click.option("--metric", metavar="NAME", help="By default the experiment's headline metric.")
@click.option(
    "--by",
    multiple=True,
    metavar="PARAMETER",
    help="Parameter that tells configurations apart; may be given several times.",
)
@click.option(
    "--baseline", metavar="EXPRESSION", help="Picks the configuration the others are compared with."
)
@options.where
@click.option("--experiment", metavar="NAME", help="Which experiment, where several logged the metric.")
@click.option("--tasks", is_flag=True, help="The leaderboard of a suite: a row a method, a column a task.")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in TableForm]),
    help="Write the table as text for papers and spreadsheets.",
)
@options.config
@options.as_json
def command(
    sources: tuple[Place, ...],
    metric: str | None,
    by: tuple[str, ...],
    baseline: str | None,
    where: str | None,
    experiment: str | None,
    tasks: bool,
    form: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Compare every configuration with the baseline.

    A configuration is all runs that are equal but for the seed. The numbers are those of the experiment's page: of an A/B test
    rates, not counts.
    """
    if form is not None and as_json:
        raise click.UsageError("--format and --json exclude each other")
    if tasks and as_json:
        raise click.UsageError("--tasks has no JSON: take --format csv")
    given: dict[str, Any] = {
        "metric": metric,
        "by": by,
        "baseline": baseline,
        "where": where,
        "experiment": experiment,
        "config": config,
        "reporter": Progress(),
    }
    if tasks:
        _print_table(board_table(api.leaderboard(sources, **given)), form)
        return
    # Counts of an A/B test are no means.
    rate = api.rate(sources, **given)
    if rate is not None and as_json:
        print_json(rate_as_json(rate))
    elif rate is not None:
        _print_table(rate_table(rate), form)
    else:
        _show(api.compare(sources, **given), form, as_json=as_json)


def _show(comparison: Comparison, form: str | None, *, as_json: bool) -> None:
    if form is not None:
        _write(table_text(comparison_table(comparison), TableForm(form)))
    elif as_json:
        print_json(comparison_as_json(comparison))
    else:
        _print(comparison)


def _write(text: str) -> None:
    """The bytes as they are: no console may change a line's end or a character."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def _print_table(table: TextTable, form: str | None) -> None:
    if form is not None:
        _write(table_text(table, TableForm(form)))
        return
    rows = [[cell.text + (f" ± {cell.half}" if cell.half else "") for cell in row] for row in table.rows]
    right = tuple(at for at, column in enumerate(table.columns) if column.is_number)
    print_table([column.label for column in table.columns], rows, right=right)
    click.echo(printable_lines(table.caption))


def _print(comparison: Comparison) -> None:
    spec, results = comparison.spec, comparison.results
    estimates = [result.estimate for result in results]
    scaled = [None if item.half_width is None else item.half_width * spec.scale for item in estimates]
    decimals = column_decimals([item.value * spec.scale for item in estimates], scaled)
    unit = f", {spec.unit}" if spec.unit else ""
    rows = []
    for result in results:
        is_baseline = (
            comparison.baseline is not None and result.group.group_id == comparison.baseline.group_id
        )
        verdict = "baseline" if is_baseline else result.delta.verdict.value if result.delta else ""
        rows.append(
            [
                result.group.label,
                str(result.estimate.n),
                _estimate_text(result.estimate, spec.scale, decimals),
                _delta_text(result.delta, spec.scale, decimals),
                verdict,
            ]
        )
    print_table(["configuration", "n", f"{spec.label}{unit}", "difference", "verdict"], rows, right=(1, 2, 3))
    if comparison.baseline is not None:
        click.echo(f"Baseline: {printable(comparison.baseline.label)} ({comparison.baseline_reason})")
    for line in (comparison.caption, *comparison.remarks):
        if line:
            click.echo(line)


def _estimate_text(estimate: Estimate, scale: float, decimals: int) -> str:
    if not estimate.n:
        return "–"
    value = number_text(estimate.value * scale, decimals)
    if estimate.half_width is None:
        return value
    return f"{value} ± {number_text(estimate.half_width * abs(scale), decimals)}"


def _delta_text(delta: Delta | None, scale: float, decimals: int) -> str:
    if delta is None or delta.absolute != delta.absolute:
        return ""
    value = signed_text(delta.absolute * scale, decimals)
    if delta.low is None or delta.high is None:
        return value
    ends = sorted((delta.low * scale, delta.high * scale))
    return f"{value} [{signed_text(ends[0], decimals)}, {signed_text(ends[1], decimals)}]"
