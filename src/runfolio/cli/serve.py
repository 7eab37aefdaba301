"""`runfolio serve`: look at the site while it is being made."""

from __future__ import annotations

from threading import Event
from typing import Any

import click

from runfolio.cli import options
from runfolio.cli.build import project_of, site_options, summary
from runfolio.cli.console import print_problems, printable_lines
from runfolio.errors import RunfolioError
from runfolio.site.live import follow
from runfolio.site.project import require_folder
from runfolio.site.report import BuildReport
from runfolio.site.serve import SiteServer
from runfolio.site.watch import Change, described


@options.command(
    "serve",
    examples_text="""
runfolio serve
runfolio serve runs --port 9000 --open
""",
)
@site_options
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port on 127.0.0.1; the next free one is taken.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
def command(port: int, open_browser: bool, **site: Any) -> None:
    """Build the site, show it, and follow every change.

    New rows of a run, another configuration or another theme rebuild what they change, and open pages reload. Only
    this machine can reach the server.
    """
    project = project_of(**site)
    project.is_tolerant = True
    out = require_folder(project.out)
    report = project.build()
    print_problems(report.problems)
    click.echo(summary(report, out))
    with SiteServer(out, port) as server:
        if port not in (0, server.port):
            click.echo(f"Port {port} is busy; taking {server.port}")
        click.echo(f"Serving {server.url} (Ctrl+C ends)")
        if open_browser:
            click.launch(server.url)
        try:
            follow(
                project,
                server,
                lambda changed, result: _tell(out.as_posix(), changed, result),
                Event(),
            )
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _tell(out: str, changed: frozenset[Change], result: BuildReport | RunfolioError) -> None:
    if isinstance(result, RunfolioError):
        click.echo(
            f"{click.style('Error: ', fg='red', bold=True)}{printable_lines(str(result))}\n  The last good site stays.",
            err=True,
        )
        return
    print_problems(result.problems)
    click.echo(
        f"Changed: {described(changed)}. {len(result.written)} written, {len(result.removed)} removed in {out}"
    )
