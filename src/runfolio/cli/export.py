"""`runfolio export`: runs, or every logged value, for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from runfolio import api
from runfolio.cli import options
from runfolio.cli.console import Progress, plural
from runfolio.place import Place


@options.command(
    "export",
    examples_text="""
runfolio export --to csv -o runs.csv
runfolio export --values --to parquet -o values.parquet --where 'model == "mlp"'
runfolio export --to json
""",
)
@options.sources
@click.option(
    "--to",
    "form",
    type=click.Choice(["csv", "json", "parquet"]),
    help="By default what the file's ending says, else csv.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="By default standard output.",
)
@click.option("--values", is_flag=True, help="One row a logged value instead of one row a run.")
@options.where
@options.config
def command(
    sources: tuple[Place, ...],
    form: str | None,
    output: Path | None,
    values: bool,
    where: str | None,
    config: Path | None,
) -> None:
    """Write runs, or every logged value, to one file.

    One row a run has the columns of the site's data/runs.csv.
    """
    data, rows = api.export(
        sources, form or _form_of(output), values=values, where=where, config=config, reporter=Progress()
    )
    if output is None:
        sys.stdout.buffer.write(data)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(data)
    click.echo(f"Wrote {plural(rows, 'row')} to {output.as_posix()}", err=True)


def _form_of(output: Path | None) -> str:
    ending = output.suffix.removeprefix(".").lower() if output else ""
    return ending if ending in ("json", "parquet") else "csv"
