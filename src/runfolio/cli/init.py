"""`runfolio init`: a configuration to start from."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli import options
from runfolio.site.scaffold import write_config


@options.command(
    "init",
    examples_text="""
runfolio init
runfolio init my-project
""",
)
@click.argument("folder", required=False, default=Path(), type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Write a runfolio.toml to start from.

    Every line of it is a comment that shows what can be said; without any, the site is good already.
    """
    path = write_config(folder)
    click.echo(f"Wrote {path.as_posix()}")
    click.echo("Log a run with runfolio.start(), then: runfolio build")
