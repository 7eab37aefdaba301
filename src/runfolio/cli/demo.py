"""`runfolio demo`: an example to look at."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli import options
from runfolio.cli.build import exit_code, summary
from runfolio.cli.console import Progress
from runfolio.site.project import Project, Wishes
from runfolio.site.scaffold import write_demo


@options.command(
    "demo",
    examples_text="""
runfolio demo
runfolio demo some-folder
""",
)
@click.argument(
    "folder", required=False, default=Path("runfolio-demo"), type=click.Path(path_type=Path, file_okay=False)
)
def command(folder: Path) -> int:
    """Write an example's runs and its site to a folder."""
    project = Project(Wishes(config=write_demo(folder)), Progress())
    report = project.build()
    click.echo(summary(report, project.out))
    click.echo(f"Open {(project.out / 'index.html').as_posix()}")
    click.echo(
        f"The runs lie in {project.sources[0].as_posix()}, the configuration in {folder.as_posix()}/runfolio.toml"
    )
    return exit_code(report, strict=False)
