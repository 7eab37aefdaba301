"""What a site will hold, before anything is rendered or written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runfolio.model import Problem
from runfolio.pages.claim_result import ClaimResult, Mark
from runfolio.pages.page import Context
from runfolio.pages.study import Study


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page. `context` is called only when the page must be rendered."""

    page_id: str
    path: str
    """Relative to the site's root, posix."""
    template: str
    inputs: tuple[str, ...]
    """Everything the page depends on besides theme and version: equal inputs, equal page."""
    context: Callable[[], Context] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file that is no page: data, series, a copied artifact."""

    path: str
    inputs: tuple[str, ...]
    build: Callable[[], bytes] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SitePlan:
    """Everything a site will hold, and what was wrong with its inputs."""

    pages: tuple[PagePlan, ...]
    files: tuple[FilePlan, ...]
    problems: tuple[Problem, ...]
    runs: int = 0
    claims: tuple[ClaimResult, ...] = ()
    """What the runs say of every claim, gates among them."""
    studies: tuple[Study, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """What the earlier build says of each claim, by its key."""
