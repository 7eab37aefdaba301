"""A site that follows its inputs: watch, rebuild what changed, tell the open pages."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from runfolio.errors import RunfolioError
from runfolio.readers.growing_lines import remembering
from runfolio.site.project import Project
from runfolio.site.report import BuildReport
from runfolio.site.serve import SiteServer
from runfolio.site.watch import Change, changes

Told = Callable[[frozenset[Change], BuildReport | RunfolioError], None]


def follow(project: Project, server: SiteServer, told: Told, stop: Event) -> None:
    """Nothing; returns when `stop` is set. `told` hears of every rebuild, or of the error that kept it from happening.

    After an error the last good site stays, and the next change tries again.
    """
    project.while_writing = server.state.building
    with remembering():
        _follow(project, server, told, stop)


def _follow(project: Project, server: SiteServer, told: Told, stop: Event) -> None:
    for changed in changes(lambda: project.watched, stop):
        try:
            report = project.build(changed)
        except RunfolioError as error:
            told(changed, error)
            continue
        if report.written or report.removed:
            server.state.announce()
        elif project.watched.is_polled:
            continue  # nobody said that something changed: it was only asked
        told(changed, report)
