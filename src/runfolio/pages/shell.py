"""The shell of every page: titles and navigation that do not change when a run is added."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.pages.options import SiteOptions
from runfolio.pages.page import Link, Page
from runfolio.pages.routes import AUDIT, COMPARE, FINDINGS, HISTORY, HOME, MODELS, SWEEPS, sweep_page
from runfolio.pages.search import is_sweep
from runfolio.pages.study import Study
from runfolio.pages.words import when


@dataclass(frozen=True, slots=True)
class Shell:
    """What all pages of a site share."""

    title: str
    navigation: tuple[Link, ...]
    has_problems: bool
    built_at: str

    @property
    def key(self) -> str:
        """Text that differs whenever the shell does."""
        return "\x1f".join([self.title, repr(self.navigation), repr(self.has_problems), self.built_at])

    def page(
        self,
        path: str,
        kind: str,
        *,
        headline: str,
        lead: str = "",
        tab: str = "",
        trail: tuple[Link, ...] = (),
    ) -> Page:
        """A page's shell, its own entry in the navigation marked."""
        parents = {path, *(item.href for item in trail if item.href != HOME)}
        return Page(
            path=path,
            kind=kind,
            title=f"{tab or headline} · {self.title}",
            headline=headline,
            lead=lead,
            site_title=self.title,
            navigation=tuple(Link(item.label, item.href, item.href in parents) for item in self.navigation),
            trail=trail,
            problem_count=int(self.has_problems),
            built_at=self.built_at,
        )


#: More experiments than this are reached through the overview.
MAX_EXPERIMENT_LINKS = 3
#: A longer title of an experiment gives way to its name.
LONGEST_LABEL = 24


def _short(study: Study) -> str:
    """The experiment's title where it fits into the bar, else its name."""
    return study.title if len(study.title) <= LONGEST_LABEL else study.name


def site_title(options: SiteOptions, studies: tuple[Study, ...]) -> str:
    """The configured title, else that of the only experiment."""
    return options.title or (studies[0].title if len(studies) == 1 else "Runs")


def shell(
    options: SiteOptions,
    studies: tuple[Study, ...],
    has_problems: bool,
    has_findings: bool = False,
    has_history: bool = False,
    has_models: bool = False,
) -> Shell:
    """The shell for a site's experiments: overview, the experiments where they are few, what else the site has, audit."""
    links = [Link("Overview", HOME)]
    if len(studies) <= MAX_EXPERIMENT_LINKS:
        links += [Link(_short(study), study.path) for study in studies]
    if has_findings:
        links.append(Link("Findings", FINDINGS))
    sweeps = [study for study in studies if is_sweep(study)]
    if sweeps:
        links.append(Link("Sweeps", sweep_page(sweeps[0].name) if len(sweeps) == 1 else SWEEPS))
    if has_models:
        links.append(Link("Models", MODELS))
    links.append(Link("Compare", COMPARE))
    if has_history:
        links.append(Link("History", HISTORY))
    links.append(Link("Audit", AUDIT))
    return Shell(site_title(options, studies), tuple(links), has_problems, when(options.built_at))
