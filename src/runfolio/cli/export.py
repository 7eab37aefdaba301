"""`runfolio export`: runs, or every logged value, for other tools and trackers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from runfolio import api
from runfolio.catalog.remote_storage import put_file
from runfolio.cli import options
from runfolio.cli.console import Progress, plural, printable_lines, shown_path
from runfolio.place import Place, StoreUrl

_TRACKERS = ("mlflow", "tensorboard")


@options.command(
    "export",
    examples_text="""
runfolio export --to csv -o runs.csv
runfolio export --values --to parquet -o values.parquet --where 'model == "mlp"'
runfolio export --to json
runfolio export --to mlflow runs mlruns
runfolio export --to tensorboard runs logs
""",
)
@options.sources
@click.option(
    "--to",
    "form",
    type=click.Choice(["csv", "json", "parquet", *_TRACKERS]),
    help="By default what the file's ending says, else csv.",
)
@click.option(
    "-o",
    "--output",
    type=options.PlaceType(path_type=Path),
    metavar="FILE",
    help="File or URL, by default standard output. For mlflow and tensorboard a folder, by default the last argument.",
)
@click.option("--values", is_flag=True, help="One row a logged value instead of one row a run.")
@options.where
@options.config
def command(
    sources: tuple[Place, ...],
    form: str | None,
    output: Place | None,
    values: bool,
    where: str | None,
    config: Path | None,
) -> int:
    """Write runs, or every logged value, for other tools.

    One row a run has the columns of the site's data/runs.csv. With mlflow and tensorboard each run becomes a folder in
    the form of that tracker; a run that is there already is not overwritten.
    """
    if form in _TRACKERS:
        return _to_tracker(sources, form, output, values, where, config)
    if isinstance(output, Path) and output.is_dir():
        raise click.BadParameter(f"{output.as_posix()} is a folder", param_hint="-o")
    data, rows = api.export(
        sources, form or _form_of(output), values=values, where=where, config=config, reporter=Progress()
    )
    if output is None:
        sys.stdout.buffer.write(data)
        return 0
    put_file(output, data)
    click.echo(f"Wrote {plural(rows, 'row')} to {output.as_posix()}", err=True)
    return 0


def _to_tracker(
    sources: tuple[Place, ...],
    form: str,
    output: Place | None,
    values: bool,
    where: str | None,
    config: Path | None,
) -> int:
    if output is None and len(sources) > 1:
        *rest, last = sources
        sources, output = tuple(rest), last
    if isinstance(output, StoreUrl):
        raise click.UsageError(
            f"{form} goes to a folder of this machine; copy it to {output} with the store's own tools"
        )
    if output is None:
        raise click.UsageError(f"give the folder to write to: runfolio export --to {form} SOURCE FOLDER")
    if values:
        raise click.UsageError(f"--values goes with csv, json and parquet; {form} always has every value")
    result = api.export_to(sources, output, form, where=where, config=config, reporter=Progress())
    for error in result.refused:
        click.echo(printable_lines(str(error)), err=True)
    click.echo(f"Exported {plural(len(result.written), 'run')} to {shown_path(output)}", err=True)
    return int(bool(result.refused))


def _form_of(output: Place | None) -> str:
    ending = output.suffix.removeprefix(".").lower() if output else ""
    return ending if ending in ("json", "parquet") else "csv"
