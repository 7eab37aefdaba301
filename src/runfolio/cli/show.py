"""`runfolio show`: one run in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from runfolio import api
from runfolio.analysis.rounding import bytes_text, duration_text, four_digits
from runfolio.cli import options
from runfolio.cli.console import Progress, print_fields, print_json, print_table, printable
from runfolio.model import Run
from runfolio.pages.data_files import run_record
from runfolio.place import Place


@options.command(
    "show",
    examples_text="""
runfolio show brave-owl-3f2a
runfolio show brave --json
""",
)
@click.argument("run", metavar="RUN")
@options.from_sources
@options.config
@options.as_json
def command(run: str, sources: tuple[Place, ...], config: Path | None, as_json: bool) -> None:
    """Show one run.

    RUN is its id, the beginning of its id, or its name.
    """
    found = api.find_run(api.load(sources, config=config, reporter=Progress()).runs, run)
    if as_json:
        print_json(run_record(found) | _more(found))
    else:
        _print(found)


def _more(run: Run) -> dict[str, Any]:
    return {
        "error": run.error,
        "notes": run.notes,
        "git": git_fields(run),
        "environment": environment_fields(run),
        "artifacts": [
            {
                "name": item.name,
                "kind": item.kind,
                "path": item.path,
                "uri": item.uri,
                "size_bytes": item.size_bytes,
            }
            for item in run.artifacts
        ],
    }


def git_fields(run: Run) -> dict[str, str]:
    """Commit, branch and whether files were changed, where known."""
    if run.git is None:
        return {}
    dirty = None if run.git.dirty is None else "yes" if run.git.dirty else "no"
    found = {"git commit": run.git.commit, "git branch": run.git.branch, "git dirty": dirty}
    return {name: value for name, value in found.items() if value}


def environment_fields(run: Run) -> dict[str, str]:
    """What the run was started with, one text each, where known; packages and variables by name."""
    known = run.environment
    hardware = known.hardware
    found = {
        "command": " ".join(known.command),
        "python": known.python,
        "platform": known.platform,
        "host": known.host,
        "cpu": hardware.cpu,
        "cores": None if hardware.cores is None else str(hardware.cores),
        "gpus": ", ".join(hardware.gpus),
        **{f"package {name}": version for name, version in known.packages.items()},
        **{f"variable {name}": value for name, value in known.variables.items()},
    }
    return {name: value for name, value in found.items() if value}


def _print(run: Run) -> None:
    fields = {
        "run": run.run_id,
        "name": run.name,
        "experiment": run.experiment,
        "status": run.status.value,
        "started": f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC" if run.started_at else "",
        "duration": "" if run.duration_s is None else duration_text(run.duration_s),
        "tags": ", ".join(run.tags),
        "group": run.group or "",
        "source": f"{run.source.path} ({run.source.reader})",
        **git_fields(run),
    }
    print_fields({name: value for name, value in fields.items() if value})
    _section("Parameters", {name: value.text for name, value in run.parameters.items()})
    if run.metrics:
        click.secho("\nMetrics", bold=True)
        rows = [
            [
                name,
                four_digits(item.last),
                four_digits(item.minimum),
                four_digits(item.maximum),
                f"{item.count:,}",
            ]
            for name, item in run.metrics.items()
        ]
        print_table(["name", "last", "minimum", "maximum", "values"], rows, right=(1, 2, 3, 4))
    _section(
        "Environment",
        {name: text for name, text in environment_fields(run).items() if not name.startswith("package ")},
    )
    sizes = {item.name: item.uri or bytes_text(item.size_bytes or 0) for item in run.artifacts}
    _section("Artifacts", sizes)
    for title, text in (("Error", run.error), ("Notes", run.notes)):
        if text:
            click.secho(f"\n{title}", bold=True)
            click.echo("\n".join(f"  {printable(line)}" for line in text.strip().splitlines()))


def _section(title: str, fields: dict[str, str]) -> None:
    if fields:
        click.secho(f"\n{title}", bold=True)
        print_fields(fields, indent="  ")
