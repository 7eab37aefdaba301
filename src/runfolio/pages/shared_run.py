"""The page that shows any run from the site's data scripts: for the runs of large sites that have no page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.pages.page import Context, Link
from runfolio.pages.routes import HOME, SHARED_RUN, slug
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.words import count

MOST_LINKS = 40


@dataclass(frozen=True, slots=True, eq=False)
class SharedRunContext(Context):
    """Everything the shared run's template may use."""

    experiments: tuple[Link, ...]
    """Those with runs that only this page shows; of many, the first ones."""
    sources: Mapping[str, Mapping[str, str]]
    """For the script, by experiment slug: title, page, table and curve scripts, paths from the site's root."""


def is_needed(studies: tuple[Study, ...]) -> bool:
    """True where some run has no page of its own."""
    return any(len(study.paged) < len(study.runs) for study in studies)


def shared_run_context(
    studies: tuple[Study, ...], shell: Shell, tables: Mapping[str, str], curves: Mapping[str, str]
) -> SharedRunContext:
    """The page; `tables` and `curves` give the scripts by experiment name."""
    total = sum(len(study.runs) for study in studies)
    paged = sum(len(study.paged) for study in studies)
    lead = (
        f"{paged:,} of this site's {count(total, 'run')} have a page of their own: pinned, leading, failed and recent ones. "
        "This page shows any run from the site's data, as its address says."
    )
    trail = (Link("Overview", HOME),)
    large = [study for study in studies if len(study.paged) < len(study.runs)]
    return SharedRunContext(
        page=shell.page(
            SHARED_RUN, "shared_run", headline="One run of many", lead=lead, tab="Run", trail=trail
        ),
        experiments=tuple(Link(study.title, f"{study.path}#runs") for study in large[:MOST_LINKS]),
        sources={
            slug(study.name): {
                "title": study.title,
                "page": study.path,
                "table": tables[study.name],
                "curves": curves[study.name],
            }
            for study in studies
        },
    )
