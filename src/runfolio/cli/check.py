"""`runfolio check`: everything wrong, without building anything."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli import options
from runfolio.cli.console import Progress, plural, print_fields, print_json, print_problems
from runfolio.model import Severity
from runfolio.place import Place
from runfolio.site.project import Project, Wishes
from runfolio.site.report import problems_as_json


@options.command(
    "check",
    examples_text="""
runfolio check
runfolio check runs/new --strict
""",
)
@options.sources
@options.config
@options.readers
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@options.as_json
def command(
    sources: tuple[Place, ...], config: Path | None, readers: tuple[str, ...], strict: bool, as_json: bool
) -> int:
    """Say what is wrong with the runs and the configuration.

    Also how many runs each reader took. Exits with 1 when there is an error.
    """
    read, problems = Project(Wishes(sources, config=config, readers=readers), Progress()).check()
    runs = sum(read.values())
    if as_json:
        print_json(
            {"runs": runs, "readers": dict(sorted(read.items())), "problems": problems_as_json(problems)}
        )
    else:
        print_problems(problems, err=False, limit=None)
        print_fields({name: plural(count, "run") for name, count in sorted(read.items())})
        count = plural(len(problems), "problem") if problems else "no problem"
        click.echo(f"{plural(runs, 'run')}, {count}")
    bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return int(any(problem.severity in bad for problem in problems))
