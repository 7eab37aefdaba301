"""`runfolio build`: the main job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from runfolio.cli import options
from runfolio.cli.console import Progress, plural, print_json, print_problems, shown_path
from runfolio.model import Severity
from runfolio.place import Place, WebUrl
from runfolio.site.lock import WAIT_S
from runfolio.site.project import Project, Wishes
from runfolio.site.report import BuildReport

#: Problems that mean the site is not what was planned.
_FAILURES = ("page-failed", "refused-output", "foreign-file")


def site_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `build` and `serve` share."""
    for decorate in (
        click.option("--no-cache", is_flag=True, help="Read every run anew, and keep nothing in .runfolio/."),
        click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes that read runs."),
        click.option("--theme", metavar="NAME", help="Theme by name or folder."),
        options.against,
        options.readers,
        options.config,
        click.option("--adopt", is_flag=True, help="Build into a folder that holds other files; they stay."),
        click.option(
            "--out",
            type=options.PlaceType(path_type=Path),
            metavar="DIR",
            help="Where the site goes, a folder or a URL; by default site.",
        ),
        options.sources,
    ):
        function = decorate(function)
    return function


def project_of(
    sources: tuple[Place, ...],
    out: Place | None,
    adopt: bool,
    config: Path | None,
    theme: str | None,
    workers: int | None,
    no_cache: bool,
    readers: tuple[str, ...] = (),
    scheduler: str | None = None,
    against: Place | WebUrl | None = None,
) -> Project:
    """The project these options ask for, with progress on the terminal."""
    wishes = Wishes(sources, out, config, theme, adopt, workers, not no_cache, scheduler, readers, against)
    return Project(
        wishes,
        Progress(),
        on_wait=lambda: click.echo(f"Waiting up to {WAIT_S:.0f} s for another build of this site…", err=True),
    )


@options.command(
    "build",
    examples_text="""
runfolio build
runfolio build runs --out public
runfolio build --scheduler tcp://head:8786
runfolio build --strict --json > report.json
runfolio build --profile
runfolio build --against site-of-main.zip
""",
)
@site_options
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Read runs with the workers of this Dask scheduler, such as tcp://host:8786; local starts one.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 when there is any warning or error.")
@click.option("--profile", is_flag=True, help="Say how many seconds each stage took.")
@options.as_json
def command(strict: bool, profile: bool, as_json: bool, **site: Any) -> int:
    """Build the site.

    SOURCE is a folder or file with runs, or a URL such as s3://bucket/runs; by default what the configuration says, else runs. Only what changed is
    written, and only what an earlier build wrote is ever removed.
    """
    project = project_of(**site)
    report = project.build()
    if profile:
        click.echo(profile_text(report), err=True)
    if as_json:
        print_json(report.as_json())
    else:
        print_problems(report.problems)
        click.echo(summary(report, project.out))
        click.echo(f"Open {(project.out / 'index.html').as_posix()}")
    return exit_code(report, strict=strict)


def summary(report: BuildReport, out: Place) -> str:
    """`Built 14 pages from 60 runs into site/ (12 written, 2 unchanged) in 0.8 s`."""
    parts = [f"{len(report.written):,} written", f"{report.unchanged:,} unchanged"]
    if report.removed:
        parts.append(f"{len(report.removed):,} removed")
    count = plural(len(report.written) + report.unchanged, "file")
    seconds = sum(report.seconds.values())
    return f"Built {count} from {plural(report.runs, 'run')} into {shown_path(out)} ({', '.join(parts)}) in {seconds:.1f} s"


def profile_text(report: BuildReport) -> str:
    """Seconds of each stage, the share of the whole, and what a run took: a line each."""
    total = sum(report.seconds.values()) or 1e-9
    lines = [
        f"{stage:6} {seconds:9.3f} s  {seconds / total:4.0%}  {seconds / max(report.runs, 1) * 1000:8.3f} ms a run"
        for stage, seconds in report.seconds.items()
    ]
    return "\n".join(lines)


def exit_code(report: BuildReport, *, strict: bool) -> int:
    """1 when the site is not as planned, or under `strict` when anything is wrong; else 0."""
    has_failed = any(item.severity is Severity.ERROR and item.slug in _FAILURES for item in report.problems)
    return int(has_failed or (strict and not report.is_clean))
