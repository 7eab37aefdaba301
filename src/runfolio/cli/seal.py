"""`runfolio seal`: finished runs as Parquet."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio import api
from runfolio.cli import options
from runfolio.cli.console import plural, print_json


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
def command(sources: tuple[Path, ...], where: str | None, config: Path | None, as_json: bool) -> None:
    """Turn finished runs' JSONL into Parquet.

    Every Parquet file is read back and compared before the JSONL goes. Runs that still go on are left alone.
    """
    sealed = [path.as_posix() for path in api.seal(sources, where=where, config=config)]
    if as_json:
        print_json({"sealed": sealed})
    else:
        click.echo(f"Sealed {plural(len(sealed), 'run')}" if sealed else "Nothing to seal")
