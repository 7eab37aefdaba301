"""`runfolio new`: a finding to start from."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli import options
from runfolio.cli.console import Progress
from runfolio.site.new_finding import write_finding
from runfolio.site.project import Project, Wishes


@options.command(
    "new",
    examples_text="""
runfolio new finding "Warm-up helps"
runfolio new finding "Is a smaller model enough?" --config report/runfolio.toml
""",
)
@click.argument("kind", type=click.Choice(["finding"]))
@click.argument("title")
@options.config
def command(kind: str, title: str, config: Path | None) -> None:
    """Write a finding to start from.

    It lies in the folder of the project's findings, named after its title, and asks for what this project's runs have:
    its first experiment, headline metric and baseline. Without any run it is an open question. A file that is there
    already is never overwritten.
    """
    path = write_finding(Project(Wishes(config=config), Progress()), title)
    click.echo(f"Wrote {path.as_posix()}")
    click.echo("Edit it while `runfolio serve` shows it.")
