"""`runfolio seal`: finished runs as Parquet."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio import api
from runfolio.cli import options
from runfolio.cli.console import plural, print_json, printable_lines
from runfolio.place import Place


@options.command(
    "seal",
    examples_text="""
runfolio seal
runfolio seal runs --where 'experiment == "digits"'
""",
)
@options.sources
@options.where
@options.config
@options.as_json
def command(sources: tuple[Place, ...], where: str | None, config: Path | None, as_json: bool) -> int:
    """Turn finished runs' JSONL into Parquet.

    Every Parquet file is read back and compared before the JSONL goes. Runs that still go on are left alone.
    """
    result = api.seal(sources, where=where, config=config)
    paths = [path.as_posix() for path in result.written]
    if as_json:
        print_json({"sealed": paths, "refused": [str(error) for error in result.refused]})
    else:
        for error in result.refused:
            click.echo(printable_lines(str(error)), err=True)
        click.echo(f"Sealed {plural(len(paths), 'run')}" if paths else "Nothing to seal")
    return int(bool(result.refused))
