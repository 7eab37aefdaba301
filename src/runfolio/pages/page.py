"""What every page has: its place, its words, its way to the others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere inside the site."""

    label: str
    href: str
    """Path from the site's root, with fragment where needed; the renderer makes it relative."""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The shell around a page's content."""

    path: str
    """The page's own path from the site's root."""
    kind: str
    """home, experiment, sweep, sweeps, models, run, shared_run, compare, audit, methods, problems or missing."""
    title: str
    """For the browser's tab: the verdict first, the project last."""
    headline: str
    """The h1: a sentence with a verdict, made from the numbers on the page."""
    lead: str
    """One paragraph under it; empty for none."""
    site_title: str
    navigation: tuple[Link, ...]
    trail: tuple[Link, ...] = ()
    """Breadcrumb: from the top to the parent; empty on top-level pages."""
    problem_count: int = 0
    built_at: str = ""
    """`21 Nov 2026, 03:43 UTC`, only under SOURCE_DATE_EPOCH."""


@dataclass(frozen=True, slots=True)
class Context:
    """Base of every page's context: the names its template may use."""

    page: Page


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A number worth a large type: at most five on a page."""

    label: str
    value: str
    note: str = ""
