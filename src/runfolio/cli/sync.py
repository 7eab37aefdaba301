"""`runfolio sync`: copies of finished runs elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio import api
from runfolio.cli import options
from runfolio.cli.console import Progress, plural, print_json, print_problems
from runfolio.place import Place
from runfolio.site.report import problems_as_json


@options.command(
    "sync",
    examples_text="""
runfolio sync runs s3://bucket/runs
runfolio sync s3://bucket/runs copy --where 'experiment == "digits"'
runfolio sync runs s3://bucket/runs --all --json
""",
)
@click.argument("source", type=options.PlaceType(path_type=Path))
@click.argument("target", type=options.PlaceType(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Runs that still go on, too.")
@options.where
@options.as_json
def command(source: Place, target: Place, everything: bool, where: str | None, as_json: bool) -> int:
    """Copy finished runs to a folder or an object store.

    SOURCE and TARGET are folders or URLs such as s3://bucket/runs. What is there already is not copied again, every copy's
    size is verified, and nothing is ever removed. Interrupted, the next call goes on.
    """
    report = api.sync(source, target, everything=everything, where=where, reporter=Progress())
    if as_json:
        print_json(
            {
                "copied": list(report.copied),
                "unchanged": report.unchanged,
                "bytes": report.size_bytes,
                "running": list(report.running),
                "problems": problems_as_json(report.problems),
                "seconds": round(report.seconds, 3),
            }
        )
    else:
        print_problems(report.problems)
        text = f"Copied {plural(len(report.copied), 'file')} ({report.size_bytes:,} bytes) to {target.as_posix()}"
        click.echo(f"{text}, {report.unchanged:,} unchanged, in {report.seconds:.1f} s")
        if report.running:
            click.echo(f"{plural(len(report.running), 'run')} still going on left out (--all takes them too)")
    return int(report.has_failed)
