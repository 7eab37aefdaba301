"""`runfolio import`: the runs of any tracker as run folders."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio import api
from runfolio.cli import options
from runfolio.cli.console import Progress, plural, print_json, print_problems, printable_lines
from runfolio.place import Place


@options.command(
    "import",
    examples_text="""
runfolio import mlruns runs
runfolio import . runs --history HEAD
runfolio import ~/old-results runs --where 'status == "finished"'
""",
)
@click.argument("source", type=options.PlaceType(path_type=Path))
@click.argument("target", type=options.PlaceType(path_type=Path, file_okay=False))
@click.option(
    "--history",
    metavar="REVISIONS",
    help="Of the git repository SOURCE: a run for each revision that changed what DVCLive or a dvc.yaml's stages wrote, such as HEAD or v1..main.",
)
@options.where
@options.readers
@options.config
@options.as_json
def command(
    source: Place,
    target: Place,
    history: str | None,
    where: str | None,
    readers: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> int:
    """Write other trackers' runs as run folders.

    SOURCE is anything that can be built: its runs are written below TARGET, a folder or a URL, as Runfolio's own run folders, metrics sealed,
    artifacts copied, and each is read back and compared. Nothing is overwritten: runs that are there already are
    left out, so that an import that was stopped can be started again.
    """
    result, problems = api.import_runs(
        source, target, where=where, config=config, reporter=Progress(), history=history, readers=readers
    )
    if as_json:
        print_json(
            {
                "written": [path.as_posix() for path in result.written],
                "present": [path.as_posix() for path in result.present],
                "refused": [str(error) for error in result.refused],
            }
        )
    else:
        print_problems(problems)
        for error in result.refused:
            click.echo(printable_lines(str(error)), err=True)
        there = f", {len(result.present):,} were there already" if result.present else ""
        click.echo(f"Imported {plural(len(result.written), 'run')}{there}")
    return int(bool(result.refused))
